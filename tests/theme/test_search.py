"""Searching in a real browser, beside somebody who reads all texts for each question."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from streamly_ssg.api import Options, Site
from streamly_ssg.documents.vocabulary import words
from tests.support.browser import barriers, served
from tests.support.demo import NOW
from tests.support.lean import document
from tests.support.library import WORDS, Reader, library, texts

from .test_pages import SHIFTS

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SHOWN = 10
TEXTS = texts(150, "search")
READER = Reader(TEXTS)
EVIL = "<img src=x onerror=document.title='gone'>"
ODD = {
    "evil": document(
        f"Zanzibar &lt;b&gt;bold&lt;/b&gt; `{EVIL}`\n", title=f"Zanzibar {EVIL}", date="2026-01-01"
    ),
    "secret": document("zebra\n", title="Zebra", date="2026-01-01", draft=True),
    "long": document(
        f"{'Nothing here. ' * 60}A quokka, a quoll and a quail.{' Nothing there.' * 60}\n",
        title="Long",
        date="2026-01-01",
        summary="In short",
    ),
}
OWN = [
    "ΟΔΟΣ",
    "ﬀ ﬃ",
    "½ ²",
    "ｆｕｌｌ",
    "ⅷ",
    "ǅ",
    "한국어",
    "ελληνικά",
    "עִבְרִית",
    "مُحَمَّد",
    "Việt Nam",
]
ORDER = """() => [...document.querySelectorAll(".found h2 a")].map((one) => one.pathname.split("/").at(-2))"""
FOLDED = """async (texts) => {
  const script = document.querySelector("script[src*='/search.']").src;
  const { wordsOf } = await import(script);
  return texts.map((text) => [...wordsOf(text)]);
}"""
READY = ".found[aria-busy=false]"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(library(tmp_path_factory.mktemp("library"), TEXTS)) as found:
        yield f"{found}/search/"


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(library(tmp_path_factory.mktemp("odd"), [], **ODD)) as found:
        yield f"{found}/search/"


@pytest.fixture(scope="module")
def window(browser: "Browser") -> "Iterator[Page]":
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    yield context.new_page()
    context.close()


@pytest.fixture
def page(window: "Page", address: str) -> "Page":
    window.goto(address)
    return window


@pytest.fixture
def odd_page(window: "Page", odd: str) -> "Page":
    window.goto(odd)
    return window


def ask(page: "Page", question: str) -> list[str]:
    page.fill("#page-q", question)
    page.wait_for_selector(READY, state="attached")
    found: list[str] = page.evaluate(ORDER)
    return found


def told(page: "Page") -> str:
    return page.locator("[role=status].found").text_content() or ""


def questions(count: int) -> Iterator[str]:
    random = Random("questions")
    for _ in range(count):
        asked = random.choices(WORDS, k=random.choice((1, 1, 2, 3)))
        yield " ".join(word[: random.randint(1, len(word))] for word in asked)


def test_what_is_found_is_what_a_reader_of_all_texts_finds(page: "Page") -> None:
    hits = 0
    for question in questions(40):
        expected = READER.ask(question)
        assert ask(page, question) == expected[:SHOWN], question
        if expected:
            assert told(page) == f"{len(expected)} result{'' if len(expected) == 1 else 's'}"
        hits += bool(expected)
    assert hits > 20


def test_a_reader_who_forgets_a_text_is_caught(page: "Page") -> None:
    forgetful = Reader(TEXTS[1:])
    question = TEXTS[0].title
    assert ask(page, question)[:SHOWN] != forgetful.ask(question)[:SHOWN]


def test_the_browser_folds_words_as_the_builder_does(page: "Page") -> None:
    found = page.evaluate(FOLDED, WORDS + OWN)
    assert found == [words(word) for word in WORDS + OWN]


@pytest.mark.parametrize("lang", ["en", "de"])
def test_results_can_be_of_one_language(page: "Page", lang: str) -> None:
    page.select_option("#page-lang", lang)
    assert ask(page, "storm") == READER.ask("storm", lang)[:SHOWN]


def test_more_results_follow_on_demand(page: "Page") -> None:
    expected = READER.ask("river")
    ask(page, "river")
    while page.locator("main button[type=button]").is_visible():
        page.locator("main button[type=button]").click()
        page.wait_for_selector(".found a:focus")
    assert page.evaluate(ORDER) == expected


def test_a_draft_is_never_found(odd_page: "Page") -> None:
    assert ask(odd_page, "zebra") == []
    assert told(odd_page) == "Nothing found"


def test_a_result_shows_the_passage_with_the_words_marked(odd_page: "Page") -> None:
    ask(odd_page, "quok quol quail")
    snippet = odd_page.locator(".snippet")
    snippet.locator("mark").first.wait_for()
    assert snippet.locator("mark").all_text_contents() == ["quokka", "quoll", "quail"]
    assert len(snippet.text_content() or "") < 230


def test_texts_stay_texts(odd_page: "Page") -> None:
    ask(odd_page, "zanzibar")
    assert odd_page.locator(".found img, .found b").count() == 0
    assert odd_page.locator(".found h2").text_content() == f"Zanzibar {EVIL}"
    assert EVIL in (odd_page.locator(".snippet").text_content() or "")
    assert "gone" not in odd_page.title()


def test_a_form_that_was_sent_is_answered(page: "Page", address: str) -> None:
    page.goto(f"{address}?q=storm&lang=de")
    page.wait_for_selector(READY, state="attached")
    assert page.evaluate(ORDER) == READER.ask("storm", "de")[:SHOWN]
    assert page.locator("#page-q").input_value() == "storm"


def test_the_address_keeps_the_question(page: "Page", address: str) -> None:
    ask(page, "night & day")
    assert page.url == f"{address}?q=night+%26+day"


def test_everything_goes_by_keyboard(page: "Page") -> None:
    page.keyboard.press("/")
    page.keyboard.type("storm")
    page.wait_for_selector(READY, state="attached")
    first, second = page.evaluate(ORDER)[:2]
    at = "document.activeElement.pathname?.split('/')[2] ?? document.activeElement.id"
    places = []
    for key in ("ArrowDown", "ArrowDown", "ArrowUp", "ArrowUp", "ArrowDown", "Escape"):
        page.keyboard.press(key)
        places.append(page.evaluate(at))
    assert places == [first, second, first, "page-q", first, "page-q"]
    assert page.locator("#page-q").input_value() == ""
    page.wait_for_selector(READY, state="attached")
    assert (page.evaluate(ORDER), told(page)) == ([], "")


def test_a_slash_leads_here_from_any_page(page: "Page", address: str) -> None:
    page.goto(address.replace("/search/", "/posts/"))
    page.keyboard.press("/")
    page.wait_for_url("**/search/")


def test_a_slash_that_is_written_is_written(page: "Page") -> None:
    page.locator("#page-q").press_sequentially("a/b")
    assert page.locator("#page-q").input_value() == "a/b"


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_results_have_no_barrier_and_move_nothing(
    browser: "Browser", address: str, width: int, mode: str
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme="dark" if mode == "dark" else "light"
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda told: complaints.append(told.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{address}?q={quote('storm river')}")
    page.wait_for_selector(READY, state="attached")
    assert page.evaluate(SHIFTS) == []
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert complaints == []
    context.close()


def test_an_index_that_cant_be_read_is_said_so(browser: "Browser", address: str) -> None:
    page = browser.new_page()
    page.route("**/words/*", lambda route: route.abort())
    page.goto(f"{address}?q=storm")
    page.wait_for_selector(READY, state="attached")
    assert "can’t be read" in told(page)
    page.unroute("**/words/*")
    assert ask(page, "storm ") != []
    page.close()


def test_a_question_reads_a_few_files(page: "Page") -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    ask(page, "harbour")
    assert sum("/words/" in url for url in asked) == 1


@pytest.fixture
def stopped(browser: "Browser", address: str) -> "Iterator[Page]":
    """Give a page on which no time passes by itself."""
    page = browser.new_page()
    page.clock.install(time=NOW)
    page.goto(address)
    page.clock.pause_at(NOW + timedelta(hours=1))
    yield page
    page.close()


def test_who_types_letter_by_letter_reads_only_what_the_word_needs(stopped: "Page") -> None:
    page = stopped
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for letter in "harbour":
        page.locator("#page-q").press_sequentially(letter)
        page.clock.run_for(150)
    assert asked == []
    page.clock.run_for(150)
    page.wait_for_selector(READY, state="attached")
    assert told(page) == f"{len(READER.ask('harbour'))} results"
    assert sum("/words/" in url for url in asked) == 1
    assert sum("/pages/" in url for url in asked) <= SHOWN


def test_a_short_word_is_answered_after_a_while(stopped: "Page") -> None:
    stopped.locator("#page-q").press_sequentially("x86")
    stopped.clock.run_for(600)
    stopped.wait_for_selector(READY, state="attached")
    assert stopped.evaluate(ORDER) == READER.ask("x86")[:SHOWN]


def test_without_scripts_it_says_where_to_go(browser: "Browser", address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    assert not page.locator("form.search").is_visible()
    for name in ("archive", "tags"):
        assert page.locator("main").get_by_role("link", name=name).is_visible()
    context.close()


@pytest.fixture(scope="module")
def tongues(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of a site in two languages; only English has the word in titles."""
    target = tmp_path_factory.mktemp("tongues")
    posts = {
        f"{lang}{number}": document(
            f"## Kiwi\n\nKiwi {number} {'kiwi ' * number}\n",
            title=f"{'Kiwi' if lang == 'en' else 'Obst'} {number}",
            date=f"2026-01-0{number}",
            lang=lang,
            summary="In short",
        )
        for lang in ("en", "de", "fr")
        for number in (1, 2)
    }
    settings = '[site]\ntitle = "Library"\n[languages.de]\ntitle = "Bibliothek"\n'
    with served(library(target, [], settings, **posts)) as found:
        yield found


