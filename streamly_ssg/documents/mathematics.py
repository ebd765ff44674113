"""
Formulas: LaTeX to MathML at build time, so that readers need no script.

latex2mathml writes its result without escaping it; so its tree is taken, its entities are decoded
and the standard library writes it. What it can't read stays on the page as the author wrote it.
"""

from functools import lru_cache
from html import escape, unescape
from xml.etree.ElementTree import tostring

from latex2mathml.converter import convert_to_element

from .texts import without_controls

MAX_LENGTH = 10_000
_MACROS = ("\\newcommand", "\\def")


@lru_cache(maxsize=1024)
def to_mathml(latex: str, *, display: bool) -> str:
    """Return MathML for *latex*, or the source in a code element if it is not valid."""
    # A macro ends with its formula, so it only makes sense to somebody who wants it to explode.
    if len(latex) > MAX_LENGTH or any(macro in latex for macro in _MACROS):
        return _as_written(latex)
    try:
        tree = convert_to_element(latex, display="block" if display else "inline")
    except Exception:  # noqa: BLE001 - whatever its tables raise, the formula can't be read
        return _as_written(latex)
    for element in tree.iter():
        element.text = element.text and unescape(element.text)
    return without_controls(tostring(tree, encoding="unicode"))


def _as_written(latex: str) -> str:
    return f'<code class="math">{escape(latex, quote=False)}</code>'
