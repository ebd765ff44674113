"""
Facts that were set aside: no page could be made of them.

A page that can't be made with a new fact is shown with the one before. What was set aside is kept
here, with the reason, until the fact changes again; then it is tried again.
"""

from hashlib import sha256
from typing import NamedTuple

from interact_api.db import Reader, Tx
from streamly_ssg.inputs.facts import Fact

from . import lease


class Aside(NamedTuple):
    """A fact, a digest of the value that nobody could show, the one to show, and why."""

    key: str
    refused: bytes
    shown: bytes | None
    problem: str = ""
    at: int = 0


def mark(value: bytes | None) -> bytes:
    """Return what tells a value from any other."""
    return sha256(value or b"").digest()


def add(tx: Tx, holder: int, one: Aside) -> None:
    """Set a fact aside."""
    lease.must_hold(tx, holder)
    tx.run(
        "INSERT INTO aside (key, refused, shown, problem, at)"
        " VALUES (:key, :refused, :shown, :problem, :now) ON CONFLICT (key) DO UPDATE SET"
        " refused = excluded.refused, shown = excluded.shown, problem = excluded.problem,"
        " at = excluded.at",
        key=one.key,
        refused=one.refused,
        shown=one.shown,
        problem=one.problem,
        now=tx.now,
    )


def remove(tx: Tx, holder: int, key: str) -> None:
    """Set a fact aside no longer."""
    lease.must_hold(tx, holder)
    tx.run("DELETE FROM aside WHERE key = :key", key=key)


def everything(reader: Reader) -> list[Aside]:
    """Return all that is set aside, by key."""
    sql = "SELECT key, refused, shown, problem, at FROM aside ORDER BY key"
    return reader.all(Aside, sql)


def instead(known: dict[str, Aside], fact: Fact) -> Fact:
    """Return what is to be shown of *fact*: the one before, if it was refused as it is."""
    one = known.get(fact.key)
    if one is None or one.refused != mark(fact.value):
        return fact
    return Fact(fact.key, one.shown)
