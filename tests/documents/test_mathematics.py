"""Formulas: MathML for what can be read, the source for what can't, never markup from either."""

import time
from itertools import pairwise
from xml.etree.ElementTree import fromstring

import pytest

from streamly_ssg.documents.mathematics import to_mathml


def test_a_formula_is_mathml() -> None:
    assert to_mathml("x^2", display=False) == (
        '<math xmlns="http://www.w3.org/1998/Math/MathML" display="inline">'
        "<mrow><msup><mi>x</mi><mn>2</mn></msup></mrow></math>"
    )


def test_a_displayed_formula_is_a_block() -> None:
    assert 'display="block"' in to_mathml("x", display=True)


@pytest.mark.parametrize(
    "latex",
    [
        r"\text{<script>alert(1)</script>}",
        r"a < b > c & d",
        r"\mathrm{<img src=x onerror=y>}",
        r'\color{red" onload="x}y',
        r'\class{a"b<}{x}',
        r"\text{&lt;b&gt;}",
        r"\unicode{x3C}",
        r"\begin{matrix}a & b \\ c & d\end{matrix}",
        r"\int_0^\infty \frac{1}{\sqrt{x}}\,dx",
    ],
)
def test_a_formula_is_well_formed_and_has_no_html(latex: str) -> None:
    tree = fromstring(to_mathml(latex, display=False))  # noqa: S314 - our own output
    names = {element.tag.rpartition("}")[2] for element in tree.iter()}
    assert all(name.startswith("m") for name in names)


@pytest.mark.parametrize("latex", [r"\frac{1}{", "", "x^", r"\left( x", "a^b^c", "{" * 3000])
def test_what_is_no_formula_stays_as_it_was_written(latex: str) -> None:
    assert to_mathml(latex, display=False) == f'<code class="math">{latex}</code>'


def test_the_source_of_a_bad_formula_is_escaped() -> None:
    assert to_mathml("<b>{", display=False) == '<code class="math">&lt;b&gt;{</code>'


def test_a_control_character_does_not_get_in_by_name() -> None:
    assert "\x01" not in to_mathml(r"\unicode{x1}", display=False)


@pytest.mark.parametrize(
    "latex",
    [
        r"\newcommand{\a}{xx}"
        + "".join(rf"\newcommand{{\{b}}}{{\{a}\{a}}}" for a, b in pairwise("abcdefghi"))
        + r"\i",
        r"\frac" * 2000,
        r"\sqrt[" * 2000,
        "x " * 20_000,
        "}" * 9_000,
        "\\" * 9_000,
    ],
    ids=lambda latex: latex[:8],
)
def test_a_formula_bomb_is_over_soon(latex: str) -> None:
    begin = time.process_time()
    to_mathml(latex, display=True)
    assert time.process_time() - begin < 5
