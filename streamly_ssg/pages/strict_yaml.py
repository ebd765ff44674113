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

from .raw import Broken, Field, Plain

MAX_DEPTH = 32
MAX_NODES = 10_000
_END = (yaml.MappingEndEvent, yaml.SequenceEndEvent)


class Handler(YAMLHandler):
    """python-frontmatter's YAML handler with the strict loader."""

    def __init__(self) -> None:
        super().__init__(fm_boundary=re.compile(r"^---[ \t]*(?:\n|\Z)", re.MULTILINE))

    def load(self, fm: str, **_: object) -> dict[str, Field]:
        """Return the fields of *fm*; lines count from the first line of *fm*."""
        try:
            return _Builder(fm).fields()
        except yaml.MarkedYAMLError as error:
            raise _syntax(error, fm) from None
        except yaml.YAMLError as error:
            raise Broken(str(error), 1, 1) from None


class _Builder:
    """Builds values from events; containers wait on a stack until their end event."""

    def __init__(self, text: str) -> None:
        self.next: Callable[[], Any] = yaml.CSafeLoader(text).get_event
        self.nodes = 0
        self.top: dict[str, Field] = {}

    def fields(self) -> dict[str, Field]:
        """Return the top-level mapping."""
        self.next()  # stream start
        if type(self.next()) is yaml.StreamEndEvent:
            return {}
        first = self.next()
        if type(first) is yaml.MappingStartEvent:
            _refuse_magic(first)
            self._mapping()
        elif type(first) is not yaml.ScalarEvent or first.value:
            raise _broken("the front matter must be a list of fields", first, "write title: Hello")
        self.next()  # document end
        after = self.next()
        if type(after) is not yaml.StreamEndEvent:
            raise _broken("there is a second YAML document", after)
        return self.top

    def _mapping(self) -> None:
        while type(event := self.next()) is not yaml.MappingEndEvent:
            key = self._key(event, self.top)
            at = event.start_mark
            event = self.next()
            begin = event.start_mark
            value = self._value(event)
            self.top[key] = Field(
                value, at.line + LINES, at.column + 1, begin.line + LINES, begin.column + 1
            )

    def _key(self, event: Any, known: dict[str, Any]) -> str:
        if type(event) is not yaml.ScalarEvent:
            _refuse_magic(event)
            raise _broken("a field's name must be a word", event)
        _refuse_magic(event)
        key = str(event.value)
        if key == "<<" and event.implicit[0]:
            raise _broken('merge keys ("<<") are not allowed', event)
        if key in known:
            raise _broken(f'"{key}" is given twice', event)
        return key

    def _value(self, event: Any) -> Any:
        """Return the value that begins with *event*, reading on to its end."""
        if type(event) is yaml.ScalarEvent:
            return self._scalar(event)
        root = self._container(event)
        stack: list[Any] = [root]
        while stack:
            event = self.next()
            if isinstance(event, _END):
                stack.pop()
                continue
            holder = stack[-1]
            key = None
            if type(holder) is dict:
                key = self._key(event, holder)
                event = self.next()
            value = (
                self._scalar(event) if type(event) is yaml.ScalarEvent else self._container(event)
            )
            if key is None:
                holder.append(value)
            else:
                holder[key] = value
            if type(value) in (list, dict):
                stack.append(value)
                if len(stack) >= MAX_DEPTH:
                    raise _broken(f"this is nested more than {MAX_DEPTH} levels deep", event)
        return root

    def _container(self, event: Any) -> list[Any] | dict[str, Any]:
        _refuse_magic(event)
        self._count(event)
        return {} if type(event) is yaml.MappingStartEvent else []

    def _scalar(self, event: Any) -> str:
        if event.tag is not None or event.anchor is not None:
            _refuse_magic(event)
        self._count(event)
        return Plain(event.value) if event.implicit[0] else str(event.value)

    def _count(self, event: Any) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise _broken(f"there are more than {MAX_NODES:,} values", event)


def _refuse_magic(event: Any) -> None:
    if type(event) is yaml.AliasEvent:
        raise _broken(f'aliases ("*{event.anchor}") are not allowed', event)
    if event.anchor is not None:
        raise _broken(f'anchors ("&{event.anchor}") are not allowed', event)
    if event.tag is not None:
        raise _broken(f'tags ("{event.tag}") are not allowed', event)


def _broken(message: str, event: Any, hint: str = "") -> Broken:
    mark = event.start_mark
    return Broken(message, mark.line + 1, mark.column + 1, hint)


def _syntax(error: yaml.MarkedYAMLError, text: str) -> Broken:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
    message = ", ".join(filter(None, (error.problem, error.context)))
    lines = text.split("\n")
    here = lines[line - 1] if line <= len(lines) else ""
    return Broken(f"this is not YAML: {message}", line, column, _advice(here))


def _advice(line: str) -> str:
    if "\t" in line:
        return "YAML is indented with spaces, not with tabs"
    if line.count(": ") > 1:
        return 'a text with ": " in it needs quotes'
    return ""
