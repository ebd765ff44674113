"""
The store: what a build remembers, in one disposable file.

It is written after the outputs, in one transaction, and everything in it is sealed: what can't be
trusted raises `Corrupt`, and the caller starts over without it. Nothing is lost by deleting it but
time.
"""

import os
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from sqlite3 import DatabaseError

from streamly_ssg.errors import SystemProblem, problem

from . import digest
from .ahead import Ahead
from .hand import Hands
from .shelf import SCHEMA, Corrupt, Shelf

__all__ = ["Corrupt", "DatabaseError", "Store"]

BATCH = 512  # values written at once
UNTRUSTED = {"SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_ERROR", "SQLITE_FORMAT", "SQLITE_MISMATCH"}


class Store:
    """Shelves and numbered values; only a build of the same *version* may read them."""

    def __init__(self, path: Path, version: str) -> None:
        """Open the store at *path*, or a new one if there is none that *version* may read."""
        self.path = path
        self.version = version
        self._shelves: dict[str, Shelf] = {}
        self._waiting: dict[int, bytes] = {}
        self._at_hand = Hands()
        self._ahead = Ahead()
        self._next = 1
        self._names: set[str] = set()
        self.is_new = not self._open_known()
        if self.is_new:
            self._open_new()

    def shelf(self, name: str) -> Shelf:
        """Return the shelf called *name*; always the same one."""
        if name not in self._shelves:
            self._shelves[name] = Shelf(self._database, name, must_exist=name in self._names)
        return self._shelves[name]

    def value(self, number: int, expected: bytes) -> bytes | None:
        """Return the value with *number*, or None if its digest isn't *expected*."""
        data = self._at_hand.get(number) or self._waiting.get(number)
        if data is not None:
            return data
        if self.is_new:
            return self._ahead.take(number, self._read)
        data = dict(self._read(number, 1)).get(number)
        return data if isinstance(data, bytes) and digest.of(data) == expected else None

    def put(self, number: int, data: bytes) -> int:
        """Keep *data* under *number*, or under a new number if that is zero; return the number."""
        if number:
            self._at_hand.drop(number)
            self._ahead.drop(number)
        else:
            number = self._next
            self._next += 1
        self._waiting[number] = data
        self._at_hand.put(number, data)
        if len(self._waiting) >= BATCH:
            self._flush()
        return number

    def drop(self, number: int) -> None:
        """Forget the value with *number*."""
        self._waiting.pop(number, None)
        self._at_hand.drop(number)
        self._ahead.drop(number)
        self._begin()
        self._database.execute("DELETE FROM value WHERE id = ?", (number,))

    def commit(self) -> None:
        """Make everything durable, all or nothing."""
        self._at_hand.clear()
        self._ahead.clear()
        self._names = {*self._names, *self._shelves}
        names = tuple(sorted(self._names))
        meta = {"version": self.version, "next": self._next, "shelves": names}
        self.shelf("meta").set("store", meta)
        self._flush()
        for shelf in self._shelves.values():
            shelf.save()
            if self.is_new:
                # All of it is in memory, and whoever goes on will ask for little.
                shelf.let_go()
        self._database.execute("COMMIT")
        if self.is_new:
            self._take_place()
        self._identity = (self.path.stat().st_ino, self._data_version())

    def is_outdated(self) -> bool:
        """Tell whether another process has written the file since this one last did."""
        if self.is_new or not self.path.exists():
            return True
        return (self.path.stat().st_ino, self._data_version()) != self._identity

    def close(self) -> None:
        """Let go of the file; what was not committed is forgotten."""
        self._database.close()

    def _open_known(self) -> bool:
        if self.path.is_dir():
            shutil.rmtree(self.path)
        if not self.path.exists():
            return False
        self._connect(self.path)
        try:
            self._tune()
            known = self.shelf("meta").get("store")
            is_ours = bool(known) and known["version"] == self.version
        except (Corrupt, DatabaseError, TypeError, ValueError, LookupError):
            is_ours = False  # damaged, or laid out as another version does it
        if is_ours:
            self._next = known["next"]
            self._names = set(known["shelves"])
            self._identity = (self.path.stat().st_ino, self._data_version())
            return True
        self._database.close()
        self._shelves.clear()
        return False

    def _open_new(self) -> None:
        self._draft.unlink(missing_ok=True)
        self._connect(self._draft)
        self._tune()
        # Nothing is lost if this file dies half-written: it takes its place only when it is whole.
        self._database.execute("PRAGMA journal_mode = OFF")
        self._database.execute("PRAGMA synchronous = OFF")
        self._database.execute(SCHEMA)
        self._database.execute("CREATE TABLE value (id INTEGER PRIMARY KEY, data BLOB)")

    def _take_place(self) -> None:
        self._database.close()
        with self._draft.open("rb+") as file:
            os.fsync(file.fileno())
        Path(f"{self.path}-journal").unlink(missing_ok=True)
        self._draft.replace(self.path)
        self.is_new = False
        self._connect(self.path)
        self._tune()
        for shelf in self._shelves.values():
            shelf.move_to(self._database)

    def _connect(self, path: Path) -> None:
        self._database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)

    def _tune(self) -> None:
        self._database.execute("PRAGMA cache_size = -32000")

    def _read(self, number: int, count: int) -> Iterable[tuple[int, bytes]]:
        """Yield so many values, as far as there are so many, from the one with *number* on."""
        if count > 1 and self._waiting:
            self._flush()  # or those among them that wait would be read as they were before
        sql = "SELECT id, data FROM value WHERE id >= ? ORDER BY id LIMIT ?"
        return self._database.execute(sql, (number, count))

    def _flush(self) -> None:
        self._begin()
        rows = self._waiting.items()
        self._database.executemany("INSERT OR REPLACE INTO value VALUES (?, ?)", rows)
        self._waiting.clear()

    def _begin(self) -> None:
        if not self._database.in_transaction:
            self._database.execute("BEGIN IMMEDIATE")

    def _data_version(self) -> int:
        """Return a number that SQLite changes when somebody else commits."""
        version: int = self._database.execute("PRAGMA data_version").fetchone()[0]
        return version

    @property
    def _draft(self) -> Path:
        return self.path.with_suffix(".new")


@contextmanager
def guarded(path: Path) -> Iterator[None]:
    """Turn what SQLite says about the store at *path* into `Corrupt` or a `SystemProblem`."""
    try:
        yield
    except DatabaseError as error:
        name = getattr(error, "sqlite_errorname", "SQLITE_ERROR")
        if any(name.startswith(untrusted) for untrusted in UNTRUSTED):
            raise Corrupt(str(error)) from error
        hint = "make room, or check the permissions of this folder"
        raise SystemProblem(problem("CACHE", str(error), path=str(path), hint=hint)) from error
