"""Code blocks: what stands behind the fence, and the HTML that themes style."""

import pytest

from streamly_ssg.documents.highlight import highlight, read_info


def test_code_has_spans_with_short_class_names() -> None:
    assert highlight("x = 1\n", "python") == (
        '<div class="highlight"><pre><code class="language-python" data-lang="python">'
        '<span class="n">x</span> <span class="o">=</span> <span class="mi">1</span>\n'
        "</code></pre></div>"
    )


def test_code_without_a_language_is_plain() -> None:
    assert highlight("a < b & c\n", "") == (
        '<div class="highlight"><pre><code>a &lt; b &amp; c\n</code></pre></div>'
    )


@pytest.mark.parametrize("language", ["nosuchlanguage", "text", "", "plain"])
def test_a_language_without_a_lexer_is_escaped(language: str) -> None:
    html = highlight("<script>&\n", language)
    assert "&lt;script&gt;&amp;\n" in html
    assert "<span" not in html


@pytest.mark.parametrize(
    "info", ['"><script>alert(1)</script>', "x' onclick='y", '"onload="x', "<b>", 'a"b title="c"']
)
def test_a_language_is_always_escaped(info: str) -> None:
    html = highlight("x\n", info)
    assert "<script" not in html
    assert "<b>" not in html
    assert html.count('"') == 2 * html.count('="')
    assert "'" not in html.replace("&#x27;", "")


def test_a_title_makes_a_figure() -> None:
    html = highlight("x\n", 'python title="app <1>.py"')
    assert html.startswith('<figure class="code"><figcaption>app &lt;1&gt;.py</figcaption><div ')
    assert html.endswith("</div></figure>")


def test_marked_lines_are_wrapped() -> None:
    html = highlight("a\nb\nc\nd\n", 'text hl_lines="2 4-5"')
    assert '>a\n<span class="hl">b\n</span>c\n<span class="hl">d\n</span></code>' in html


def test_line_numbers_are_no_text() -> None:
    html = highlight("a\nb\n", "text linenos linenostart=9")
    assert (
        '<span class="ln" data-line="9"></span>a\n<span class="ln" data-line="10"></span>b\n'
        in html
    )


def test_a_token_over_several_lines_is_closed_on_each() -> None:
    html = highlight('x = """a\n\nb"""\n', 'python hl_lines="2"')
    assert (
        '<span class="s2">"""a</span>\n<span class="hl">\n</span><span class="s2">b"""</span>'
        in html
    )


@pytest.mark.parametrize(
    ("info", "language", "title", "marked", "first_number"),
    [
        ("", "", "", (), None),
        ("python", "python", "", (), None),
        ("  python  ", "python", "", (), None),
        ("python,ignore", "python", "", (), None),
        ("{.python .numberLines}", "python", "", (), None),
        ('go {linenos=true,hl_lines=[8,"5-7"],linenostart=19}', "go", "", ((8, 8), (5, 7)), 19),
        ("c linenos=false", "c", "", (), None),
        ("c linenos", "c", "", (), 1),
        ("c++ title='a b' hl_lines=3", "c++", "a b", ((3, 3),), None),
        ('c title="a \\"b\\""', "c", 'a "b"', (), None),
        ('title="a.txt"', "", "a.txt", (), None),
        ('c hl_lines="1-9999999 x -3"', "c", "", ((1, 999999), (9, 9), (3, 3)), None),
    ],
)  # fmt: skip
def test_what_stands_behind_the_fence(
    info: str,
    language: str,
    title: str,
    marked: tuple[tuple[int, int], ...],
    first_number: int | None,
) -> None:
    assert read_info(info) == (language, title, marked, first_number)


def test_a_range_without_end_costs_nothing() -> None:
    assert highlight("a\n", 'c hl_lines="1-999999"').count('class="hl"') == 1


def test_empty_code_is_an_empty_block() -> None:
    assert highlight("", "python").endswith("></code></pre></div>")
