import re
from html.parser import HTMLParser
from importlib.resources import files

import pytest

from interact_api import outbox
from interact_api.notices import letterhead
from interact_api.notices.letterhead import Brand, UnknownLetter, render

BRAND = Brand("A Site", "https://example.org", b"s" * 32)
CONTEXT = {
    "name": "ada", "author": "bob", "title": "A post", "quote": "Some words", "reason": "spam",
    "seed": "abc", "path": "/posts/a/#comment-1", "reader": "5", "more": "2",
    "when": "1 May 2026 at 12:00 UTC", "within": "24 hours",
    "email": "eve@example.org", "body": "Dear sirs", "line": "a line", "missed": "3",
}  # fmt: skip
LETTERS = sorted(
    path.name.removesuffix(".txt")
    for path in files("interact_api.notices").joinpath("templates").iterdir()
    if path.name.endswith(".txt")
)
HOSTILE = [
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7 * 7 }}", "{% raw %}",
    "javascript:alert(1)", "https://evil.example/", "see www.evil.example now", "evil.example",
    "mailto:a@evil.example", "-> Click | https://evil.example", "a\n\n-> Click | //evil.example",
    "</blockquote><a href=//evil.example>x</a>", "\r\nBcc: eve@evil.example", "\x00\x1b[31m",
    "[x](https://evil.example)", "<https://evil.example>", "HTTPS://EVIL.EXAMPLE", "ftp://evil",
]  # fmt: skip


class Anchors(HTMLParser):
    """Collects where a page leads, and what could act in it."""

    def __init__(self) -> None:
        super().__init__()
        self.hrefs: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hrefs += [value or "" for name, value in attrs if name == "href"]
        if tag in {"script", "img", "iframe", "object", "form", "link", "base", "svg"}:
            self.wrong.append(tag)
        self.wrong += [name for name, _ in attrs if name.startswith("on") or name == "src"]


def anchors(html: str) -> Anchors:
    parser = Anchors()
    parser.feed(html)
    return parser


def context_of(template: str) -> dict[str, str]:
    return {k: v for k, v in CONTEXT.items() if k != "seed" or template in letterhead.LANDING}


@pytest.mark.parametrize("template", LETTERS)
def test_every_letter_can_be_written(template: str) -> None:
    letter = render(template, context_of(template), BRAND)
    assert letter.subject.endswith("A Site")
    assert ("Hello ada," in letter.text) == ("Hello ada," in letter.html)
    assert "{{" not in letter.text + letter.html
    assert max(len(line) for line in letter.text.splitlines() if "://" not in line) <= 74


def test_mail_programs_show_the_first_sentence_beside_the_subject() -> None:
    html = render("reset", context_of("reset"), BRAND).html
    assert 'display:none;max-height:0;overflow:hidden">Somebody asked for a new password' in html


def test_a_code_leads_to_its_page_behind_the_hash() -> None:
    letter = render("reset", context_of("reset"), BRAND)
    token = re.search(r"st_mail_[\w-]{43}", letter.text)
    assert token is not None
    link = f"https://example.org/reset-password/#token={token[0]}"
    assert link in letter.text
    assert anchors(letter.html).hrefs == ["https://example.org/", link]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("field", ["quote", "author", "title", "name", "reason"])
def test_what_people_write_is_text_and_leads_nowhere(text: str, field: str) -> None:
    letter = render("reported", context_of("reported") | {field: text}, BRAND)
    found = anchors(letter.html)
    assert found.hrefs == ["https://example.org/", "https://example.org/posts/a/#comment-1"]
    assert found.wrong == []
    body = letter.text.replace("https://example.org", "").replace("https://example", "")
    assert not re.search(r"\w\.\w|://|www\.|mailto:|javascript:", body)
    assert "49" not in letter.text
    assert "\n" not in letter.subject
    assert not set("\x00\x1b\r") & set(letter.text + letter.html + letter.subject)


def test_a_long_text_is_cut() -> None:
    letter = render("comment", context_of("comment") | {"quote": "word " * 1000}, BRAND)
    assert letter.text.count("word") < 80
    assert "…" in letter.text


@pytest.mark.parametrize(
    "path", ["//evil.example", "https://evil.example", "/\\evil.example", "a", "", "/a b", "/a\nb"]
)
def test_a_letter_leads_to_this_site_only(path: str) -> None:
    with pytest.raises(UnknownLetter):
        render("comment", context_of("comment") | {"path": path}, BRAND)


@pytest.mark.parametrize("template", ["nothing", "../letterhead", "layout.html", "", "a/b"])
def test_there_are_no_other_letters(template: str) -> None:
    with pytest.raises(UnknownLetter):
        render(template, CONTEXT, BRAND)


def test_a_letter_that_lacks_a_word_isnt_written() -> None:
    with pytest.raises(UnknownLetter):
        render("comment", {"name": "ada"}, BRAND)


def test_letters_look_right_in_the_dark_and_load_nothing() -> None:
    html = render("welcome", context_of("welcome"), BRAND).html
    assert "prefers-color-scheme: dark" in html
    assert '<meta name="color-scheme" content="light dark">' in html
    assert "url(" not in html


def test_what_is_never_held_back_are_letters() -> None:
    assert set(outbox.OWN) <= set(LETTERS)


def test_an_address_to_answer_to_can_be_copied() -> None:
    assert (
        "If you answer this letter, eve@example.org gets"
        in render("contact", context_of("contact"), BRAND).text
    )
    wrong = context_of("contact") | {"email": "https://evil.example"}
    assert "evil" not in render("contact", wrong, BRAND).text
