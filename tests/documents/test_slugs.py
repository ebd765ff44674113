"""Slugs: any text gives a safe name, and what authors write by hand can't leave the site."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streamly_ssg.documents import slugs
from streamly_ssg.documents.slugs import (
    MAX_SLUG,
    alias_fault,
    path_fault,
    segment_fault,
    slug_fault,
    slugify,
)

SAFE = set("abcdefghijklmnopqrstuvwxyz0123456789-")
UNSAFE_NAMES = (
    "..",
    ".",
    "",
    "x.",
    "x ",
    " x",
    "a/b",
    "a\\b",
    "C:",
    "C:\\x",
    "a\0b",
    "a\nb",
    "a\x7fb",
    "%2e%2e",
    "%2E%2e",
    "a%2fb",
    "a%5cb",
    "x%00",
    "CON",
    "con",
    "nul.txt",
    "COM1",
    "lpt9.md",
    "a?b",
    "a*b",
    'a"b',
    "a<b",
    "a|b",
    "a\u202eb",
    "a\u200bb",
    "\ud800",
    "x" * 101,
    "é" * 51,
)


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Hello, World!", "hello-world"),
        ("Don't panic", "dont-panic"),
        ("Don’t panic", "dont-panic"),
        ("Größe & Maß", "grosse-mass"),
        ("Привет мир", "privet-mir"),
        ("日本語", "ri-ben-yu"),
        ("C++ in 1,000 words", "c-in-1000-words"),
        ("  --x--  ", "x"),
        ("a/../../b", "a-b"),
        ("CON", "con-page"),
        ("nul.txt", "nul-txt"),
        ("aux", "aux-page"),
    ],
)
def test_a_slug_is_what_one_would_type(text: str, slug: str) -> None:
    assert slugify(text) == slug


@pytest.mark.parametrize("text", ["", "!!!", "🎉", "\u202e", "—", "\ufdd0"])
def test_a_text_without_letters_gets_a_name_of_its_own(text: str) -> None:
    assert slugify(text) == slugify(text)
    assert set(slugify(text)) <= SAFE
    assert slugify(text) != slugify(text + "🎈")


def test_a_long_text_is_cut_between_words() -> None:
    slug = slugify("word " * 100)
    assert len(slug) <= MAX_SLUG
    assert slug.endswith("word")


@given(st.text(alphabet=st.sampled_from("aB2 -_.!?;#<'\"/\t\0"), max_size=100))
@settings(max_examples=500, derandomize=True, deadline=None)
def test_the_short_way_for_english_gives_what_the_library_gives(text: str) -> None:
    short = slugs._simple(text)
    assert not short or short == slugs._transliterated(text)


def test_two_ways_to_write_one_letter_give_one_slug() -> None:
    assert slugify(unicodedata.normalize("NFD", "Ünïcödé ほげ")) == slugify("Ünïcödé ほげ")


@given(st.text(max_size=200))
@settings(max_examples=300, derandomize=True, deadline=None)
def test_every_text_gives_a_safe_slug(text: str) -> None:
    slug = slugify(text)
    assert slug
    assert set(slug) <= SAFE
    assert len(slug) <= MAX_SLUG
    assert slug_fault(slug) == ""
    assert segment_fault(slug) == ""
    assert slugify(unicodedata.normalize("NFD", text)) == slugify(
        unicodedata.normalize("NFC", text)
    )


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=60))
@settings(max_examples=200, derandomize=True, deadline=None)
def test_a_slug_that_passes_the_check_is_one_file_name(text: str) -> None:
    if not slug_fault(text):
        assert text not in {"", ".", ".."}
        assert not set(text) & set('\\/:*?"<>|%#& \0\n\t')


@pytest.mark.parametrize("name", UNSAFE_NAMES)
def test_an_unsafe_slug_is_refused(name: str) -> None:
    assert slug_fault(name)


@pytest.mark.parametrize("name", [name for name in UNSAFE_NAMES if name != "a/b"])
def test_a_path_with_an_unsafe_part_is_refused(name: str) -> None:
    assert path_fault(f"a/{name}/b")
    assert alias_fault(f"/a/{name}/b")


@pytest.mark.parametrize("slug", ["hello-world", "Grüße", "日本語", "v1.2", "a_b~c+d"])
def test_a_usual_slug_is_fine(slug: str) -> None:
    assert slug_fault(slug) == ""


@pytest.mark.parametrize("slug", [".htaccess", "a b", "a%20b", "a#b", "a&b", "été!"])
def test_a_slug_has_only_characters_that_need_no_escaping(slug: str) -> None:
    assert slug_fault(slug)


@pytest.mark.parametrize(
    "alias", ["/old/", "/", "/2020/01/hello.html", "/blog/Grüße/", "/feed.xml"]
)
def test_an_alias_is_a_path_of_the_site(alias: str) -> None:
    assert alias_fault(alias) == ""


@pytest.mark.parametrize(
    "alias", ["old", "//evil.example/", "/a//b/", "/a/?b", "/a#b", "http://x/"]
)
def test_an_alias_that_is_no_path_of_the_site_is_refused(alias: str) -> None:
    assert alias_fault(alias)


@pytest.mark.parametrize("path", ["/etc/passwd", "../x.html", "a/../../b", "", "post.html/"])
def test_a_template_outside_the_theme_is_refused(path: str) -> None:
    assert path_fault(path)
