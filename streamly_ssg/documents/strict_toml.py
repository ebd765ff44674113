"""
TOML, with the same guards as YAML: at most 32 levels and 10,000 values.

The depth is counted before `tomllib` sees the text, because its parser is recursive. It keeps no
places, so a field's line is the first line that looks like its key.
"""

from __future__ import annotations

import re
import tomllib
from typing import Any

from frontmatter.default_handlers import BaseHandler

from .raw import FIRST_LINE, Broken, Field

MAX_DEPTH = 32
MAX_NODES = 10_000
# A text that never ends counts to its end, so that nothing is tried twice.
_TOKEN = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*(?:"{3,5}|\Z)'
    r"|'''(?:[^']|'(?!''))*(?:'{3,5}|\Z)"
    r'|"(?:[^"\\\n]|\\.)*(?:"|$|\Z)'
    r"|'[^'\n]*(?:'|$)"
    r"|\#[^\n]*"
    r"|[\[\]{}]",
    re.DOTALL | re.MULTILINE,
)
_DOTTED = re.compile(rf"(?<![\w\"'-])(?:[\w\"'-]++[ \t]*+\.[ \t]*+){{{MAX_DEPTH}}}")
_KEY = re.compile(r"""[ \t]*\[{0,2}[ \t]*["']?([^\s"'=.\[\]#]+)["']?[ \t]*[=.\]][ \t]*""")
_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)$")


class Handler(BaseHandler):
    """A python-frontmatter handler; its own one needs a library that we don't."""

    START_DELIMITER = END_DELIMITER = "+++"

    def __init__(self) -> None:
        super().__init__(fm_boundary=re.compile(r"^\+\+\+[ \t]*(?:\n|\Z)", re.MULTILINE))

    def load(self, fm: str, **_: object) -> dict[str, Field]:
        """Return the fields of *fm*."""
        _refuse_depth(fm)
        try:
            values = tomllib.loads(fm)
        except ValueError as error:  # also: an integer of more than 4,300 digits
            raise _syntax(error) from None
        except RecursionError:
            raise Broken(
                f"this is nested more than {MAX_DEPTH} levels deep", FIRST_LINE, 1
            ) from None
        _refuse_count(values)
        places = _places(fm)
        return {
            key: _field(value, places.get(key, (FIRST_LINE, 1, 1))) for key, value in values.items()
        }


def _field(value: Any, place: tuple[int, int, int]) -> Field:
    line, column, start = place
    return Field(value, line, column, line, start)


def _refuse_depth(text: str) -> None:
    depth = 0
    for match in _TOKEN.finditer(text):
        depth += (match[0] in "[{") - (match[0] in "]}")
        if depth > MAX_DEPTH:
            _too_deep(text, match.start())
    if dotted := _DOTTED.search(text):
        _too_deep(text, dotted.start())


def _too_deep(text: str, offset: int) -> None:
    line = text.count("\n", 0, offset) + FIRST_LINE
    column = offset - text.rfind("\n", 0, offset)
    raise Broken(f"this is nested more than {MAX_DEPTH} levels deep", line, column)


def _refuse_count(values: dict[str, Any]) -> None:
    waiting: list[Any] = [values]
    nodes = 0
    while waiting:
        value = waiting.pop()
        nodes += 1
        if isinstance(value, (dict, list)):
            waiting.extend(value.values() if isinstance(value, dict) else value)
    if nodes > MAX_NODES:
        raise Broken(f"there are more than {MAX_NODES:,} values", FIRST_LINE, 1)


def _places(text: str) -> dict[str, tuple[int, int, int]]:
    """Return for each name that is set somewhere: line, column and the value's column."""
    places: dict[str, tuple[int, int, int]] = {}
    for number, line in enumerate(text.split("\n"), FIRST_LINE):
        if (match := _KEY.match(line)) and match[1] not in places:
            places[match[1]] = (number, match.start(1) + 1, match.end() + 1)
    return places


def _syntax(error: ValueError) -> Broken:
    message = str(error)
    match = _PLACE.search(message)
    if match is None:
        return Broken(f"this is not TOML: {message}", FIRST_LINE, 1)
    line, column = int(match[1]) - 1 + FIRST_LINE, int(match[2])
    return Broken(f"this is not TOML: {message[: match.start()].strip()}", line, column)
