"""Pages in each language in a real browser: nothing in the way, nothing that runs over the edge."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from streamly_ssg.api import Options, Site
from tests.support import browser as support
from tests.support.polyglot import PREFIXES, polyglot
from tests.support.rebuild import NOW

if TYPE_CHECKING:
    from playwright.sync_api import Browser

WIDTHS = (360, 1280)
KINDS = ("/", "/posts/", "/posts/well/", "/archive/", "/trending/", "/login/", "/404.html")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = polyglot(tmp_path_factory.mktemp("polyglot"))
    report = Site(folder.root, Options(now=NOW, facts=str(folder / "facts.ndjson"))).build()
    assert not report.problems
    with support.served(folder / "public") as served:
        yield served


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    with support.chromium() as started:
        yield started


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_arabic_pages_have_no_barriers(
    scheme: str, width: int, address: str, browser: "Browser"
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]
    for kind in KINDS:
        page.goto(f"{address}/ar{kind}")
        assert support.barriers(page) == [], kind
    page.close()


@pytest.mark.parametrize("code", PREFIXES)
@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_runs_over_the_edge(
    code: str, width: int, address: str, browser: "Browser"
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800})
    for kind in KINDS:
        page.goto(f"{address}{PREFIXES[code]}{kind}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, kind
    page.close()


def test_small_print_of_an_arabic_page_is_not_cut(address: str, browser: "Browser") -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(f"{address}/ar/")
    name = page.locator(".cards .meta a").first.bounding_box()
    title = page.locator(".cards h3").first.bounding_box()
    assert name is not None
    assert title is not None
    # A name in Latin letters ends where the lines of the text begin: on the right.
    assert name["x"] + name["width"] <= title["x"] + title["width"] + 1
    page.close()


def test_readers_go_on_in_their_language(address: str, browser: "Browser") -> None:
    page = browser.new_page()
    page.goto(f"{address}/posts/well/")
    page.locator(".languages").get_by_role("link", name="العربية").click()
    assert page.url == f"{address}/ar/posts/well/"
    assert page.locator("html").get_attribute("dir") == "rtl"
    page.close()


def test_scripts_speak_the_language_of_the_page(address: str, browser: "Browser") -> None:
    page = browser.new_page()
    page.goto(f"{address}/de/posts/well/")
    assert page.locator(".highlight .copy").inner_text() == "Kopieren"
    page.close()


@pytest.mark.parametrize(
    ("code", "likes", "text"),
    [
        ("en", 1, "1 like"),
        ("de", 2000, "2.000 Likes"),
        ("ar", 3, "3 إعجابات"),
        ("ar", 2, "إعجابان"),
    ],
)
def test_likes_are_counted_on_in_the_language_of_the_page(
    code: str, likes: int, text: str, address: str, browser: "Browser"
) -> None:
    page = browser.new_page()
    answer = {"id": f"well-{code}", "likes": likes, "liked": None}
    page.route("**/api/v1/pages/*", lambda route: route.fulfill(json=answer))
    page.goto(f"{address}{PREFIXES[code]}/posts/well/")
    page.get_by_text(text, exact=True).first.wait_for()
    page.close()
