"""
The power may fail at any moment: what was acknowledged is on the disk.

Not a real power cut, but all that one can do: what SQLite waited for stays, of the rest chance keeps
some writes, in any order, torn in the middle.
"""

import json
import shutil
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from interact_api.db import Database
from tests.support import disk, history
from tests.support.disk import Event
from tests.support.history import Client, Wrong

CUTS, WRITES = 40, 150
LONG = 1000


def recorded(path: Path, seed: int, synchronous: str) -> list[Event]:
    """Write for a while; return all that came to the disk, and between it what was told."""
    with disk.between() as between:
        database = Database(path, synchronous=synchronous)
        with closing(database):
            # A small log, so that it is brought into the database and begun again and again.
            database.write_now(lambda tx: tx.value("PRAGMA wal_autocheckpoint = 40"))

            def say(*line: object) -> None:
                between.note("told", json.dumps(line))

            client = Client(database, 0, seed, say)
            for _ in range(WRITES):
                client.act()
            return list(between.events)


def survived(folder: Path, seed: int, cuts: int, synchronous: str = "FULL") -> int:
    """Cut the power *cuts* times, at any moment; return how much was saved, all in all."""
    before, chance, total = folder / "a.db", Random(seed), 0
    history.prepare(before)
    events = recorded(Path(shutil.copy(before, folder / "work.db")), seed, synchronous)
    events = [event._replace(name=event.name.replace("work.db", "a.db")) for event in events]
    for number in range(cuts):
        place = folder / f"cut{number}"
        place.mkdir()
        past = events[: chance.randrange(1, len(events))]
        disk.after_power_cut(before, past, place, chance)
        told = "".join(f"{event.name}\n" for event in past if event.what == "told")
        total += history.check(place / "a.db", history.lines(told))
        shutil.rmtree(place)
    return total


def test_what_was_acknowledged_survives_a_power_cut(tmp_path: Path) -> None:
    assert survived(tmp_path, 1, CUTS) > CUTS


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10, 15))
def test_what_was_acknowledged_survives_a_thousand_power_cuts(tmp_path: Path, seed: int) -> None:
    assert survived(tmp_path, seed, LONG // 5) > LONG


@pytest.mark.parametrize("seed", range(5))
def test_a_database_that_does_not_wait_for_the_disk_loses(tmp_path: Path, seed: int) -> None:
    with pytest.raises(Wrong, match=r"saved, and lost|refused, and there"):
        survived(tmp_path, seed, CUTS, "NORMAL")
