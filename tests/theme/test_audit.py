"""
What others say of the pages: the Nu HTML checker of the W3C's tools, and Lighthouse on a slow phone.

`make audit` brings both. Elsewhere these tests are skipped, and the last lines of the run say so.
"""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from streamly_ssg.api import Options, Site
from tests.support.audit import LIGHTHOUSE, NU, tool
from tests.support.browser import CHROMIUM
from tests.support.demo import KINDS, NOW, placed
from tests.support.demo import small as small_site
from tests.support.upping import Up, up

FRAME = (
    '<!doctype html>\n<html lang="en"><head><title>x</title></head><body><h1>x</h1>{}</body></html>'
)
TRIES = 3
PAGES = {"home": "/", "post": KINDS["post"], "list": "/posts/"}


def complaints(*pages: Path) -> list[str]:
    """Return the errors that the Nu checker finds."""
    words = ["java", "-Xss4m", "-jar", tool(NU), "--format", "json", "--exit-zero-always"]
    told = subprocess.run([*words, *map(str, pages)], capture_output=True, check=True)
    return [
        f"{one.get('url')}:{one.get('lastLine')}: {one['message']}: {one.get('extract')}"
        for one in json.loads(told.stderr)["messages"]
        if one["type"] != "info"
    ]


def documents(site: Path, target: Path) -> list[Path]:
    """Return every page of *site*, those that are no whole documents in a frame in *target*."""
    whole = [path for path in site.rglob("*.html") if path.name != "card.html"]
    for number, card in enumerate(sorted(site.rglob("card.html"))):
        framed = target / f"card{number}.html"
        framed.write_text(FRAME.format(card.read_text("utf-8")), "utf-8")
        whole.append(framed)
    return sorted(whole)


@pytest.mark.long
def test_no_page_of_the_demo_has_an_error(demo: Path, tmp_path: Path) -> None:
    pages = documents(demo, tmp_path)
    assert len(pages) > 200
    assert complaints(*pages) == []


@pytest.mark.long
def test_no_page_that_waits_for_the_service_has_an_error(tmp_path: Path) -> None:
    site = small_site(tmp_path / "site", '[theme]\naccent = "#7a2e8e"\n')
    assert complaints(*documents(site, tmp_path)) == []


@pytest.mark.long
def test_an_error_is_found(tmp_path: Path) -> None:
    page = tmp_path / "wrong.html"
    page.write_text(FRAME.format("<p><ul></ul><img></p>"))
    assert len(complaints(page)) >= 2


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    folder = tmp_path_factory.mktemp("audited")
    settings = placed(folder, "default").read("streamly.toml")
    forms = '\n[output]\ncompress = ["br", "gzip", "zstd"]\n'
    (folder / "streamly.toml").write_text(settings + forms, "utf-8")
    report = Site(folder, Options(now=NOW, facts=str(folder / "facts.ndjson"))).build()
    assert not report.problems
    with up(folder) as started:
        yield started


def judged(address: str, target: Path) -> dict[str, Any]:
    """Return what Lighthouse says of a page on its simulated phone."""
    flags = "--chrome-flags=--headless=new --no-sandbox --disable-dev-shm-usage"
    words = ["node", tool(LIGHTHOUSE), address, "--quiet", "--output=json", flags]
    environment = {**os.environ, "CHROME_PATH": str(CHROMIUM)}
    subprocess.run([*words, f"--output-path={target}"], env=environment, check=True)
    found: dict[str, Any] = json.loads(target.read_text("utf-8"))
    return found


@pytest.mark.long
@pytest.mark.parametrize("kind", PAGES)
def test_lighthouse_finds_nothing_to_better(running: Up, tmp_path: Path, kind: str) -> None:
    for attempt in range(TRIES):  # it measures, and others may be at work on this machine
        told = judged(running.address + PAGES[kind], tmp_path / f"{attempt}.json")
        scores = {name: round(one["score"] * 100) for name, one in told["categories"].items()}
        if set(scores.values()) == {100}:
            break
    weak = [name for name, one in told["audits"].items() if one["score"] not in {None, 1}]
    assert scores == dict.fromkeys(scores, 100), weak
    assert len(scores) == 4
