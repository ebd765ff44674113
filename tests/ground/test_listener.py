"""An event loop that saves what its tasks ask for: all at once, or tried again, or left to others."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from interact_api import listener, schema, writer
from interact_api.db import Database, Tx
from interact_api.errors import Unavailable, Unknown
from interact_api.listener import Listener
from interact_api.locks import NEXT, WRITING, Locks, beside
from tests.support.broken import Failing, Slow, break_disk
from tests.support.patience import PATIENCE
from tests.support.service import database


@pytest.fixture
def db(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    monkeypatch.setattr(writer, "QUICK", 3600.0)
    with database(tmp_path) as made:
        yield made


def saved_by(db: Database) -> list[int]:
    """Return a list that will hold which threads have saved something."""
    threads: list[int] = []
    db.tell_groups(lambda size: threads.append(threading.get_ident()) if size else None)
    return threads


def add(word: str) -> Callable[[Tx], None]:
    def act(tx: Tx) -> None:
        tx.insert("spam_words", word=word, spam=0, ham=0)

    return act


def words(db: Database) -> list[str]:
    return db.reader.all(str, "SELECT word FROM spam_words ORDER BY word")


async def write(db: Database, *names: str) -> None:
    await asyncio.gather(*(db.write(add(name), is_small=True) for name in names))


def test_what_comes_in_one_round_is_saved_at_once_by_the_loop(db: Database) -> None:
    sizes: list[int] = []
    db.tell_groups(sizes.append)
    asyncio.run(write(db, *"abc"))
    assert sizes == [3]
    assert words(db) == ["a", "b", "c"]


def test_the_loop_saves_it_itself(db: Database) -> None:
    threads = saved_by(db)
    asyncio.run(write(db, "a"))
    assert threads == [threading.get_ident()]


def test_on_a_slow_disk_the_thread_saves_it(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    threads = saved_by(db)
    monkeypatch.setattr(writer, "QUICK", 0.0)
    asyncio.run(write(db, "a"))
    assert threads
    assert threading.get_ident() not in threads


def test_a_commit_that_took_long_makes_a_disk_slow(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "QUICK", 0.05)
    ledger, threads = db._writer._ledger, saved_by(db)
    ledger._connection = Slow(ledger._connection, 8 * 0.05)  # type: ignore[assignment]
    asyncio.run(write(db, "a"))
    asyncio.run(write(db, "b"))
    assert threads[0] == threading.get_ident() != threads[1]


def test_while_another_process_writes_it_is_tried_again(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener, "MOMENT", PATIENCE)
    threads = saved_by(db)
    other = Locks(beside(db.path))
    assert other.take(WRITING)

    async def wait() -> None:
        waiting = asyncio.create_task(write(db, "a"))
        for _ in range(100):
            await asyncio.sleep(0)
        assert not waiting.done()
        other.give_back(WRITING)
        await waiting

    asyncio.run(wait())
    assert threads == [threading.get_ident()]
    other.close()


@pytest.mark.parametrize("place", [NEXT, WRITING])
def test_what_another_process_keeps_for_long_is_left_to_the_thread(
    db: Database, place: int
) -> None:
    threads = saved_by(db)
    other = Locks(beside(db.path))
    assert other.take(place)

    async def wait() -> None:
        waiting = asyncio.create_task(write(db, "a"))
        await asyncio.sleep(10 * listener.MOMENT)
        assert not waiting.done()
        other.give_back(place)
        await waiting

    asyncio.run(wait())
    assert threads
    assert threading.get_ident() not in threads
    other.close()


def test_the_loop_goes_on_while_it_tries_again(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener, "MOMENT", PATIENCE)
    other = Locks(beside(db.path))
    assert other.take(WRITING)
    ticks: list[float] = []

    async def tick() -> None:
        for _ in range(5):
            await asyncio.sleep(0.001)
            ticks.append(asyncio.get_running_loop().time())
        other.give_back(WRITING)

    async def both() -> None:
        await asyncio.gather(write(db, "a"), tick())

    asyncio.run(both())
    assert len(ticks) == 5
    assert words(db) == ["a"]
    other.close()


def test_whoever_saves_lets_the_next_one_in(db: Database) -> None:
    asyncio.run(write(db, "a"))
    other = Locks(beside(db.path))
    assert other.take(NEXT)
    assert other.take(WRITING)
    other.close()


def test_two_loops_and_two_databases_lose_nothing(tmp_path: Path) -> None:
    schema.upgrade(tmp_path / "a.db")

    def many(db: Database, name: str) -> None:
        async def one_after_the_other() -> None:
            for number in range(50):
                await write(db, f"{name}{number}", f"{name}{number}b")

        asyncio.run(one_after_the_other())

    with closing(Database(tmp_path / "a.db")) as one, closing(Database(tmp_path / "a.db")) as two:
        threads = [
            threading.Thread(target=many, args=(db, name))
            for db, name in ((one, "a"), (one, "b"), (two, "c"), (two, "d"))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)
        assert len(words(one)) == 4 * 50 * 2


def test_a_full_disk_is_told_and_the_loop_goes_on(db: Database) -> None:
    real = db._writer._ledger._connection
    break_disk(db, "FULL")
    with pytest.raises(Unavailable, match="nothing has changed"):
        asyncio.run(write(db, "a"))
    db._writer._ledger._connection = real
    asyncio.run(write(db, "b"))
    assert words(db) == ["b"]


def test_a_disk_that_fails_in_the_loops_commit_ends_the_writer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "QUICK", 3600.0)
    ended = threading.Event()
    schema.upgrade(tmp_path / "a.db")
    db = Database(tmp_path / "a.db", on_failure=ended.set)

    real = db._writer._ledger._connection
    db._writer._ledger._connection = Failing(real, "IOERR_FSYNC")  # type: ignore[assignment]
    with pytest.raises(Unknown):
        asyncio.run(write(db, "a"))
    assert ended.wait(PATIENCE)
    with pytest.raises(Unavailable):
        db.write_now(add("b"))
    db.close()


def test_a_lock_that_cannot_be_asked_for_is_told_and_the_loop_goes_on(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_place: int) -> bool:
        raise OSError("no locks available")

    with monkeypatch.context() as patch:
        patch.setattr(db._writer._ledger._turnstile._locks, "take", broken)
        with pytest.raises(Unavailable, match="nothing has changed"):
            asyncio.run(asyncio.wait_for(write(db, "a"), PATIENCE))
    asyncio.run(write(db, "b"))
    assert words(db) == ["b"]


def test_a_lock_that_cannot_be_given_back_is_no_reason_to_wait(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_place: int) -> None:
        raise OSError("no locks available")

    monkeypatch.setattr(db._writer._ledger._turnstile._locks, "give_back", broken)
    for quick in (3600.0, 0.0):
        monkeypatch.setattr(writer, "QUICK", quick)
        with pytest.raises(Unavailable, match="nothing has changed"):
            asyncio.run(asyncio.wait_for(write(db, "a"), PATIENCE))
    assert words(db) == []


@pytest.mark.parametrize("quick", [0.0, 3600.0])
def test_a_mistake_of_whoever_counts_keeps_nobody_waiting(
    db: Database, monkeypatch: pytest.MonkeyPatch, quick: float
) -> None:
    def mistaken(_size: int) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(writer, "QUICK", quick)
    db.tell_groups(mistaken)
    for name in "ab":
        asyncio.run(asyncio.wait_for(write(db, name), PATIENCE))
    assert words(db) == ["a", "b"]


class Stuck(Failing):
    """A connection that can neither go on nor back."""

    def execute(self, sql: str, *values: Any) -> Any:
        if sql in {"RELEASE act", "ROLLBACK"}:
            raise self._error
        return self._real.execute(sql, *values)


@pytest.mark.parametrize("quick", [0.0, 3600.0])
def test_what_can_neither_be_saved_nor_undone_is_unknown(
    db: Database, monkeypatch: pytest.MonkeyPatch, quick: float
) -> None:
    monkeypatch.setattr(writer, "QUICK", quick)
    ledger = db._writer._ledger
    ledger._connection = Stuck(ledger._connection, "FULL")  # type: ignore[assignment]
    with pytest.raises(Unknown):
        asyncio.run(asyncio.wait_for(write(db, "a"), PATIENCE))
    with pytest.raises(Unavailable):
        db.write_now(add("b"))


class Mistaken(Failing):
    """A connection that has a mistake of ours."""

    def execute(self, sql: str, *values: Any) -> Any:
        if sql == "SAVEPOINT act":
            raise ZeroDivisionError
        return self._real.execute(sql, *values)


def test_a_mistake_in_the_loops_transaction_is_no_acknowledgement(db: Database) -> None:
    ledger = db._writer._ledger
    ledger._connection = Mistaken(ledger._connection, "FULL")  # type: ignore[assignment]
    with pytest.raises(Unknown):
        asyncio.run(asyncio.wait_for(write(db, "a"), PATIENCE))
    assert words(db) == []
    with pytest.raises(Unavailable):
        db.write_now(add("b"))


def test_it_listens_as_long_as_others_come() -> None:
    heard: list[int] = []
    come: list[str] = []

    async def speak() -> None:
        loop = asyncio.get_running_loop()

        def attempt(_loop: asyncio.AbstractEventLoop) -> bool:
            heard.append(len(come))
            return True

        made = Listener(loop, come.__len__, attempt, come.clear)
        for word in "abc":
            come.append(word)
            made.hear()
            await asyncio.sleep(0)
        assert heard == []
        for _ in range(3):
            await asyncio.sleep(0)

    asyncio.run(speak())
    assert heard == [3]
