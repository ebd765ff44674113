"""
What can be mended without asking: the edits that every author would make, file by file.

    mend_fields.py   ids written down, dates in ISO 8601, one spelling for each tag
    mend_links.py    links that lead somewhere by a detour, or to where something was
    mend_marks.py    the same {#id} on two headings

An edit changes what a file says about itself or where a link leads, and nothing that a reader
reads. What would be edited again afterwards isn't safe, so it is left to the author.
"""

import difflib
import os
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

from streamly_ssg.documents.frontmatter import Split, split
from streamly_ssg.documents.texts import read_text
from streamly_ssg.errors import ContentError, Problem, problem

from .advice import TIDY

MARK = "\ufeff"
OPEN = (".#{}", ".{}.swp", ".{}.swo", ".~lock.{}#")  # what editors put beside a file they hold


class Edit(NamedTuple):
    """A stretch of a text, what is to stand there, and why."""

    start: int
    end: int
    new: str
    what: str


class Text:
    """A document as its author wrote it, without the mark that some editors begin with."""

    def __init__(self, path: str, data: bytes) -> None:
        """Read the content file *path*; raise ContentError if it is no text."""
        self.path = path
        self._clean = read_text(path, data)
        self.mark = MARK if data.startswith(MARK.encode()) else ""
        self.text = data.decode("utf-8").removeprefix(MARK)

    @cached_property
    def split(self) -> Split:
        """Front matter and body; raise ContentError if they can't be told apart."""
        return split(self.path, self._clean)

    @cached_property
    def _starts(self) -> list[int]:
        return list(accumulate((len(line) for line in self.text.split("\n")), _next, initial=0))

    def offset(self, line: int, column: int) -> int:
        """Return where in the text a line and a column are."""
        return self._starts[line - 1] + column - 1

    def place(self, offset: int) -> tuple[int, int]:
        """Return the line and the column of an offset."""
        row = bisect_right(self._starts, offset) - 1
        return row + 1, offset - self._starts[row] + 1

    @property
    def body_start(self) -> int:
        """Where the front matter ends."""
        return self.offset(self.split.first_line, 1)

    def edited(self, edits: Iterable[Edit]) -> bytes:
        """Return the bytes of the file with *edits*."""
        parts, at = [self.mark], 0
        for edit in sorted(edits):
            parts += [self.text[at : edit.start], edit.new]
            at = edit.end
        return "".join([*parts, self.text[at:]]).encode()


def _next(start: int, length: int) -> int:
    return start + length + 1


class Mend(NamedTuple):
    """A file that can be mended: where it lies, what is in it, what would be, and why."""

    file: Path
    path: str
    before: bytes
    after: bytes
    advice: tuple[Problem, ...]
    told: tuple[str, ...]

    def diff(self) -> Iterator[str]:
        """Yield the lines of the difference."""
        old, new = (side.decode().splitlines() for side in (self.before, self.after))
        yield from difflib.unified_diff(old, new, self.path, f"{self.path} (mended)", lineterm="")


def read(path: str, data: bytes) -> Text | None:
    """Return the text of a content file, or None if it can't be read, and so not be mended."""
    if b"\r" in data.replace(b"\r\n", b""):
        return None  # lines of the first Macs, which editors count differently
    try:
        return Text(path, data)
    except ContentError:
        return None


def mend(root: Path, text: Text, data: bytes, edits: Iterable[Edit]) -> Mend:
    """Return *edits* of a file as one."""
    path = f"content/{text.path}"
    ordered = sorted(edits)
    places = [text.place(edit.start) for edit in ordered]
    advice = tuple(
        problem(TIDY, edit.what, path=path, line=place[0], column=place[1], hint=HINT)
        for edit, place in zip(ordered, places, strict=True)
    )
    told = tuple(
        f"{path}:{place[0]}: {edit.what}" for edit, place in zip(ordered, places, strict=True)
    )
    return Mend(root / path, path, data, text.edited(ordered), advice, told)


HINT = "streamly check --fix writes it so"


def write(one: Mend) -> str:
    """Write what is mended, whole or not at all; return why not, if it can't be done now."""
    file = one.file.resolve()
    if any(os.path.lexists(file.with_name(name.format(file.name))) for name in OPEN):
        return f"{one.path}: left alone, because an editor has it open"
    if file.read_bytes() != one.before:
        return f"{one.path}: left alone, because it was changed a moment ago"
    draft = file.with_name(f".{file.name}.draft")
    try:
        draft.write_bytes(one.after)
        draft.chmod(file.stat().st_mode)
        os.replace(draft, file)
    finally:
        with suppress(FileNotFoundError):
            draft.unlink()
    return ""
