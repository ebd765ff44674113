"""
SQLite as the service uses it: which version, which settings, what its errors mean.

The only door to pysqlite3, which brings a newer SQLite than the systems that we run on.
"""

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from .errors import Unavailable

if TYPE_CHECKING:
    import sqlite3 as sqlite
else:
    from pysqlite3 import dbapi2 as sqlite

__all__ = [
    "Connection",
    "DatabaseError",
    "IntegrityError",
    "connect",
    "is_busy",
    "is_complete",
    "is_trouble",
    "is_undone",
    "refuse_unsafe",
]

# Before 3.51.3, two connections that write at the same moment could lose what was committed.
SAFE = (3, 51, 3)
BUSY = 5_000  # milliseconds that another process may hold the lock

# mmap is off because it has made damage worse; the other choices are SQLite's own advice for files
# that somebody else may have written.
PRAGMAS = f"""
PRAGMA busy_timeout = {BUSY};
PRAGMA foreign_keys = ON;
PRAGMA trusted_schema = OFF;
PRAGMA cell_size_check = ON;
PRAGMA mmap_size = 0;
PRAGMA temp_store = MEMORY;
PRAGMA journal_size_limit = 67108864;
PRAGMA cache_size = -16000;
"""

Connection = sqlite.Connection
DatabaseError = sqlite.DatabaseError
IntegrityError = sqlite.IntegrityError

_PRIMARY = 0xFF  # the lower byte of an error's number says what it is, the others where
_UNDONE = {sqlite.SQLITE_FULL, sqlite.SQLITE_BUSY}
_TROUBLE = _UNDONE | {
    sqlite.SQLITE_IOERR,
    sqlite.SQLITE_NOMEM,
    sqlite.SQLITE_CANTOPEN,
    sqlite.SQLITE_READONLY,
    sqlite.SQLITE_PROTOCOL,
}


def connect(path: Path, *, create: bool = False, write: bool = True) -> sqlite.Connection:
    """Open the file at *path* with all that every connection needs; it must exist, or *create*."""
    refuse_unsafe(sqlite.sqlite_version_info)
    mode = "rwc" if create else "rw" if write else "ro"
    try:
        connection = sqlite.connect(
            f"file:{quote(str(path))}?mode={mode}",
            uri=True,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=512,
        )
    except DatabaseError as error:
        raise _not_openable(path, error) from error
    try:
        connection.executescript(PRAGMAS)
        connection.execute("PRAGMA schema_version").fetchone()  # the first look at the file itself
    except DatabaseError as error:
        connection.close()
        raise _not_openable(path, error) from error
    return connection


def is_trouble(error: BaseException) -> bool:
    """Tell whether *error* is the machine's fault: no space, no memory, a disk that fails."""
    return isinstance(error, DatabaseError) and _code(error) in _TROUBLE


def is_busy(error: BaseException) -> bool:
    """Tell whether *error* says that somebody else writes."""
    return isinstance(error, DatabaseError) and _code(error) == sqlite.SQLITE_BUSY


def is_undone(error: DatabaseError) -> bool:
    """Tell whether a COMMIT that failed with *error* surely left nothing behind."""
    return _code(error) in _UNDONE


def is_complete(statement: str) -> bool:
    """Tell whether *statement* ends where SQLite thinks it does (triggers hold semicolons)."""
    return bool(sqlite.complete_statement(statement))


def refuse_unsafe(version: tuple[int, ...]) -> None:
    """Refuse a SQLite that may lose what it said was saved."""
    if version < SAFE:
        found, wanted = (".".join(map(str, one)) for one in (version, SAFE))
        raise Unavailable(f"SQLite {found} may lose data; {wanted} or newer is needed.")


def _code(error: BaseException) -> int:
    return int(getattr(error, "sqlite_errorcode", 0)) & _PRIMARY


def _not_openable(path: Path, error: DatabaseError) -> Unavailable:
    return Unavailable(f"The database {path} can't be opened: {error}.")
