"""
Lots: the documents that can be searched, dealt into small groups that stay as they are.

A word's entry in the search index names its documents by volume, lot and place. Were these numbers
counted through, one document that goes would move all the others. So a lot ends where the path of
the next document says so, by its checksum, and a volume where it says so twice as clearly: a
document that comes or goes changes its own lot, and at most where that one ends. Documents are in
the order of their dates, so what is new comes last and the rest stays.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple
from zlib import crc32

from streamly_ssg.engine.key import Key, make
from streamly_ssg.engine.rule import Fetch

from .catalogue import Catalogue
from .routes import LotRoute, RedirectRoute, Route, SearchRoute, ShardRoute
from .sources import Head

# On the average; an entry has one letter for each, and there are no more letters than that.
IN_A_LOT, MOST_IN_A_LOT = 16, 24
IN_A_VOLUME, MOST_IN_A_VOLUME = 20, 32
SEARCH = "/search/"  # where readers search, below the prefix of their language
COMMON = 500  # documents that must have a word before it can be too common to search for


class Lots(NamedTuple):
    """
    The lots of each volume as paths, and what the words are dealt by.

    Attributes:
        volumes: of lots, of paths.
        shards: into how many parts the words are dealt.
        most: a word that more documents have says nothing.
    """

    volumes: list[list[tuple[str, ...]]]
    shards: int = 1
    most: int = 0

    def named(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield the name and the paths of each lot."""
        for number, volume in enumerate(self.volumes):
            for place, lot in enumerate(volume):
                yield f"{number}-{place}", lot

    def parts(self) -> Iterator[tuple[Key, Any]]:
        """Yield what the index says of them."""
        yield make("shards"), self.shards
        for number, volume in enumerate(self.volumes):
            yield make("lots", str(number)), len(volume)
        for name, lot in self.named():
            yield make("lot", name), lot

    def page(self, prefix: str, heads: Sequence[Head], language: str) -> SearchRoute:
        """Return the page on which readers of one language search for *heads*."""
        languages = tuple(sorted({head.lang or language for head in heads}))
        return SearchRoute(f"{prefix}{SEARCH}", len(heads), self.shards, languages)

    def routes(self) -> Iterator[tuple[str, Route]]:
        """Yield the files of the index, which is one for all languages."""
        for number in range(self.shards):
            yield f"{SEARCH}words/{number}.txt", ShardRoute(number, len(self.volumes), self.most)
        for name, _ in self.named():
            yield f"{SEARCH}pages/{name}.json", LotRoute(name)


def is_searched(fetch: Fetch) -> bool:
    """Tell whether the site has a page for searching, and with it an index."""
    return fetch(make("config", "search")).enabled and bool(fetch(make("source", "search.html")))


def searching(
    known: Catalogue, free: Sequence[str], fetch: Fetch
) -> tuple[Lots, Iterable[tuple[str, Route]]]:
    """
    Return the lots of all documents, and what is needed to search in them.

    Args:
        known: all documents.
        free: the prefixes of languages that have no page of their own there.
        fetch: the door.
    """
    if not is_searched(fetch):
        return Lots([]), ()
    if "" not in free:
        # There is no index then, and who comes from another language is led to that page.
        urls = [prefix + SEARCH for prefix in free]
        return Lots([]), [(url, RedirectRoute(url, SEARCH)) for url in urls]
    heads = searched(known, fetch)
    lots = dealt(heads)
    pages = [lots.page(one, heads, fetch(make("config", "site")).language) for one in free]
    return lots, [*((page.url, page) for page in pages), *lots.routes()]


def searched(known: Catalogue, fetch: Fetch) -> list[Head]:
    """Return the documents that can be searched."""
    left_out = fetch(make("config", "search")).exclude
    kinds = {"posts": known.posts, "notes": known.notes, "pages": known.pages}
    return [head for kind, some in kinds.items() if kind not in left_out for head in some]


def dealt(heads: Iterable[Head]) -> Lots:
    """Deal documents into lots."""
    paths = [head.path for head in sorted(heads, key=_oldest_first)]
    volumes: list[list[list[str]]] = []
    for path in paths:
        mark = crc32(path.encode())
        if not volumes or _ends_volume(volumes[-1], mark):
            volumes.append([[path]])
        elif _ends_lot(volumes[-1][-1], mark):
            volumes[-1].append([path])
        else:
            volumes[-1][-1].append(path)
    # At least half of them, and seldom another number while a site grows.
    most = max(COMMON, 2 ** len(paths).bit_length() // 2)
    return Lots([[tuple(lot) for lot in each] for each in volumes], _shards(len(paths)), most)


def _oldest_first(head: Head) -> tuple[float, str]:
    return (head.date.timestamp() if head.date else float("-inf"), head.path)


def _ends_lot(lot: list[str], mark: int) -> bool:
    return mark % IN_A_LOT == 0 or len(lot) == MOST_IN_A_LOT


def _ends_volume(volume: list[list[str]], mark: int) -> bool:
    if mark % (IN_A_LOT * IN_A_VOLUME) == 0:
        return True
    return len(volume) == MOST_IN_A_VOLUME and _ends_lot(volume[-1], mark)


def _shards(documents: int) -> int:
    """
    Return into how many shards the words of so many documents are dealt.

    Of ten thousand, one holds about what a page weighs. The number is a power of two, so that it
    seldom changes.
    """
    shards = 1
    while shards * shards < documents * 8:
        shards *= 2
    return shards
