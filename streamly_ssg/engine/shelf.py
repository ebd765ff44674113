"""
Shelves: persistent dictionaries whose every byte is sealed.

A shelf hashes its keys into a fixed number of buckets; a bucket is one row, read when somebody asks
for one of its keys and written back when one has changed. So the cost of a build follows what it
touches, a missing row can't be taken for a missing key, and a flipped bit is found on reading.
Records are packed one by one: most are written or carried along, and never looked at.
"""

import marshal
import sqlite3
from collections.abc import Callable, Iterator
from typing import Any
from zlib import crc32

from . import digest

FILL = 48  # records a bucket, when buckets are dealt out
FULL = 16 * 1024  # bytes a bucket, likewise
OVERFULL = 4 * FILL
FORMAT = 2  # of marshal: later ones look for what occurs twice, which costs more than it saves

SCHEMA = """
CREATE TABLE shelf (
    name TEXT, bucket INTEGER, seal BLOB, data BLOB, PRIMARY KEY (name, bucket)
)"""


class Corrupt(Exception):
    """What was read from disk is not what was written."""


Bucket = dict[str, bytes]  # packed records


class _Buckets(dict[int, Bucket]):
    """Buckets by number; *read* brings one when it is first asked for."""

    def __init__(self, read: Callable[[int], Bucket]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, number: int) -> Bucket:
        bucket = self[number] = self._read(number)
        return bucket


class Shelf:
    """A dictionary from strings to plain tuples (whatever `marshal` takes) in sealed buckets."""

    def __init__(
        self, database: sqlite3.Connection, name: str, *, must_exist: bool = False
    ) -> None:
        self._database = database
        self._name = name
        self._buckets = _Buckets(self._read)
        self._touched: set[int] = set()
        self._header = self._read_header(must_exist=must_exist)
        self._width, self._count = self._header or (1, 0)
        if self._header is None:
            self._buckets[0] = {}
            self._touched.add(0)

    def get(self, key: str) -> Any:
        """Return the record of *key*, or None."""
        packed = self._buckets[self._number(key)].get(key)
        return None if packed is None else marshal.loads(packed)  # noqa: S302 - sealed

    def set(self, key: str, record: Any) -> None:
        """Put *record* under *key*; it is on disk after `save`."""
        number = self._number(key)
        bucket = self._buckets[number]
        before = len(bucket)
        bucket[key] = marshal.dumps(record, FORMAT)
        self._count += len(bucket) - before
        self._touched.add(number)

    def delete(self, key: str) -> None:
        """Forget *key*, if it is known."""
        number = self._number(key)
        if self._buckets[number].pop(key, None) is not None:
            self._count -= 1
            self._touched.add(number)

    def items(self) -> Iterator[tuple[str, Any]]:
        """Yield every key with its record; reads the whole shelf."""
        self._load_all()
        for number in range(self._width):
            for key, packed in self._buckets[number].items():
                yield key, marshal.loads(packed)  # noqa: S302 - sealed

    def __contains__(self, key: str) -> bool:
        """Tell whether *key* has a record."""
        return key in self._buckets[self._number(key)]

    def __len__(self) -> int:
        """Return the number of records, without reading them."""
        return self._count

    def move_to(self, database: sqlite3.Connection) -> None:
        """Go on reading and writing through *database*."""
        self._database = database

    def save(self) -> None:
        """Write what was touched; the caller holds the transaction."""
        if not self._touched:
            return
        if self._count > self._width * OVERFULL or self._width == 1 < self._count // FILL:
            self._deal_again()
        rows = ((self._name, n, *self._sealed(n)) for n in sorted(self._touched))
        self._database.executemany("INSERT OR REPLACE INTO shelf VALUES (?, ?, ?, ?)", rows)
        if self._header != (self._width, self._count):
            self._write_header()
        self._touched.clear()

    def let_go(self) -> None:
        """Keep nothing in memory of what is on disk."""
        for number in self._buckets.keys() - self._touched:
            del self._buckets[number]

    def _number(self, key: str) -> int:
        return _spread(key) % self._width if self._width > 1 else 0

    def _read(self, number: int) -> Bucket:
        row = self._database.execute(
            "SELECT seal, data FROM shelf WHERE name = ? AND bucket = ?", (self._name, number)
        ).fetchone()
        return self._opened(number, row)

    def _load_all(self) -> None:
        rows = self._database.execute(
            "SELECT bucket, seal, data FROM shelf WHERE name = ? AND bucket >= 0", (self._name,)
        )
        for number, seal, data in rows:
            if number not in self._buckets:
                self._buckets[number] = self._opened(number, (seal, data))

    def _deal_again(self) -> None:
        self._load_all()
        size = sum(sum(map(len, bucket.values())) for bucket in self._buckets.values())
        width = max(1, self._count // FILL, min(self._count, size // FULL))
        buckets: list[Bucket] = [{} for _ in range(width)]
        for number in range(self._width):
            for key, packed in self._buckets[number].items():
                buckets[_spread(key) % width][key] = packed
            del self._buckets[number]
        self._buckets.update(enumerate(buckets))
        self._touched = set(range(width))
        self._width = width

    def _sealed(self, number: int) -> tuple[bytes, bytes]:
        data = marshal.dumps(self._buckets[number], FORMAT)
        return self._seal(number, data), data

    def _opened(self, number: int, row: tuple[bytes, bytes] | None) -> dict[str, Any]:
        if row is None or type(row[1]) is not bytes or row[0] != self._seal(number, row[1]):
            raise Corrupt(f"{self._name}/{number}")
        return marshal.loads(row[1])  # type: ignore[no-any-return]  # noqa: S302 - sealed above

    def _seal(self, number: int, data: bytes) -> bytes:
        return digest.of(b"%s %d %d " % (self._name.encode(), number, self._width) + data)

    # The header is bucket -1: how many buckets there are, and how many records.

    def _read_header(self, *, must_exist: bool) -> tuple[int, int] | None:
        row = self._database.execute(
            "SELECT seal, data FROM shelf WHERE name = ? AND bucket = -1", (self._name,)
        ).fetchone()
        if row is None and must_exist:
            raise Corrupt(f"{self._name} is missing")
        if row is None:
            return None
        self._width = 0
        header = self._opened(-1, row)
        return header["width"], header["count"]

    def _write_header(self) -> None:
        self._header = self._width, self._count
        width, self._width = self._width, 0
        data = marshal.dumps({"width": width, "count": self._count}, FORMAT)
        row = (self._name, -1, self._seal(-1, data), data)
        self._database.execute("INSERT OR REPLACE INTO shelf VALUES (?, ?, ?, ?)", row)
        self._width = width


def _spread(key: str) -> int:
    """Return a number by which keys are dealt: who asks for one of a name asks for others of it."""
    return crc32(key[key.find(":") + 1 :].encode())
