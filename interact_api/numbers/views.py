"""
Views: counted in memory, saved in batches, and kept as numbers alone.

A view isn't worth a write of its own, so views wait in memory until two seconds have passed or
`BATCH` are waiting, and are then saved in one transaction. A crash loses those that wait: at most
the views of the last five seconds (two of waiting, the rest for a busy writer). No other number
loses any.

Who looks at a page is told apart by digests with a salt. It is made fresh each day and the old one
is overwritten, so from then on nobody, we included, can tell whether two days had the same visitor;
as the page is digested too, nobody can follow one from page to page either. A digest of the coarse
kind of browser and the truncated address finds the *visitors* of a day; one block of addresses has
few of these, so changing names doesn't make many visitors of one. A finer digest, which never
leaves the memory, stops the same reader's reload within half an hour from counting as a *view*.
Salt and finer digests are in the memory that all processes share, so it doesn't matter which of
them is told.
"""

import asyncio
import json
import re
import struct
from collections.abc import Callable, Mapping
from contextlib import suppress
from hashlib import blake2b
from typing import NamedTuple

from interact_api import facts
from interact_api.db import Database, Reader, Tx
from interact_api.errors import Unavailable
from interact_api.shared import Held, Shared
from interact_api.tallies import Tallies

DAY = 86_400_000  # milliseconds
BATCH = 1_000  # views that are worth a transaction
WAITING = 20_000  # views that may wait while the disk is busy; more are dropped
AGAIN = 1_800_000  # milliseconds in which a reader's second view doesn't count
REMEMBERED = 100_000  # readers
FORGOTTEN = 5_000  # digests of days past, removed with each batch
LONGEST = 200  # characters of a page's id
SALT = "views"
KEPT_SALT = struct.Struct("=q32s")  # in memory

BOT = re.compile(
    r"(?<!cu)bot(\b|_)|crawl|spider|slurp|headless|lighthouse|preview|monitor|uptime|scan|fetch|feed"
    r"|facebookexternalhit|^(?!.*mozilla)|https?://",
    re.IGNORECASE,
)


class Visit(NamedTuple):
    """One view; *agent* and *place* are coarse, *browser* is not, and isn't kept."""

    page: str
    place: str
    agent: str
    browser: str = ""


class Salt(NamedTuple):
    """What a day's digests are made with."""

    day: int
    value: bytes


def rounded(count: int) -> int:
    """Return *count* with two significant digits, never more than there were."""
    step = int("1" + "0" * max(len(str(count)) - 2, 0))
    return count - count % step


def is_bot(browser: str) -> bool:
    """Tell a program's user agent from a browser's, which says Mozilla and names no address."""
    return BOT.search(browser) is not None


def is_unwanted(headers: Mapping[str, str]) -> bool:
    """Tell whether a view doesn't count: its reader asked for that (DNT, GPC), or nobody looked."""
    if headers.get("dnt") == "1" or headers.get("sec-gpc") == "1":
        return True
    early = headers.get("sec-purpose", "") + headers.get("purpose", "")
    return "prefetch" in early or is_bot(headers.get("user-agent", ""))


def is_author(reader: Reader, page: str, name: str) -> bool:
    """Tell whether *name* wrote *page*."""
    authors = reader.value("SELECT authors FROM pages WHERE id = :page", page=page)
    return authors is not None and name in json.loads(authors)


