"""The schema: steps go forward, whole or not at all, and a strange database is left alone."""

import itertools
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from interact_api import schema, steps
from interact_api.errors import Unavailable
from interact_api.sqlite import DatabaseError, connect
from interact_api.steps import Step
from tests.support.process import HOME, environment

ONE = Step("one", "CREATE TABLE a (x INTEGER);", {"a": [{"x": 1}]})
TWO = Step("two", "ALTER TABLE a ADD COLUMN y TEXT; CREATE INDEX a_y ON a (y);", {})
BROKEN = Step("two", "CREATE TABLE b (x INTEGER); INSERT INTO nowhere VALUES (1);", {})
# Upgrades, and kills itself at the Nth statement.
KILLED = """
import os, sys
from pathlib import Path
from interact_api import schema, sqlite, steps
left = int(sys.argv[2])
def count(_sql):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), 9)
real = steps.connect
def connect(*given, **named):
    connection = real(*given, **named)
    connection.set_trace_callback(count)
    return connection
steps.connect = connect
schema.upgrade(Path(sys.argv[1]))
"""
WHOLE = "SELECT type, name, sql FROM sqlite_master ORDER BY type, name"


def tables(path: Path) -> list[tuple[str, str, str]]:
    with closing(connect(path)) as connection:
        return connection.execute(WHOLE).fetchall()


def test_a_new_database_has_seen_every_step(tmp_path: Path) -> None:
    path = tmp_path / "var/a.db"
    assert schema.current(path) == 0
    assert schema.upgrade(path) == len(schema.STEPS)
    assert schema.current(path) == len(schema.STEPS)


def test_a_second_upgrade_has_nothing_to_do(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    schema.upgrade(path)
    before = tables(path)
    assert schema.upgrade(path) == 0
    assert tables(path) == before


def test_a_later_step_is_added_to_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    steps.upgrade(path, [ONE])
    assert steps.upgrade(path, [ONE, TWO]) == [TWO]
    with closing(connect(path)) as connection:
        assert connection.execute("SELECT x, y FROM a").fetchall() == [(1, None)]


def test_a_step_that_fails_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    steps.upgrade(path, [ONE])
    before = tables(path)
    with pytest.raises(Unavailable, match="no such table"):
        steps.upgrade(path, [ONE, BROKEN])
    assert tables(path) == before
    assert steps.upgrade(path, [ONE, TWO]) == [TWO]


def test_a_step_whose_rows_refer_to_nothing_is_refused(tmp_path: Path) -> None:
    script = "CREATE TABLE c (id INTEGER PRIMARY KEY, up INTEGER REFERENCES c (id));"
    lost = Step("lost", script, {"c": [{"id": 1, "up": 7}]})
    with pytest.raises(Unavailable, match="refer to nothing"):
        steps.upgrade(tmp_path / "a.db", [lost])
    assert steps.applied(tmp_path / "a.db") == []


@pytest.mark.parametrize(
    "edited",
    [
        ONE._replace(script="CREATE TABLE a (x TEXT);"),
        ONE._replace(rows={"a": [{"x": 2}]}),
        ONE._replace(rows={}),
    ],
)
def test_a_step_that_was_edited_later_is_noticed(tmp_path: Path, edited: Step) -> None:
    path = tmp_path / "a.db"
    steps.upgrade(path, [ONE])
    with pytest.raises(Unavailable, match="another Streamly"):
        steps.upgrade(path, [edited, TWO])


def test_a_step_may_be_laid_out_anew() -> None:
    assert ONE._replace(script="CREATE  TABLE a\n    (x INTEGER);\n").digest == ONE.digest


def test_a_database_that_is_newer_than_we_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    steps.upgrade(path, [ONE, TWO])
    before = path.read_bytes()
    with pytest.raises(Unavailable, match="newer Streamly"):
        steps.upgrade(path, [ONE])
    assert path.read_bytes() == before


def test_what_is_no_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    path.write_text("Dear diary, " * 500)
    with pytest.raises(Unavailable, match="not a database"):
        schema.upgrade(path)
    assert path.read_text().startswith("Dear diary")


def test_the_database_is_nobody_elses_business(tmp_path: Path) -> None:
    schema.upgrade(tmp_path / "var/a.db")
    assert stat.S_IMODE((tmp_path / "var/a.db").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "var").stat().st_mode) == 0o700


def test_statements_are_told_apart_where_sqlite_does() -> None:
    trigger = "CREATE TRIGGER t BEFORE DELETE ON a BEGIN SELECT 1; SELECT 2; END;"
    script = f"CREATE TABLE a (x TEXT DEFAULT ';');\n{trigger}\n-- a; comment\nDROP TABLE a;\n"
    found = list(steps.statements(script))
    assert found == [
        "CREATE TABLE a (x TEXT DEFAULT ';');",
        trigger,
        "-- a; comment\nDROP TABLE a;",
    ]


def killed_at(path: Path, statement: int) -> int:
    command = [sys.executable, "-c", KILLED, str(path), str(statement)]
    return subprocess.run(command, env=environment(), cwd=HOME, check=False).returncode


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, str, str]]:
    path = tmp_path_factory.mktemp("whole") / "a.db"
    schema.upgrade(path)
    return tables(path)


@pytest.mark.parametrize("statement", [1, 8, 9, 12, 30, 60, 80, 90])
def test_an_upgrade_killed_half_way_is_done_by_the_next(
    tmp_path: Path, statement: int, whole: list[tuple[str, str, str]]
) -> None:
    path = tmp_path / "a.db"
    killed_at(path, statement)
    schema.upgrade(path)
    assert tables(path) == whole


@pytest.mark.long
def test_an_upgrade_killed_at_any_statement_is_done_by_the_next(
    tmp_path: Path, whole: list[tuple[str, str, str]]
) -> None:
    statement = 1
    while killed_at(tmp_path / f"{statement}.db", statement):
        schema.upgrade(tmp_path / f"{statement}.db")
        assert tables(tmp_path / f"{statement}.db") == whole
        statement += 1
    assert statement > len(whole)


def test_four_processes_that_upgrade_at_once_do_it_once(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-c",
        f"from interact_api import schema; from pathlib import Path; print(schema.upgrade(Path({str(tmp_path / 'a.db')!r})))",
    ]
    started = [
        subprocess.Popen(command, env=environment(), cwd=HOME, stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    told = sorted(process.communicate(timeout=60)[0].strip() for process in started)
    assert told == ["0", "0", "0", str(len(schema.STEPS))]


def test_each_role_may_do_what_the_one_above_it_may(tmp_path: Path) -> None:
    schema.upgrade(tmp_path / "a.db")
    with closing(connect(tmp_path / "a.db")) as connection:
        rows = connection.execute("SELECT name, effective FROM roles ORDER BY id").fetchall()
    sets = [set(effective.split()) for _, effective in rows]
    assert [name for name, _ in rows] == list(schema.ROLES)
    assert all(lower < higher for lower, higher in itertools.pairwise(sets))
    assert sets[-1] == set(schema.PERMISSIONS)


def test_there_is_only_one_default_role(tmp_path: Path) -> None:
    schema.upgrade(tmp_path / "a.db")
    with closing(connect(tmp_path / "a.db")) as connection, pytest.raises(DatabaseError):
        connection.execute("UPDATE roles SET is_default = 1 WHERE name = 'Editor'")
