"""
The search index: which documents have a word, in small files that a browser reads one by one.

``vocabulary:PATH`` is the words of one document, ``vocabularies:LOT`` those of a lot, ``volume:N``
where the words of some twenty lots stand, cut into a ``chapter:N/SHARD`` for each shard. A shard is
a file: a line for each word, its chapters one after the other. So a changed word goes through one
lot and one volume, and reaches the one or two shards that list it.

A line is the word and its entries: the volume's number, then for each document the lot's letter
and its own, from ``@`` on, and a mark where the word says more than a plain mention does. A word
that most documents have says nothing; it is listed without them.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from functools import cache

from streamly_ssg.documents.excerpts import shortened
from streamly_ssg.documents.vocabulary import DENSE, Vocabulary, words
from streamly_ssg.engine.key import make
from streamly_ssg.engine.rule import Fetch, Table, Work
from streamly_ssg.values import Value, changed, decode, to_json

from . import frame, views
from .lots import SEARCH
from .origin import Origin
from .routes import LotRoute, SearchRoute, ShardRoute
from .site_files import unindexed

MAX_SUMMARY = 200
FIRST = ord("@")  # the letter of a volume's first lot, and of a lot's first document
ENTRY = 2  # letters
MARKS = {"title": "%", "labels": "$", "headings": "#", "often": "!", "once": ""}
COMMON = "*"
LANGUAGE = ":"  # before a language that isn't the site's, listed as if it were a word
BEGINNING = 4  # characters of a word that decide on its shard, so that its beginning finds it
_DENSE = re.compile(f"[{DENSE}]")


Vocabularies = tuple[Vocabulary, ...]


class Chapter(Value):
    """Words and the entries of each of them, both joined with spaces."""

    words: str
    entries: str


def kept(chapter: dict[str, str]) -> Chapter:
    """Return a chapter as it is kept."""
    return Chapter(" ".join(chapter), " ".join(chapter.values()))


def vocabularies(lot: str, fetch: Fetch) -> Work:
    """Return the work of collecting the words of the documents of *lot*."""
    found = [
        (fetch.encoded(make("vocabulary", path)), fetch.encoded(make("teaser", path)))
        for path in fetch(make("lot", lot)) or ()
    ]
    return Work(collect, (found, fetch(make("origin")).language))


def collect(found: list[tuple[bytes, bytes]], language: str) -> tuple[Vocabulary, ...]:
    """Return the words of these documents, with those that only the site knows."""
    return tuple(
        _named(decode(own, Vocabulary), decode(teaser, views.Card), language)
        for own, teaser in found
    )


def _named(own: Vocabulary, card: views.Card, language: str) -> Vocabulary:
    """Add what authors and categories are called, and the language if it isn't the site's."""
    titles = [one.title for one in card.authors] + [one.title for one in card.categories]
    new = set(words(" ".join(titles))).difference(own.title.split(), own.labels.split())
    labels = [own.labels, *sorted(new)]
    if card.language != language:
        labels.append(LANGUAGE + card.language)
    return changed(
        own,
        labels=" ".join(labels),
        headings=_without(new, own.headings),
        often=_without(new, own.often),
        once=_without(new, own.once),
    )


def _without(taken: set[str], text: str) -> str:
    if not any(word in text for word in taken):
        return text
    return " ".join([word for word in text.split() if word not in taken])


def volume(number: str, fetch: Fetch) -> Work:
    """Return the work of cutting the words of a volume's lots into chapters."""
    lots = fetch(make("lots", number)) or 0
    keys = [make("vocabularies", f"{number}-{lot}") for lot in range(lots)]
    fetch.many(keys)
    return Work(cut, (number, list(map(fetch.encoded, keys)), fetch(make("shards")) or 1))


