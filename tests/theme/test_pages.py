"""Every kind of page in a real browser: barriers, movement, width, requests, policy."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import pytest

from streamly_ssg.pages.index import SHELLS
from tests.support.browser import barriers
from tests.support.demo import KINDS

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PHONE = {"width": 360, "height": 780}
DESK = {"width": 1280, "height": 900}
SCREENS = [
    pytest.param((PHONE, "dark"), id="phone, dark"),
    pytest.param((DESK, "light"), id="desk, light"),
    pytest.param((PHONE, "light"), id="phone, light", marks=pytest.mark.long),
    pytest.param((DESK, "dark"), id="desk, dark", marks=pytest.mark.long),
]
SHIFTS = """() => new Promise((resolve) => {
  const found = [];
  new PerformanceObserver((list) => {
    for (const one of list.getEntries()) {
      found.push(one.value, ...one.sources.map((source) => source.node?.outerHTML?.slice(0, 80)));
    }
  }).observe({ type: "layout-shift", buffered: true });
  let steps = 0;
  const step = () => {
    scrollBy({ top: innerHeight, behavior: "instant" });
    const atEnd = innerHeight + scrollY + 1 >= document.documentElement.scrollHeight;
    if (atEnd || ++steps > 40) setTimeout(() => resolve(found), 150);
    else setTimeout(step, 40);
  };
  document.fonts.ready.then(() => setTimeout(step, 100));
})"""


class Screen(NamedTuple):
    """A page of the browser, what it asked for and what it complained about."""

    page: "Page"
    requests: list[str]
    complaints: list[str]


@pytest.fixture(scope="module", params=SCREENS)
def screen(browser: "Browser", request: pytest.FixtureRequest) -> Iterator[Screen]:
    size, mode = request.param
    context = browser.new_context(viewport=size, color_scheme=mode)
    page = context.new_page()
    found = Screen(page, [], [])
    page.on("request", lambda asked: found.requests.append(asked.url))
    page.on("console", lambda told: found.complaints.append(f"{told.text} {told.location}"))
    page.on("pageerror", lambda error: found.complaints.append(str(error)))
    yield found
    context.close()


@pytest.mark.parametrize("kind", KINDS)
def test_axe_finds_no_barrier(screen: Screen, served_demo: str, kind: str) -> None:
    screen.page.goto(served_demo + KINDS[kind])
    assert barriers(screen.page) == []


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_moves_while_a_page_loads_and_is_read(
    screen: Screen, served_demo: str, kind: str
) -> None:
    screen.page.goto(served_demo + KINDS[kind])
    assert screen.page.evaluate(SHIFTS) == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_asks_nobody_else_and_breaks_no_policy(
    screen: Screen, served_demo: str, kind: str
) -> None:
    screen.requests.clear()
    screen.complaints.clear()
    screen.page.goto(served_demo + KINDS[kind], wait_until="networkidle")
    assert [url for url in screen.requests if not url.startswith(served_demo)] == []
    assert screen.complaints == []


@pytest.mark.parametrize("path", ["/", "/posts/", "/archive/", "/tags/", "/users/", "/trending/"])
def test_an_empty_site_has_no_barrier_stays_still_and_says_that_it_is_empty(
    screen: Screen, empty: str, path: str
) -> None:
    screen.page.goto(empty + path)
    assert barriers(screen.page) == []
    assert screen.page.evaluate(SHIFTS) == []
    assert screen.page.locator(".empty").first.is_visible()


@pytest.mark.parametrize(
    "path",
    ["/posts/one/", "/posts/rtl/", "/contact/", "/users/ann/", *(f"/{one}/" for one in SHELLS)],
)
def test_a_page_that_waits_for_the_service_has_no_barrier_and_stays_still(
    screen: Screen, small: str, path: str
) -> None:
    screen.page.goto(small + path)
    assert barriers(screen.page) == []
    assert screen.page.evaluate(SHIFTS) == []


@pytest.mark.parametrize("kind", ["home", "list", "post with every construct", "post"])
def test_a_theme_that_extends_the_default_has_no_barrier_either(
    screen: Screen, broadsheet: str, kind: str
) -> None:
    screen.page.goto(broadsheet + KINDS[kind])
    assert barriers(screen.page) == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_fits_into_320_pixels(narrow: "Page", served_demo: str, kind: str) -> None:
    narrow.goto(served_demo + KINDS[kind])
    assert narrow.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("kind", ["home", "post", "list", "profile of an author"])
def test_text_of_twice_the_size_fits_as_well(narrow: "Page", served_demo: str, kind: str) -> None:
    narrow.set_viewport_size({"width": 640, "height": 900})
    narrow.goto(served_demo + KINDS[kind])
    narrow.evaluate("document.documentElement.style.fontSize = '200%'")
    assert narrow.evaluate("document.documentElement.scrollWidth") <= 640
    narrow.set_viewport_size({"width": 320, "height": 640})


@pytest.fixture(scope="module")
def narrow(browser: "Browser") -> "Iterator[Page]":
    context = browser.new_context(viewport={"width": 320, "height": 640})
    yield context.new_page()
    context.close()
