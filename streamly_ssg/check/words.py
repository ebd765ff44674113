"""Translations that nobody sees: of what no template says any more."""

import re
from collections.abc import Iterator
from pathlib import Path

from streamly_ssg.api import builtin_themes
from streamly_ssg.errors import Problem, problem

from .advice import UNUSED

_ENTRY = re.compile(r'^msgid((?:[ \t]*"(?:[^"\\]|\\.)*"[ \t]*\n)+)', re.MULTILINE)
_PIECE = re.compile(r'"((?:[^"\\]|\\.)*)"')
_GAP = re.compile(r"%\(\w+\)[sd]")
ESCAPES = {"\\n": "\n", "\\t": "\t", '\\"': '"', "\\\\": "\\"}


def unused_words(root: Path, templates: list[str]) -> Iterator[Problem]:
    """Yield the entries of the site's own catalogues that none of *templates* says."""
    known = {text for file in _catalogues(builtin_themes()) for text, _ in _entries(file)}
    for file in _catalogues(root / "themes"):
        for text, line in _entries(file):
            if text in known or _is_said(text, templates):
                continue
            path = file.relative_to(root).as_posix()
            hint = "take it out, or say it"
            told = f'translates "{text}", which no template says'
            yield problem(UNUSED, told, path=path, line=line, column=1, hint=hint)


def _catalogues(themes: Path) -> list[Path]:
    return sorted(themes.glob("*/i18n/*.po"))


def _entries(file: Path) -> Iterator[tuple[str, int]]:
    """Yield what a catalogue translates, and in which line."""
    content = file.read_text("utf-8", "replace")
    for match in _ENTRY.finditer(content):
        text = "".join(_PIECE.findall(match[1]))
        if text:
            yield _unescaped(text), content.count("\n", 0, match.start()) + 1


def _unescaped(text: str) -> str:
    return re.sub(r"\\.", lambda match: ESCAPES.get(match[0], match[0]), text)


def _is_said(text: str, templates: list[str]) -> bool:
    """Whether one of *templates* holds all the words of *text*, with something in its gaps."""
    pieces = [piece for piece in _GAP.split(text) if piece.strip()]
    return any(all(piece in one for piece in pieces) for one in templates)
