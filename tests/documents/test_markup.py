"""Markdown to HTML: what both engines share."""

from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streamly_ssg.documents import markup
from streamly_ssg.documents.markup import Heading, Rendered, render
from streamly_ssg.documents.parsing import ParseSettings
from streamly_ssg.errors import ContentError

ENGINES = ("commonmark", "python-markdown")


def page(source: str, engine: str = "commonmark", **settings: object) -> Rendered:
    return render(source, ParseSettings(engine=engine, **settings))  # type: ignore[arg-type]


def html(source: str, engine: str = "commonmark", **settings: object) -> str:
    (piece,) = page(source, engine, **settings).body.pieces
    return piece


@pytest.mark.parametrize("engine", ENGINES)
def test_headings_have_ids_and_make_the_table_of_contents(engine: str) -> None:
    rendered = page("# One *two*\n\n## `Code` & more\n\nUnder\n-----\n", engine)
    assert rendered.toc == (
        Heading(1, "one-two", "One two"),
        Heading(2, "code-more", "Code & more"),
        Heading(2, "under", "Under"),
    )
    assert '<h1 id="one-two">One <em>two</em></h1>' in rendered.body.pieces[0]


@pytest.mark.parametrize("engine", ENGINES)
def test_equal_headings_are_numbered(engine: str) -> None:
    ids = [heading.id for heading in page("# A\n\n# A\n\n# A-2\n\n# A\n", engine).toc]
    assert ids == ["a", "a-2", "a-2-2", "a-3"]


def test_a_heading_may_bring_its_own_id() -> None:
    rendered = page("## Title {#My.id:x}\n\n## Not {#my id}\n\n## {#}\n")
    assert rendered.body.pieces[0].startswith('<h2 id="My.id:x">Title</h2>')
    assert [heading.text for heading in rendered.toc] == ["Title", "Not {#my id}", "{#}"]


def test_an_id_can_hold_no_markup() -> None:
    assert 'id="x"' not in html('## A {#x" onclick="y}\n')


def test_a_heading_in_html_has_an_id_too() -> None:
    assert html("<h2>Raw</h2>\n") == '<h2 id="raw">Raw</h2>\n'


def test_a_footnote_is_no_part_of_a_heading() -> None:
    assert page("# A[^1]\n\n[^1]: b\n").toc == (Heading(1, "a", "A"),)


def test_ids_can_be_switched_off() -> None:
    assert html("# A\n", heading_ids=False) == "<h1>A</h1>\n"


def test_a_hundred_thousand_headings_take_linear_time() -> None:
    assert len(page("# a\n" * 100_000).toc) == 100_000


@pytest.mark.parametrize("engine", ENGINES)
def test_code_is_coloured(engine: str) -> None:
    source = 'Text\n\n```python title="a.py" hl_lines="1"\nx = "a < b"\n```\n'
    rendered = page(source, engine)
    assert rendered.has_code
    assert "<figcaption>a.py</figcaption>" in rendered.body.pieces[0]
    assert '<span class="hl"><span class="n">x</span>' in rendered.body.pieces[0]
    assert "a &lt; b" in rendered.body.pieces[0]


def test_equal_blocks_of_code_are_coloured_equally() -> None:
    # comrak keeps the two attributes of a block in an order that changes from block to block.
    block = '```python title="a"\nx = 1\n```\n'
    (piece,) = page(block * 50).body.pieces
    assert piece == html(block) * 50


@pytest.mark.parametrize("engine", ENGINES)
def test_code_that_is_only_indented_is_plain(engine: str) -> None:
    assert html("    x < 1\n", engine).rstrip() == (
        '<div class="highlight"><pre><code>x &lt; 1\n</code></pre></div>'
    )


def test_code_keeps_every_character() -> None:
    assert html("```\n&amp; \\* “q” \"q\" 'q' -- {{ x }}\n\n\n```\n") == (
        '<div class="highlight"><pre><code>&amp;amp; \\* “q” "q" \'q\' -- {{ x }}\n\n\n'
        "</code></pre></div>\n"
    )


@pytest.mark.parametrize(
    "code",
    [
        'a < b > "c"',
        "&lt;",
        "&amp;lt;",
        "&amp;amp;",
        "&quot;&gt;&#39;",
        "&copy; &ltx &amp",
        "&&amp;&gt",
    ],
)
def test_code_is_read_as_html_is_read(code: str) -> None:
    assert markup._decoded(code) == unescape(code)


def test_html_that_looks_like_code_is_left_alone() -> None:
    assert html("<pre><code>a <b>b</b></code></pre>\n") == "<pre><code>a <b>b</b></code></pre>\n"


def test_colours_can_be_switched_off() -> None:
    assert html("```python x=1\na\n```\n", highlight=False) == (
        '<pre><code class="language-python">a\n</code></pre>\n'
    )


def test_formulas_become_mathml() -> None:
    rendered = page("Inline $x<y$ and\n\n$$\n\\int\n$$\n")
    assert rendered.has_math
    assert rendered.body.pieces[0].count("<math ") == 2
    assert 'display="block"' in rendered.body.pieces[0]


