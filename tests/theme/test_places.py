"""Where things stand on a page: beside each other, and never on top."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.support.demo import KINDS

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

EVERYTHING = KINDS["post with every construct"]
MEET = """([one, other]) => {
  const [a, b] = [one, other].map((name) => document.querySelector(name).getBoundingClientRect());
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}"""
TO = "name => document.querySelector(name).scrollIntoView({ block: 'center', behavior: 'instant' })"


@pytest.fixture(scope="module")
def page(browser: "Browser") -> "Iterator[Page]":
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


@pytest.fixture
def desk(page: "Page") -> "Page":
    page.set_viewport_size({"width": 1280, "height": 900})
    return page


@pytest.fixture
def phone(page: "Page") -> "Page":
    page.set_viewport_size({"width": 360, "height": 780})
    return page


def edge(page: "Page", name: str, of: str = "top") -> float:
    script = "([name, of]) => document.querySelector(name).getBoundingClientRect()[of]"
    return float(page.evaluate(script, [name, of]))


def test_the_contents_lie_on_no_count_at_the_end_of_a_text(desk: "Page", served_demo: str) -> None:
    desk.goto(served_demo + EVERYTHING)
    desk.evaluate(TO, ".closing")
    assert desk.evaluate(MEET, [".toc", ".content"]) is False
    assert edge(desk, ".toc", "bottom") > edge(desk, ".counts")
    assert desk.evaluate(MEET, [".toc", ".counts"]) is False


def test_footnotes_begin_where_the_text_begins(desk: "Page", served_demo: str) -> None:
    desk.goto(served_demo + EVERYTHING)
    assert edge(desk, ".footnotes ol", "left") == edge(desk, ".content > p", "left")


def test_a_text_begins_below_its_title_however_many_facts_stand_beside_it(
    desk: "Page", served_demo: str
) -> None:
    desk.goto(served_demo + EVERYTHING)
    assert edge(desk, ".content > p") < edge(desk, "h1", "bottom") + 60
    assert edge(desk, ".facts", "bottom") > edge(desk, ".content > p")
    assert desk.evaluate(MEET, [".facts", ".toc"]) is False


def test_what_is_known_of_a_text_stands_beside_its_thumbnail_on_a_phone(
    phone: "Page", served_demo: str
) -> None:
    phone.goto(served_demo + "/categories/guide/")
    assert edge(phone, ".cards > :has(.thumb) .facts") < edge(phone, ".thumb", "bottom")


@pytest.mark.parametrize("path", ["/posts/", "/posts/page/3/", "/posts/page/5/"])
def test_a_few_pages_of_a_list_fit_into_one_line_of_a_phone(
    phone: "Page", served_demo: str, path: str
) -> None:
    phone.goto(served_demo + path)
    assert edge(phone, ".pager ul", "bottom") - edge(phone, ".pager ul") < 60


def test_languages_go_on_in_the_line_of_the_menu(phone: "Page", served_demo: str) -> None:
    phone.goto(served_demo + "/")
    assert edge(phone, ".languages") == edge(phone, ".site-header li a[href='/about/']")


@pytest.mark.parametrize("width", [360, 1280])
def test_what_arrives_last_in_the_header_moves_nothing(
    page: "Page", small: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(small + "/")
    places = []
    for name in (".mode", ".find"):
        places.append([edge(page, one, "left") for one in (".find", ".account", ".brand")])
        page.evaluate("name => document.querySelector(name).remove()", name)
    assert places[0] == places[1]
    assert edge(page, ".account", "left") == places[0][1]


def test_names_in_the_header_stand_on_one_line(phone: "Page", small: str) -> None:
    phone.goto(small + "/")
    foot = """(name) => {
      const probe = document.querySelector(name).appendChild(document.createElement("i"));
      probe.style.display = "inline-block";
      return probe.getBoundingClientRect().bottom;
    }"""
    assert abs(phone.evaluate(foot, ".brand") - phone.evaluate(foot, ".account")) < 1


def test_copying_hides_no_code_below_a_title(phone: "Page", served_demo: str) -> None:
    phone.goto(served_demo + EVERYTHING)
    assert (
        phone.evaluate(MEET, ["figcaption + .highlight > .copy", "figcaption + .highlight pre"])
        is False
    )


def test_pictures_of_a_text_are_dimmed_in_the_dark(desk: "Page", served_demo: str) -> None:
    desk.emulate_media(color_scheme="dark")
    desk.goto(served_demo + KINDS["post with photographs"])
    script = "name => getComputedStyle(document.querySelector(name)).filter"
    assert desk.evaluate(script, ".content img") == desk.evaluate(script, ".picture") != "none"
    desk.emulate_media(color_scheme="light")
