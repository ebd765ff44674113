"""The other engine: python-markdown with its extensions."""

import pytest

from streamly_ssg.documents.markup import render
from streamly_ssg.documents.parsing import ParseSettings, TooMuch
from streamly_ssg.documents.python_markdown import to_html
from streamly_ssg.errors import UsageError

PLAIN = ParseSettings(engine="python-markdown")


def page(source: str, *extensions: str) -> str:
    (piece,) = render(
        source, ParseSettings(engine="python-markdown", extensions=extensions)
    ).body.pieces
    return piece


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("a | b\n--|--\n1 | 2\n", "<td>1</td>"),
        ("a[^1]\n\n[^1]: Note.\n", 'id="fn:1"'),
        ("Term\n:   Meaning\n", "<dd>Meaning</dd>"),
        ("*[HTML]: Hyper\n\nHTML\n", '<abbr title="Hyper">HTML</abbr>'),
        ('"Quoted" -- and...\n', "&ldquo;Quoted&rdquo; &ndash; and&hellip;"),
        ("a\n{: .x}\n", '<p class="x">a</p>'),
        ("# Title {: #own}\n", '<h1 id="own">Title</h1>'),
    ],
)
def test_the_usual_extensions_are_on(source: str, html: str) -> None:
    assert html in page(source)


@pytest.mark.parametrize("extensions", [(), ("tables",), ("markdown.extensions.tables",)])
def test_a_column_is_aligned_without_a_style_in_the_page(extensions: tuple[str, ...]) -> None:
    made = page("a | b\n--|--:\n1 | 2\n", *extensions)
    assert '<td align="right">2</td>' in made
    assert "style=" not in made


def test_smart_quotes_can_be_switched_off() -> None:
    off = ParseSettings(engine="python-markdown", smart=False)
    assert to_html('"x"\n', off) == '<p>"x"</p>\n'


def test_any_extension_can_be_added() -> None:
    assert "<br" in page("a\nb\n", "nl2br")
    assert 'class="admonition note"' in page(
        "!!! note\n    Text\n", "markdown.extensions.admonition"
    )


@pytest.mark.parametrize("name", ["nosuchextension", "json", "os:path"])
def test_an_extension_that_does_not_exist_is_a_mistake_in_the_settings(name: str) -> None:
    with pytest.raises(UsageError) as caught:
        page("x", name)
    assert "can't be loaded" in str(caught.value)
    assert caught.value.problems[0].path == "streamly.toml"


def test_footnotes_do_not_leak_into_the_next_page() -> None:
    assert "footnote" in page("a[^1]\n\n[^1]: b\n")
    assert "footnote" not in page("a\n")


@pytest.mark.parametrize("fence", ["```", "~~~", "````"])
def test_fences_are_those_of_the_default_engine(fence: str) -> None:
    source = f'{fence}python title="x" linenos\na = 1\n{fence}\n'
    assert page(source).strip() == (
        render(source, ParseSettings()).body.pieces[0].strip()
    )  # fmt: skip


def test_a_fence_without_end_is_text() -> None:
    assert "<pre>" not in page("```\nx\n")


def test_code_keeps_every_character() -> None:
    assert "&lt;b&gt; &amp;amp; *x* \\* \x22" in page('```\n<b> &amp; *x* \\* "\n```\n')


def test_a_language_is_escaped() -> None:
    assert "<script" not in page('```"><script>\nx\n```\n')


@pytest.mark.parametrize("source", ["1. " * 5_000, "- " * 5_000 + "a"])
def test_what_is_nested_too_deeply_is_refused(source: str) -> None:
    with pytest.raises(TooMuch):
        to_html(source, PLAIN)
