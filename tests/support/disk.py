"""
A disk between SQLite and the real one: it counts what is written, fails when told, and remembers.

    with disk.between() as between:
        between.fail = lambda event: disk.FULL if event.number == 3 else None
        database = Database(path)

It is a VFS of SQLite's, made of the usual one: only its writes, its cuts and its waits for the disk
pass through Python. `after_power_cut` says what would be left of them: all that SQLite waited for,
and of the rest whatever chance lets be, some of it torn in the middle of a page.
"""

import ctypes
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from pysqlite3 import _sqlite3

FULL, WRITE_FAILED, SYNC_FAILED, CUT_FAILED = 13, 10 | 3 << 8, 10 | 4 << 8, 10 | 6 << 8
SECTOR = 512
NAME = b"between"
P = ctypes.c_void_p
I64 = ctypes.c_int64


class Event(NamedTuple):
    """``write`` of *data* at *at*, ``cut`` to *at* bytes, or ``sync``, of the file *name*."""

    number: int
    what: str
    name: str
    at: int = 0
    data: bytes = b""


class _Vfs(ctypes.Structure):
    _fields_ = (
        ("version", ctypes.c_int), ("file_size", ctypes.c_int), ("longest", ctypes.c_int),
        ("next", P), ("name", ctypes.c_char_p), ("data", P), ("open", P), *((f"m{n}", P) for n in range(14)),
    )  # fmt: skip


class _Methods(ctypes.Structure):
    _fields_ = (
        ("version", ctypes.c_int), ("close", P), ("read", P), ("write", P), ("truncate", P),
        ("sync", P), *((f"m{n}", P) for n in range(13)),
    )  # fmt: skip


# The path is a pointer and no text: SQLite wants that very memory back, for as long as it is open.
OPEN = ctypes.CFUNCTYPE(ctypes.c_int, P, P, P, ctypes.c_int, P)
WRITE = ctypes.CFUNCTYPE(ctypes.c_int, P, P, ctypes.c_int, I64)
TRUNCATE = ctypes.CFUNCTYPE(ctypes.c_int, P, I64)
SYNC = ctypes.CFUNCTYPE(ctypes.c_int, P, ctypes.c_int)
LIBRARY = ctypes.CDLL(_sqlite3.__file__)
LIBRARY.sqlite3_vfs_find.restype = P
_KEPT: list[Any] = []  # SQLite may hold on to what it was given


class Between:
    """What passes, in order; *fail* may answer with an error of SQLite's instead."""

    def __init__(self, usual: _Vfs) -> None:
        self.events: list[Event] = []
        self.fail: Callable[[Event], int | None] = lambda _event: None
        self.counted = 0
        self._usual = OPEN(usual.open)
        self._names: dict[int, str] = {}
        self._methods: dict[int, _Methods] = {}
        self.open = OPEN(self._open)

    def note(self, what: str, name: str = "", at: int = 0, data: bytes = b"") -> int | None:
        """Write down that something passes, or is told by a test; return how it fails."""
        event = Event(self.counted, what, name, at, data)
        self.counted += 1
        self.events.append(event)
        return self.fail(event)

    def _open(self, vfs: int, path: int | None, file: int, flags: int, out: int | None) -> int:
        code = int(self._usual(vfs, path, file, flags, out))
        place = P.from_address(file)
        if code == 0 and place.value and path:
            self._names[file] = os.path.basename(ctypes.string_at(path).decode())
            place.value = ctypes.addressof(self._wrapped(place.value))
        return code

    def _wrapped(self, address: int) -> _Methods:
        """Return the methods at *address*, with ours in the place of some."""
        if address not in self._methods:
            usual = _Methods.from_address(address)
            mine = _Methods.from_buffer_copy(usual)
            write, truncate = WRITE(usual.write), TRUNCATE(usual.truncate)

            def on_write(file: int, data: int, size: int, at: int) -> int:
                held = ctypes.string_at(data, size)
                return self.note("write", self._names[file], at, held) or write(
                    file, data, size, at
                )

            def on_truncate(file: int, size: int) -> int:
                return self.note("cut", self._names[file], size) or truncate(file, size)

            def on_sync(file: int, _flags: int) -> int:
                return self.note("sync", self._names[file]) or 0  # the real disk isn't asked

            ours = (WRITE(on_write), TRUNCATE(on_truncate), SYNC(on_sync))
            places = ("write", "truncate", "sync")
            for name, function in zip(places, ours, strict=True):
                setattr(mine, name, ctypes.cast(function, P).value)
            _KEPT.append((ours, mine, write, truncate))
            self._methods[address] = mine
        return self._methods[address]


@contextmanager
def between() -> Iterator[Between]:
    """Let all databases that are opened in the block write through a `Between`."""
    usual = _Vfs.from_address(LIBRARY.sqlite3_vfs_find(None))
    mine = _Vfs.from_buffer_copy(usual)
    made = Between(usual)
    mine.name, mine.next, mine.open = NAME, None, ctypes.cast(made.open, P).value
    _KEPT.append((made, mine))
    assert LIBRARY.sqlite3_vfs_register(ctypes.byref(mine), 1) == 0
    try:
        yield made
    finally:
        LIBRARY.sqlite3_vfs_unregister(ctypes.byref(mine))


def after_power_cut(
    before: Path, events: Sequence[Event], folder: Path, chance: Random
) -> dict[str, bytes]:
    """Write into *folder* what is left when the power fails after *events*; return it."""
    left = {before.name: bytearray(before.read_bytes())}
    last = {event.name: event.number for event in events if event.what == "sync"}
    for event in events:
        if event.what not in {"write", "cut"}:
            continue
        is_safe = event.number < last.get(event.name, -1)
        if is_safe or chance.random() < 0.5:
            is_torn = not is_safe and chance.random() < 0.3
            _apply(left.setdefault(event.name, bytearray()), event, chance if is_torn else None)
    for name, data in left.items():
        (folder / name).write_bytes(data)
    return {name: bytes(data) for name, data in left.items()}


def _apply(file: bytearray, event: Event, tearing: Random | None) -> None:
    if event.what == "cut":
        del file[event.at :]
        return
    data = event.data
    if tearing is not None and len(data) > SECTOR:
        data = data[: tearing.randrange(1, len(data) // SECTOR + 1) * SECTOR]
    file.extend(bytes(max(event.at + len(data) - len(file), 0)))
    file[event.at : event.at + len(data)] = data
