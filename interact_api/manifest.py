"""
The site manifest, taken in: which pages exist, as the last build wrote them down.

The builder owns the format (`streamly_ssg/manifest.py`): a first line with the number of its
generation, then one line a page, or one that says it was removed; the last line of an id counts. We
go on from where we were. A new generation, or a file that isn't the one we know, is read
whole, and what isn't in it is gone. A page that is gone keeps its row and all that hangs on it,
for pages come back.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from .db import Reader, Tx
from .errors import Invalid
from .sqlite import DatabaseError

NAME = "public.manifest.ndjson"  # in the folder of the site
COLUMNS = ("url", "kind", "title", "authors", "tags", "lang", "published", "policy")
UPSERT = f"""
INSERT INTO pages (id, {", ".join(COLUMNS)}) VALUES (:id, {", ".join(f":{n}" for n in COLUMNS)})
ON CONFLICT (id) DO UPDATE SET removed_at = NULL,
    {", ".join(f"{name} = excluded.{name}" for name in COLUMNS)}
"""  # noqa: S608 - the columns are ours


class Taken(NamedTuple):
    """How many pages were new or different, and how many have gone."""

    changed: int = 0
    removed: int = 0


class Mark(NamedTuple):
    """Where we are: the number of the last line that we read, and where that line begins."""

    generation: int
    seq: int
    offset: int


def take_in(tx: Tx, path: Path) -> Taken:
    """Learn what changed in the manifest at *path*; without one, nothing did."""
    try:
        with path.open("rb") as file:
            return _take(tx, file, path.name)
    except FileNotFoundError:
        return Taken()
    except (ValueError, KeyError, TypeError, AttributeError, DatabaseError) as error:
        raise Invalid(detail=f"{path.name} isn't a manifest that can be read: {error!r}") from error


def check(lines: bytes, *, is_first: bool) -> None:
    """Raise Invalid unless these are whole lines of a manifest, with its head if they begin it."""
    try:
        head, *rest = lines.splitlines() if is_first else (b"", *lines.splitlines())
        if is_first:
            int(json.loads(head)["generation"])
        for line in rest:
            _check_entry(json.loads(line))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Invalid(detail=f"These aren't lines of a manifest: {error!r}") from error
    if not lines.endswith(b"\n"):
        raise Invalid(detail="The last line isn't whole.")


def mark(reader: Reader, source: str) -> Mark | None:
    """Return how far the manifest called *source* was read, or None."""
    sql = "SELECT generation, seq, offset FROM manifest WHERE source = :source"
    return reader.one(Mark, sql, source=source)


def _take(tx: Tx, file: BinaryIO, source: str) -> Taken:
    generation = int(json.loads(file.readline())["generation"])
    known = mark(tx, source)
    goes_on = known is not None and known.generation == generation and _is_at(file, known)
    if not goes_on:
        file.seek(0)
        file.readline()
        known = Mark(generation, 0, file.tell())
    assert known is not None
    latest: dict[str, dict[str, Any]] = {}
    for offset, entry in _entries(file):
        latest[entry["id"]] = entry
        known = Mark(generation, entry["seq"], offset)
    _remember(tx, source, known)
    return _apply(tx, latest, is_whole=not goes_on)


def _is_at(file: BinaryIO, known: Mark) -> bool:
    """Go past the last line that we read; False if it isn't there any more."""
    file.seek(known.offset)
    try:
        found = json.loads(file.readline())
    except ValueError:
        return False
    return isinstance(found, dict) and found.get("seq") == known.seq


def _entries(file: BinaryIO) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield each whole line with its place; one that is being written is for the next time."""
    offset = file.tell()
    for line in file:
        if not line.endswith(b"\n"):
            return
        yield offset, json.loads(line)
        offset += len(line)


def _apply(tx: Tx, latest: dict[str, dict[str, Any]], *, is_whole: bool) -> Taken:
    there = {name: entry for name, entry in latest.items() if not entry.get("removed")}
    gone = set(latest) - set(there)
    if is_whole:
        gone |= set(tx.all(str, "SELECT id FROM pages WHERE removed_at IS NULL")) - set(there)
    tx.run_many(UPSERT, (_row(entry) for entry in there.values()))
    removed = tx.run_many(
        "UPDATE pages SET removed_at = :now WHERE id = :id AND removed_at IS NULL",
        ({"id": one, "now": tx.now} for one in sorted(gone)),
    )
    return Taken(len(there), max(removed, 0))


def _check_entry(entry: dict[str, Any]) -> None:
    int(entry["seq"])
    if not (isinstance(entry["id"], str) and (entry.get("removed") or _row(entry))):
        raise ValueError(entry)


def _row(entry: dict[str, Any]) -> dict[str, Any]:
    return {
        **{name: str(entry[name]) for name in ("id", "url", "kind", "title")},
        "authors": json.dumps(list(entry.get("authors") or ()), ensure_ascii=False),
        "tags": json.dumps(list(entry.get("tags") or ()), ensure_ascii=False),
        "lang": entry.get("lang") or "",
        "published": _moment(entry.get("published")),
        "policy": entry.get("comments") or "open",
    }


def _moment(text: str | None) -> int | None:
    if not text:
        return None
    found = datetime.fromisoformat(text)
    return round((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp() * 1000)


def _remember(tx: Tx, source: str, known: Mark) -> None:
    tx.run(
        "INSERT INTO manifest (source, generation, seq, offset)"
        " VALUES (:source, :generation, :seq, :offset) ON CONFLICT (source) DO UPDATE SET"
        " generation = excluded.generation, seq = excluded.seq, offset = excluded.offset",
        source=source,
        **known._asdict(),
    )
