"""
Judges of HTML that strangers wrote, none of which knows how it was made.

They read it with Python's own parser, with lxml's, and with html5lib's, which does what browsers
do. They know only what may be there (`faults`), or compare what came of something hostile with what
came of something harmless in its place (`skeletons`).
"""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import html5lib
from lxml import etree, html

ELEMENTS = frozenset(
    "p br hr em strong del code pre blockquote ul ol li a h3 h4 h5 h6 "
    "table thead tbody tr th td".split()
)
REL = "nofollow ugc noopener noreferrer"
ACTING = frozenset({"href", "src", "action", "formaction", "srcset", "data", "style"})
SAFE = re.compile(r"(?:https?|mailto):", re.IGNORECASE)
# What browsers leave out before they look for a scheme.
LEFT_OUT = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028\u2029\ufeff]")


def faults(source: str) -> list[str]:
    """Return what is in *source* that mustn't be, by any judge."""
    return [*_Judge(source).faults, *_by_lxml(source), *_by_html5lib(source)]


def skeletons(page: str) -> tuple[list[str], ...]:
    """Return the elements of a whole page and what could act in them, as each judge reads it."""
    by_lxml = html.document_fromstring(page).iter()
    by_html5lib = html5lib.parse(page, namespaceHTMLElements=False).iter()
    return _Bones(page).found, [*map(_bone, by_lxml)], [*map(_bone, by_html5lib)]


class _Judge(HTMLParser):
    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.faults += _of_element(tag, {name: value or "" for name, value in attrs})

    def handle_comment(self, data: str) -> None:
        self.faults.append(f"a comment: {data[:40]}")

    def handle_decl(self, decl: str) -> None:
        self.faults.append(f"a declaration: {decl[:40]}")

    def unknown_decl(self, data: str) -> None:
        self.faults.append(f"a declaration: {data[:40]}")

    def handle_pi(self, data: str) -> None:
        self.faults.append(f"an instruction: {data[:40]}")


class _Bones(HTMLParser):
    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(_drawn(tag, {name: value or "" for name, value in attrs}))

    def handle_comment(self, data: str) -> None:
        self.found.append(f"a comment: {data}")


def _bone(element: Any) -> str:
    if not isinstance(element.tag, str):
        return f"a comment: {element.text}"
    return _drawn(element.tag, {str(name): str(value) for name, value in element.items()})


def _drawn(tag: str, attributes: dict[str, str]) -> str:
    """Return an element without its words; of addresses what they may do."""
    found = [
        f"{name}={_way(value)}" if name in ACTING else name for name, value in attributes.items()
    ]
    return " ".join([tag, *sorted(found)])


def _way(address: str) -> str:
    plain = LEFT_OUT.sub("", address)
    if plain.startswith(("/", "#")) and not plain.startswith(("//", "/\\")):
        return "here"
    return "there" if SAFE.match(plain) else address


def _by_html5lib(source: str) -> Iterator[str]:
    for element in html5lib.parseFragment(source, namespaceHTMLElements=False).iter():
        if element.tag == "DOCUMENT_FRAGMENT":
            continue
        if isinstance(element.tag, str):
            yield from _of_element(element.tag, {str(k): str(v) for k, v in element.items()})
        else:
            yield "a comment"


def _by_lxml(source: str) -> Iterator[str]:
    try:
        whole = html.document_fromstring(f"<html><body><div>{source}</div></body></html>")
        root = next(whole.iterchildren("body"))[0]
    except etree.ParserError as error:
        yield f"lxml can't read it: {error}"
        return
    for element in [*root.iterdescendants(), *root.itersiblings()]:
        tag: object = element.tag  # a function, of comments and instructions
        if not isinstance(tag, str):
            yield f"a {type(element).__name__}"
        else:
            yield from _of_element(tag, {str(k): str(v) for k, v in element.items()})


def _of_element(tag: str, attributes: dict[str, str]) -> Iterator[str]:
    if tag not in ELEMENTS:
        yield f"an element <{tag}>"
    for name, value in attributes.items():
        if not _may_stand(tag, name, value):
            yield f"an attribute {name}={value[:60]!r} of <{tag}>"
    if "href" in attributes and attributes.get("rel") != REL:
        yield "a link without rel"


def _may_stand(tag: str, name: str, value: str) -> bool:
    if (tag, name) == ("a", "href"):
        plain = LEFT_OUT.sub("", value)
        return plain == value and SAFE.match(plain) is not None
    if (tag, name) == ("code", "class"):
        return re.fullmatch(r"language-[a-z0-9+#-]{1,24}", value) is not None
    return (tag, name, value) == ("a", "rel", REL)
