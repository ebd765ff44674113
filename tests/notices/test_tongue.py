"""Letters in the language of the site: whole, and with the same links and marks as in English."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from interact_api.accounts import letters
from interact_api.notices import letterhead, tongue
from interact_api.notices.letterhead import Brand, render
from interact_api.notices.mail import Postman
from interact_api.settings import read_settings
from tests.notices.test_letterhead import LETTERS, anchors, context_of
from tests.support.house import ROOT

CODES = sorted(path.stem for path in tongue.FOLDER.glob("*.json"))
TEMPLATES = ROOT / "interact_api/notices/templates"
HOLE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{\w*\}")
SAME = re.compile(r"(?:=|>) \{\{ \w+ \}\}")  # nothing but what somebody wrote


def brand(language: str) -> Brand:
    return Brand("A Site", "https://example.org", b"s" * 32, language)


def paragraphs() -> set[str]:
    found = {
        " ".join(one.split())
        for name in LETTERS
        for one in (TEMPLATES / f"{name}.txt").read_text("utf-8").split("\n\n")
    }
    return {one for one in found if not SAME.fullmatch(one)}


@pytest.mark.parametrize("code", CODES)
def test_a_language_that_comes_along_is_whole(code: str) -> None:
    lives = {letters._spoken(life // letters.MINUTE) for life in letters.LIVES.values()}
    units = {f"{{}} {one.partition(' ')[2]}" for one in lives}
    said = units | {
        tongue.MOMENT,
        letterhead.SIGNED,
        letterhead.ENOUGH,
        *tongue.MONTHS,
        *paragraphs(),
    }
    assert said - tongue._words(code).keys() == set()


@pytest.mark.parametrize("code", CODES)
def test_a_translation_has_the_same_holes_mark_and_link(code: str) -> None:
    for text, translation in tongue._words(code).items():
        assert sorted(HOLE.findall(translation)) == sorted(HOLE.findall(text)), text
        assert translation.partition(" | ")[2] == text.partition(" | ")[2]
        mark, _, _ = text.partition(" ")
        assert mark not in letterhead.MARKS or translation.startswith(f"{mark} ")


@pytest.mark.parametrize("template", LETTERS)
@pytest.mark.parametrize("code", CODES)
def test_a_letter_leads_where_the_english_one_leads(code: str, template: str) -> None:
    letter = render(template, context_of(template), brand(code))
    english = render(template, context_of(template), brand("en"))
    assert anchors(letter.html).hrefs == anchors(english.html).hrefs
    assert anchors(letter.html).wrong == []
    assert "{{" not in letter.text + letter.html
    assert f'<html lang="{code}" dir="{"rtl" if code == "ar" else "ltr"}">' in letter.html
    assert letter.text != english.text


def test_a_letter_is_written_in_the_language_of_the_site() -> None:
    letter = render("reset", context_of("reset") | {"within": "30 minutes"}, brand("de"))
    assert letter.subject == "Wählen Sie ein neues Passwort – A Site"
    assert letter.text.startswith("Guten Tag, ada,\n\nJemand hat um ein neues Passwort")
    assert "innerhalb von 30 Minuten:" in letter.text.replace("\n", " ")
    assert 'display:none;max-height:0;overflow:hidden">Jemand hat um ein neues Pa' in letter.html


@pytest.mark.parametrize(
    ("site", "code"), [("de", "de"), ("de-AT", "de"), ("en-GB", "en"), ("cs", "en"), ("", "en")]
)
def test_a_site_in_another_language_writes_in_the_nearest_or_in_english(
    site: str, code: str
) -> None:
    assert tongue.spoken(site) == code


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("en", "1 May 2026 at 12:05 UTC"),
        ("de", "1. Mai 2026 um 12:05 UTC"),
        ("fr", "1 mai 2026 à 12:05 UTC"),
    ],
)
def test_a_time_is_told_as_the_language_tells_it(code: str, text: str) -> None:
    assert tongue.moment(datetime(2026, 5, 1, 12, 5, tzinfo=UTC), code) == text


@pytest.mark.parametrize(
    ("text", "said"),
    [("3 days", "3 Tagen"), ("45 minutes", "45 Minuten"), ("1 minute", "1 Minute")],
)
def test_a_while_is_told_whatever_its_length(text: str, said: str) -> None:
    assert tongue.span(text, "de") == said
    assert tongue.span(text, "en") == text


def test_the_language_of_the_site_is_that_of_its_letters(tmp_path: Path) -> None:
    (tmp_path / "streamly.toml").write_text('[site]\nlanguage = "de-CH"\n', "utf-8")
    settings = read_settings(tmp_path, {"STREAMLY_SECRET": "s" * 64})
    assert Postman(settings).brand.language == "de"
