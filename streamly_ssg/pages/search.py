"""
The search index: which documents have a word, in small files that a browser reads one by one.

``vocabulary:PATH`` is the words of one document, ``concordance:LOT`` where the words of its
documents stand, ``volume:N`` the same for some twenty lots, cut into a ``chapter:N/SHARD`` for each
shard. A shard is a file: a line for each word, its chapters one after the other. So a changed word
goes through one lot and one volume, and reaches the one or two shards that list it.

An entry is text: a volume's number, a lot's letter from ``@`` on, a document's letter from the
backtick on, and how much the word says there, if it is more than a plain mention. A word that most
documents have says nothing; it is listed without them.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache

from streamly_ssg.documents.excerpts import shortened
from streamly_ssg.documents.vocabulary import DENSE, Vocabulary, words
from streamly_ssg.engine.key import make
from streamly_ssg.engine.rule import Fetch, Table, Work
from streamly_ssg.values import Value, decode, to_json

from . import frame, views
from .routes import LotRoute, SearchRoute, ShardRoute
from .site_files import unindexed

MAX_SUMMARY = 200
LOT, PLACE = ord("@"), ord("`")
TITLE, LABEL, HEADING, OFTEN = "%", "$", "#", "!"
COMMON = "*"
LANGUAGE = ":"  # before a language that isn't the site's, listed as if it were a word
BEGINNING = 3  # characters of a word that decide on its shard, so that its beginning finds it
_DENSE = re.compile(f"[{DENSE}]")


class Entries(Value):
    """Words and where each of them stands, both joined with spaces."""

    words: str
    places: str


def entries_of(found: dict[str, str]) -> Entries:
    """Return *found* as it is kept."""
    return Entries(" ".join(found), " ".join(found.values()))


def pairs(entries: Entries) -> Iterator[tuple[str, str]]:
    """Yield each word with where it stands."""
    return zip(entries.words.split(), entries.places.split(), strict=True)


def concordance(lot: str, fetch: Fetch) -> Work:
    """Return the work of listing where the words of the documents of *lot* stand."""
    paths = fetch(make("lot", lot))
    language = fetch(make("origin")).language
    found = [
        (fetch.encoded(make("vocabulary", path)), fetch.encoded(make("teaser", path)))
        for path in paths or ()
    ]
    return Work(list_words, (found, language))


def list_words(found: list[tuple[bytes, bytes]], language: str) -> Entries:
    """Return where the words of these documents stand."""
    listed: defaultdict[str, str] = defaultdict(str)
    for number, (vocabulary, teaser) in enumerate(found):
        place = chr(PLACE + number)
        own: Vocabulary = decode(vocabulary, Vocabulary)
        for word in own.once.split():
            listed[word] += place
        for part, weight in ((own.often, OFTEN), (own.headings, HEADING), (own.labels, LABEL)):
            for word in part.split():
                listed[word] += place + weight
        for word in own.title.split():
            listed[word] += place + TITLE
        _add_names(listed, decode(teaser, views.Card), place, language)
    return entries_of(listed)


def _add_names(listed: defaultdict[str, str], card: views.Card, place: str, language: str) -> None:
    """Add what only the site knows: what authors and categories are called, and the language."""
    named = " ".join(one.title for one in (*card.authors, *card.categories))
    for word in words(named):
        known, _, weight = listed[word].partition(place)
        if weight != TITLE:
            listed[word] = known + place + LABEL
    if card.language != language:
        listed[LANGUAGE + card.language] += place


def volume(number: str, fetch: Fetch) -> Work:
    """Return the work of cutting the words of a volume's lots into chapters."""
    lots = fetch(make("lots", number)) or 0
    names = [make("concordance", f"{number}-{lot}") for lot in range(lots)]
    return Work(cut, (number, fetch.many(names), fetch(make("shards")) or 1))


def cut(number: str, lots: list[Entries], shards: int) -> Table:
    """Return the chapters of a volume, one for each shard."""
    listed: defaultdict[str, str] = defaultdict(str)
    for lot, entries in enumerate(lots):
        letter = chr(LOT + lot)
        for word, places in pairs(entries):
            listed[word] += letter + places
    chapters: list[dict[str, str]] = [{} for _ in range(shards)]
    for word in sorted(listed):
        chapters[shard_of(word, shards)][word] = listed[word]
    return Table(
        {make("chapter", f"{number}/{n}"): entries_of(one) for n, one in enumerate(chapters)}
    )


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


def join(chapters: Sequence[Entries], most: int) -> bytes:
    """Return the lines of a shard; words that more than *most* documents have are only named."""
    listed: defaultdict[str, str] = defaultdict(str)
    for number, entries in enumerate(chapters):
        for word, places in pairs(entries):
            listed[word] += f"{number}{places}"
    for word in [word for word, places in listed.items() if len(places) > most]:
        if word[0] != LANGUAGE and _documents(listed[word]) > most:
            listed[word] = COMMON
    lines = (f"{word} {listed[word]}\n" for word in sorted(listed))
    return "".join(lines).encode()


def _documents(places: str) -> int:
    return sum(place >= chr(PLACE) for place in places)


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
    used, data_names = frame.templates("search.html", fetch)
    view = views.SearchView(
        site=frame.shown(make("site"), fetch),
        page=unindexed("search", "Search", route.url, fetch),
        data=frame.data(data_names, fetch),
        documents=route.documents,
        shards=route.shards,
        languages=route.languages,
    )
    return frame.page("search.html", view, used)
