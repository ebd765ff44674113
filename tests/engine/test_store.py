"""The store is whole or new, never a bit of both."""

import marshal
import random
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Protocol

import pytest

from streamly_ssg.engine import digest
from streamly_ssg.engine.ahead import Ahead
from streamly_ssg.engine.hand import LARGE, OVERHEAD, SMALL
from streamly_ssg.engine.store import BATCH, Corrupt, Store, guarded
from streamly_ssg.errors import SystemProblem

DATA = b"some data"
FOUND = digest.of(DATA)


class Opening(Protocol):
    """Opens the one store of a test, once more at each call."""

    def __call__(self, version: str = "1") -> Store:
        """Return it."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.db"


@pytest.fixture
def opened(path: Path) -> Iterator[Opening]:
    with ExitStack() as stack:
        yield lambda version="1": stack.enter_context(closing(Store(path, version)))


def committed(store: Store, data: bytes = DATA) -> int:
    """Put *data* and a record into *store*; return the number of the data."""
    number = store.put(0, data)
    store.shelf("s").set("a", (1,))
    store.commit()
    return number


def test_a_new_store_takes_its_place_only_at_commit(path: Path, opened: Opening) -> None:
    opened().put(0, DATA)
    assert not path.exists()


def test_a_new_store_is_in_its_place_after_commit(path: Path, opened: Opening) -> None:
    opened().commit()
    assert path.is_file()


def test_a_new_store_leaves_no_draft(path: Path, opened: Opening) -> None:
    opened().commit()
    assert list(path.parent.iterdir()) == [path]


def test_a_store_that_took_its_place_is_not_new(opened: Opening) -> None:
    store = opened()
    store.commit()
    assert not store.is_new


def test_a_draft_of_a_build_that_died_is_in_nobodys_way(path: Path, opened: Opening) -> None:
    path.with_suffix(".new").write_bytes(b"half of a database")
    opened().commit()
    assert not opened().is_new


def test_a_committed_record_is_there_next_time(opened: Opening) -> None:
    committed(opened())
    assert opened().shelf("s").get("a") == (1,)


def test_a_committed_value_is_there_next_time(opened: Opening) -> None:
    number = committed(opened())
    assert opened().value(number, FOUND) == DATA


def test_what_was_not_committed_is_forgotten(opened: Opening) -> None:
    committed(opened())
    store = opened()
    store.shelf("s").set("a", (2,))
    store.close()
    assert opened().shelf("s").get("a") == (1,)


def test_a_second_commit_is_there_next_time(opened: Opening) -> None:
    store = opened()
    committed(store)
    store.shelf("s").set("a", (2,))
    store.commit()
    assert opened().shelf("s").get("a") == (2,)


def test_a_store_of_another_version_starts_anew(opened: Opening) -> None:
    committed(opened("1"))
    assert opened("2").is_new


def test_a_store_of_another_version_gives_nothing_of_the_old(opened: Opening) -> None:
    committed(opened("1"))
    assert "a" not in opened("2").shelf("s")


def test_a_store_of_another_version_stays_until_the_new_one_is_committed(opened: Opening) -> None:
    committed(opened("1"))
    opened("2").put(0, DATA)
    assert opened("1").shelf("s").get("a") == (1,)


def test_a_store_that_is_laid_out_otherwise_starts_anew(path: Path, opened: Opening) -> None:
    committed(opened("1"))
    records = marshal.dumps({"store": {"version": "1"}}, 2)  # each of them used to be as it is
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        row = (digest.of(b"meta 0 1 " + records), records)
        other.execute("UPDATE shelf SET seal = ?, data = ? WHERE name = 'meta' AND bucket = 0", row)
    assert opened("1").is_new


def test_an_empty_file_makes_a_new_store(path: Path, opened: Opening) -> None:
    path.touch()
    assert opened().is_new


def test_a_database_of_something_else_makes_a_new_store(path: Path, opened: Opening) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE song (name TEXT)")
    assert opened().is_new


def test_a_folder_in_the_place_of_the_file_makes_a_new_store(path: Path, opened: Opening) -> None:
    path.mkdir()
    (path / "something").touch()
    opened().commit()
    assert path.is_file()


def test_a_value_with_another_digest_is_none(opened: Opening) -> None:
    number = committed(opened())
    assert opened().value(number, digest.of(b"other data")) is None


def test_a_value_that_was_changed_on_disk_is_none(path: Path, opened: Opening) -> None:
    number = committed(opened())
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("UPDATE value SET data = ?", (b"some dat4",))
    assert opened().value(number, FOUND) is None


def test_an_unknown_value_is_none(opened: Opening) -> None:
    assert opened().value(17, FOUND) is None


def test_a_dropped_value_is_none(opened: Opening) -> None:
    store = opened()
    number = committed(store)
    store.drop(number)
    assert store.value(number, FOUND) is None


def test_a_value_dropped_before_it_was_written_is_none(opened: Opening) -> None:
    store = opened()
    number = store.put(0, DATA)
    store.drop(number)
    store.commit()
    assert opened().value(number, FOUND) is None


@pytest.mark.parametrize("size", [0, 1, SMALL, SMALL + 1, LARGE, LARGE + 1])
def test_a_value_of_any_size_can_be_read_before_commit(opened: Opening, size: int) -> None:
    store = opened()
    data = b"x" * size
    assert store.value(store.put(0, data), digest.of(data)) == data


def test_a_value_put_under_its_number_again_is_the_new_one(opened: Opening) -> None:
    store = opened()
    number = store.put(committed(store), b"new")
    store.commit()
    assert opened().value(number, digest.of(b"new")) == b"new"


@pytest.mark.parametrize("before", [SMALL, LARGE, LARGE + 1])
@pytest.mark.parametrize("after", [SMALL, LARGE, LARGE + 1])
def test_a_value_of_any_size_replaces_any_other_at_once(
    opened: Opening, before: int, after: int
) -> None:
    store, data = opened(), b"b" * after
    number = store.put(store.put(0, b"a" * before), data)
    assert store.value(number, digest.of(data)) == data


def test_more_values_than_one_batch_are_all_there(opened: Opening) -> None:
    store = opened()
    numbers = [store.put(0, b"%d" % number) for number in range(BATCH + 5)]
    store.commit()
    again = opened()
    given = [again.value(n, digest.of(b"%d" % i)) for i, n in enumerate(numbers)]
    assert given == [b"%d" % number for number in range(BATCH + 5)]


def test_no_number_is_given_twice(opened: Opening) -> None:
    number = committed(opened())
    assert opened().put(0, b"other") != number


def test_a_shelf_is_always_the_same_one(opened: Opening) -> None:
    store = opened()
    assert store.shelf("s") is store.shelf("s")


def test_a_shelf_that_disappeared_is_not_an_empty_one(path: Path, opened: Opening) -> None:
    committed(opened())
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("DELETE FROM shelf WHERE name = 's'")
    with pytest.raises(Corrupt):
        opened().shelf("s")


def test_a_store_is_up_to_date_after_its_own_commit(opened: Opening) -> None:
    store = opened()
    store.commit()
    assert not store.is_outdated()


def test_a_store_is_outdated_after_another_has_committed(opened: Opening) -> None:
    store = opened()
    committed(store)
    committed(opened())
    assert store.is_outdated()


def test_a_store_is_outdated_when_its_file_is_gone(path: Path, opened: Opening) -> None:
    store = opened()
    store.commit()
    path.unlink()
    assert store.is_outdated()


def test_a_store_is_outdated_when_another_file_took_its_place(opened: Opening) -> None:
    store = opened("1")
    store.commit()
    opened("2").commit()
    assert store.is_outdated()


def test_a_new_store_is_outdated_until_it_is_committed(opened: Opening) -> None:
    assert opened().is_outdated()


def test_a_broken_database_is_corrupt(path: Path) -> None:
    path.write_bytes(b"no database" * 100)
    with closing(sqlite3.connect(path)) as database, pytest.raises(Corrupt), guarded(path):
        database.execute("SELECT * FROM shelf")


def test_a_locked_database_is_a_problem_of_the_machine(path: Path) -> None:
    with closing(sqlite3.connect(path)) as one, closing(sqlite3.connect(path, timeout=0)) as other:
        one.execute("BEGIN EXCLUSIVE")
        with pytest.raises(SystemProblem), guarded(path):
            other.execute("BEGIN IMMEDIATE")


def wandered(store: Store, seed: int) -> None:
    """Write, change, drop and read values in rows and anywhere; each is what was put last."""
    chance = random.Random(seed)
    known: dict[int, bytes] = {}
    for step in range(4_000):
        act, begin = chance.random(), chance.randrange(1, len(known) + 2)
        if act < 0.3 or not known:
            known[store.put(0, b"%d" % step)] = b"%d" % step
        elif act < 0.5:
            number = chance.choice(list(known))
            store.put(number, b"%d" % step)
            known[number] = b"%d" % step
        elif act < 0.52:
            number = chance.choice(list(known))
            store.drop(number)
            known[number] = b""
        else:
            for number in range(begin, begin + chance.randrange(1, 12)):
                data = known.get(number, b"")
                assert (store.value(number, digest.of(data)) or b"") == data


@pytest.fixture
def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have little at hand, and write soon."""
    monkeypatch.setattr("streamly_ssg.engine.hand.ROOM_FOR_SMALL", 10 * OVERHEAD)
    monkeypatch.setattr("streamly_ssg.engine.store.BATCH", 20)


@pytest.mark.usefixtures("forgetful")
@pytest.mark.parametrize("seed", range(3))
def test_what_is_read_ahead_is_what_was_put_last(opened: Opening, seed: int) -> None:
    wandered(opened(), seed)


@pytest.mark.usefixtures("forgetful")
def test_reading_ahead_without_forgetting_would_be_noticed(
    opened: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Ahead, "drop", lambda *_: None)
    with pytest.raises(AssertionError):
        wandered(opened(), 0)


def test_of_large_values_only_a_few_are_read_ahead() -> None:
    taken: list[int] = []

    def read(first: int, count: int) -> Iterator[tuple[int, bytes]]:
        for number in range(first, first + count):
            taken.append(number)
            yield number, bytes(300_000)

    ahead = Ahead()
    for number in (1, 2):
        assert ahead.take(number, read) == bytes(300_000)
    assert taken == [1, 2, 3, 4, 5]
