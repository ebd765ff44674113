"""The default engine passes every example of the CommonMark specification, and refuses bombs."""

import json
import re
from html import escape, unescape
from pathlib import Path
from typing import Any

import pytest

from streamly_ssg.documents.commonmark import refuse_bombs, to_html
from streamly_ssg.documents.links import is_relative
from streamly_ssg.documents.markup import render
from streamly_ssg.documents.parsing import ParseSettings, TooMuch

EXAMPLES = json.loads(Path(__file__).with_name("commonmark.json").read_text("utf-8"))["examples"]
ONLY_COMMONMARK = ParseSettings(
    smart=False,
    tables=False,
    footnotes=False,
    tasklists=False,
    strikethrough=False,
    alerts=False,
    definition_lists=False,
    math=False,
    heading_ids=False,
    highlight=False,
)


def test_there_are_652_examples() -> None:
    assert len(EXAMPLES) == 652


def test_every_example_gives_the_html_of_the_specification_byte_for_byte() -> None:
    wrong = [(md, html) for _, md, html in EXAMPLES if to_html(md, ONLY_COMMONMARK) != html]
    assert wrong == []


def test_only_relative_addresses_become_holes() -> None:
    def cut(match: re.Match[str]) -> str:
        name, quote, url = match.groups()
        return f"{name}={quote}\0{quote}" if is_relative(unescape(url)) else match[0]

    def whole(match: re.Match[str]) -> str:
        return "\0" if is_relative(unescape(match[1])) else match[0]

    for _, md, text in EXAMPLES:
        html = re.sub(r"""<img src="(.*?)"[^>]*>""", whole, text)
        expected = re.sub(
            r"""(?<=<a |mg |ge )(href|src)=(["'])(.*?)\2""", cut, html, flags=re.DOTALL
        )
        assert "\0".join(render(md, ONLY_COMMONMARK).body.pieces) == expected


def test_with_all_extensions_nothing_breaks() -> None:
    for _, md, _ in EXAMPLES:
        assert len(render(md, ParseSettings()).body.pieces) >= 1


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("a | b\n--|--:\n1 | 2", '<td align="right">2</td>'),
        ("a[^1]\n\n[^1]: Note.", '<sup class="footnote-ref"><a href="#fn-1"'),
        (
            "- [x] done\n- [ ] open",
            '<li><label><input type="checkbox" checked="" disabled="" /> done</label></li>',
        ),
        (
            "- [ ] open\n\n  more",
            '<p><label><input type="checkbox" disabled="" /> open</label></p>\n<p>more</p>',
        ),
        ("~~gone~~", "<del>gone</del>"),
        ("> [!WARNING]\n> Hot", '<div class="markdown-alert markdown-alert-warning">'),
        ("Term\n\n: Meaning", "<dt>Term</dt>\n<dd>\n<p>Meaning</p>"),
        ('"Quoted" -- and... it\'s', "“Quoted” – and… it’s"),
        ("a <b>bold</b> word", "a <b>bold</b> word"),
    ],
)
def test_the_usual_extensions_are_on(source: str, html: str) -> None:
    assert html in to_html(source, ParseSettings())


@pytest.mark.parametrize(
    ("setting", "source"),
    [
        ("smart", '"x"'),
        ("tables", "a|b\n-|-\n1|2"),
        ("footnotes", "a[^1]\n\n[^1]: b"),
        ("tasklists", "- [ ] a"),
        ("strikethrough", "~~a~~"),
        ("alerts", "> [!NOTE]\n> a"),
        ("definition_lists", "a\n\n: b"),
        ("math", "$x$"),
    ],
)
def test_every_extension_can_be_switched_off(setting: str, source: str) -> None:
    off: Any = {setting: False}
    assert to_html(source, ParseSettings(**off)) != to_html(source, ParseSettings())


def test_bare_addresses_are_links_only_if_wanted() -> None:
    source = "see https://example.org/"
    assert "<a" not in to_html(source, ParseSettings())
    assert '<a href="https://example.org/"' in to_html(source, ParseSettings(autolink=True))


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (">" * 5_000, "nested more than 100"),
        ("x\n" * 100 + "- " * 3_000 + "a", "nested more than 100"),
        ("1. " * 3_000, "nested more than 100"),
        ("a\n: b\n\n" * 3_000, "more than 2,000 definitions"),
        ("|a" * 5_000 + "\n" + "|-" * 5_000 + "\n" + "x\n" * 5_000, "empty cells"),
        ("> " + "|a" * 2_000 + "\n> " + "|-" * 2_000 + "\n" + "> x\n" * 2_000, "empty cells"),
    ],
    ids=lambda text: text[:8],
)
def test_what_would_take_minutes_is_refused(source: str, message: str) -> None:
    with pytest.raises(TooMuch, match=message):
        to_html(source, ParseSettings())


@pytest.mark.parametrize(
    "source",
    [
        "|a|b|c|\n|-|-|-|\n" + "|1|2|3|\n" * 5_000,
        "a | b\n--|--\n1 | 2\n\n" * 2_000,
        "- a\n" * 10_000,
        "Term\n: Meaning\n\n" * 1_500,
        "> quote\n\n" * 5_000,
        "***\n" * 5_000,
        "- " * 3_000,
    ],
    ids=lambda text: text[:8],
)
def test_what_is_only_long_is_fine(source: str) -> None:
    if source.startswith("- - "):
        with pytest.raises(TooMuch):  # a thematic break of thousands of dashes is nobody's wish
            refuse_bombs(source)
    else:
        refuse_bombs(source)


def test_too_much_names_the_line() -> None:
    with pytest.raises(TooMuch) as caught:
        refuse_bombs("a\n\n" + ">" * 5_000)
    assert caught.value.line == 3


def test_addresses_in_attributes_are_escaped() -> None:
    html = to_html('[a](<x"onclick="y> "t\\"<b>")', ParseSettings())
    assert escape('t"<b>') in html
    assert 'x%22onclick=%22y"' in html
