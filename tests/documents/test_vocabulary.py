"""Vocabulary: words are folded so that spelling doesn't matter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamly_ssg.documents.document import read
from streamly_ssg.documents.parsing import ParseSettings
from streamly_ssg.documents.vocabulary import Vocabulary, vocabulary, words
from tests.support import library


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("The Harbour, at night!", ["the", "harbour", "at", "night"]),
        ("Café façade naïve", ["cafe", "facade", "naive"]),
        ("“Don’t” – snake_case", ["don", "t", "snake", "case"]),
        ("Straße ΣΊΣΥΦΟΣ İstanbul", ["strasse", "σισυφοσ", "istanbul"]),
        ("東京都 の 夜", ["東京", "京都", "の", "夜"]),
        ("ภาษา", ["ภา", "าษ", "ษา"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("שָׁלוֹם", ["שלום"]),
        ("co\u00adoperate ﬁsh ①", ["cooperate", "fish", "1"]),
    ],
)
def test_words_are_folded(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@given(st.lists(st.sampled_from(library.WORDS)).map(" ".join))
def test_words_are_those_that_unicode_tells(text: str) -> None:
    assert words(text) == library.words(text)


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    once = " ".join(words(text))
    assert words(once)[:1] == once.split()[:1]


def test_a_word_counts_where_it_says_most() -> None:
    found = vocabulary("Sea", ["sea", "night"], ["night", "a storm"], "sea storm tea tea tea tea")
    assert found == Vocabulary("sea", "night", "a storm", "tea", "")


def test_what_nobody_types_is_left_out() -> None:
    assert vocabulary("", (), (), f"short {'x' * 41}").once == "short"


def test_text_is_what_readers_see() -> None:
    source = b"---\ntitle: T\n---\n[link](https://example.org/path) **bo**ld &amp; `code`\n\n```\ndef f\n```\n"
    _, found = read("posts/a.md", source, ParseSettings(search="body"))
    assert found is not None
    assert set(found.once.split()) == {"link", "bold", "code", "def", "f"}


def test_an_excerpt_has_only_the_beginning() -> None:
    _, found = read("posts/a.md", b"# T\n\nFirst.\n\nSecond.\n", ParseSettings(search="excerpt"))
    assert found is not None
    assert (found.title, found.once) == ("t", "first")


def test_without_search_there_is_none() -> None:
    assert read("posts/a.md", b"Text\n", ParseSettings())[1] is None
