"""
The lease: one worker at a time, whoever dies or stops at whatever moment.

A row says who holds it, under which number, and how often they have said that they are still there.
Nobody's clock is believed, for clocks are set back: whoever waits watches the row, and if nothing
in it has moved for so many seconds of their own, the holder is taken for dead. Whoever takes the
lease draws a new number, and what is written under an old one is refused.
"""

from typing import NamedTuple

from interact_api.db import Reader, Tx

NAME = "worker"


class Overtaken(Exception):
    """Somebody else holds the lease now; nothing was written."""


class Lease(NamedTuple):
    """A lease: its number, its holder (nobody, if empty), how often they said they are there."""

    number: int = 0
    holder: str = ""
    beats: int = 0


def read(reader: Reader) -> Lease:
    """Return the lease as it is."""
    sql = "SELECT number, holder, beats FROM leases WHERE name = :name"
    return reader.one(Lease, sql, name=NAME) or Lease()


def take(tx: Tx, holder: str, seen: Lease) -> int:
    """Take the lease if it still is as *seen*; return its new number, or 0."""
    if read(tx) != seen:
        return 0
    tx.run(
        "INSERT INTO leases (name, number, holder, beats, at)"
        " VALUES (:name, :number, :holder, 0, :now) ON CONFLICT (name) DO UPDATE SET"
        " number = excluded.number, holder = excluded.holder, beats = 0, at = excluded.at",
        name=NAME,
        number=seen.number + 1,
        holder=holder,
        now=tx.now,
    )
    return seen.number + 1


def beat(tx: Tx, number: int) -> None:
    """Say that the holder of *number* is still there; raise Overtaken if it isn't the holder."""
    must_hold(tx, number)
    sql = "UPDATE leases SET beats = beats + 1, at = :now WHERE name = :name"
    tx.run(sql, name=NAME, now=tx.now)


def give_back(tx: Tx, number: int) -> None:
    """Let somebody else take the lease at once."""
    sql = "UPDATE leases SET holder = '' WHERE name = :name AND number = :number"
    tx.run(sql, name=NAME, number=number)


def must_hold(tx: Tx, number: int) -> None:
    """Raise Overtaken unless *number* is the lease's."""
    found = read(tx)
    if found.number != number or not found.holder:
        raise Overtaken
