"""Writers of several processes: in turn, at once, and never behind one that was stopped for long."""

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
TURNS = 100


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


def go_on(path: Path, name: str, line: Connection, *, waits: bool = True) -> None:
    """Write again and again without a pause; send how often others did so before a turn came."""
    database = Database(path)
    gate = database._writer._ledger._turnstile
    last, passed = [0], []

    def take_place() -> bool:
        has_place = gate._locks.take(NEXT)
        last[0] = facts.last(database.reader)
        return has_place

    def past(begin: Callable[[], bool]) -> bool:
        last[0] = facts.last(database.reader)
        return begin()

    if waits:
        gate._take_place = take_place  # type: ignore[method-assign]
    else:
        database.write_now(lambda tx: tx.value("PRAGMA busy_timeout = 5000"))
        gate.enter = past  # type: ignore[method-assign]

    def act(tx: Tx) -> None:
        passed.append(facts.last(tx) - last[0])
        facts.touch(tx, f"{name} {len(passed)}")

    line.send("ready")
    line.recv()
    for _ in range(TURNS):
        database.write_now(act)
    database.close()
    line.send(max(passed))


def go_on_past(path: Path, name: str, line: Connection) -> None:
    """Do as `go_on` does, but wait as SQLite does."""
    go_on(path, name, line, waits=False)


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


def most_passed(path: Path, act: Any) -> int:
    """Let two processes write; return how many changes passed one that was the next."""
    with process(act, path, "a") as (_, a), process(act, path, "b") as (_, b):
        a.send("go")
        b.send("go")
        return max(int(a.recv()), int(b.recv()))


def test_nobody_passes_the_next_one_but_who_has_begun(path: Path) -> None:
    assert most_passed(path, go_on) <= 1


def test_who_waits_as_sqlite_does_is_passed(tmp_path: Path) -> None:
    def run(number: int) -> int:
        path = tmp_path / f"{number}.db"
        schema.upgrade(path)
        return most_passed(path, go_on_past)

    assert any(run(number) > 1 for number in range(10))


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
