"""One page of HTML, and one file of XML: what they hold, with lines."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from lxml import etree, html

from streamly_ssg.values import Value

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
PREVIEWS = {"og:image", "twitter:image"}
HEADINGS = {f"h{level}" for level in range(1, 7)}
READ = (*LINKS, *HEADINGS, "meta")


class Spot(Value):
    """Something on a page: a link, an id, an image; and the line of the HTML."""

    text: str
    line: int


class Heading(Value):
    """A heading out of order: its level, and that of the one before it, or 0."""

    text: str
    line: int
    level: int
    before: int


class Picture(Value):
    """An image of one size; *width* is how wide the page shows it, or 0 if it doesn't say."""

    url: str
    line: int
    width: int


class Page(Value):
    """
    What a page holds.

    Attributes:
        links: everything that leads somewhere, in order.
        ids: every id, and every name of an anchor.
        twice: ids that stand there more than once.
        no_alt: images without an alternative text.
        empty_alt: images that say that they are decoration.
        faults: what every page should have and this one doesn't.
        headings: those that are out of order.
        pictures: images of which the browser has no choice of sizes.
    """

    links: tuple[Spot, ...] = ()
    ids: frozenset[str] = frozenset()
    twice: tuple[Spot, ...] = ()
    no_alt: tuple[Spot, ...] = ()
    empty_alt: tuple[Spot, ...] = ()
    faults: tuple[str, ...] = ()
    headings: tuple[Heading, ...] = ()
    pictures: tuple[Picture, ...] = ()


EMPTY = Page()


def read_page(data: bytes) -> Page:
    """Return what the HTML *data* holds."""
    if not data.strip():
        return EMPTY
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True)
    root: Any = etree.fromstring(data, parser)
    if root is None:
        return EMPTY
    nodes = list(root.iter(*READ))
    images = [node for node in nodes if node.tag == "img"]
    headings = [node for node in nodes if node.tag in HEADINGS]
    ids = _ids(root)
    is_whole = b"<html" in data[:START].lower()  # or a fragment, to be shown inside another page
    return Page(
        links=tuple(link for node in nodes for link in _links(node)),
        ids=frozenset(ids)
        | {name for node in nodes if node.tag == "a" if (name := node.get("name"))},
        twice=tuple(_last(root, name) for name, count in ids.items() if count > 1),
        no_alt=tuple(_image(node) for node in images if node.get("alt") is None),
        empty_alt=tuple(_image(node) for node in images if node.get("alt", "-").strip() == ""),
        faults=tuple(_faults(root, headings)) if is_whole else (),
        headings=tuple(_unordered(headings)) if is_whole else (),
        pictures=tuple(_pictures(images)),
    )


def _ids(root: Any) -> Counter[str]:
    return Counter(map(str, root.xpath("//@id")))


def _last(root: Any, name: str) -> Spot:
    return Spot(name, root.xpath("//*[@id=$name]", name=name)[-1].sourceline)


def _image(node: Any) -> Spot:
    return Spot(node.get("src", ""), node.sourceline)


def _links(node: Any) -> list[Spot]:
    if node.tag == "meta":
        is_preview = {node.get("property"), node.get("name")} & PREVIEWS
        found = [node.get("content")] if is_preview else []
    else:
        found = [node.get(name) for name in LINKS.get(node.tag, ())]
    if node.tag in SETS and node.get("srcset"):
        found += [part.split()[0] for part in node.get("srcset").split(",") if part.split()]
    return [Spot(url.strip(), node.sourceline) for url in found if url and url.strip()]


def _faults(root: Any, headings: Iterable[Any]) -> Iterator[str]:
    if not root.get("lang"):
        yield "doesn't say in which language it is"
    if not (root.findtext("head/title") or "").strip():
        yield "has no title"
    if not any(node.tag == "h1" for node in headings):
        yield "has no heading of the first level"


def _unordered(nodes: Iterable[Any]) -> Iterator[Heading]:
    """Yield the headings that leave a level out, and every further one of the first level."""
    before, is_first = 0, True
    for node in nodes:
        level = int(node.tag[1])
        if level > before + 1 or (level == 1 and not is_first):
            text = " ".join("".join(node.itertext()).split())
            yield Heading(text, node.sourceline, level, before)
        before, is_first = level, is_first and level > 1


def _pictures(nodes: Iterable[Any]) -> Iterator[Picture]:
    for node in nodes:
        source, width = node.get("src", "").strip(), node.get("width", "")
        if source and not node.get("srcset"):
            yield Picture(source, node.sourceline, int(width) if width.isdecimal() else 0)


def read_xml(data: bytes) -> tuple[Any, str, int]:
    """Return the root of the XML *data*, or None with what is wrong and in which line."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    try:
        return etree.fromstring(data, parser), "", 0
    except etree.XMLSyntaxError as error:
        return None, str(error.msg or "is no XML"), error.lineno or 0
