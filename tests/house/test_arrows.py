"""Imports point one way: a stranger can read each package from the bottom up."""

import re
from graphlib import CycleError, TopologicalSorter

import pytest

from tests.support.house import MODULES, imports, imports_of, package, room

ENGINE = {"errors"}
INPUTS = {"engine", "errors", "values"}
DOCUMENTS = {"errors", "values"}
IMAGES = {"engine", "errors", "values"}
PAGES = INPUTS | {"inputs", "documents", "images"}
API = PAGES | {"pages", "collecting", "lock", "version", "manifest", "looking"}
PORCH = API | {
    "publish",
    "api",
    "check",
    "explain",
    "verify",
    "watch",
    "devserver",
    "starter",
    "i18n",
    "workers",
}
MAY_IMPORT: dict[str, set[str]] = {
    "likeness": set(),
    "errors": {"likeness"},
    "collecting": set(),
    "lock": set(),
    "values": set(),
    "workers": set(),
    "engine": ENGINE,
    "version": {"engine"},
    "looking": ENGINE | {"engine"},
    "inputs": INPUTS,
    "documents": DOCUMENTS,
    "images": IMAGES,
    "pages": PAGES,
    "manifest": PAGES | {"pages"},
    "api": API,
    "check": API | {"api"},
    "explain": API | {"api"},
    "i18n": API | {"api"},
    "publish": API | {"api"},
    "verify": API | {"api"},
    "watch": {"inputs"},
    "starter": API | {"welcome"},
    "welcome": set(),
    "devserver": {"api", "errors"},
    "cli": PORCH,
    "__main__": {"cli"},
}

# The service's rooms from the ground up: each may know those that stand before it.
SERVICE = """
    errors toml secret wire sqlite tx turn locks turnstile order ledger listener writer db settings shared tallies duty
    facts audit answers outbox steps schema manifest copied recount backup accounts social moderation notices numbers values source load
    prune rebuild logs service
    supervisor web cli
""".split()
NOUNS = {"accounts", "social", "moderation", "notices", "numbers"}
GROUND = {
    "facts",
    "audit",
    "answers",
    "outbox",
    "manifest",
    "values",
    "recount",
    "load",
    "backup",
    "prune",
    "rebuild",
}
# What the worker knows of the builder: how to build, to publish, and to watch.
BESIDE = {"cli", "errors", "inputs", "publish", "values"}
WORKER = {"api", "cli", "errors", "inputs", "publish", "watch"}
KNOW_SQL = NOUNS | GROUND | {"sqlite", "tx", "ledger", "db", "steps", "schema"}
SQL = re.compile(r"\b(?:SELECT .+ FROM|INSERT INTO|UPDATE \w+ SET|DELETE FROM|PRAGMA) ")


def test_imports_of_the_builder_point_down() -> None:
    wrong = [
        f"{module} imports {name}"
        for module in MODULES
        for name in imports_of(module)
        if module.startswith("streamly_ssg.") and name.startswith("streamly_ssg.")
        if room(name) not in {room(module), *MAY_IMPORT[room(module)]}
    ]
    assert wrong == []


def test_imports_of_the_service_point_down() -> None:
    wrong = [
        f"{module} imports {name}"
        for module in MODULES
        for name in imports_of(module)
        if module.startswith("interact_api.") and name.startswith("interact_api.")
        if SERVICE.index(room(name)) > SERVICE.index(room(module))
    ]
    assert wrong == []


def test_every_room_of_the_service_is_in_use() -> None:
    assert {room(module) for module in MODULES if package(module) == "interact_api"} == {
        "",
        *SERVICE,
    }


def test_no_module_needs_itself() -> None:
    graph = {module: imports_of(module) & set(MODULES) - {module} for module in MODULES}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" → ".join(error.args[1]))


def test_the_builder_doesnt_know_the_service() -> None:
    ours = [module for module in MODULES if module.startswith("streamly_ssg")]
    assert [m for m in ours for name in imports_of(m) if name.startswith("interact_api")] == []


def test_the_service_knows_of_the_builder_only_how_it_speaks_and_what_it_shows() -> None:
    known = {
        (room(module) == "rebuild" or module == "interact_api.cli.worker", room(name))
        for module in MODULES
        for name in imports_of(module)
        if package(module) == "interact_api" and name.startswith("streamly_ssg.")
    }
    assert {name for is_worker, name in known if not is_worker} <= BESIDE
    assert {name for is_worker, name in known if is_worker} <= WORKER


def test_only_the_web_knows_http() -> None:
    knowing = {
        room(module)
        for module in MODULES
        for name in imports_of(module)
        if package(module) == "interact_api" and package(name) in {"starlette", "uvicorn"}
    }
    assert knowing == {"web"}


def test_only_nouns_and_the_ground_know_sql() -> None:
    knowing = {
        room(module)
        for module, path in MODULES.items()
        if package(module) == "interact_api" and SQL.search(path.read_text("utf-8"))
    }
    assert knowing <= KNOW_SQL


def test_sql_is_known_where_it_stands() -> None:
    assert SQL.search('"SELECT id FROM users WHERE id = :id"')
    assert SQL.search('"UPDATE pages SET hidden = 1"')
    assert not SQL.search('"""Update the pages."""')


def test_an_import_inside_a_function_counts() -> None:
    source = "def f():\n    from .b import c\n"
    assert list(imports(source, "streamly_ssg.a", is_package=False)) == ["streamly_ssg.b"]
