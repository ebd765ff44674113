"""The same {#id} on two headings: the second one is written down as what it has become."""

import re
from collections.abc import Iterator

from streamly_ssg.documents.document import parse
from streamly_ssg.documents.parsing import ParseSettings
from streamly_ssg.errors import ContentError

from .mend_links import without_code
from .mends import Edit, Text

_MARK = re.compile(r"^#{1,6}[ \t].*\{#([\w.:-]+)\}[ \t\r]*$", re.MULTILINE)


def marks(text: Text, data: bytes, settings: ParseSettings) -> Iterator[Edit]:
    """Yield the ids that a heading can't have, because an earlier one has it."""
    if text.text.count("{#") < 2:  # noqa: PLR2004 - one has nothing to be equal to
        return
    edits = list(_edits(text))
    if edits and _means_the_same(text.path, data, text.edited(edits), settings):
        yield from edits


def _edits(text: Text) -> Iterator[Edit]:
    """Count as headings are counted when a page is made."""
    counts: dict[str, int] = {}
    start = text.body_start
    for match in _MARK.finditer(without_code(text.text[start:])):
        name = free = match[1]
        while free in counts:
            counts[name] += 1
            free = f"{name}-{counts[name]}"
        counts[free] = 1
        if free != name:
            at = start + match.start(1)
            yield Edit(at, at + len(name), free, f'the id "{name}" is taken, so this is "{free}"')


def _means_the_same(path: str, before: bytes, after: bytes, settings: ParseSettings) -> bool:
    try:
        old, new = parse(path, before, settings), parse(path, after, settings)
    except ContentError:
        return False
    return old == new
