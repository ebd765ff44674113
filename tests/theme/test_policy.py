"""The policy that pages come with: it lets them work, and nothing else happen."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from interact_api.web.site import labels
from streamly_ssg.inputs.config import Site
from streamly_ssg.pages.index import SHELLS
from streamly_ssg.pages.site_files import POLICY, policy
from tests.support.browser import served
from tests.support.demo import small

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ACCENT = '[theme]\naccent = "#7a2e8e"\naccent_dark = "#d9a3e8"\n'
SMUGGLED = """\
---
title: Smuggled
date: 2026-01-03
---

<style>body { color: rgb(1, 2, 3) }</style>
<p id="styled" style="color: rgb(1, 2, 3)">x</p>
<script>document.title = "smuggled"</script>
<img src="/nowhere.png" onerror="document.title = 'smuggled'" alt="">
<img src="https://example.org/spy.png" alt="">
"""


@pytest.fixture(scope="module")
def coloured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("coloured")
    (folder / "content/posts").mkdir(parents=True)
    (folder / "content/posts/smuggled.md").write_text(SMUGGLED)
    with served(small(folder, ACCENT)) as address:
        yield address


@pytest.fixture
def page(browser: "Browser") -> "Iterator[Page]":
    context = browser.new_context(color_scheme="light")
    yield context.new_page()
    context.close()


def told(page: "Page", address: str) -> list[str]:
    found: list[str] = []
    page.on("console", lambda said: found.append(said.text))
    page.goto(address, wait_until="networkidle")
    return found


def refusals(messages: list[str]) -> list[str]:
    """Return those messages in which the browser says that it did not do something."""
    return [one for one in messages if "Policy" in one or "integrity" in one]


def test_a_colour_from_the_settings_needs_no_style_in_the_page(page: "Page", coloured: str) -> None:
    assert refusals(told(page, f"{coloured}/posts/one/")) == []
    page.evaluate("document.querySelector('.content').innerHTML = '<a id=plain href=/>x</a>'")
    colour = "getComputedStyle(plain).color"
    assert page.evaluate(colour) == "rgb(122, 46, 142)"
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(colour) == "rgb(217, 163, 232)"


@pytest.mark.parametrize("path", ["/posts/one/", "/contact/", *(f"/{one}/" for one in SHELLS)])
def test_a_page_that_waits_for_the_service_breaks_no_policy(
    page: "Page", coloured: str, path: str
) -> None:
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url))
    assert refusals(told(page, coloured + path)) == []
    assert [url for url in asked if not url.startswith(coloured)] == []


def test_what_was_smuggled_into_a_page_does_nothing(page: "Page", coloured: str) -> None:
    assert len(refusals(told(page, f"{coloured}/posts/smuggled/"))) >= 5
    assert not page.title().startswith("smuggled")
    assert page.evaluate("getComputedStyle(document.body).color") != "rgb(1, 2, 3)"
    assert page.evaluate("getComputedStyle(styled).color") != "rgb(1, 2, 3)"


def test_what_is_changed_on_its_way_is_not_run(page: "Page", coloured: str) -> None:
    page.route("**/script.*.js", lambda route: route.fulfill(body="document.title = 'changed'"))
    assert any("integrity" in one for one in told(page, f"{coloured}/"))
    assert page.title() != "changed"


def test_the_service_and_the_hosts_of_files_are_told_the_same(tmp_path: Path) -> None:
    assert policy(Site()) == POLICY.format(service="") == labels.POLICY
    headers = (small(tmp_path) / "_headers").read_text("utf-8")
    assert f"  Content-Security-Policy: {labels.POLICY}\n" in headers


def test_a_service_elsewhere_may_be_asked() -> None:
    told = policy(Site(service="https://api.example.org/api/v1", base_url="https://example.org"))
    assert "connect-src 'self' https://api.example.org;" in told
    assert "form-action 'self' https://api.example.org;" in told
    assert told.endswith("; upgrade-insecure-requests")
