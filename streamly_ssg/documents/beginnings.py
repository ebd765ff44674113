"""
Which ASCII characters a regex can begin with.

The answer may be too large, never too small: whatever is not understood counts as any character,
and so does a regex that can match nothing. The standard library parses the regex; its parser has no
public name, so without it every regex can begin with everything.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

try:
    from re import _parser  # type: ignore[attr-defined]
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
_WITHOUT_WIDTH = {"AT", "ASSERT", "ASSERT_NOT"}
_REPEATS = {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}


def beginnings(pattern: re.Pattern[str]) -> frozenset[str]:
    """Return the ASCII characters with which a match of *pattern* can begin."""
    if _parser is None:  # pragma: no cover - some later Python
        return ANY
    tree = _parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG)
    chars, is_optional = _sequence(tree, pattern.flags)
    return ANY if is_optional else chars


def _sequence(tree: Any, flags: int) -> tuple[frozenset[str], bool]:
    """Return where *tree* can begin, and whether it can match without taking a character."""
    chars = _NOWHERE
    for operation, argument in tree:
        more, is_optional = _term(str(operation), argument, flags)
        chars |= more
        if not is_optional:
            return chars, False
    return chars, True


def _term(name: str, argument: Any, flags: int) -> tuple[frozenset[str], bool]:  # noqa: PLR0911
    if name == "LITERAL":
        return _literal(argument, flags), False
    if name == "IN":
        return _set(argument, flags), False
    if name in _WITHOUT_WIDTH:
        return _NOWHERE, True
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
    return ANY, name not in {"ANY", "NOT_LITERAL"}


def _literal(code: int, flags: int) -> frozenset[str]:
    if not flags & re.IGNORECASE:
        return frozenset(chr(code))
    # Some letters beyond ASCII have an ASCII letter as their other case.
    return frozenset({chr(code).lower(), chr(code).upper()}) if code < len(ANY) else ANY


def _set(items: Any, flags: int) -> frozenset[str]:
    chars = _NOWHERE
    for operation, argument in items:
        name = str(operation)
        if name == "LITERAL":
            chars |= _literal(argument, flags)
        elif name == "RANGE":
            first, last = argument
            chars |= _range(first, last, flags)
        elif name == "CATEGORY" and str(argument) in _CATEGORIES:
            chars |= _category(str(argument))
        else:
            return ANY  # also: a set of what it is not
    return chars


def _range(first: int, last: int, flags: int) -> frozenset[str]:
    if not flags & re.IGNORECASE:
        return frozenset(map(chr, range(first, min(last + 1, len(ANY)))))
    if last >= len(ANY):
        return ANY
    return _NOWHERE.union(*(_literal(code, flags) for code in range(first, last + 1)))


@cache
def _category(name: str) -> frozenset[str]:
    ways = [re.compile(_CATEGORIES[name], flags) for flags in (0, re.ASCII)]
    return frozenset(char for char in ANY if any(way.match(char) for way in ways))
