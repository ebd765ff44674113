"""Using a page: by keyboard, without scripts, on paper, from right to left, in one's own colours."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from streamly_ssg.pages.index import SHELLS
from tests.support.demo import KINDS

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

POST = "/posts/a-thread-you-can-hear/"
CODE = "/posts/markdown-reference/"
ADDED = {"Copy", "link", "Kopieren", "kopieren"}  # what scripts alone can do, and so bring along
NAMED = """(one) => [one.tagName, one.id || (one.getAttribute("href") ?? one.textContent.trim())].join(" ")"""
FOCUS = f"() => ({NAMED})(document.activeElement)"
CONTROLS = "a[href], button, summary, input:not([type=hidden], :disabled), select, textarea, [tabindex='0']"
STOPS = f"""() => [...document.querySelectorAll("{CONTROLS}")]
  .filter((one) => one.tabIndex >= 0 && one.checkVisibility({{ visibilityProperty: true }}))
  .map({NAMED})"""
OUTLINE = """() => {
  const style = getComputedStyle(document.activeElement);
  return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
}"""


@pytest.fixture
def context(browser: "Browser") -> "Iterator[BrowserContext]":
    made = browser.new_context(
        viewport={"width": 1280, "height": 900},
        permissions=["clipboard-read", "clipboard-write"],
        reduced_motion="reduce",
        color_scheme="light",
    )
    yield made
    made.close()


@pytest.fixture
def page(context: "BrowserContext") -> "Page":
    return context.new_page()


@pytest.fixture
def scriptless(browser: "Browser") -> "Iterator[Page]":
    made = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    yield made.new_page()
    made.close()


def background(page: "Page") -> str:
    return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))


def reached(page: "Page", path: str, width: int) -> list[str]:
    """Return the controls that Tab reaches, in order; each must show that it is where one is."""
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(path)
    found = []
    for _ in page.evaluate(STOPS):
        page.keyboard.press("Tab")
        found.append(page.evaluate(FOCUS))
        assert page.evaluate(OUTLINE), found[-1]
    return found


@pytest.mark.parametrize("path", ["/", POST, "/posts/"])
@pytest.mark.parametrize("width", [360, 1280])
def test_tab_reaches_every_control_in_the_order_of_the_page(
    page: "Page", served_demo: str, path: str, width: int
) -> None:
    found = reached(page, served_demo + path, width)
    assert found == page.evaluate(STOPS)
    assert found[0] == "A #site-main"


@pytest.mark.long
@pytest.mark.parametrize("kind", KINDS)
def test_tab_reaches_every_control_of_every_kind_of_page(
    page: "Page", served_demo: str, kind: str
) -> None:
    found = reached(page, served_demo + KINDS[kind], 1280)
    assert found == page.evaluate(STOPS)


@pytest.mark.parametrize(
    "path", ["/posts/one/", "/contact/", "/users/ann/", *(f"/{one}/" for one in SHELLS)]
)
def test_tab_reaches_every_field_of_a_form(page: "Page", small: str, path: str) -> None:
    found = reached(page, small + path, 360)
    assert found == page.evaluate(STOPS)


@pytest.mark.parametrize("kind", sorted({*KINDS} - {"search"}))
def test_without_scripts_a_page_says_the_same(
    page: "Page", scriptless: "Page", served_demo: str, kind: str
) -> None:
    page.goto(served_demo + KINDS[kind])
    scriptless.goto(served_demo + KINDS[kind])
    text, plain = (one.locator("main").inner_text().split() for one in (page, scriptless))
    missing = set(text) - set(plain) - ADDED
    assert missing == set()


def test_the_first_link_skips_to_the_content(page: "Page", served_demo: str) -> None:
    page.goto(served_demo + POST)
    page.keyboard.press("Tab")
    assert page.locator(".skip").bounding_box()["y"] > 0  # type: ignore[index]
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_a_choice_of_colours_is_remembered(page: "Page", served_demo: str, key: str) -> None:
    page.goto(f"{served_demo}/")
    light = background(page)
    page.locator(".mode").focus()
    page.keyboard.press(key)
    dark = background(page)
    assert page.locator(".mode").get_attribute("aria-pressed") == "true"
    page.goto(served_demo + POST)
    assert (background(page), light) == (dark, "rgb(253, 253, 251)")
    assert page.locator(".mode").get_attribute("aria-pressed") == "true"


def test_chosen_colours_are_there_before_anything_is_drawn(
    context: "BrowserContext", served_demo: str
) -> None:
    page = context.new_page()
    page.goto(f"{served_demo}/")
    page.locator(".mode").click()
    page.add_init_script(
        "addEventListener('DOMContentLoaded', () => window.first = document.documentElement.dataset.mode)"
    )
    page.route(re.compile(r"script\."), lambda route: route.abort())
    page.goto(served_demo + POST)
    assert page.evaluate("window.first") == "dark"


def test_choosing_what_the_system_has_is_no_choice(page: "Page", served_demo: str) -> None:
    page.goto(f"{served_demo}/")
    page.locator(".mode").click()
    page.locator(".mode").click()
    assert page.evaluate("localStorage.length") == 0
    page.emulate_media(color_scheme="dark")
    page.wait_for_selector('.mode[aria-pressed="true"]')


def test_code_is_copied_as_it_was_written(page: "Page", served_demo: str) -> None:
    page.goto(served_demo + CODE)
    block = page.locator("figure.code .highlight", has=page.locator(".ln"))
    block.locator(".copy").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith('def depth(rope: float, left: float) -> float:\n    """How far')
    assert page.locator("[role=status]").text_content() == "Copied"


