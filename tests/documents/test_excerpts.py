"""Excerpts: a beginning that stands on its own."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamly_ssg.documents.excerpts import (
    closed,
    count_words,
    divide,
    plain,
    shortened,
    text_of,
)


def test_the_excerpt_is_the_first_paragraph() -> None:
    html = "<h2>A</h2>\n<p>One <em>two</em></p>\n<p>Three</p>\n"
    assert divide(html) == (html, "<p>One <em>two</em></p>")


def test_a_paragraph_without_text_is_passed_over() -> None:
    html = '<p><img src="a.png" alt="x" /></p>\n<p>One</p>\n'
    assert divide(html)[1] == "<p>One</p>"


@pytest.mark.parametrize("html", ["", "<ul>\n<li>a</li>\n</ul>\n", "<p>", "<p></p>"])
def test_without_a_paragraph_there_is_no_excerpt(html: str) -> None:
    assert divide(html) == (html, "")


@pytest.mark.parametrize("mark", ["<!--more-->", "<!-- more -->"])
def test_the_mark_of_the_author_divides_and_disappears(mark: str) -> None:
    html = f"<p>One</p>\n<p>Two</p>\n{mark}\n<p>Three</p>\n"
    assert divide(html) == ("<p>One</p>\n<p>Two</p>\n<p>Three</p>\n", "<p>One</p>\n<p>Two</p>\n")


def test_a_mark_in_a_list_closes_what_it_leaves_open() -> None:
    html = "<ul>\n<li>\n<p>One <b>two <!--more--> three</b></p>\n</li>\n</ul>\n"
    assert divide(html)[1] == "<ul>\n<li>\n<p>One <b>two </b></p></li></ul>"


def test_a_mark_at_the_very_beginning_leaves_the_first_paragraph() -> None:
    assert divide("<!--more-->\n<p>One</p>\n") == ("<p>One</p>\n", "<p>One</p>")


def test_an_excerpt_has_no_ids_and_no_footnotes() -> None:
    html = (
        '<h2 id="a">A</h2>\n<p>One<sup class="footnote-ref">'
        '<a href="#fn-1" id="fnref-1">1</a></sup></p>\n<!--more-->\n'
    )
    assert divide(html)[1] == "<h2>A</h2>\n<p>One</p>\n"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>a<br>b<img src='x'>", "<p>a<br>b<img src='x'></p>"),
        ("<p>a</p></div>", "<p>a</p></div>"),
        ("<div><p>a</div>", "<div><p>a</div>"),
        ("<Foo-bar>", "<Foo-bar></Foo-bar>"),
        ("a <3 b", "a <3 b"),
    ],
)
def test_only_what_is_open_is_closed(html: str, expected: str) -> None:
    assert closed(html) == expected


def test_plain_text_has_no_html() -> None:
    assert plain("<p>a &lt;b&gt;\n &amp; <em>c</em>\ufdd03\ufdd1</p>") == "a <b> & c"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("short", "short"),
        ("one two three four", "one two three…"),
        ("one two, thirteen", "one two…"),
        ("x" * 30, "x" * 13 + "…"),
        ("x" * 14, "x" * 14),
    ],
)
def test_a_long_text_is_cut_between_words(text: str, expected: str) -> None:
    assert shortened(text, 14) == expected
    assert len(shortened(text, 14)) <= 14


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("", 0),
        ("<p>One two\nthree</p>\n<ul>\n<li>four</li></ul>", 4),
        ("<p>日本語</p>", 3),
        ("<p>Grüße an 東京</p>", 4),
        ('<p><a href="a b c">x</a>\ufdd07\ufdd1</p>', 1),
        (" one\t\n two\x1cthree\u2003four ", 4),
    ],
)
def test_words_are_counted_as_readers_would(html: str, words: int) -> None:
    assert count_words(text_of(html)) == words


@given(st.text(alphabet="ab.\t\n\v\f\r\x1c\x1f\0 "))
def test_words_are_what_white_space_divides(text: str) -> None:
    assert count_words(text) == len(text.split())


@pytest.mark.parametrize(
    "html",
    ["<" * 200_000, "<b>" * 100_000 + "</i>" * 100_000 + "<!--more-->", "<p>" * 100_000,
     "<p></p>" * 50_000, "<!--" * 100_000, "<sup class=" * 50_000],
    ids=lambda html: html[:8],
)  # fmt: skip
def test_long_html_takes_linear_time(html: str) -> None:
    begin = time.process_time()
    plain(divide(html)[1])
    assert time.process_time() - begin < 10
