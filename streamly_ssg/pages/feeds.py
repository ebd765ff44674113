"""
Feeds: RSS and Atom by feedgen, JSON Feed.

``entry:PATH`` is one post in all three forms, made once and put into every feed that shows it.
feedgen stamps the present moment into what has no time of its own, so every time is set, from
content.
"""

import json
import re
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any
from xml.sax.saxutils import escape

from streamly_ssg.documents.document import Document
from streamly_ssg.engine.key import make
from streamly_ssg.engine.rule import Fetch, Work
from streamly_ssg.errors import ContentError
from streamly_ssg.values import Value, decode, to_json

from . import frame, views
from .filling import fill
from .origin import Origin
from .rendering import Text, render_text
from .routes import FeedRoute

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


NAMESPACES = {
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
}
HOLE = "\ue000"  # where the content goes; a private character, so no text of ours has it


class Entry(Value):
    """One post in each of the forms, without its content; the content; when it last changed."""

    rss: bytes
    atom: bytes
    json: bytes
    html: str
    updated: datetime


class Post(Value):
    """What a feed says of one post."""

    id: str
    url: str
    title: str
    summary: str
    language: str
    published: datetime
    updated: datetime
    authors: tuple[str, ...]
    tags: tuple[str, ...]
    image: str


class Channel(Value):
    """What a feed says of itself."""

    title: str
    description: str
    page: str
    url: str
    language: str


def entry(path: str, fetch: Fetch) -> Work:
    """Return the work of making the entry of the post *path*."""
    document: Document = fetch(make("body", path))
    meta = document.meta
    origin: Origin = fetch(make("origin"))
    url = fetch(make("place", path)).url
    published = meta.date or BEGINNING
    found = frame.picture(meta.image, path, fetch)
    image = found.src if found else ""
    post = Post(
        id=origin.whole(url),
        url=origin.whole(url),
        title=meta.title,
        summary=meta.summary or meta.description or document.excerpt_text,
        language=meta.lang or origin.language,
        published=published,
        updated=max(meta.updated or published, published),
        authors=tuple(person.title for person in frame.people(meta.authors, fetch)),
        tags=tuple(dict.fromkeys((*meta.categories, *meta.tags))),
        image=origin.host + image if image.startswith("/") else image,
    )
    full = fetch(make("config", "feeds")).content == "full"
    text: Text = ()
    # If it can't be made, its own page complains; feeds have the summary, and other entries too.
    with suppress(ContentError):
        tree = origin.tree(meta.lang)
        text = fill(document.body, path, url, fetch, whole=True, tree=tree) if full else ()
    return Work(make_entry, (post, text))


def make_entry(post: Post, text: Text) -> Entry:
    """Return *post* in all three forms."""
    html = ""
    with suppress(ContentError):
        html = _clean(render_text(text)).replace(HOLE, "")
    made = _feed_entry(post, HOLE if html else "")
    return Entry(
        rss=_xml(made.rss_entry()).encode(),
        atom=_xml(made.atom_entry()).encode(),
        json=_json_entry(post, HOLE if html else "").encode(),
        html=html,
        updated=post.updated,
    )


def feed(route: FeedRoute, fetch: Fetch) -> Work:
    """Return the work of putting a feed together from its entries."""
    origin: Origin = fetch(make("origin"))
    tree = origin.at(route.url)
    site: views.Site = fetch(make("site", tree))
    title, summary = _name(route, tree, fetch)
    channel = Channel(
        title=f"{title} – {site.title}" if title else site.title,
        description=summary or site.description or site.title,
        page=origin.whole(route.page),
        url=origin.whole(route.url),
        language=origin.spoken(tree),
    )
    entries = fetch.many([make("entry", ref.path) for ref in route.refs], encoded=True)
    return Work(make_feed, (route.format, channel, entries))


def _name(route: FeedRoute, tree: str, fetch: Fetch) -> tuple[str, str]:
    if route.kind == "user":
        person: views.Person = fetch(make("person", route.name))
        return person.title, person.summary
    if route.kind == "category":
        label = frame.label(route.name, tree, fetch)
        return label.title, label.summary
    return route.name, ""


def make_feed(form: str, channel: Channel, encoded: list[bytes]) -> bytes:
    """Return the feed of the entries *encoded* in one of the three forms."""
    entries = [_entry(one) for one in encoded]
    quoted = _quoted if form == "json" else _escaped
    hole = HOLE.encode()
    ready = [getattr(one, form).replace(hole, quoted(one.html)) for one in entries]
    updated = max((one.updated for one in entries), default=BEGINNING)
    return MAKERS[form](channel, ready, updated)


