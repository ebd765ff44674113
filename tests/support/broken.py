"""Databases that fail: a disk that is full, broken or slow, as the writer meets it."""

import time
from typing import Any

import pytest

from interact_api.db import Database, DatabaseError, Tx
from interact_api.errors import Unavailable, Unknown


class Failing:
    """A connection whose disk fails in a commit."""

    def __init__(self, real: Any, name: str) -> None:
        self._real = real
        self._error = DatabaseError("disk I/O error")
        self._error.sqlite_errorcode = {"IOERR_FSYNC": 1034, "FULL": 13}[name]

    @property
    def in_transaction(self) -> bool:
        return bool(self._real.in_transaction)

    def execute(self, sql: str, *values: Any) -> Any:
        if sql == "COMMIT":
            raise self._error
        return self._real.execute(sql, *values)

    def close(self) -> None:
        self._real.close()


def break_disk(db: Database, name: str) -> None:
    def act(_tx: Tx) -> None:
        db._writer._ledger._connection = Failing(db._writer._ledger._connection, name)  # type: ignore[assignment]

    with pytest.raises((Unavailable, Unknown)):
        db.write_now(act)


class Slow(Failing):
    """A connection whose commits take *seconds*."""

    def __init__(self, real: Any, seconds: float) -> None:
        super().__init__(real, "FULL")
        self._seconds = seconds

    def execute(self, sql: str, *values: Any) -> Any:
        if sql == "COMMIT":
            time.sleep(self._seconds)
        return self._real.execute(sql, *values)
