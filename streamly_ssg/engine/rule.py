"""
Rules: how the values of one kind come about.

A task is a function of a name and of `Fetch`, its only source of information. It returns

- a value, or
- `Work`: a pure function with its arguments, which any process may do in its stead, or
- `Table` (itself or from a work): many narrow values at once, each a key of its own, so that who
  reads one of them isn't disturbed when another changes.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from .key import Key


class Fetch(Protocol):
    """The one door through which a task learns anything."""

    def __call__(self, key: Key) -> Any:
        """Return the value of *key* and remember that it was read."""

    def encoded(self, key: Key) -> bytes:
        """Return the bytes of the value of *key*, for who only passes it on."""

    def many(self, keys: Iterable[Key], *, encoded: bool = False) -> list[Any]:
        """Return the values of *keys*; those that must be made are made side by side."""


class Work(NamedTuple):
    """A pure function and its arguments; both must be able to travel to another process."""

    function: Callable[..., Any]
    args: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Many values of one task, by key."""

    parts: Mapping[Key, Any]


Task = Callable[[str, Fetch], Any]


@dataclass(frozen=True, slots=True)
class Codec:
    """How values of a kind become bytes and come back; equal values must give equal bytes."""

    encode: Callable[[Any], bytes]
    decode: Callable[[bytes], Any]


def same(data: bytes) -> bytes:
    """Return *data*: the codec of what is bytes already."""
    return data


RAW = Codec(same, same)


@dataclass(frozen=True, slots=True)
class Rule:
    """
    How the values of one kind are made.

    Attributes:
        task: makes a value; None if the kind's values are parts of tables.
        codec: how the values travel and are digested.
        owner: for parts: the key of the table that holds the part with this name.
        wide: for tables of many parts: doubt stops at them until they have run; they are settled
            in this order, before any file. Zero for everything else.
        hot: whether decoded values stay in memory for the rest of the build.
        file: whether the value is the content of the output file of that name.
    """

    task: Task | None = None
    codec: Codec = RAW
    owner: Callable[[str], Key] | None = None
    wide: int = 0
    hot: bool = False
    file: bool = False


Rules = Mapping[str, Rule]
