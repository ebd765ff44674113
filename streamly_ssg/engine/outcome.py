"""
What a build did, and what stopped a part of it.

A task that fails doesn't stop the others: its problems are written down, and whoever wanted its
value fails in turn, without saying the same again.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from streamly_ssg.errors import InternalError, Problem, StreamlyError, problem

from .crew import portable
from .key import Key


@dataclass(slots=True)
class Outcome:
    """
    What a build did.

    Attributes:
        ran: the tasks that ran, with the reason.
        seconds: how long the works of some took.
        failed: the tasks that couldn't give a value, with what is wrong.
        parts: the parts of tables that changed, appeared or disappeared.
        retry: what the next build has to look at again, whatever changes until then.
    """

    ran: dict[Key, str] = field(default_factory=dict)
    seconds: dict[Key, float] = field(default_factory=dict)
    failed: dict[Key, list[Problem]] = field(default_factory=dict)
    parts: list[Key] = field(default_factory=list)
    retry: set[Key] = field(default_factory=set)
    exit_code: int = 0


class Waiting(Exception):
    """What is wanted is still being made."""

    def __init__(self, keys: Iterable[Key]) -> None:
        self.keys = set(keys)


class Failed(Exception):
    """What is wanted can't be made, so whoever wants it can't be either."""


def blame(key: Key, error: Exception) -> tuple[list[Problem], int]:
    """Return what to tell of *error*, which stopped the task of *key*, and with which exit code."""
    if isinstance(error, Failed):
        return [], 0
    if isinstance(error, StreamlyError):
        return list(error.problems), error.exit_code
    hint = "this is a mistake in Streamly, please report it"
    text = f"{portable(error)} while making {key}"
    return [problem("BUG", text, hint=hint)], InternalError.exit_code
