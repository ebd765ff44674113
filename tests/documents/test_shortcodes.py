"""Shortcodes: found outside code, paired, and with their insides as Markdown."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streamly_ssg.documents.fragments import Call, Fragment, Link
from streamly_ssg.documents.markup import Rendered, render
from streamly_ssg.documents.parsing import ParseSettings
from streamly_ssg.documents.shortcodes import MAX_DEPTH, arguments, unused_word
from streamly_ssg.errors import ContentError

ENGINES = ("commonmark", "python-markdown")


def page(source: str, engine: str = "commonmark") -> Rendered:
    return render(source, ParseSettings(engine=engine), path="a.md")


def calls(source: str, engine: str = "commonmark") -> list[Call]:
    return [hole for hole in page(source, engine).body.holes if isinstance(hole, Call)]


def text(source: str) -> str:
    (piece,) = page(source).body.pieces
    return piece


def refused(source: str) -> list[str]:
    with pytest.raises(ContentError) as caught:
        page(source)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_shortcode_has_a_name_arguments_and_a_place(engine: str) -> None:
    source = 'One\n\nTwo {{< figure "a b" c src="x.png" alt=`raw "y"` n=1 >}}.\n'
    assert calls(source, engine) == [
        Call(
            "figure",
            ("a b", "c"),
            (("alt", 'raw "y"'), ("n", "1"), ("src", "x.png")),
            None,
            3,
            5,
        )
    ]


@pytest.mark.parametrize("engine", ENGINES)
def test_alone_it_replaces_its_paragraph(engine: str) -> None:
    assert page("One\n\n{{< a >}}\n\nTwo\n", engine).body.pieces == (
        "<p>One</p>\n",
        "\n<p>Two</p>\n",
    )


def test_several_alone_replace_their_paragraph() -> None:
    assert page("{{< a >}}\n{{< b >}}\n").body.pieces == ("", "\n", "\n")


def test_in_a_sentence_the_paragraph_stays() -> None:
    assert page("One {{< a >}} two\n").body.pieces == ("<p>One ", " two</p>\n")


def test_a_tag_may_reach_over_lines_and_end_in_a_slash() -> None:
    (call,) = calls('{{< figure\n  src="a.png"\n  alt="A"\n/>}}\n')
    assert call.options == (("alt", "A"), ("src", "a.png"))


@pytest.mark.parametrize("engine", ENGINES)
def test_a_pair_has_markdown_inside(engine: str) -> None:
    source = "{{< details >}}\n\nSome *text*\n\n- a list\n\n{{< /details >}}\n"
    (call,) = calls(source, engine)
    assert call.inner is not None
    assert "<em>text</em>" in call.inner.pieces[0]
    assert "<li>a list</li>" in call.inner.pieces[0]


def test_a_pair_needs_no_blank_lines() -> None:
    (call,) = calls("{{< details >}}\n- one\n- two\n{{< /details >}}\n")
    assert call.inner == Fragment(("<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n",), ())


def test_a_pair_in_a_sentence_has_no_paragraph_inside() -> None:
    (call,) = calls("One {{< mark >}}*two*{{< /mark >}} three\n")
    assert call.inner == Fragment(("<em>two</em>",), ())


def test_an_empty_pair_has_an_empty_inside() -> None:
    (call,) = calls("{{< a >}}{{< /a >}}\n")
    assert call.inner == Fragment(("",), ())


def test_links_inside_a_pair_know_their_places() -> None:
    source = "Text\n\n- item\n\n  {{< details >}}\n  [b](b.md)\n  {{< /details >}}\n"
    (call,) = calls(source)
    assert call.inner is not None
    assert call.inner.holes == (Link("b.md", image=False, line=6, column=7),)


def test_pairs_nest() -> None:
    source = "{{< a >}}\nx\n{{< a >}}\ny {{< c >}}\n{{< /a >}}\n{{< /a >}}\n"
    (outer,) = calls(source)
    assert outer.inner is not None
    (inner,) = outer.inner.holes
    assert isinstance(inner, Call)
    assert inner.line == 3
    assert inner.inner is not None
    assert [hole.line for hole in inner.inner.holes] == [4]


def test_an_opening_tag_without_its_closing_one_stands_alone() -> None:
    assert [call.inner for call in calls("x {{< a >}} {{< b >}}x{{< /b >}}\n")] == [
        None,
        Fragment(("x",), ()),
    ]


def test_a_pair_in_a_quote_loses_the_marks_of_the_quote() -> None:
    (call,) = calls("> {{< a >}}\n> *x*\n> {{< /a >}}\n")
    assert call.inner == Fragment(("<p><em>x</em></p>\n",), ())


def test_definitions_of_the_page_hold_inside_a_pair() -> None:
    (call,) = calls(
        "{{< a >}}\n[x] and [^1]\n{{< /a >}}\n\n[x]: https://example.org/\n[^1]: Note\n"
    )
    assert call.inner is not None
    assert 'href="https://example.org/"' in call.inner.pieces[0]
    assert "Note" in call.inner.pieces[0]


def test_ids_are_unique_across_pairs() -> None:
    source = "# A\n\nx[^1]\n\n[^1]: n\n\n{{< d >}}\n# A\n\ny[^1]\n{{< /d >}}\n"
    rendered = page(source)
    (call,) = [hole for hole in rendered.body.holes if isinstance(hole, Call)]
    assert call.inner is not None
    assert 'id="a-2"' in call.inner.pieces[0]
    assert 'id="fn-1"' not in call.inner.pieces[0]
    assert [heading.id for heading in rendered.toc] == ["a"]


@pytest.mark.parametrize(
    "source",
    [
        "`{{< a >}}`",
        "```\n{{< a >}}\n```",
        "    {{< a >}}",
        "~~~ {{< a >}}\nx\n~~~",
        "`` {{< /a >}} `` and\n```\n{{< b",
        "<pre>\n{{< a >}}\n</pre>",
        "<!-- {{< a >}} -->",
        "$x {{< a >}} y$",
    ],
)
def test_in_code_a_shortcode_is_literal(source: str) -> None:
    assert page(source + "\n").body.holes == ()


def test_code_shows_the_tag_as_it_was_written() -> None:
    assert text('`{{< a "b" >}}`\n') == "<p><code>{{&lt; a &quot;b&quot; &gt;}}</code></p>\n"


def test_a_closing_tag_in_code_closes_nothing() -> None:
    (call,) = calls("{{< a >}}\n\n`{{< /a >}}`\n\nEnd\n\n{{< /a >}}\n")
    assert call.inner is not None
    assert "End" in call.inner.pieces[0]


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ('{{</* a "b" */>}}', '<p>{{&lt; a "b" &gt;}}</p>\n'),
        ("`{{</* a */>}}`", "<p><code>{{&lt; a &gt;}}</code></p>\n"),
        ("{{</* /a */>}} x", "<p>{{&lt; /a &gt;}} x</p>\n"),
    ],
)
def test_an_escaped_shortcode_prints_itself(source: str, html: str) -> None:
    assert text(source) == html


@pytest.mark.parametrize(
    "source",
    [
        "{{ 7*7 }}",
        "{% include 'x' %}",
        "{{% note %}}",
        "{{ x.class }}",
        "{# c #}",
        "{{",
        "}}",
    ],
)
def test_all_other_braces_stay_text(source: str) -> None:
    settings = ParseSettings(smart=False)
    assert render(source, settings).body == Fragment((f"<p>{source}</p>\n",), ())


def test_a_shortcode_may_be_an_address() -> None:
    body = page('[x]({{< ref "b.md" >}}) ![y]({{< url >}})\n').body
    assert body.pieces == ('<p><a href="', '">x</a> <img src="', '" alt="y" /></p>\n')
    assert [hole.name for hole in body.holes if isinstance(hole, Call)] == ["ref", "url"]


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        (
            "One\n\n  {{< a",
            'a.md:3:3: SHORTCODE this shortcode is not complete; it ends with ">}}"',
        ),
        ("{{< >}}", 'a.md:1:1: SHORTCODE this shortcode is not complete; it ends with ">}}"'),
        ('{{< a "x >}}', 'a.md:1:1: SHORTCODE this shortcode is not complete; it ends with ">}}"'),
        ("x {{< /a >}}", 'a.md:1:3: SHORTCODE "a" is closed here but was not opened'),
        ("{{< a >}}{{< /b >}}", 'a.md:1:10: SHORTCODE "b" is closed here but was not opened'),
        ('{{< a b="c"d >}}', 'a.md:1:1: SHORTCODE the arguments of "a" can\'t be read'),
        ("{{< a b=1 b=2 >}}", 'a.md:1:1: SHORTCODE the arguments of "a" can\'t be read'),
    ],
)
def test_a_broken_shortcode_is_an_error_with_its_place(source: str, problem: str) -> None:
    assert refused(source) == [problem]


def test_pairs_that_cross_are_an_error() -> None:
    assert refused("{{< a >}}{{< b >}}{{< /a >}}{{< /b >}}") == [
        'a.md:1:29: SHORTCODE "b" is closed here but was not opened'
    ]


def test_all_broken_shortcodes_come_together() -> None:
    assert len(refused("{{< /a >}}\n\n{{< b\n\n{{< c d= >}}\n")) == 3


def test_pairs_nest_only_so_deep() -> None:
    deep = MAX_DEPTH
    assert calls("{{< a >}}" * deep + "{{< /a >}}" * deep)
    assert "inside each other" in refused("{{< a >}}" * (deep + 1) + "{{< /a >}}" * (deep + 1))[0]


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        ("", ((), ())),
        ('a "b c" `d "e"`', (("a", "b c", 'd "e"'), ())),
        (r'"a \"b\" \\"', (('a "b" \\',), ())),
        ("b=1 a = 2", ((), (("a", "2"), ("b", "1")))),
        ('a="" ""', (("",), (("a", ""),))),
        ("https://example.org/x.png?a", (("https://example.org/x.png?a",), ())),
        ('a="x"b', None),
        ('"x', None),
        ("a=", None),
    ],
)
def test_arguments(rest: str, expected: object) -> None:
    assert arguments(rest) == expected


def test_the_stand_in_is_no_word_of_the_author() -> None:
    assert unused_word("zq0hole zq1hole") == "zq2hole"
    (call,) = calls("zq0hole0e {{< a >}}\n")
    assert call.name == "a"


PIECES = (
    *("{{< a >}}", "{{< /a >}}", "{{< b c=1 >}}", "{{< /b >}}", "{{</* x */>}}"),
    *("`", "```\n", "\n", "\n\n", "> ", "- ", "    ", "text ", "<!--", "-->", "$"),
    *("[x](b.md)", "[r]\n\n[r]: c.md\n"),
)


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
@settings(max_examples=300, derandomize=True, deadline=None)
def test_no_stand_in_is_ever_left_on_the_page(source: str) -> None:
    try:
        waiting = [page(source).body]
    except ContentError:
        return
    while waiting:
        fragment = waiting.pop()
        assert len(fragment.pieces) == len(fragment.holes) + 1
        assert not any(mark in piece for piece in fragment.pieces for mark in ("\ufdd0", "hole"))
        waiting += [hole.inner for hole in fragment.holes if isinstance(hole, Call) and hole.inner]