@pytest.mark.parametrize(
    ("path", "first", "said"),
    [("/search/", {"en1", "en2"}, "6 results"), ("/de/search/", {"de1", "de2"}, "6 Ergebnisse")],
)
def test_readers_of_a_language_find_its_posts_first_and_in_its_words(
    window: "Page", tongues: str, path: str, first: set[str], said: str
) -> None:
    window.goto(tongues + path)
    found = ask(window, "kiwi")
    assert {*found[:2]} == first
    assert len(found) == 6
    assert told(window) == said


def test_a_language_can_still_be_chosen_on_the_pages_of_another(
    window: "Page", tongues: str
) -> None:
    window.goto(f"{tongues}/de/search/")
    window.select_option("#page-lang", "fr")
    assert {*ask(window, "kiwi")} == {"fr1", "fr2"}


def test_a_page_for_searching_is_reached_from_the_pages_of_its_language(
    window: "Page", tongues: str
) -> None:
    window.goto(f"{tongues}/de/posts/")
    window.locator(".find").click()
    window.wait_for_url("**/de/search/")
    assert window.locator(".languages a").get_attribute("href") == "/search/"


def test_a_passage_has_no_navigation_and_parts_a_heading_from_the_text(
    window: "Page", tongues: str
) -> None:
    window.goto(f"{tongues}/search/")
    ask(window, "kiwi 2")
    snippet = window.locator(".snippet").first
    snippet.locator("mark").first.wait_for()
    assert (snippet.text_content() or "").startswith("Kiwi · Kiwi 2")


def test_a_site_without_search_doesnt_speak_of_it(tmp_path: Path) -> None:
    output = library(tmp_path, [])
    assert 'class="find"' in (output / "index.html").read_text()
    (tmp_path / "streamly.toml").write_text("[search]\nenabled = false\n")
    Site(tmp_path, Options(now=NOW)).build()
    assert 'class="find"' not in (output / "index.html").read_text()
    assert not (output / "search").exists()
