"""The sites that the tests of the theme look at, and the browser that they look with."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support import browser as support
from tests.support import demo as sites
from tests.support.audit import MISSING

if TYPE_CHECKING:
    from playwright.sync_api import Browser


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if support.MISSING:
        text = f"tests of pages in a browser were skipped; missing: {support.MISSING}"
        terminalreporter.write_line(text, yellow=True)
    if MISSING:
        text = (
            f"pages were judged by nobody else; missing: {', '.join(sorted(MISSING))} (make audit)"
        )
        terminalreporter.write_line(text, yellow=True)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sites.demo(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="session")
def served_demo(demo: Path) -> Iterator[str]:
    with support.served(demo) as address:
        yield address


@pytest.fixture(scope="session")
def broadsheet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = sites.demo(tmp_path_factory.mktemp("broadsheet"), "broadsheet")
    with support.served(folder) as address:
        yield address


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with support.served(sites.small(tmp_path_factory.mktemp("small"))) as address:
        yield address


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with support.served(sites.empty(tmp_path_factory.mktemp("empty"))) as address:
        yield address


# Not for the whole session: while it is open, its event loop counts as running.
@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    with support.chromium() as started:
        yield started
