"""
The service may be killed at any moment: what it acknowledged is there, and nothing is half done.

People ask over HTTP, and know of no kill: what they can't know afterwards they ask again.
"""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from interact_api import backup
from interact_api.db import Database
from tests.support import history
from tests.support.history import Line, Wrong
from tests.support.killing import Site, survived, survived_in_part
from tests.support.process import HOME, environment

KILLS = 10
PARTLY = 6  # each time, the next one is started later
LONG = 300


def writing(path: Path, seed: int) -> list[str]:
    """Return the command that writes into the database at *path*."""
    return [sys.executable, "-m", "tests.support.history", str(path), str(seed)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    history.prepare(tmp_path / "a.db")
    return tmp_path / "a.db"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_was_acknowledged_survives_a_kill(tmp_path: Path, seed: int) -> None:
    assert survived(Site(tmp_path), seed, KILLS) > KILLS


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10, 10 + LONG // KILLS))
def test_what_was_acknowledged_survives_three_hundred_kills(tmp_path: Path, seed: int) -> None:
    assert survived(Site(tmp_path), seed, KILLS) > KILLS


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.long)])
def test_what_was_acknowledged_survives_the_kill_of_one_of_two(tmp_path: Path, seed: int) -> None:
    assert survived_in_part(Site(tmp_path), seed, PARTLY) > PARTLY


def test_a_service_that_acknowledges_before_it_commits_is_caught(tmp_path: Path) -> None:
    with pytest.raises(Wrong, match="saved, and lost"):
        survived(Site(tmp_path, "early"), 4, 30)


def test_a_lost_row_is_noticed(path: Path) -> None:
    told = [Line(state, "like", (1, "page0", True)) for state in "?+"]
    _change(path, "INSERT INTO likes VALUES ('page0', 1, 0)")
    with pytest.raises(Wrong, match="damaged"):
        history.check(path, told)
    _change(path, "UPDATE pages SET likes = 1 WHERE id = 'page0'")
    assert history.check(path, told) == 1
    _change(path, "DELETE FROM likes")
    _change(path, "UPDATE pages SET likes = 0")
    with pytest.raises(Wrong, match="saved, and lost"):
        history.check(path, told)


def test_a_refused_row_that_is_there_is_noticed(path: Path) -> None:
    told = [Line("?", "comment", ("page0", "x")), Line("-", "comment", ("page0", "x"))]
    row = "'page0', 'x', '<p>x</p>', 'pending', 0"
    _change(path, f"INSERT INTO comments (page, body, html, state, created_at) VALUES ({row})")
    _change(path, "INSERT INTO facts (key) VALUES ('comments/page0')")
    with pytest.raises(Wrong, match="refused, and there"):
        history.check(path, told)


def test_a_copy_taken_while_it_is_written_is_whole_and_comes_back(
    path: Path, tmp_path: Path
) -> None:
    told = tmp_path / "told"
    with told.open("w") as out:
        process = subprocess.Popen(writing(path, 6), cwd=HOME, env=environment(), stdout=out)
    made = []
    try:
        while not told.stat().st_size:
            time.sleep(0.001)
        for number in range(5):
            before = [line for line in history.lines(told.read_text()) if line.state != "?"]
            made.append((backup.make(path, tmp_path / "copies", number), before))
    finally:
        process.kill()
        process.wait()
    for number, (copy, before) in enumerate(made):
        lasting = [line for line in before if line.kind in {"comment", "view"}]
        assert backup.restore(copy, path, number).kept is not None
        history.check(path, lasting)


def _change(path: Path, sql: str) -> None:
    database = Database(path)
    database.write_now(lambda tx: tx.run(sql))
    database.close()
