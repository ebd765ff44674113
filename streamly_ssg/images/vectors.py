"""
SVG: drawings, which scale by themselves.

They pass as they are, but only without what could run: whoever opens the file itself, and not the
page that shows it, would run it in the site's name.
"""

import re
from typing import Any
from xml.parsers.expat import ExpatError, ParserCreate

from .refusing import Refused

MOST_BYTES = 4 * 1024 * 1024
ACTIVE = frozenset({"script", "foreignobject", "iframe", "object", "embed", "handler", "listener"})
ADDRESSES = frozenset({"href", "src", "to", "from", "values"})
_NUMBER = re.compile(r"\s*([0-9]*\.?[0-9]+)(?:px)?\s*$")
_RUNS = re.compile(r"[\s\x00-\x1f]*(?:javascript|vbscript)\s*:|[\s]*data:(?!image/)", re.IGNORECASE)
_HARMLESS = "export it again as plain SVG, without scripts"


def examine(data: bytes) -> tuple[int, int]:
    """Return width and height of a drawing, zeros if it has none; raise `Refused` if it runs."""
    if len(data) > MOST_BYTES:
        text = f"has {len(data):,} bytes, and the limit for SVG is {MOST_BYTES:,}"
        raise Refused(text, "simplify it, or save it as PNG")
    reader = _Reader()
    try:
        reader.parser.Parse(data, True)  # noqa: FBT003 - as expat calls it
    except ExpatError as error:
        text = f"is no SVG that can be read: {error}"
        raise Refused(text, "export it again") from error
    return reader.size


class _Reader:
    """Reads one drawing, and stops at what it mustn't have."""

    def __init__(self) -> None:
        self.size = (0, 0)
        self.is_inside = False
        self.parser = ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self._start
        self.parser.EntityDeclHandler = self._entity

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(" ")[2].lower()
        if not self.is_inside:
            if tag != "svg":
                raise Refused(f"is no SVG: it begins with <{tag}>", "export it again")
            self.is_inside, self.size = True, _size(attributes)
        if tag in ACTIVE:
            raise Refused(f"holds <{tag}>, which could run", _HARMLESS)
        for attribute, value in attributes.items():
            key = attribute.rpartition(" ")[2].lower()
            if key.startswith("on") or (key in ADDRESSES and _RUNS.match(value)):
                raise Refused(f'holds "{key}", which could run', _HARMLESS)

    def _entity(self, *_: Any) -> None:
        raise Refused("declares entities", _HARMLESS)


def _size(attributes: dict[str, str]) -> tuple[int, int]:
    """Return the size in pixels: as it is given, or else that of the box in which it is drawn."""
    given = [_NUMBER.match(attributes.get(name, "")) for name in ("width", "height")]
    box = re.split(r"[\s,]+", attributes.get("viewBox", "").strip())
    found = [match[1] for match in given if match]
    if len(found) < len(given):
        found = box[2:4]
    try:
        width, height = (round(float(number)) for number in found)
    except (ValueError, OverflowError):
        return 0, 0
    return (width, height) if width > 0 and height > 0 else (0, 0)
