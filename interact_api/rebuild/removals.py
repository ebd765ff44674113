"""
What a new value takes away of what an old one showed.

Whatever somebody withdrew or a moderator hid goes first, and no release that is kept brings it
back. A count that falls takes nothing away.
"""

import json
from collections.abc import Callable
from typing import Any

Value = dict[str, Any]
WORDS = ("id", "html", "author", "name")  # of a comment


def takes_away(key: str, old: bytes | None, new: bytes | None) -> bool:
    """Tell whether the fact *key* no longer shows something that it did show."""
    has_lost = KINDS.get(key.partition("/")[0])
    if old is None or has_lost is None or old == new:
        return False
    return new is None or has_lost(json.loads(old), json.loads(new))


def _comments(old: Value, new: Value) -> bool:
    still = {_words(one) for one in new["items"]}
    return any(_words(one) not in still for one in old["items"])


def _words(comment: Value) -> tuple[Any, ...]:
    return tuple(comment.get(name) for name in WORDS)


def _settings(old: Value, new: Value) -> bool:
    return bool(new.get("hidden")) and not old.get("hidden")


def _profile(old: Value, new: Value) -> bool:
    return any(text and new.get(name) != text for name, text in old.items())


def _follows(old: Value, new: Value) -> bool:
    sides = ("followers", "following")
    return any(set(old.get(side, ())) - set(new.get(side, ())) for side in sides)


KINDS: dict[str, Callable[[Value, Value], bool]] = {
    "comments": _comments,
    "settings": _settings,
    "profile": _profile,
    "follows": _follows,
}
