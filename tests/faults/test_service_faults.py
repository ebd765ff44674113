"""Whatever fails while something is saved, it is saved as a whole or not at all, and told so."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from interact_api import backup
from interact_api.db import Database
from tests.faults.test_disk import fill, mounted
from tests.support import acts, disk
from tests.support.acts import ACTS, Rows, perform, rows
from tests.support.disk import Event
from tests.support.service import Clock

MOST = 120  # things that one write may do to the disk
FAULTS = {
    "full": {"write": disk.FULL, "cut": disk.FULL, "sync": disk.SYNC_FAILED},
    "broken": {"write": disk.WRITE_FAILED, "cut": disk.CUT_FAILED, "sync": disk.SYNC_FAILED},
}
SOME = ("comment", "register", "views", "ban", "many rows")
CASES = [
    pytest.param(kind, how, marks=() if how == "full" or kind in SOME else pytest.mark.long)
    for kind in ACTS
    for how in FAULTS
]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("prepared") / "a.db"
    acts.prepare(path)
    return path


@pytest.fixture
def copies(prepared: Path, tmp_path: Path) -> Iterator[Path]:
    """Yield fresh copies of one database, one after the other."""
    return (Path(shutil.copy(prepared, tmp_path / f"{n}.db")) for n in range(MOST))


def failing_at(path: Path, kind: str, number: int, how: str, before: Rows) -> tuple[str, bool]:
    """Let the write *kind* fail at its *number*-th call; return what was told, and if it did."""
    failed: list[Event] = []

    with disk.between() as between, closing(Database(path, clock=Clock())) as database:
        database.write_now(lambda tx: tx.value("PRAGMA wal_autocheckpoint = 1"))
        first = between.counted

        def fail(event: Event) -> int | None:
            if event.number < first + number or (failed and how == "full"):
                return None
            failed.append(event)
            return FAULTS[how][event.what]

        between.fail = fail
        told = perform(database, kind)
        if told == "-":  # then nothing has changed, not even for another process; and it goes on
            between.fail = lambda _event: None
            assert rows(copied(path)) == before
            told = perform(database, kind)
    return told, bool(failed)


def copied(path: Path) -> Path:
    """Return a copy of the files of a database, as a process that begins now would find them."""
    copy = path.with_name(f"copy-{path.name}")
    shutil.copy(path, copy)
    shutil.copy(f"{path}-wal", f"{copy}-wal")
    return copy


@pytest.mark.parametrize(("kind", "how"), CASES)
def test_a_write_that_the_disk_fails_is_whole_or_nothing(
    copies: Iterator[Path], prepared: Path, kind: str, how: str
) -> None:
    before, clean = rows(prepared), next(copies)
    with closing(Database(clean, clock=Clock())) as database:
        assert perform(database, kind) == "+"
    after = rows(clean)
    for number, path in enumerate(copies):
        told, has_failed = failing_at(path, kind, number, how, before)
        assert rows(path) in {"+": [after], "~": [before, after]}[told], number
        assert backup.verify(path) == []
        if not has_failed:
            break
    assert not has_failed
    assert number > 2


def test_a_fault_that_tears_a_write_is_noticed(copies: Iterator[Path]) -> None:
    path = next(copies)
    before = rows(path)
    with closing(Database(path, clock=Clock())) as database:
        database.write_now(lambda tx: tx.run("INSERT INTO likes VALUES ('a', 1, 0)"))
    assert rows(path) != before
    assert backup.verify(path) == ["pages.likes of a is 0 instead of 1"]


def test_a_full_disk_costs_nothing_but_time(tmp_path: Path) -> None:
    place = tmp_path / "small"
    with mounted(place):
        path = place / "a.db"
        acts.prepare(path)
        ballast = fill(place, 200 * 1024)
        with closing(Database(path, clock=Clock())) as database:
            told = [perform(database, "long comment") for _ in range(100)]
            count = "SELECT count(*) FROM comments WHERE parent_id = 1"
            assert database.reader.value(count) == told.count("+")
            assert {"+", "-"} == set(told)
            ballast.unlink()
            assert perform(database, "long comment") == "+"
        assert backup.verify(path) == []