class Views:
    """The views that wait to be saved; for one thread, as the loop of the service is."""

    def __init__(
        self, database: Database, fresh: Callable[[], bytes], shared: Shared | None = None
    ) -> None:
        self._database = database
        self._fresh = fresh
        self._shared = shared or Shared()
        self._kept_salt = self._shared.common(KEPT_SALT.size)
        self._recent = Tallies(self._shared, REMEMBERED, forgets=True)
        self._salt = Salt(-1, b"")
        self._waiting = _Batch()
        self.due = asyncio.Event()  # a batch is full
        self._saving = asyncio.Lock()
        self.dropped = 0

    def __len__(self) -> int:
        """Return how many views wait."""
        return self._waiting.size

    def add(self, visit: Visit) -> bool:
        """Count a view, soon; tell whether it counts."""
        if len(self) >= WAITING or not 0 < len(visit.page) <= LONGEST:
            self.dropped += 1
            return False
        today = self._today()
        try:
            is_new = self._is_new(visit, today)
        except Held:
            self.dropped += 1
            return False
        if is_new:
            coarse = _digest(self._salt, visit.page, visit.place, visit.agent)
            self._waiting.add((visit.page, today), coarse)
        if len(self) >= BATCH:
            self.due.set()
        return is_new

    async def flush(self) -> int:
        """Save what waits; return how many views that was. Who is called off saves them anyway."""
        async with self._saving:
            return await asyncio.shield(self._save())

    async def _save(self) -> int:
        self.due.clear()
        batch, self._waiting = self._waiting, _Batch()
        salt = self._salt
        if not batch.size:
            return 0
        try:
            await self._database.write(lambda tx: save(tx, batch.counts, salt))
        except Unavailable:  # surely nothing was saved; of anything else nobody knows
            self._waiting.take_back(batch)
            raise
        return batch.size

    def _today(self) -> int:
        return self._database.clock() // DAY

    def _is_new(self, visit: Visit, today: int) -> bool:
        """Tell whether this reader wasn't here lately."""
        if self._salt.day != today:
            self._salt = self._salt_of(today)
        now = self._database.clock()
        return self._recent.add(_digest(self._salt, *visit), now, AGAIN)[0] == 1

    def _salt_of(self, today: int) -> Salt:
        """Return the day's salt; whoever needs it first makes it, and the last one's is gone."""
        kept = _kept(self._database.reader)
        with self._shared:
            salt = Salt(*KEPT_SALT.unpack(self._kept_salt))
            if salt.day != today:
                salt = kept if kept and kept.day == today else Salt(today, self._fresh())
                self._kept_salt[:] = KEPT_SALT.pack(*salt)
        return salt


async def save_forever(views: Views, seconds: float) -> None:
    """Save views each *seconds*, and as soon as a batch is full; to be cancelled."""
    while True:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await views.due.wait()
        await views.flush()


Counts = dict[tuple[str, int], tuple[int, set[bytes]]]


class _Batch:
    """Views by page and day, with the visitors among them."""

    def __init__(self) -> None:
        self.counts: Counts = {}
        self.size = 0

    def add(self, key: tuple[str, int], visitor: bytes) -> None:
        views, visitors = self.counts.get(key, (0, set()))
        visitors.add(visitor)
        self.counts[key] = (views + 1, visitors)
        self.size += 1

    def take_back(self, batch: "_Batch") -> None:
        """Let what couldn't be saved wait again."""
        for key, (views, visitors) in batch.counts.items():
            mine, seen = self.counts.get(key, (0, set()))
            self.counts[key] = (mine + views, seen | visitors)
        self.size += batch.size


def save(tx: Tx, counts: Counts, salt: Salt) -> None:
    """Add views to the numbers of their pages; those of pages that aren't there are left out."""
    tx.run(
        "INSERT INTO keys (name, value, at) VALUES (:name, :value, :day) ON CONFLICT (name)"
        " DO UPDATE SET value = excluded.value, at = excluded.at WHERE at <> excluded.at",
        name=SALT,
        value=salt.value,
        day=salt.day,
    )
    for (page, day), (views, visitors) in sorted(counts.items()):
        _save_page(tx, page, day, views, visitors)
    forget(tx, salt.day)


def forget(tx: Tx, today: int) -> int:
    """Remove digests of days past, some at a time; return how many."""
    return tx.run(
        "DELETE FROM view_days WHERE (page, day, visitor) IN"
        " (SELECT page, day, visitor FROM view_days WHERE day < :today LIMIT :limit + 0)",
        today=today,
        limit=FORGOTTEN,
    )


def _save_page(tx: Tx, page: str, day: int, views: int, visitors: set[bytes]) -> None:
    before = tx.value("SELECT views FROM pages WHERE id = :page AND removed_at IS NULL", page=page)
    if before is None:
        return
    new = sum(tx.insert_or_ignore("view_days", page=page, day=day, visitor=one) for one in visitors)
    tx.run(
        "INSERT INTO page_days (page, day, views, visitors) VALUES (:page, :day, :views, :new)"
        " ON CONFLICT (page, day) DO UPDATE SET views = page_days.views + excluded.views,"
        " visitors = page_days.visitors + excluded.visitors",
        page=page,
        day=day,
        views=views,
        new=new,
    )
    tx.run(
        "UPDATE pages SET views = views + :views, visitors = visitors + :new WHERE id = :page",
        page=page,
        views=views,
        new=new,
    )
    if rounded(before) != rounded(before + views):
        facts.touch(tx, f"views/{page}")


def _digest(salt: Salt, *parts: str) -> bytes:
    return blake2b("\0".join(parts).encode(), key=salt.value, digest_size=16).digest()


def _kept(reader: Reader) -> Salt | None:
    """Return the salt of the last batch, which may be of a day past."""
    return reader.one(Salt, "SELECT at, value FROM keys WHERE name = :name", name=SALT)
