"""
What was pushed: how often somebody said that there is something new, and how often that was heard.

Whoever says it while something is being pulled isn't lost: the worker remembers how often it was
said before it began.
"""

from typing import NamedTuple

from interact_api.db import Reader, Tx

from . import lease


class Pulls(NamedTuple):
    """How often something was pushed, and what came of it: a commit, or a problem."""

    wanted: int = 0
    pulled: int = 0
    commit_id: str = ""
    problem: str = ""
    at: int = 0

    @property
    def is_due(self) -> bool:
        """Tell whether there is something to pull."""
        return self.wanted > self.pulled


def read(reader: Reader) -> Pulls:
    """Return what is known."""
    sql = "SELECT wanted, pulled, commit_id, problem, at FROM pulls"
    return reader.one(Pulls, sql) or Pulls()


def want(tx: Tx) -> int:
    """Say that there is something new; return how often that was said."""
    sql = (
        "INSERT INTO pulls (id, wanted) VALUES (1, 1)"
        " ON CONFLICT (id) DO UPDATE SET wanted = wanted + 1 RETURNING wanted"
    )
    return int(tx.value(sql))


def end(tx: Tx, holder: int, done: Pulls) -> None:
    """Write down that all up to *done* was pulled, or why it couldn't be."""
    lease.must_hold(tx, holder)
    tx.run(
        "UPDATE pulls SET pulled = :pulled, commit_id = :commit_id, problem = :problem, at = :now",
        pulled=done.pulled,
        commit_id=done.commit_id,
        problem=done.problem,
        now=tx.now,
    )
