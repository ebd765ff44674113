"""One page of HTML, and one file of XML: what they hold, with lines."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from lxml import etree, html

LINKS = {
    "a": ("href",),
    "area": ("href",),
    "audio": ("src",),
    "form": ("action",),
    "iframe": ("src",),
    "img": ("src",),
    "link": ("href",),
    "object": ("data",),
    "script": ("src",),
    "source": ("src",),
    "track": ("src",),
    "video": ("src", "poster"),
}
START = 1024
SETS = {"img", "source"}


@dataclass(frozen=True, slots=True)
class Spot:
    """Something on a page: a link, an id, an image; and the line of the HTML."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Page:
    """
    What a page holds.

    Attributes:
        links: everything that leads somewhere, in order.
        ids: every id, and every name of an anchor.
        twice: ids that stand there more than once.
        no_alt: images without an alternative text.
        empty_alt: images that say that they are decoration.
        faults: what every page should have and this one doesn't.
    """

    links: tuple[Spot, ...]
    ids: frozenset[str]
    twice: tuple[Spot, ...]
    no_alt: tuple[Spot, ...]
    empty_alt: tuple[Spot, ...]
    faults: tuple[str, ...]


EMPTY = Page((), frozenset(), (), (), (), ())


def read_page(data: bytes) -> Page:
    """Return what the HTML *data* holds."""
    if not data.strip():
        return EMPTY
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True)
    root: Any = html.document_fromstring(data, parser=parser)
    nodes = list(root.iter(etree.Element))
    ids = [Spot(name, node.sourceline) for node in nodes if (name := node.get("id"))]
    images = [node for node in nodes if node.tag == "img"]
    counts = Counter(spot.text for spot in ids)
    names = {name for node in root.iter("a") if (name := node.get("name"))}
    return Page(
        links=tuple(link for node in nodes for link in _links(node)),
        ids=frozenset(counts) | names,
        twice=tuple({spot.text: spot for spot in ids if counts[spot.text] > 1}.values()),
        no_alt=tuple(_image(node) for node in images if node.get("alt") is None),
        empty_alt=tuple(_image(node) for node in images if node.get("alt", "-").strip() == ""),
        faults=_faults(root, data[:START]),
    )


def _image(node: Any) -> Spot:
    return Spot(node.get("src", ""), node.sourceline)


def _links(node: Any) -> list[Spot]:
    found = [node.get(name) for name in LINKS.get(node.tag, ())]
    if node.tag in SETS and node.get("srcset"):
        found += [part.split()[0] for part in node.get("srcset").split(",") if part.split()]
    return [Spot(url.strip(), node.sourceline) for url in found if url and url.strip()]


def _faults(root: Any, start: bytes) -> tuple[str, ...]:
    faults = []
    if b"<html" not in start.lower():
        return ()  # a fragment, to be shown inside another page
    if not root.get("lang"):
        faults.append("doesn't say in which language it is")
    if not (root.findtext(".//title") or "").strip():
        faults.append("has no title")
    return tuple(faults)


def read_xml(data: bytes) -> tuple[Any, str, int]:
    """Return the root of the XML *data*, or None with what is wrong and in which line."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    try:
        return etree.fromstring(data, parser), "", 0
    except etree.XMLSyntaxError as error:
        return None, str(error.msg or "is no XML"), error.lineno or 0
