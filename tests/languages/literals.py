"""
What templates say without asking the catalogue.

A template's own HTML is read as a browser would, with a hole wherever an expression stands. Letters that
remain in a text, or in an attribute that is read out, can't be translated; neither can a text in quotes
that an expression puts out.
"""

import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser

from jinja2 import nodes

from streamly_ssg.pages.escaping import PlainEnvironment

HOLE = re.compile("\ue000(\\d+)\ue001")
READ_OUT = {"alt", "aria-description", "aria-label", "aria-roledescription", "placeholder", "title"}
SILENT = {"script", "style"}
NAMES = {"Mastodon", "Bluesky", "LinkedIn"}  # the same in every language
LETTERS = re.compile(r"[^\W\d_]{2,}")


def literals(text: str) -> list[str]:
    """Return what the template *text* says in words of its own, with lines: ``3: Sign in``."""
    made = PlainEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.i18n"])
    made.newstyle_gettext = True  # type: ignore[attr-defined]
    tree = made.parse(text)
    outputs = sorted(tree.find_all(nodes.Output), key=lambda one: one.lineno)
    children = [child for output in outputs for child in output.nodes]
    said = _Said()
    said.feed("".join(map(_html, range(len(children)), children)))
    said.close()
    found: set[str] = set()
    for one in said.found:
        shown = HOLE.sub("…", one).strip()
        found |= {shown} if LETTERS.search(shown) and shown not in NAMES else set()
        for hole in HOLE.findall(one):
            found |= set(_quoted(children[int(hole)]))
    return sorted(found)


def _html(number: int, child: nodes.Node) -> str:
    return child.data if isinstance(child, nodes.TemplateData) else f"\ue000{number}\ue001"


class _Said(HTMLParser):
    """Collects the texts of a page, and the attributes that are read out."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._silent = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent = tag in SILENT
        self._take(value or "" for name, value in attrs if name in READ_OUT)

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - as the parser calls it
        self._silent = False

    def handle_data(self, data: str) -> None:
        self._take([] if self._silent else [data])

    def _take(self, texts: Iterable[str]) -> None:
        self.found += texts


def _quoted(node: nodes.Node) -> Iterator[str]:
    """Yield the texts in quotes that an expression may put out, or hand to a macro to put out."""
    match node:
        case nodes.Const(value=str(text)) if LETTERS.search(text):
            yield text
        case nodes.CondExpr():
            yield from _quoted(node.expr1)
            yield from _quoted(node.expr2) if node.expr2 else ()
        case nodes.Or() | nodes.And():
            yield from _quoted(node.left)
            yield from _quoted(node.right)
        case nodes.Concat():
            for one in node.nodes:
                yield from _quoted(one)
        case nodes.Call(node=nodes.Name(name=name)) if "gettext" not in name and name != "_":
            yield from (text for one in node.args for text in _quoted(one) if text[:1].isupper())