def make_rss(channel: Channel, entries: list[bytes], updated: datetime) -> bytes:
    """Return an RSS feed of ready entries."""
    head, mark, tail = _feed_shell(channel, updated).rss_str().rpartition(b"</channel>")
    return b"".join((head, *entries, mark, tail))


def make_atom(channel: Channel, entries: list[bytes], updated: datetime) -> bytes:
    """Return an Atom feed of ready entries."""
    head, mark, tail = _feed_shell(channel, updated).atom_str().rpartition(b"</feed>")
    return b"".join((head, *entries, mark, tail))


def make_json(channel: Channel, entries: list[bytes], _updated: datetime) -> bytes:
    """Return a JSON Feed of ready entries."""
    head = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": channel.title,
        "home_page_url": channel.page,
        "feed_url": channel.url,
        "description": channel.description,
        "language": channel.language,
    }
    opening = json.dumps(head, ensure_ascii=False)[:-1].encode()
    return b"".join((opening, b', "items": [', b", ".join(entries), b"]}\n"))


MAKERS = {"rss": make_rss, "atom": make_atom, "json": make_json}


def _feed_shell(channel: Channel, updated: datetime) -> Any:
    from feedgen.feed import FeedGenerator  # noqa: PLC0415 - loads lxml

    made = FeedGenerator()
    made.register_extension("dc", *_dublin_core(), atom=False)
    made.id(channel.url)
    made.title(_clean(channel.title))
    made.description(_clean(channel.description))
    made.subtitle(_clean(channel.description))
    made.link(href=channel.url, rel="self")
    made.link(href=channel.page, rel="alternate")
    made.language(channel.language)
    made.generator("Streamly")
    made.docs("https://www.rssboard.org/rss-specification")
    made.updated(updated)
    made.lastBuildDate(updated)
    return made


@cache
def _dublin_core() -> tuple[Any, Any]:
    """Return the extension of a feed and of an entry; feedgen looks on the disk for a name."""
    from feedgen.ext.dc import DcEntryExtension, DcExtension  # noqa: PLC0415 - after feedgen.feed

    return DcExtension, DcEntryExtension


def _feed_entry(post: Post, html: str) -> Any:
    from feedgen.entry import FeedEntry  # noqa: PLC0415 - loads lxml

    made = FeedEntry()
    made.id(post.id)
    made.guid(post.id, permalink=True)
    made.title(_clean(post.title or post.summary))
    made.link(href=post.url)
    made.summary(_clean(post.summary))
    if html:
        made.content(_clean(html), type="html")
    made.register_extension("dc", _dublin_core()[1], atom=False)
    for name in post.authors:
        made.author({"name": _clean(name)})
        made.dc.dc_creator(_clean(name))  # RSS has no author without an e-mail address
    for tag in post.tags:
        made.category(term=_clean(tag))
    made.published(post.published)
    made.updated(post.updated)
    return made


def _json_entry(post: Post, html: str) -> str:
    item = {
        "id": post.id,
        "url": post.url,
        "title": post.title,
        "summary": post.summary,
        "date_published": post.published.isoformat(),
        "date_modified": post.updated.isoformat(),
        "language": post.language,
        "authors": [{"name": name} for name in post.authors],
        "tags": list(post.tags),
    }
    item |= {"image": post.image} if post.image else {}
    item |= {"content_html": html} if html else {"content_text": post.summary}
    return json.dumps(item, ensure_ascii=False).replace(f'"{HOLE}"', HOLE)


def _xml(element: Any) -> str:
    """Return an entry as it stands in its feed, whose root declares the namespaces."""
    from lxml import etree  # noqa: PLC0415 - comes with feedgen

    text: str = etree.tostring(element, encoding="unicode")
    for prefix, address in NAMESPACES.items():
        text = text.replace(f' xmlns:ns0="{address}"', "").replace(
            f' xmlns:{prefix}="{address}"', ""
        )
    return text.replace("<ns0:", "<content:").replace("</ns0:", "</content:")


def _clean(text: str) -> str:
    """Return *text* without the characters that XML can't hold."""
    return NOT_IN_XML.sub("", text)


# The feeds of a list follow one another, and many lists show the same newest posts.


@lru_cache(maxsize=256)
def _entry(encoded: bytes) -> Entry:
    found: Entry = decode(encoded, Entry)
    return found


@lru_cache(maxsize=256)
def _escaped(html: str) -> bytes:
    return escape(html).encode()


@lru_cache(maxsize=256)
def _quoted(html: str) -> bytes:
    return to_json(html)
