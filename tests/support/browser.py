"""
A real browser before real pages.

What is here needs Debian's ``chromium`` and, from PyPI, playwright (to drive it; its own browser is
never fetched) and axe-playwright-python (the axe-core in it looks for barriers). `MISSING` says what
a machine lacks; tests in tests/theme that need a browser are then skipped, and the last lines of the
run say so.
"""

import importlib.util
import os
import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from interact_api.web.site.rules import HeaderRules

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
LIBRARIES = {"playwright": "playwright", "axe_playwright_python": "axe-playwright-python"}
MISSING = ", ".join(
    [
        *([] if CHROMIUM else ["chromium (apt-get install chromium)"]),
        *(name for module, name in LIBRARIES.items() if not importlib.util.find_spec(module)),
    ]
)
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars"]


@contextmanager
def chromium() -> "Iterator[Browser]":
    """Start the system's Chromium; a test that needs it is skipped where it is missing."""
    if MISSING:
        pytest.skip(f"no browser here; missing: {MISSING}")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - it may be missing

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield started
        started.close()


class _Handler(SimpleHTTPRequestHandler):
    """Serves files with the headers that the site asks for, and says nothing."""

    def end_headers(self) -> None:
        """Add the headers, the policy among them."""
        rules = HeaderRules((Path(self.directory) / "_headers").read_text("utf-8"))
        for name, value in rules.of(self.path):
            self.send_header(name.decode(), (value or b"").decode())
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as its base has it
        """Stay silent."""


class _Server(ThreadingHTTPServer):
    """Serves a browser that goes on to the next page before it has read this one."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Tell of an error, unless it is only that."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve *folder* and give its address."""
    with _Server(("127.0.0.1", 0), partial(_Handler, directory=folder)) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def barriers(page: "Page") -> list[str]:
    """Return what axe-core finds on *page*: the rule, the element and what to do."""
    page.evaluate((files("axe_playwright_python") / "axe.min.js").read_text("utf-8"))
    report = page.evaluate("axe.run()")
    return [
        f"{one['id']}: {node['html'][:160]}: {node['failureSummary']}"
        for one in report["violations"]
        for node in one["nodes"]
    ]