def test_dollars_are_money() -> None:
    rendered = page("It costs $5 and $10.")
    assert not rendered.has_math
    assert "It costs $5 and $10." in rendered.body.pieces[0]


def test_formulas_can_be_switched_off() -> None:
    assert html("$x$", math=False) == "<p>$x$</p>\n"


@pytest.mark.parametrize("engine", ENGINES)
def test_words_in_code_are_not_counted(engine: str) -> None:
    assert page("One two\n\n```\nthree four\n```\n\nfive\n", engine).words == 3


@pytest.mark.parametrize("engine", ENGINES)
def test_a_leading_title_can_be_taken_out(engine: str) -> None:
    rendered = render(
        "# The *title* & [x](b.md)\n\nText\n\n# More\n",
        ParseSettings(engine=engine),
        take_title=True,
    )
    assert rendered.title == "The title & x"
    assert rendered.body.pieces == ('<p>Text</p>\n<h1 id="more">More</h1>\n',)
    assert [heading.id for heading in rendered.toc] == ["more"]


@pytest.mark.parametrize("source", ["Text\n\n# Title\n", "## Title\n", "", "#\n\ntext\n"])
def test_only_a_leading_title_is_taken_out(source: str) -> None:
    assert render(source, ParseSettings(), take_title=True).title == ""


@pytest.mark.parametrize("source", ["&#1;", "a &#x7; b", "&#xFFFF;", "[a](&#1;)", "# &#27;"])
def test_a_control_character_does_not_get_in_by_number(source: str) -> None:
    rendered = page(source + " x")
    assert "\ufffd" in rendered.body.pieces[0] or rendered.body.holes
    assert not any(mark in rendered.body.pieces[0] for mark in "\x01\x07\x1b\uffff")


def test_the_numbers_of_holes_can_not_be_forged() -> None:
    assert page("[x](b.md) &#xFDD0;0&#xFDD1;").body.holes == page("[x](b.md)").body.holes


@pytest.mark.parametrize(
    "source",
    [
        '```"><script>alert(1)</script>\nx\n```',
        '~~~ "onload="x"\nx\n~~~',
        '![" onerror="x](a.png \'" onerror="y\')',
        "[a](b.md '\" onclick=\"x')",
        '[a](<x" onclick="y>)',
        'a[^"><script>]\n\n[^"><script>]: b',
        '# " onclick="x\n',
        '# A {#x" onclick="y}\n',
        '|a|\n|:-" onclick="x|\n|b|\n',
        'a\n\n: " onclick="x',
        '> [!NOTE] " onclick="x\n> y',
        '- [x" onclick="y] a',
    ],
)
def test_what_markdown_puts_into_html_is_escaped(source: str) -> None:
    rendered = page(source)
    whole = "HOLE".join([*rendered.body.pieces])
    assert "<script" not in whole
    assert ' onclick="' not in whole
    assert ' onerror="' not in whole
    assert ' onload="' not in whole


TEMPLATES = (
    "{{ 7*7 }}",
    "{% include 'a' %}",
    "{{ ''.__class__.__mro__ }}",
    "${7*7}",
    "<%= 7*7 %>",
    "#{7*7}",
    "{{{x}}}",
    "{{% x %}}",
    "{{- x -}}",
    "*{7*7}",
    "@(7*7)",
    "{{constructor}}",
)


@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize("engine", ENGINES)
def test_template_text_stays_text(template: str, engine: str) -> None:
    rendered = page(f"`{template}`\n\n# {template}\n", engine, smart=False)
    assert "49" not in rendered.body.pieces[0]
    assert template.replace("<", "&lt;").replace(">", "&gt;") in rendered.body.pieces[0]


MARKS = (
    *"*_`[]()<>|$\\\"'&a\n",
    *"``` ](  ![ <b> </b> <!-- --> <!--more--> $$ ~~ [^1] {#x} b.md &#1; &amp; é 日".split(),
    *("\n\n", "> ", "- ", "1. ", "# ", "    ", "|-|\n", "[^1]: ", ": ", "b c", "---\n"),
)


@pytest.mark.parametrize("engine", ENGINES)
@given(source=st.lists(st.sampled_from(MARKS), max_size=30).map("".join))
@settings(max_examples=150, derandomize=True, deadline=None)
def test_any_text_becomes_a_page(source: str, engine: str) -> None:
    rendered = page(source, engine)
    for fragment in (rendered.body, rendered.excerpt):
        assert len(fragment.pieces) == len(fragment.holes) + 1
        assert not any(mark in piece for piece in fragment.pieces for mark in "\ufdd0\ufdd1\x01")
    assert len({heading.id for heading in rendered.toc}) == len(rendered.toc)
    assert len(rendered.excerpt_text) <= 200
    assert page(source, engine) == rendered


def test_a_bomb_is_an_error_with_its_line() -> None:
    with pytest.raises(ContentError) as caught:
        render("a\n\n" + ">" * 5_000, ParseSettings(), 10, path="a.md")
    assert str(caught.value) == "a.md:12: TOO_MUCH this is nested more than 100 levels deep"
