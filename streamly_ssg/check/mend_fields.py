"""Front matter: ids written down, dates in ISO 8601, one spelling for each tag."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from streamly_ssg.documents.dates import in_iso
from streamly_ssg.documents.meta import MOMENTS
from streamly_ssg.documents.raw import Field

from .mends import Edit, Text

NAMES = ("tags", "category", "categories")
QUOTES = "\"'"
_DATED = re.compile(r"^\w+[ \t]*[:=][ \t]*[\"']?(\d{4}-\d[^\n\"'#]*)", re.MULTILINE)


def missing_id(text: Text, name: str) -> Iterator[Edit]:
    """
    Yield the id *name* as the first field, if there is none.

    Facts are filed under a document's id. As long as it follows from the path, moving the file
    would leave its comments behind.
    """
    if "id" in text.split.fields:
        return
    first, _, _ = text.text.partition("\n")
    end = "\r\n" if first.endswith("\r") else "\n"
    if text.split.first_line == 1:
        new, at = f"---{end}id: {name}{end}---{end}{end}", 0
    else:
        at = text.offset(2, 1)
        new = f'id = "{name}"{end}' if first.startswith("+++") else f"id: {name}{end}"
    yield Edit(at, at, new, "its id is written down")


def dates(text: Text) -> Iterator[Edit]:
    """Yield the dates that only people can read."""
    written = (match[1].strip() for match in _DATED.finditer(text.text))
    if all(in_iso(one) in {"", one} for one in written):
        return  # as nearly always, and then nothing has to be parsed
    for name in MOMENTS:
        field = text.split.fields.get(name)
        if field is None or not isinstance(field.value, str):
            continue
        better = in_iso(field.value)
        at = _value_at(text, field, field.value)
        if at >= 0 and better and better != field.value:
            what = f'the date "{field.value}" is "{better}" in ISO 8601'
            yield Edit(at, at + len(field.value), better, what)


def _value_at(text: Text, field: Field, value: str) -> int:
    """Return where *value* stands, or -1 if it is written in another way."""
    at = text.offset(field.value_line, field.value_column)
    at += text.text.startswith(tuple(QUOTES), at)
    return at if text.text.startswith(value, at) else -1


class Spelling:
    """How most documents write each tag and category."""

    def __init__(self, heads: Iterable[Any]) -> None:
        counts = Counter(name for head in heads for name in (*head.tags, *head.categories))
        chosen: dict[str, tuple[int, str]] = {}
        for name, count in counts.items():
            mine = (-count, name)
            chosen[name.casefold()] = min(chosen.get(name.casefold(), mine), mine)
        self._chosen = {fold: name for fold, (_, name) in chosen.items()}
        self.is_needed = len(self._chosen) < len(counts)

    def edits(self, text: Text, names: Iterable[str]) -> Iterator[Edit]:
        """Yield the tags and categories *names* of a document that others write differently."""
        for name in names:
            better = self._chosen[name.casefold()]
            found = _find(text, name) if better != name else None
            if found:
                what = f'"{name}" is written "{better}" elsewhere'
                yield Edit(*found.span(), better, what)


def _find(text: Text, name: str) -> re.Match[str] | None:
    """Return where in the front matter the tag *name* stands."""
    pattern = re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])")
    for field, (start, end) in _stretches(text).items():
        match = pattern.search(text.text, start, end) if field in NAMES else None
        if match:
            return match
    return None


def _stretches(text: Text) -> Mapping[str, tuple[int, int]]:
    """Return where each field's value begins and ends."""
    fields = text.split.fields
    starts = sorted(text.offset(one.line, one.column) for one in fields.values())
    ends = dict(zip(starts, [*starts[1:], text.body_start], strict=True))
    return {
        name: (
            text.offset(one.value_line, one.value_column),
            ends[text.offset(one.line, one.column)],
        )
        for name, one in fields.items()
    }
