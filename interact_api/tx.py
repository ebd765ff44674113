"""
Asking and changing: what nouns get instead of a connection.

Each method takes SQL with ``:named`` parameters. A `Reader` sees the last commit; a `Tx` sees its
own changes too.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, TypeVar

from .sqlite import Connection

Row = TypeVar("Row")


class Reader:
    """Asks."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def one(self, kind: Callable[..., Row], sql: str, /, **values: Any) -> Row | None:
        """Return the first row as a *kind*, or None."""
        row = self.connection.execute(sql, values).fetchone()
        return None if row is None else kind(*row)

    def all(self, kind: Callable[..., Row], sql: str, /, **values: Any) -> list[Row]:
        """Return every row as a *kind*."""
        return [kind(*row) for row in self.connection.execute(sql, values)]

    def value(self, sql: str, /, **values: Any) -> Any:
        """Return the first column of the first row, or None."""
        row = self.connection.execute(sql, values).fetchone()
        return None if row is None else row[0]


class Tx(Reader):
    """
    Changes, all or nothing.

    Attributes:
        now: the time, the same throughout.
        life: a name that no other process has, nor this one after its next start.
        is_born: whether facts of this life have been saved already.
        changed: the public facts that `facts.touch` was told of.
    """

    def __init__(
        self, connection: Connection, now: int, life: str, *, is_born: bool = False
    ) -> None:
        super().__init__(connection)
        self.now = now
        self.life = life
        self.is_born = is_born
        self.changed: list[str] = []

    def run(self, sql: str, /, **values: Any) -> int:
        """Run a statement; return how many rows it changed."""
        return self.connection.execute(sql, values).rowcount

    def run_many(self, sql: str, rows: Iterable[Mapping[str, Any]], /) -> int:
        """Run a statement once for each of *rows*; return how many rows it changed."""
        return self.connection.executemany(sql, rows).rowcount

    def insert(self, table: str, /, **values: Any) -> int:
        """Insert a row; return its id."""
        identity = self.connection.execute(_insertion(table, values), values).lastrowid
        assert identity is not None
        return identity

    def insert_or_ignore(self, table: str, /, **values: Any) -> bool:
        """Insert a row unless it is there; tell whether it was inserted."""
        sql = f"{_insertion(table, values)} ON CONFLICT DO NOTHING"
        return bool(self.connection.execute(sql, values).rowcount)


def _insertion(table: str, values: Mapping[str, Any]) -> str:
    return _insertion_of(table, *values)


@lru_cache(maxsize=1024)
def _insertion_of(table: str, *names: str) -> str:
    marks = ", ".join(f":{name}" for name in names)
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})"  # noqa: S608 - our names
