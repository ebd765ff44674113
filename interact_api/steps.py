"""
How a database comes to its schema: numbered steps that only go forward.

Each is one transaction, so a process that dies half-way leaves either the step or nothing, and the
next one goes on. A step that was applied is never edited: its digest is kept beside its number, and
a database whose digests aren't ours, or that has seen more steps than we know, is left alone.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, NamedTuple

import sqlite_utils

from .db import milliseconds
from .errors import Unavailable
from .sqlite import Connection, DatabaseError, connect, is_complete

OWNER_ONLY = 0o600
MIGRATIONS = """
CREATE TABLE IF NOT EXISTS migrations (
    version INTEGER PRIMARY KEY, name TEXT NOT NULL, digest TEXT NOT NULL,
    applied_at INTEGER NOT NULL
) STRICT
"""


class Step(NamedTuple):
    """One step: SQL, and the rows that it begins with, by table."""

    name: str
    script: str
    rows: Mapping[str, Sequence[dict[str, Any]]]

    @property
    def digest(self) -> str:
        """Return what tells this step from an edited one, however the SQL is laid out."""
        text = json.dumps([" ".join(self.script.split()), self.rows], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


class Applied(NamedTuple):
    """A step that a database has seen."""

    version: int
    name: str
    digest: str
    applied_at: int


def applied(path: Path) -> list[Applied]:
    """Return the steps that the database at *path* has seen; none if there is no database."""
    if not path.exists():
        return []
    with closing(connect(path)) as connection:
        return seen(connection)


def seen(connection: Connection) -> list[Applied]:
    """Return the steps that a database has seen."""
    known = "SELECT count(*) FROM sqlite_master WHERE name = 'migrations'"
    if not connection.execute(known).fetchone()[0]:
        return []
    columns = ", ".join(Applied._fields)
    sql = f"SELECT {columns} FROM migrations ORDER BY version"  # noqa: S608 - our names
    return [Applied(*row) for row in connection.execute(sql)]


def upgrade(path: Path, steps: Sequence[Step]) -> list[Step]:
    """Apply those of *steps* that the database at *path* hasn't seen, and return them."""
    _make_file(path)
    with closing(connect(path, create=True)) as connection:
        try:
            refuse_strange(seen(connection), steps)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            # A step may rebuild a table that others refer to; what it leaves is checked instead.
            connection.execute("PRAGMA foreign_keys = OFF")
            numbered = enumerate(steps, 1)
            return [step for number, step in numbered if _apply(connection, number, step)]
        except DatabaseError as error:
            raise Unavailable(f"The database {path} can't be upgraded: {error}.") from error


def refuse_strange(known: Sequence[Applied], steps: Sequence[Step]) -> None:
    """Refuse a database that has seen steps, *known*, which aren't the beginning of ours."""
    if len(known) > len(steps):
        raise Unavailable("The database was made by a newer Streamly; use that one.")
    for one, step in zip(known, steps, strict=False):
        if one.digest != step.digest:
            raise Unavailable(f"Step {one.version} of the database was made by another Streamly.")


def statements(script: str) -> Iterator[str]:
    """Yield the statements of *script*; those of a trigger hold semicolons."""
    statement = ""
    for part in script.split(";")[:-1]:
        statement += part + ";"
        if is_complete(statement):
            yield statement.strip()
            statement = ""


def _make_file(path: Path) -> None:
    """Make an empty file that is nobody else's business: it will hold addresses."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL, OWNER_ONLY))


def _apply(connection: Connection, number: int, step: Step) -> bool:
    """Apply *step* unless somebody has; tell whether it was us."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.execute(MIGRATIONS)
        is_new = number > len(seen(connection))
        if is_new:
            _perform(connection, step)
            row = Applied(number, step.name, step.digest, milliseconds())
            connection.execute("INSERT INTO migrations VALUES (?, ?, ?, ?)", row)
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
    return is_new


def _perform(connection: Connection, step: Step) -> None:
    for statement in statements(step.script):
        connection.execute(statement)
    database = sqlite_utils.Database(connection, recursive_triggers=False)
    for table, rows in step.rows.items():
        database.table(table).insert_all(rows)
    broken = connection.execute("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise Unavailable(f"Step {step.name} would leave rows that refer to nothing: {broken[:3]}")