def cut(number: str, lots: list[bytes], shards: int) -> Table:
    """Return the chapters of a volume, one for each shard."""
    chapters: list[dict[str, str]] = [{} for _ in range(shards)]
    shard_at: dict[str, int] = {}
    for word, entries in _listed(lots).items():
        place = shard_at.get(word[:BEGINNING])
        if place is None:
            place = shard_at[word[:BEGINNING]] = shard_of(word, shards)
        chapters[place][word] = entries
    return Table({make("chapter", f"{number}/{n}"): kept(one) for n, one in enumerate(chapters)})


def _listed(lots: list[bytes]) -> dict[str, str]:
    """Return the entries of each word of a volume."""
    listed: dict[str, str] = {}
    known = listed.get  # millions of times in a large site
    for letter, lot in enumerate(lots, FIRST):
        for place, own in enumerate(decode(lot, Vocabularies), FIRST):
            for field, mark in MARKS.items():
                entry = chr(letter) + chr(place) + mark
                for word in getattr(own, field).split():
                    listed[word] = known(word, "") + entry
    return listed


def shard_of(word: str, shards: int) -> int:
    """Return the number of the shard that lists *word*."""
    return _hash(word[:1] if _DENSE.match(word) else word[:BEGINNING]) % shards


@cache
def _hash(beginning: str) -> int:
    """Return a number for the beginning of a word; the browser computes the same (FNV-1a)."""
    number = 2166136261
    for letter in beginning:
        number = (number ^ ord(letter)) * 16777619 & 0xFFFFFFFF
    return number ^ number >> 15


def shard(route: ShardRoute, fetch: Fetch) -> Work:
    """Return the work of putting a shard together from its chapters."""
    names = [make("chapter", f"{number}/{route.number}") for number in range(route.volumes)]
    return Work(join, (fetch.many(names), route.most))


def join(chapters: Sequence[Chapter], most: int) -> bytes:
    """Return the lines of a shard; words that more than *most* documents have are only named."""
    listed: defaultdict[str, str] = defaultdict(str)
    for number, chapter in enumerate(chapters):
        volume = str(number)
        for word, entries in zip(chapter.words.split(), chapter.entries.split(), strict=True):
            listed[word] += volume + entries
    for word in [word for word, entries in listed.items() if len(entries) > most * ENTRY]:
        if word[0] != LANGUAGE and _documents(listed[word]) > most:
            listed[word] = COMMON
    lines = (f"{word} {listed[word]}\n" for word in sorted(listed))
    return "".join(lines).encode()


def _documents(entries: str) -> int:
    return sum(letter >= chr(FIRST) for letter in entries) // ENTRY


def lot_pages(route: LotRoute, fetch: Fetch) -> Work:
    """Return the work of saying what the results of a lot look like."""
    paths = fetch(make("lot", route.name))
    return Work(list_pages, ([fetch.encoded(make("teaser", path)) for path in paths],))


def list_pages(teasers: Sequence[bytes]) -> bytes:
    """Return address, title, date, language and beginning of each document."""
    cards = [decode(teaser, views.Card) for teaser in teasers]
    rows = [
        (
            card.url,
            card.title or shortened(card.summary, 60),
            card.date.date().isoformat() if card.date else "",
            card.language,
            shortened(card.summary, MAX_SUMMARY),
        )
        for card in cards
    ]
    return to_json(rows)


def search_page(route: SearchRoute, fetch: Fetch) -> Work:
    """Return the work of rendering the page on which readers search."""
    origin: Origin = fetch(make("origin"))
    tree = origin.at(route.url)
    used, data_names = frame.templates("search.html", tree, fetch)
    own = [code for code in route.languages if origin.prefixes and origin.tree(code) == tree]
    view = views.SearchView(
        site=frame.shown(make("site", tree), fetch),
        page=changed(
            unindexed("search", "Search", route.url, fetch),
            versions=frame.everywhere(route.url, origin) if origin.prefixes else (),
        ),
        data=frame.data(data_names, fetch),
        documents=route.documents,
        shards=route.shards,
        languages=route.languages,
        index=origin.link(SEARCH),
        main_language=origin.language,
        own_languages=tuple(own),
    )
    return frame.page("search.html", view, used)
