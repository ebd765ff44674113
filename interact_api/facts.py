"""
The facts log: which public facts changed, in the order of their change.

A noun that changes what the public pages show says so here, in the same transaction. Only the key
is written; the value is read when somebody asks, so a key that changed a thousand times is told
once.

Whoever reads the log keeps a `Place` in it. A number alone wouldn't do: where somebody puts an
older copy of the database back and goes on from it, the same numbers mean other changes. So each
process writes down, with its first change, after which number its life begins; and a place belongs
to a life.
"""

from typing import NamedTuple

from .db import Reader, Tx


class Change(NamedTuple):
    """A fact that changed: the number of its last change, and its key."""

    seq: int
    key: str


class Place(NamedTuple):
    """How far somebody has read: up to which number, in whose life."""

    seq: int
    life: str


def touch(tx: Tx, key: str) -> None:
    """Say that the fact *key* (``likes/PAGE``, ``profile/NAME``, …) has changed."""
    if key in tx.changed:
        return
    if not tx.changed and not tx.is_born:
        tx.run(
            "INSERT INTO lives (name, after) SELECT :life, coalesce(max(seq), 0) FROM facts"
            " WHERE true ON CONFLICT DO NOTHING",
            life=tx.life,
        )
    tx.run("REPLACE INTO facts (key) VALUES (:key)", key=key)
    tx.changed.append(key)


def since(reader: Reader, seq: int, limit: int) -> list[Change]:
    """Return the facts that changed after *seq*, oldest change first."""
    return reader.all(
        Change,
        "SELECT seq, key FROM facts WHERE seq > :seq ORDER BY seq LIMIT :limit + 0",
        seq=seq,
        limit=limit,
    )


def last(reader: Reader) -> int:
    """Return the number of the last change."""
    return int(reader.value("SELECT coalesce(max(seq), 0) FROM facts"))


def place(reader: Reader) -> Place:
    """Return the end of the log."""
    life = reader.value("SELECT name FROM lives ORDER BY number DESC LIMIT 1")
    return Place(last(reader), life or "")


def leads_on(reader: Reader, known: Place) -> bool:
    """Tell whether all that changed since *known* stands after it; if not, read from the start."""
    if known.seq == 0:
        return True  # before the first change there was nothing
    number = reader.value("SELECT number FROM lives WHERE name = :life", life=known.life)
    if number is None or known.seq > last(reader):
        return False
    later = "SELECT min(after) FROM lives WHERE number > :number"
    after = reader.value(later, number=number)
    return after is None or after >= known.seq
