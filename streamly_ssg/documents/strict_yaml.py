"""
YAML, as far as front matter needs it.

The values are built from the C parser's events in one pass, so that nothing can be built before it
was checked: no anchors, aliases, tags, merge keys or second documents, no key twice, at most 32
levels and 10,000 nodes. PyYAML's own constructors are never asked: they segfault on 30,000 open
brackets and turn 289 bytes of aliases into 43 million leaves.

A plain scalar stays the text that the author wrote (`Plain`); what it means is for the field's type
to say. So ``title: yes``, ``title: 1:30`` and ``title: 2026`` are titles.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import yaml
from frontmatter.default_handlers import YAMLHandler

from .raw import FIRST_LINE, Broken, Field, Plain

MAX_DEPTH = 32
MAX_NODES = 10_000


class Handler(YAMLHandler):
    """python-frontmatter's YAML handler with the strict loader."""

    def __init__(self) -> None:
        super().__init__(fm_boundary=re.compile(r"^---[ \t]*(?:\n|\Z)", re.MULTILINE))

    def load(self, fm: str, **_: object) -> dict[str, Field]:
        """Return the fields of *fm*."""
        try:
            return _Builder(fm).fields()
        except yaml.MarkedYAMLError as error:
            raise _syntax(error, fm) from None
        except yaml.YAMLError as error:
            raise Broken(str(error), FIRST_LINE, 1) from None


class _Builder:
    """Builds values from events; a level of the text is a level of calls, and both are limited."""

    def __init__(self, text: str) -> None:
        self.next: Callable[[], Any] = yaml.CSafeLoader(text).get_event
        self.nodes = 0

    def fields(self) -> dict[str, Field]:
        """Return the top-level mapping."""
        self.next()  # stream start
        if type(self.next()) is yaml.StreamEndEvent:
            return {}
        fields = self._top(self.next())
        self.next()  # document end
        after = self.next()
        if type(after) is not yaml.StreamEndEvent:
            raise _broken("there is a second YAML document", after)
        return fields

    def _top(self, event: Any) -> dict[str, Field]:
        if type(event) is yaml.ScalarEvent and not event.value:
            return {}
        if type(event) is not yaml.MappingStartEvent:
            raise _broken("the front matter must be a list of fields", event, "write title: Hello")
        _refuse_magic(event)
        fields: dict[str, Field] = {}
        while type(event := self.next()) is not yaml.MappingEndEvent:
            key = _key(event, fields)
            value = self.next()
            fields[key] = Field(self._value(value, 2), *_place(event), *_place(value))
        return fields

    def _value(self, event: Any, level: int) -> Any:
        """Return the value that begins with *event*, reading on to its end."""
        _refuse_magic(event)
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise _broken(f"there are more than {MAX_NODES:,} values", event)
        if type(event) is yaml.ScalarEvent:
            return Plain(event.value) if event.implicit[0] else event.value
        if level > MAX_DEPTH:
            raise _broken(f"this is nested more than {MAX_DEPTH} levels deep", event)
        if type(event) is yaml.SequenceStartEvent:
            return self._sequence(level + 1)
        return self._mapping(level + 1)

    def _sequence(self, level: int) -> list[Any]:
        items = []
        while type(event := self.next()) is not yaml.SequenceEndEvent:
            items.append(self._value(event, level))
        return items

    def _mapping(self, level: int) -> dict[str, Any]:
        items: dict[str, Any] = {}
        while type(event := self.next()) is not yaml.MappingEndEvent:
            key = _key(event, items)
            items[key] = self._value(self.next(), level)
        return items


def _key(event: Any, known: dict[str, Any]) -> str:
    _refuse_magic(event)
    if type(event) is not yaml.ScalarEvent:
        raise _broken("a field's name must be a word", event)
    key: str = event.value
    if key == "<<" and event.implicit[0]:
        raise _broken('merge keys ("<<") are not allowed', event)
    if key in known:
        raise _broken(f'"{key}" is given twice', event)
    return key


def _refuse_magic(event: Any) -> None:
    if event.anchor is None and getattr(event, "tag", None) is None:
        return
    if type(event) is yaml.AliasEvent:
        raise _broken(f'aliases ("*{event.anchor}") are not allowed', event)
    if event.anchor is not None:
        raise _broken(f'anchors ("&{event.anchor}") are not allowed', event)
    raise _broken(f'tags ("{event.tag}") are not allowed', event)


def _place(event: Any) -> tuple[int, int]:
    mark = event.start_mark
    return mark.line + FIRST_LINE, mark.column + 1


def _broken(message: str, event: Any, hint: str = "") -> Broken:
    return Broken(message, *_place(event), hint)


def _syntax(error: yaml.MarkedYAMLError, text: str) -> Broken:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line, mark.column) if mark is not None else (0, 0)
    message = ", ".join(filter(None, (error.problem, error.context)))
    here = text.split("\n")[line : line + 1]
    hint = _advice("".join(here))
    return Broken(f"this is not YAML: {message}", line + FIRST_LINE, column + 1, hint)


def _advice(line: str) -> str:
    if "\t" in line:
        return "YAML is indented with spaces, not with tabs"
    if line.count(": ") > 1:
        return 'a text with ": " in it needs quotes'
    return ""
