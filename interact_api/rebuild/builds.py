"""
Builds, written down: why each was made, what it made, how long it took, and what readers see since.

``seq`` is the number up to which the facts were read. That of the last build which readers see
says what is live; comparing it with the end of the facts log says what is missing.
"""

import json
from collections.abc import Sequence
from typing import NamedTuple

from interact_api.db import Reader, Tx

from . import lease

KEPT = 1_000  # builds
SHOWN = 20  # pages of a build, and problems
LIVE, PARTLY, SAME, HELD, FAILED = "live", "partly", "same", "held", "failed"


class Build(NamedTuple):
    """
    One build.

    Attributes:
        state: live; partly live, some pages being left as they were; the same as before; held
            back, because somebody went back to an earlier release; or failed.
        reason: why it was made.
        seq: up to where the facts were read.
        release: what readers see since.
        made: how many files were made.
        removed: how many were removed.
        pages: the first of them, with the reason of each.
        problems: the first of them.
        build_ms: how long making took.
        publish_ms: how long showing took.
        at: when it ended.
        number: of the build; later ones have higher numbers.
    """

    state: str
    reason: str
    seq: int = 0
    release: int = 0
    made: int = 0
    removed: int = 0
    pages: Sequence[str] = ()
    problems: Sequence[str] = ()
    build_ms: int = 0
    publish_ms: int = 0
    at: int = 0
    number: int = 0


def record(tx: Tx, holder: int, build: Build) -> int:
    """Write a build down, if *holder* still has the lease; return its number."""
    lease.must_hold(tx, holder)
    values = build._asdict() | {
        "pages": json.dumps(list(build.pages[:SHOWN]), ensure_ascii=False),
        "problems": json.dumps(list(build.problems[:SHOWN]), ensure_ascii=False),
        "at": tx.now,
        "lease": holder,
    }
    del values["number"]
    number = tx.insert("builds", **values)
    tx.run(
        "DELETE FROM builds WHERE number <= :old AND number < (SELECT max(number) FROM builds"
        " WHERE state IN ('live', 'partly', 'same'))",
        old=number - KEPT,
    )
    return number


def latest(reader: Reader, limit: int = SHOWN, before: int | None = None) -> list[Build]:
    """Return the last builds, or the last before the number *before*; the newest first."""
    sql = (
        f"SELECT {', '.join(Build._fields)} FROM builds"  # noqa: S608 - our names
        " WHERE :before IS NULL OR number < :before ORDER BY number DESC LIMIT :limit + 0"
    )
    return reader.all(_build, sql, before=before, limit=limit)


def live(reader: Reader) -> Build | None:
    """Return the build that readers see, or None if they see none."""
    sql = (
        f"SELECT {', '.join(Build._fields)} FROM builds"  # noqa: S608 - our names
        " WHERE state IN ('live', 'partly', 'same') ORDER BY number DESC LIMIT 1"
    )
    return reader.one(_build, sql)


def _build(*row: object) -> Build:
    found = Build(*row)  # type: ignore[arg-type]
    pages, problems = (json.loads(str(one)) for one in (found.pages, found.problems))
    return found._replace(pages=pages, problems=problems)
