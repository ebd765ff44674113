"""
The database: one writer, many readers, nothing acknowledged before it is on the disk.

Whoever wants to change something hands in a function of a `Tx`, and gets what that returns once it
is saved. Reads see the last commit and never wait. This is what nouns and doors need to know; how
it is done is in `writer`, and what only SQLite knows in `sqlite` and `schema`.
"""

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import TypeVar

from .ledger import Ledger
from .order import Order
from .sqlite import Connection, DatabaseError, IntegrityError, connect
from .turnstile import PATIENCE, Turnstile
from .tx import Reader, Tx
from .writer import Writer

__all__ = ["Act", "Database", "DatabaseError", "IntegrityError", "Reader", "Tx", "milliseconds"]

T = TypeVar("T")
Act = Callable[[Tx], T]


def milliseconds() -> int:
    """Return the time as the database keeps it: milliseconds since 1970, UTC."""
    return time.time_ns() // 1_000_000


def nothing() -> None:
    """Do nothing."""


class Database:
    """
    The file at *path*, which `schema.upgrade` has made.

    Args:
        path: where it is.
        clock: what time it is.
        on_change: called after each commit that changed public facts, by whoever saved them.
        on_failure: called when the disk failed in a commit, and nothing will be saved any more: the
            process is to end, and a new one to begin with what is on the disk.
        synchronous: how SQLite waits for the disk; anything but FULL loses what was acknowledged.
        patience: seconds that other processes may write before ours are told "not now".
    """

    def __init__(
        self,
        path: Path,
        *,
        clock: Callable[[], int] = milliseconds,
        on_change: Callable[[], None] = nothing,
        on_failure: Callable[[], None] = nothing,
        synchronous: str = "FULL",
        patience: float = PATIENCE,
    ) -> None:
        self.path = path
        self.clock = clock
        self._local = threading.local()
        self._readers: list[Connection] = []
        connection = connect(path)
        connection.execute(f"PRAGMA synchronous = {synchronous}")
        connection.execute("PRAGMA busy_timeout = 0")  # it waits at the turnstile
        turnstile = Turnstile(path, patience)
        self._writer = Writer(Ledger(connection, turnstile, clock), on_change, on_failure)

    @property
    def failed(self) -> threading.Event:
        """Return what is set when the disk has failed and nothing can be saved any more."""
        return self._writer.failed

    @property
    def waiting(self) -> int:
        """Return how many changes wait for the writer."""
        return self._writer.waiting

    def tell_groups(self, to: Callable[[int], None]) -> None:
        """Tell somebody, in whichever thread, how many changes were saved at once."""
        self._writer.on_group = to

    @property
    def reader(self) -> Reader:
        """Return this thread's reader; it sees what is committed."""
        reader: Reader | None = getattr(self._local, "reader", None)
        if reader is None:
            connection = connect(self.path)
            connection.execute("PRAGMA query_only = ON")
            self._readers.append(connection)
            reader = self._local.reader = Reader(connection)
        return reader

    @property
    def version(self) -> int:
        """Return a number, good for this thread, that changes whenever anybody has committed."""
        return int(self.reader.value("PRAGMA data_version"))

    def hasten(self) -> None:
        """
        Take the turn that this event loop has, if it has one, before it does anything else.

        Until it comes to that, nobody can write, in whichever process.
        """
        turn = self._writer.turn
        if turn is not None:
            turn.hasten()

    async def write(self, act: Act[T], *, is_small: bool = False) -> T:
        """
        Run *act* in a transaction; return what it returns once that is on the disk.

        It runs in the writer's thread. If it *is_small*, a matter of some rows whatever was sent,
        the event loop runs it itself, and nothing else meanwhile.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._writer.put(Order(act, future, loop, is_small=is_small))
        return await future

    def write_now(self, act: Act[T]) -> T:
        """Do as `write` does, for those who can wait: commands and tests."""
        return self.submit(act).result()

    def submit(self, act: Act[T]) -> "Future[T]":
        """Hand *act* to the writer; the future says what came of it."""
        future: Future[T] = Future()
        self._writer.put(Order(act, future))
        return future

    def close(self) -> None:
        """Finish what is waiting, and let go of the file."""
        self._writer.stop()
        while self._readers:
            self._readers.pop().close()
