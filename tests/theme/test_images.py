"""Images in a real browser: they come late and move nothing, and a telephone loads small ones."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from streamly_ssg.api import Site
from tests.support.browser import served
from tests.support.images import photo
from tests.support.lean import document
from tests.support.rebuild import AT_NOW

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

TEXT = "".join(f"\n\n![{n}](well.jpg)\n\nWords below the image." for n in range(3))
SHIFT = """() => new Promise((resolve) => {
  let sum = 0;
  new PerformanceObserver((list) => {
    for (const one of list.getEntries()) sum += one.value;
  }).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => resolve(sum), 300);
})"""
DRAWN = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
SIZES = re.compile(r' (?:width|height)="\d+"')


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site with a post of three photographs."""
    folder = tmp_path_factory.mktemp("images") / "site"
    post = folder / "content/posts/a"
    post.mkdir(parents=True)
    (post / "index.md").write_text(document(TEXT, title="A"))
    (post / "well.jpg").write_bytes(photo(1200, 900, quality=90))
    Site(folder, AT_NOW).build()
    with served(folder / "public") as found:
        yield found


@pytest.fixture
def page(browser: "Browser") -> "Iterator[Page]":
    context = browser.new_context(viewport={"width": 360, "height": 780}, device_scale_factor=1)
    yield context.new_page()
    context.close()


def shift_of_late_images(page: "Page", url: str) -> float:
    """Return how much moves when the images come long after the text."""
    waiting: list[Route] = []

    def wait(route: "Route") -> None:
        waiting.append(route)

    page.route("**/*.{jpg,webp,avif}", wait)
    page.goto(url, wait_until="domcontentloaded")
    page.evaluate(DRAWN)
    assert waiting
    for route in waiting:
        route.continue_()
    page.unroute("**/*.{jpg,webp,avif}")
    page.locator("img").first.evaluate("image => image.decode()")
    found: float = page.evaluate(SHIFT)
    return found


def test_images_that_come_late_move_nothing(page: "Page", address: str) -> None:
    assert shift_of_late_images(page, f"{address}/posts/a/") == 0


def test_images_without_a_size_would(page: "Page", address: str) -> None:
    def without_sizes(route: "Route") -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=SIZES.sub("", answer.text()))

    page.route("**/posts/a/", without_sizes)
    assert shift_of_late_images(page, f"{address}/posts/a/") > 0


def test_a_telephone_loads_small_images_of_the_best_format(page: "Page", address: str) -> None:
    page.goto(f"{address}/posts/a/", wait_until="networkidle")
    chosen = page.evaluate("document.images[0].currentSrc")
    assert re.search(r"/assets/images/well-480\.\w{10}\.avif$", chosen)


def test_what_is_far_below_is_not_loaded(page: "Page", address: str) -> None:
    page.goto(f"{address}/posts/a/", wait_until="networkidle")
    asked = page.evaluate("[...document.images].map(one => [one.loading, one.fetchPriority])")
    assert asked == [["auto", "high"], ["lazy", "auto"], ["lazy", "auto"]]


def test_every_variant_is_an_image_that_a_browser_shows(page: "Page", address: str) -> None:
    page.goto(f"{address}/posts/a/")
    urls = sorted(set(re.findall(r"/assets/images/[\w.-]+", page.content())))
    widths = page.evaluate(
        """urls => Promise.all(urls.map(async url => {
          const image = new Image();
          image.src = url;
          await image.decode();
          return image.naturalWidth;
        }))""",
        urls,
    )
    assert widths == [int(re.search(r"-(\d+)\.", url)[1]) for url in urls]  # type: ignore[index]
    assert len(urls) == 8