def test_the_address_of_a_post_is_copied(page: "Page", served_demo: str) -> None:
    page.goto(served_demo + POST)
    page.locator("button[data-copy]").click()
    assert page.evaluate("navigator.clipboard.readText()").endswith(POST)


def test_the_table_of_contents_follows_the_reader(page: "Page", served_demo: str) -> None:
    page.goto(served_demo + POST)
    assert page.locator(".toc [aria-current]").count() == 0
    page.locator("#times-twice").evaluate("one => one.scrollIntoView()")
    page.wait_for_selector('.toc [aria-current][href="#times-twice"]')
    assert page.locator(".toc [aria-current]").count() == 1
    box = page.locator(".toc").bounding_box()
    assert box is not None
    assert 0 <= box["y"] < 100


def test_the_table_of_contents_is_folded_on_a_phone(page: "Page", served_demo: str) -> None:
    page.set_viewport_size({"width": 360, "height": 780})
    page.goto(served_demo + POST)
    assert not page.locator(".toc li").first.is_visible()
    page.locator(".toc summary").click()
    assert page.locator(".toc li").first.is_visible()


def test_without_scripts_a_page_is_whole_and_has_no_dead_button(
    scriptless: "Page", served_demo: str
) -> None:
    scriptless.goto(served_demo + POST)
    assert scriptless.locator("button:visible").count() == 0
    assert scriptless.locator(".toc li").first.is_visible()
    assert scriptless.locator(".comments li").count() == 9
    assert scriptless.locator(".share a").count() == 4


def test_paper_shows_the_text_and_no_navigation(page: "Page", served_demo: str) -> None:
    page.goto(served_demo + POST)
    page.emulate_media(media="print", color_scheme="dark")
    for gone in ("nav", "button", ".share", ".skip"):
        assert page.locator(f"{gone}:visible").count() == 0
    assert page.locator("article h1").is_visible()
    assert background(page) == "rgb(255, 255, 255)"


def test_a_text_from_right_to_left_turns_the_page_around(page: "Page", small: str) -> None:
    page.goto(f"{small}/posts/rtl/")
    contents, text = (page.locator(one).bounding_box() for one in (".toc", ".content >> nth=0"))
    assert contents is not None
    assert text is not None
    assert contents["x"] > text["x"] + text["width"]


def test_forced_colours_leave_the_current_place_visible(page: "Page", served_demo: str) -> None:
    page.goto(f"{served_demo}/trending/")
    page.emulate_media(forced_colors="active")
    style = "getComputedStyle(document.querySelector('.tabs [aria-current]')).textDecorationLine"
    assert page.evaluate(style) == "underline"


def test_who_asks_for_less_motion_gets_none(page: "Page", served_demo: str) -> None:
    page.goto(served_demo + CODE)
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
    assert page.evaluate("document.getAnimations().length") == 0


def test_signing_in_works_without_scripts(scriptless: "Page", small: str) -> None:
    scriptless.goto(f"{small}/")
    scriptless.get_by_role("link", name="Sign in").click()
    with scriptless.expect_request("**/api/v1/**") as asked:
        scriptless.get_by_label("Name or e-mail address").fill("ada")
        scriptless.get_by_label("Password").fill("four words")
        scriptless.get_by_role("button", name="Sign in").click()
    assert asked.value.url == f"{small}/api/v1/auth/login"
    assert asked.value.post_data == "login=ada&password=four+words&next=%2F"


@pytest.mark.parametrize("kind", ["feed", "notifications", "messages", "admin"])
def test_a_page_of_ones_own_says_what_it_would_show(
    scriptless: "Page", small: str, kind: str
) -> None:
    scriptless.goto(f"{small}/{kind}/")
    assert scriptless.locator(".empty").is_visible()
    assert scriptless.locator("main").get_by_role("link", name="Sign in").is_visible()


def test_the_form_for_comments_works_without_scripts(scriptless: "Page", small: str) -> None:
    scriptless.goto(f"{small}/posts/one/")
    with scriptless.expect_request("**/api/v1/**") as asked:
        scriptless.get_by_label("Your comment").fill("Good *evening*")
        scriptless.get_by_role("button", name="Comment").click()
    assert (asked.value.method, asked.value.post_data) == ("POST", "body=Good+*evening*")
    assert asked.value.url == f"{small}/api/v1/pages/posts.one/comments"
