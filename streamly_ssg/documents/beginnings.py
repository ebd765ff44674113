"""
Where a regex can match: which ASCII characters it can begin with, and whether only in new lines.

The answer may be too large, never too small: whatever is not understood counts as any character,
and so does a regex that can match nothing. The standard library parses the regex; its parser has no
public name, so without it every regex can begin with everything.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib import import_module
from typing import Any

_parser: Any
try:
    _parser = import_module("re._parser")
except ImportError:  # pragma: no cover - some later Python
    _parser = None

ANY = frozenset(map(chr, range(128)))
_CATEGORIES = {
    "CATEGORY_DIGIT": r"\d",
    "CATEGORY_NOT_DIGIT": r"\D",
    "CATEGORY_SPACE": r"\s",
    "CATEGORY_NOT_SPACE": r"\S",
    "CATEGORY_WORD": r"\w",
    "CATEGORY_NOT_WORD": r"\W",
}
_NOWHERE: frozenset[str] = frozenset()
_SETS = {"LITERAL", "NOT_LITERAL", "IN", "ANY"}
_WITHOUT_WIDTH = {"AT", "ASSERT", "ASSERT_NOT"}
_REPEATS = {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}
_AHEAD = 1  # how the parser calls the direction of a lookahead


def beginnings(pattern: re.Pattern[str]) -> frozenset[str]:
    """Return the ASCII characters with which a match of *pattern* can begin."""
    if _parser is None:  # pragma: no cover - some later Python
        return ANY
    chars, is_optional = _sequence(_tree(pattern), pattern.flags)
    return ANY if is_optional else chars


def begins_a_line(pattern: re.Pattern[str]) -> bool:
    """Return whether *pattern* can only match at the beginning of a line or of the text."""
    return _parser is not None and _is_anchored(_tree(pattern))


@lru_cache(maxsize=1)  # both questions are asked one after the other
def _tree(pattern: re.Pattern[str]) -> Any:
    return _parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG)


def _is_anchored(tree: Any) -> bool:
    if not tree:
        return False
    operation, argument = tree[0]
    name = str(operation)
    if name == "SUBPATTERN":
        return _is_anchored(argument[-1])
    return name == "AT" and str(argument) in {"AT_BEGINNING", "AT_BEGINNING_STRING"}


def _sequence(tree: Any, flags: int) -> tuple[frozenset[str], bool]:
    """Return where *tree* can begin, and whether it can match without a look at a character."""
    chars = _NOWHERE
    for operation, argument in tree:
        more, is_optional = _term(str(operation), argument, flags)
        chars |= more
        if not is_optional:
            return chars, False
    return chars, True


def _term(name: str, argument: Any, flags: int) -> tuple[frozenset[str], bool]:  # noqa: PLR0911
    if name in _SETS:
        return _set(name, argument, flags), False
    if name in _REPEATS:
        least, _, tree = argument
        chars, is_optional = _sequence(tree, flags)
        return chars, is_optional or least == 0
    if name == "SUBPATTERN":
        _, added, removed, tree = argument
        return _sequence(tree, (flags | added) & ~removed)
    if name == "BRANCH":
        ways = [_sequence(tree, flags) for tree in argument[1]]
        return _NOWHERE.union(*(chars for chars, _ in ways)), any(empty for _, empty in ways)
    if name == "ASSERT" and argument[0] == _AHEAD:
        return _sequence(argument[1], flags)
    if name in _WITHOUT_WIDTH:
        return _NOWHERE, True
    return ANY, True


def _set(name: str, argument: Any, flags: int) -> frozenset[str]:
    """Return the characters of a term that always takes one."""
    if name == "ANY":
        return ANY if flags & re.DOTALL else ANY - {"\n"}
    items = argument if name == "IN" else [("LITERAL", argument)]
    is_negated = name == "NOT_LITERAL" or str(items[0][0]) == "NEGATE"
    members = [_members(str(kind), value, flags) for kind, value in items]
    if is_negated:
        return ANY.difference(*(known for known in members if known is not None))
    return _NOWHERE.union(*(ANY if known is None else known for known in members))


def _members(name: str, argument: Any, flags: int) -> frozenset[str] | None:
    """Return the ASCII characters of an item of a set; None if they are not known exactly."""
    if name == "LITERAL":
        return _range(argument, argument, flags)
    if name == "RANGE":
        first, last = argument
        return _range(first, last, flags)
    if str(argument) in _CATEGORIES:
        return _category(str(argument), flags & re.ASCII)
    return None


def _range(first: int, last: int, flags: int) -> frozenset[str] | None:
    chars = "".join(map(chr, range(first, min(last + 1, len(ANY)))))
    if not flags & re.IGNORECASE:
        return frozenset(chars)
    # Some letters beyond ASCII have an ASCII letter as their other case.
    return frozenset(chars.lower() + chars.upper()) if last < len(ANY) else None


@cache
def _category(name: str, flags: int) -> frozenset[str]:
    return frozenset(filter(re.compile(_CATEGORIES[name], flags).match, ANY))
