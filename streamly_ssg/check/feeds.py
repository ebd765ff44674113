"""Feeds and sitemaps: whether machines can read them, and whether they hold what they must."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from streamly_ssg.errors import Problem, problem

from .pages import read_xml

ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
MOST = 50_000
Faults = Iterator[str]


def check_feed(file: str, shown: str, data: bytes) -> list[Problem]:
    """Return what is wrong with the feed or sitemap *file*, which people know as *shown*."""
    name = file.rpartition("/")[2]
    if name == "feed.json":
        return [problem("FEED", fault, path=shown) for fault in _json_faults(data)]
    checker = next((one for start, one in CHECKERS.items() if name.startswith(start)), None)
    if checker is None:
        return []
    root, fault, line = read_xml(data)
    if root is None:
        return [problem("FEED", f"is not well-formed: {fault}", path=shown, line=line)]
    return [problem("FEED", fault, path=shown) for fault in checker(root)]


def _rss(root: Any) -> Faults:
    channel = root.find("channel") if root.tag == "rss" else None
    if channel is None:
        yield "is no RSS feed: it has no channel"
        return
    yield from _missing(channel, ("title", "link", "description"), "the channel")
    items = channel.findall("item")
    for item in items:
        if not (item.findtext("title") or item.findtext("description")):
            yield "has an item with neither title nor description"
    yield from _repeated(item.findtext("guid") for item in items)


def _atom(root: Any) -> Faults:
    if root.tag != f"{ATOM}feed":
        yield "is no Atom feed"
        return
    must = tuple(f"{ATOM}{name}" for name in ("id", "title", "updated"))
    yield from _missing(root, must, "the feed")
    entries = root.findall(f"{ATOM}entry")
    for entry in entries:
        yield from _missing(entry, must, "an entry")
    yield from _repeated(entry.findtext(f"{ATOM}id") for entry in entries)


def _sitemap(root: Any) -> Faults:
    if root.tag not in {f"{SITEMAP}urlset", f"{SITEMAP}sitemapindex"}:
        yield "is no sitemap"
        return
    places = [node.text for node in root.iter(f"{SITEMAP}loc")]
    if len(places) > MOST:
        yield f"has more than {MOST} addresses"
    if not all(place and place.startswith(("http://", "https://")) for place in places):
        yield "has an address that is not complete"
    yield from _repeated(places)


def _json_faults(data: bytes) -> Faults:
    try:
        feed = json.loads(data)
    except (ValueError, RecursionError) as error:
        yield f"is not JSON: {error}"
        return
    if not isinstance(feed, dict) or "jsonfeed.org/version/" not in str(feed.get("version")):
        yield "is no JSON Feed: it names no version"
        return
    if not feed.get("title"):
        yield "has no title"
    items = feed.get("items")
    if not isinstance(items, list):
        yield "has no items"
        return
    if not all(
        item.get("id") and ("content_html" in item or "content_text" in item) for item in items
    ):
        yield "has an item without id or content"
    yield from _repeated(item.get("id") for item in items)


def _missing(node: Any, names: Iterable[str], what: str) -> Faults:
    for name in names:
        if node.find(name) is None:
            yield f"lacks {name.rpartition('}')[2]} in {what}"


def _repeated(ids: Iterable[str | None]) -> Faults:
    for one, count in Counter(filter(None, ids)).items():
        if count > 1:
            yield f'has "{one}" more than once'


CHECKERS: dict[str, Callable[[Any], Faults]] = {
    "feed.xml": _rss,
    "atom.xml": _atom,
    "sitemap": _sitemap,
}
