"""
Keys: the names of everything a build can read or make.

A key is ``kind:name``, as ``content:posts/a.md`` or ``file:posts/a/index.html``. It is a plain
string, because a large site fetches a million of them, and one and the same each time.
"""

from sys import intern
from typing import NewType

Key = NewType("Key", str)


def make(kind: str, name: str = "") -> Key:
    """Return the key of the thing *name* of *kind*."""
    key: Key = intern(f"{kind}:{name}")  # type: ignore[assignment]
    return key


def kind(key: Key) -> str:
    """Return the kind of *key*."""
    return key[: key.index(":")]


def name(key: Key) -> str:
    """Return the name of *key*, within its kind."""
    return key[key.index(":") + 1 :]
