"""
Copies of the database: made while it is written, checked before they count, brought back safely.

A copy is one consistent state, in one file. Bringing it back is one transaction of SQLite, so it
happens or it doesn't, whoever else has the file open; what was there before is kept beside it.
"""

import os
import time
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from . import recount, steps
from .errors import Unavailable
from .schema import STEPS
from .sqlite import Connection, DatabaseError, connect
from .tx import Reader

OWNER_ONLY = 0o600
MOST_FAULTS = 20
SIDES = ("-wal", "-shm")


class Restored(NamedTuple):
    """The *kept* state from before, and what was wrong with it, if anything."""

    kept: Path | None
    fault: str


def make(source: Path, folder: Path, now: int, prefix: str = "streamly") -> Path:
    """
    Copy the database *source* into *folder*; return the copy, which is named after *now*.

    Raises:
        Unavailable: if there is no database, no space, or if the copy isn't whole.
    """
    target = folder / f"{prefix}-{_stamp(now)}.db"
    draft = target.with_suffix(".draft")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with closing(connect(source)) as live:
            _copy(live, draft)
        if faults := damage(draft):
            raise Unavailable(f"The copy isn't whole: {faults[0]}")
        _settle(draft, target)
    except DatabaseError as error:
        raise Unavailable(f"The copy can't be made: {error}.") from error
    finally:
        draft.unlink(missing_ok=True)
    return target


def restore(copy: Path, database: Path, now: int) -> Restored:
    """
    Bring the state of *copy* back into *database*; what was there is kept beside it.

    Every public fact that either state knows is told again, under numbers that nobody has seen: the
    builder goes on from there as from any other change.
    """
    if faults := damage(copy):
        raise Unavailable(f"{copy.name} isn't a whole copy: {faults[0]}")
    known: list[str] = []
    last = 0
    kept, fault = None, ""
    if database.exists():
        try:
            kept = make(database, database.parent / "backups", now, "before-restore")
            known, last = _facts(database)
        except Unavailable as error:
            kept, fault = _put_aside(database, now), error.detail
    steps.upgrade(database, STEPS)
    with closing(connect(copy)) as source, closing(connect(database)) as live:
        try:
            source.backup(live)
            live.execute("PRAGMA journal_mode = WAL")
            _tell_again(live, known, last)
        except DatabaseError as error:
            raise Unavailable(f"The database can't be restored: {error}.") from error
    steps.upgrade(database, STEPS)  # the copy may come from an older Streamly
    return Restored(kept, fault)


def verify(path: Path) -> list[str]:
    """Return what is wrong with the database at *path*: damage, or counters that don't agree."""
    if faults := damage(path):
        return faults
    with closing(connect(path)) as connection:
        if not set(_counters()) <= _columns(connection):
            return ["it has an older schema: streamly db upgrade"]
        return [str(one) for one in recount.differences(Reader(connection))]


def damage(path: Path) -> list[str]:
    """Return why the database at *path* can't be trusted: pages, references, or not ours."""
    if not path.is_file():
        return [f"there is no database {path}"]
    try:
        with closing(connect(path)) as connection:
            return _damage(connection) or _strange(path)
    except (DatabaseError, Unavailable) as error:
        return [str(error)]


def retain(folder: Path, keep: int) -> list[Path]:
    """Remove all but the newest *keep* copies from *folder*; return what was removed."""
    copies = sorted(folder.glob("streamly-*.db"))
    old = copies[: max(len(copies) - keep, 0)]
    for path in old:
        path.unlink()
    return old


def _copy(live: Connection, draft: Path) -> None:
    draft.unlink(missing_ok=True)
    os.close(os.open(draft, os.O_CREAT | os.O_EXCL, OWNER_ONLY))
    with closing(connect(draft)) as target:
        live.backup(target)  # all pages in one step, so that writers can't make it begin again
        target.execute("PRAGMA journal_mode = DELETE")  # one file


def _settle(draft: Path, target: Path) -> None:
    """Give *draft* its name once it is on the disk."""
    with draft.open("rb") as file:
        os.fsync(file.fileno())
    draft.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _put_aside(database: Path, now: int) -> Path:
    """Move away a database that can't be copied, with the files beside it."""
    broken = database.with_name(f"{database.name}.broken-{_stamp(now)}")
    for side in ("", *SIDES):
        path = database.with_name(database.name + side)
        if path.exists():
            path.replace(broken.with_name(broken.name + side))
    return broken


def _facts(path: Path) -> tuple[list[str], int]:
    with closing(connect(path)) as connection:
        reader = Reader(connection)
        last = reader.value("SELECT seq FROM sqlite_sequence WHERE name = 'facts'")
        return reader.all(str, "SELECT key FROM facts ORDER BY seq"), int(last or 0)


def _tell_again(live: Connection, known: list[str], last: int) -> None:
    live.execute("BEGIN IMMEDIATE")
    own = [key for (key,) in live.execute("SELECT key FROM facts ORDER BY seq")]
    highest = live.execute("SELECT coalesce(max(seq), 0) FROM facts").fetchone()[0]
    live.execute("DELETE FROM facts")
    keys = dict.fromkeys([*known, *own])
    rows = enumerate(keys, max(last, highest) + 1)
    live.executemany("INSERT INTO facts (seq, key) VALUES (?, ?)", rows)
    live.execute("COMMIT")


def _damage(connection: Connection) -> list[str]:
    reader = Reader(connection)
    found = reader.all(str, f"PRAGMA integrity_check({MOST_FAULTS})")
    if found != ["ok"]:
        return found
    lost = connection.execute("PRAGMA foreign_key_check").fetchmany(MOST_FAULTS)
    return [f"a row of {row[0]} refers to nothing in {row[2]}" for row in lost]


def _strange(path: Path) -> list[str]:
    seen = steps.applied(path)
    if not seen:
        return ["it isn't a database of Streamly"]
    try:
        steps.refuse_strange(seen, STEPS)
    except Unavailable as error:
        return [error.detail]
    return []


def _counters() -> list[tuple[str, str]]:
    return [(counter.table, counter.column) for counter in recount.COUNTERS]


def _columns(connection: Connection) -> set[tuple[str, str]]:
    sql = "SELECT m.name, c.name FROM sqlite_master AS m, pragma_table_info(m.name) AS c"
    return set(connection.execute(sql))


def _stamp(now: int) -> str:
    return time.strftime("%Y%m%dT%H%M%S", time.gmtime(now // 1000)) + f"{now % 1000:03}Z"
