"""
Small changes are made by the event loop itself, and are as safe as the others.

On a quick disk it saves them too; on a slow one, the thread does that and lends it a turn.
"""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from interact_api import turn, writer
from interact_api.db import Database, IntegrityError, Tx
from tests.support.patience import PATIENCE, until
from tests.support.service import database


@pytest.fixture(params=["quick", "slow"])
def db(
    tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Database]:
    monkeypatch.setattr(writer, "QUICK", 3600.0 if request.param == "quick" else 0.0)
    with database(tmp_path) as made:
        yield made


slow = pytest.mark.parametrize("db", ["slow"], indirect=True)


def add(tx: Tx, word: str) -> int:
    """Add a word; return in which thread."""
    tx.insert("spam_words", word=word, spam=0, ham=0)
    return threading.get_ident()


def words(db: Database) -> list[str]:
    return db.reader.all(str, "SELECT word FROM spam_words ORDER BY word")


def test_a_small_change_is_made_by_the_loop_and_another_one_is_not(db: Database) -> None:
    async def both() -> list[int]:
        small = db.write(lambda tx: add(tx, "a"), is_small=True)
        return list(await asyncio.gather(small, db.write(lambda tx: add(tx, "b"))))

    by_loop, by_thread = asyncio.run(both())
    assert by_loop == threading.get_ident() != by_thread
    assert words(db) == ["a", "b"]


def test_whoever_came_first_has_the_first_turn(db: Database) -> None:
    made: list[int] = []

    async def all_of_them() -> None:
        waiting = [
            db.write(lambda _tx, n=n: made.append(n), is_small=n % 3 > 0)  # type: ignore[misc]
            for n in range(100)
        ]
        await asyncio.gather(*waiting)

    asyncio.run(all_of_them())
    assert made == list(range(100))


def test_a_small_change_that_fails_spoils_nothing_for_its_neighbours(db: Database) -> None:
    async def three() -> list[int | BaseException]:
        waiting = [db.write(lambda tx, w=w: add(tx, w), is_small=True) for w in "aab"]  # type: ignore[misc]
        return await asyncio.gather(*waiting, return_exceptions=True)

    assert [isinstance(one, IntegrityError) for one in asyncio.run(three())] == [False, True, False]
    assert words(db) == ["a", "b"]


def test_nothing_is_told_before_it_is_saved(db: Database) -> None:
    async def write() -> list[str]:
        await db.write(lambda tx: add(tx, "a"), is_small=True)
        return words(db)

    assert asyncio.run(write()) == ["a"]


@slow
def test_a_loop_that_waits_itself_holds_nobody_up(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turn, "PATIENCE", 0.01)

    async def wait() -> int:
        small = asyncio.create_task(db.write(lambda tx: add(tx, "a"), is_small=True))
        await asyncio.sleep(0)
        db.write_now(lambda tx: add(tx, "b"))
        return await small

    assert asyncio.run(wait()) != threading.get_ident()
    assert words(db) == ["a", "b"]


@slow
def test_a_busy_loop_has_its_turn_when_it_hastens(db: Database) -> None:
    by: list[int] = []

    def hastened() -> bool:
        db.hasten()
        return bool(by)

    async def be_busy() -> None:
        task = asyncio.create_task(db.write(lambda tx: by.append(add(tx, "a")), is_small=True))
        for _ in range(3):
            await asyncio.sleep(0)  # the change waits for the writer, which is awake
        until(hastened)
        assert not task.done()
        await task

    asyncio.run(be_busy())
    assert by == [threading.get_ident()]
    assert words(db) == ["a"]


def test_a_loop_that_is_gone_holds_nobody_up(db: Database) -> None:
    loop = asyncio.new_event_loop()
    held = threading.Event()
    db.submit(lambda _tx: held.wait(PATIENCE))
    task = loop.create_task(db.write(lambda tx: add(tx, "a"), is_small=True))
    loop.call_soon(loop.stop)
    loop.run_forever()
    loop.close()
    held.set()
    db.write_now(lambda tx: add(tx, "b"))
    assert words(db) == ["a", "b"]
    assert not task.done()
    task._log_destroy_pending = False  # type: ignore[attr-defined]


@slow
def test_a_long_turn_lets_others_have_theirs(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turn, "SLICE", 0)
    seen: list[str] = []

    async def all_of_them() -> None:
        loop = asyncio.get_running_loop()

        def act(_tx: Tx) -> None:
            seen.append("change")
            loop.call_soon(seen.append, "other")

        await asyncio.gather(*(db.write(act, is_small=True) for _ in range(5)))

    asyncio.run(all_of_them())
    assert seen.index("other") == 1
