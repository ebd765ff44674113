"""The database: what is acknowledged is saved, and one change that fails spoils no other."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from interact_api import facts, schema
from interact_api.db import Database, DatabaseError, IntegrityError, Tx
from interact_api.errors import Conflict, Unavailable, Unknown
from interact_api.writer import WAITING
from tests.support.broken import Failing, break_disk
from tests.support.patience import PATIENCE
from tests.support.service import NOON, Clock, database


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with database(tmp_path) as made:
        yield made


def word(name: str) -> Callable[[Tx], int]:
    """Return a change that adds a word."""

    def act(tx: Tx) -> int:
        tx.insert("spam_words", word=name, spam=0, ham=0)
        return tx.now

    return act


def words(db: Database) -> list[str]:
    return db.reader.all(str, "SELECT word FROM spam_words ORDER BY word")


def pages_left(db: Database, count: int) -> None:
    """Let the database grow by *count* pages and no more."""
    used = db.reader.value("PRAGMA page_count")
    db.write_now(lambda tx: tx.value(f"PRAGMA max_page_count = {used + count}"))


def big(tx: Tx) -> None:
    tx.run("INSERT INTO spam_words SELECT hex(randomblob(9000)), 0, 0 FROM roles, roles AS other")


class Held:
    """Keeps the writer busy, so that what comes meanwhile makes one group."""

    def __init__(self, db: Database) -> None:
        self._go = threading.Event()
        self._at_work = threading.Event()
        self.done = db.submit(self._wait)
        self._at_work.wait(PATIENCE)

    def _wait(self, _tx: Tx) -> None:
        self._at_work.set()
        self._go.wait(PATIENCE)

    def release(self) -> None:
        self._go.set()
        self.done.result(5)


def test_a_change_returns_what_its_function_returns(db: Database) -> None:
    assert db.write_now(word("a")) == NOON
    assert words(db) == ["a"]


def test_a_change_can_be_waited_for_in_an_event_loop(db: Database) -> None:
    assert asyncio.run(db.write(word("a"))) == NOON
    assert words(db) == ["a"]


def test_many_tasks_get_each_their_own_answer(db: Database) -> None:
    async def all_at_once() -> list[int]:
        return await asyncio.gather(*(db.write(lambda _tx, n=n: n) for n in range(300)))  # type: ignore[misc]

    assert asyncio.run(all_at_once()) == list(range(300))


def test_one_that_fails_spoils_nothing_for_its_group(db: Database) -> None:
    held = Held(db)
    good, bad, other = (db.submit(word(name)) for name in ("a", "a", "b"))
    held.release()
    assert good.result(5)
    assert other.result(5)
    assert isinstance(bad.exception(5), IntegrityError)
    assert words(db) == ["a", "b"]


def test_what_a_refused_change_did_before_is_taken_back(db: Database) -> None:
    def act(tx: Tx) -> None:
        word("a")(tx)
        raise Conflict("no")

    with pytest.raises(Conflict):
        db.write_now(act)
    assert words(db) == []


def test_a_refusal_is_told_after_the_commit_on_which_it_rests(db: Database) -> None:
    held = Held(db)
    db.submit(word("a"))
    refused = db.submit(word("a"))
    assert not refused.done()
    held.release()
    assert isinstance(refused.exception(5), IntegrityError)


def test_every_change_has_one_moment(tmp_path: Path) -> None:
    clock = Clock()
    with database(tmp_path, clock) as db:

        def act(tx: Tx) -> tuple[int, int]:
            first = tx.now
            clock.pass_by(seconds=5)
            return first, tx.now

        assert db.write_now(act) == (NOON, NOON)


def test_a_reader_does_not_see_what_is_not_committed(db: Database) -> None:
    def act(tx: Tx) -> list[str]:
        word("a")(tx)
        return words(db)

    assert db.write_now(act) == []
    assert words(db) == ["a"]


def test_a_reader_can_not_change_anything(db: Database) -> None:
    with pytest.raises(DatabaseError, match="readonly"):
        db.reader.value("DELETE FROM roles")


def test_a_thread_has_a_reader_of_its_own(db: Database) -> None:
    mine, found = db.reader, []
    thread = threading.Thread(target=lambda: found.append(db.reader))
    thread.start()
    thread.join()
    assert found[0] is not mine
    assert db.reader is mine


def test_a_task_that_gave_up_before_its_turn_changes_nothing(db: Database) -> None:
    async def give_up() -> None:
        task = asyncio.create_task(db.write(word("a")))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    held = Held(db)
    asyncio.run(give_up())
    held.release()
    db.write_now(word("b"))
    assert words(db) == ["b"]


def test_a_task_that_gives_up_in_its_turn_leaves_the_writer_alive(db: Database) -> None:
    async def give_up(held: Held) -> None:
        task = asyncio.create_task(asyncio.wait_for(asyncio.wrap_future(held.done), 0.01))
        with pytest.raises(TimeoutError):
            await task

    held = Held(db)
    asyncio.run(give_up(held))
    held._go.set()
    assert db.write_now(word("a"))


def test_an_event_loop_that_is_gone_leaves_the_writer_alive(db: Database) -> None:
    async def leave() -> None:
        task = asyncio.create_task(db.write(word("a")))
        await asyncio.sleep(0)
        task.cancel()

    held = Held(db)
    asyncio.run(leave())
    held.release()
    assert db.write_now(word("b"))


def test_news_ring_the_bell_once_a_group_after_the_answers(tmp_path: Path) -> None:
    rung = threading.Event()
    schema.upgrade(tmp_path / "a.db")
    db = Database(tmp_path / "a.db", on_change=rung.set)
    db.write_now(word("a"))
    assert not rung.is_set()
    db.write_now(lambda tx: facts.touch(tx, "likes/a"))
    assert rung.wait(PATIENCE)
    db.close()


def test_a_bell_that_breaks_leaves_the_writer_alive(tmp_path: Path) -> None:
    schema.upgrade(tmp_path / "a.db")
    db = Database(tmp_path / "a.db", on_change=lambda: 1 / 0)  # type: ignore[arg-type]
    db.write_now(lambda tx: facts.touch(tx, "likes/a"))
    assert db.write_now(word("a"))
    db.close()


def test_what_waits_when_the_database_closes_is_still_done(db: Database) -> None:
    held = Held(db)
    waiting = [db.submit(word(f"w{n:03}")) for n in range(200)]
    closing = threading.Thread(target=db.close)
    closing.start()
    held.release()
    closing.join()
    assert all(one.result(5) for one in waiting)


def test_what_comes_after_the_end_is_refused(db: Database) -> None:
    db.close()
    with pytest.raises(Unavailable, match="stopping"):
        db.submit(word("a"))


def test_a_change_races_with_the_end_and_is_always_answered(tmp_path: Path) -> None:
    for number in range(30):
        with database(tmp_path / str(number)) as db:
            closing = threading.Thread(target=db.close)
            closing.start()
            try:
                while True:
                    db.submit(word("a")).exception(5)
            except Unavailable:
                closing.join()


def test_too_many_that_wait_are_told_to_come_back(db: Database) -> None:
    held = Held(db)
    for _ in range(WAITING):
        db.submit(lambda _tx: None)
    with pytest.raises(Unavailable, match="Too much"):
        db.submit(word("a"))
    held.release()


def test_a_full_disk_in_a_statement_is_told_and_the_others_are_saved(db: Database) -> None:
    pages_left(db, 20)
    held = Held(db)
    small, large, other = db.submit(word("a")), db.submit(big), db.submit(word("b"))
    held.release()
    assert isinstance(large.exception(5), Unavailable)
    answers = [isinstance(one.exception(5), Unavailable) for one in (small, other)]
    assert words(db) == [name for name, refused in zip("ab", answers, strict=True) if not refused]
    assert db.write_now(lambda tx: tx.now) == NOON


def test_a_full_disk_in_a_commit_is_told_and_the_writer_goes_on(db: Database) -> None:
    real = db._writer._ledger._connection
    break_disk(db, "FULL")
    with pytest.raises(Unavailable, match="nothing has changed"):
        db.write_now(word("a"))
    db._writer._ledger._connection = real
    assert db.write_now(word("b"))
    assert words(db) == ["b"]


def test_a_disk_that_fails_in_a_commit_leaves_it_unknown_and_ends_the_writer(
    tmp_path: Path,
) -> None:
    ended = threading.Event()
    schema.upgrade(tmp_path / "a.db")
    db = Database(tmp_path / "a.db", on_failure=ended.set)
    break_disk(db, "IOERR_FSYNC")
    assert ended.wait(PATIENCE)
    assert db.failed.is_set()
    with pytest.raises(Unavailable):
        db.write_now(word("b"))
    db.close()


def test_what_waits_behind_a_disk_that_failed_is_refused(db: Database) -> None:
    held = Held(db)
    db._writer._ledger._connection = Failing(db._writer._ledger._connection, "IOERR_FSYNC")  # type: ignore[assignment]
    waiting = [db.submit(word(f"w{n:03}")) for n in range(200)]
    held._go.set()
    assert isinstance(held.done.exception(5), Unknown)
    assert {type(one.exception(5)) for one in waiting} <= {Unknown, Unavailable}
    assert isinstance(waiting[-1].exception(5), Unavailable)


def test_a_lock_of_another_process_is_told_as_not_now(db: Database) -> None:
    other = Database(db.path, patience=0.05)
    held = Held(db)
    with pytest.raises(Unavailable, match="nothing has changed"):
        other.write_now(word("a"))
    held.release()
    assert other.write_now(word("a"))
    other.close()


def test_a_database_that_is_not_there_is_not_made_by_opening_it(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="can't be opened"):
        Database(tmp_path / "missing.db")
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.db").write_text("Dear diary, " * 500)
    with pytest.raises(Unavailable, match="not a database"):
        Database(tmp_path / "a.db")


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("trusted_schema", 0),
        ("cell_size_check", 1),
        ("mmap_size", 0),
        ("busy_timeout", 0),
    ],
)
def test_the_writer_is_set_up_for_safety(db: Database, pragma: str, value: object) -> None:
    assert db.write_now(lambda tx: tx.value(f"PRAGMA {pragma}")) == value


def test_a_value_may_have_the_name_of_any_argument(db: Database) -> None:
    assert db.reader.value("SELECT :sql || :kind || :table", sql="a", kind="b", table="c") == "abc"
