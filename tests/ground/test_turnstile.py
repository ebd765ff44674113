"""Writers of several processes: in turn, at once, and never behind one that was stopped for long."""

import itertools
import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from interact_api import facts, schema
from interact_api.db import Database, Tx
from interact_api.errors import Unavailable
from interact_api.locks import DUTY, NEXT, Locks, beside
from interact_api.turnstile import Turnstile

FORK = multiprocessing.get_context("forkserver")
TURNS, FEW = 100, 12


def word(text: str) -> Any:
    def act(tx: Tx) -> bool:
        facts.touch(tx, text)
        return True

    return act


def words(database: Database) -> list[str]:
    """Return what was written, in the order of its transactions."""
    return database.reader.all(str, "SELECT key FROM facts ORDER BY seq")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    schema.upgrade(tmp_path / "a.db")
    return tmp_path / "a.db"


def hold(path: Path, line: Connection) -> None:
    """Hold the writer's lock until told otherwise."""
    database = Database(path)

    def act(_tx: Tx) -> None:
        line.send("held")
        line.recv()

    database.write_now(act)
    database.close()


def go_on(path: Path, name: str, line: Connection) -> None:
    """Write again and again without a pause."""
    _write(Database(path), name, line)


def _write(database: Database, name: str, line: Connection) -> None:
    line.send("ready")
    line.recv()
    for number in range(TURNS):
        database.write_now(word(f"{name} {number:03}"))
    database.close()


@contextmanager
def process(act: Any, *args: Any) -> Iterator[tuple[Any, Connection]]:
    mine, other = FORK.Pipe()
    made = FORK.Process(target=act, args=(*args, other), daemon=True)
    made.start()
    try:
        assert mine.poll(30)
        mine.recv()
        yield made, mine
    finally:
        made.kill()
        made.join()


def longest_run(path: Path, act: Any) -> int:
    """Let two processes write; return how often one of them did before the other came to it."""
    with process(act, path, "a") as (one, a), process(act, path, "b") as (other, b):
        a.send("go")
        b.send("go")
        one.join(60)
        other.join(60)
    with closing(Database(path)) as database:
        names = [text.split()[0] for text in words(database)]
    assert len(names) == 2 * TURNS
    runs = [len(list(run)) for _, run in itertools.groupby(names)]
    return max(runs[1:-1], default=TURNS)  # the first and the last one may have been alone


def test_two_that_write_without_a_pause_take_turns(path: Path) -> None:
    assert longest_run(path, go_on) <= FEW


def as_sqlite_waits(path: Path, name: str, line: Connection) -> None:
    """Do as `go_on` does, past the turnstile."""

    def enter(_: Turnstile, begin: Callable[[], bool]) -> bool:
        return begin()

    Turnstile.enter = enter  # type: ignore[method-assign, assignment]
    database = Database(path)
    database.write_now(lambda tx: tx.value("PRAGMA busy_timeout = 5000"))
    _write(database, name, line)


def test_two_that_wait_as_sqlite_does_pass_each_other(tmp_path: Path) -> None:
    def run(number: int) -> int:
        path = tmp_path / f"{number}.db"
        schema.upgrade(path)
        return longest_run(path, as_sqlite_waits)

    assert any(run(number) > FEW for number in range(10))


def test_one_that_was_stopped_in_a_transaction_is_told_as_not_now(path: Path) -> None:
    with process(hold, path) as (holder, line), closing(Database(path, patience=0.2)) as database:
        os.kill(holder.pid, signal.SIGSTOP)
        with pytest.raises(Unavailable, match="nothing has changed"):
            database.write_now(word("a"))
        os.kill(holder.pid, signal.SIGCONT)
        line.send("go on")
        holder.join(30)
        database.write_now(word("b"))
        assert words(database) == ["b"]


def test_one_that_was_stopped_in_the_queue_holds_nobody_up(path: Path) -> None:
    place = Locks(beside(path))
    assert place.take(NEXT)
    with closing(Database(path, patience=0.1)) as database:
        assert database.write_now(word("a"))
    place.close()


def test_a_lock_is_had_by_one_and_freed_by_its_end(path: Path) -> None:
    one, other = Locks(beside(path)), Locks(beside(path))
    assert one.take(DUTY)
    assert not other.take(DUTY)
    assert other.take(NEXT)
    one.close()
    assert other.take(DUTY)
    other.close()


def test_whoever_gives_up_gives_back_the_place(path: Path) -> None:
    gate = Turnstile(path, patience=0.02)
    assert not gate.enter(lambda: False)
    other = Locks(beside(path))
    assert other.take(NEXT)
    other.close()
    gate.close()


def test_a_mistake_gives_back_the_place(path: Path) -> None:
    gate = Turnstile(path)
    with pytest.raises(ZeroDivisionError):
        gate.enter(lambda: bool(1 / 0))
    other = Locks(beside(path))
    assert other.take(NEXT)
    other.close()
    gate.close()


def test_waiting_ends_soon_after_the_other_has_written(path: Path) -> None:
    with process(hold, path) as (_, line), closing(Database(path)) as database:
        waiting = database.submit(word("a"))
        time.sleep(0.3)
        assert not waiting.done()
        line.send("go on")
        assert waiting.result(30)
