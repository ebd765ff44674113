"""Catalogues of a theme: made, brought up to date, and looked through."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from streamly_ssg.errors import ContentError, Problem, UsageError, problem
from streamly_ssg.pages.languages import faults_of, library, placeholders, spellings

from .messages import Found, messages
from .themes import TEMPLATE, Theme, refuse_no_language


def extract(themes: Sequence[Theme]) -> Path:
    """Write down what a theme says, for programs that translate; return where."""
    known = library("en")
    path = themes[0].catalogues / TEMPLATE
    _write(path, known.written(known.blank("", themes[0].name, _rows(messages(themes)))))
    return path


def begin(themes: Sequence[Theme], code: str) -> Path:
    """Begin a catalogue for a language, with what the theme's ancestors don't translate."""
    refuse_no_language(code)
    path = themes[0].catalogue(code)
    if path.exists():
        shown = themes[0].shown(path)
        hint = f"bring it up to date with `streamly i18n update {code}`"
        raise UsageError(problem("LANGUAGE", "is there already", path=shown, hint=hint))
    known = library(code)
    wanted = _rows(_wanted(themes, code))
    _write(path, known.written(known.blank(code, themes[0].name, wanted)))
    return path


def update(themes: Sequence[Theme], code: str) -> Path:
    """Bring a catalogue up to date: what is new is empty, what is gone is kept as a comment."""
    path = themes[0].catalogue(code)
    known = library(code)
    catalogue = known.opened(themes[0].shown(path), _bytes(themes[0], path), code)
    template = known.blank("", "", _rows(_wanted(themes, code)))
    _write(path, known.written(known.renewed(catalogue, template)))
    return path


def check(themes: Sequence[Theme], code: str) -> list[Problem]:
    """Return what readers of a language would miss, and what would break their pages."""
    theme = themes[0]
    path = theme.catalogue(code)
    shown = theme.shown(path)
    read = library(code).read(shown, _bytes(theme, path), code)
    entries = {entry.key: entry for entry in read.entries}
    faults = list(faults_of(shown, read))
    faults += _unfinished(shown, entries.values())
    for key, found in _wanted(themes, code).items():
        if key not in entries:
            text = f'"{found.message.text}" of {found.places[0]} is missing'
            hint = f"`streamly i18n update {code}` adds it"
            faults.append(problem("LANGUAGE", text, path=shown, line=1, hint=hint))
    return sorted(faults)


def _unfinished(path: str, entries: Iterable[Any]) -> Iterator[Problem]:
    for entry in entries:
        text = entry.texts[0]
        if not all(entry.forms):
            told, hint = f'"{text}" is not translated', "write it between the quotes of msgstr"
        elif entry.is_fuzzy:
            told, hint = f'"{text}" is a guess', "read it, and take out the word fuzzy above it"
        elif lost := _lost(entry):
            told, hint = f'"{lost}" is missing in the translation of "{text}"', "add it"
        else:
            continue
        yield problem("LANGUAGE", told, path=path, line=entry.line, hint=hint)


def _lost(entry: Any) -> str:
    """Return a placeholder that a translation leaves out; of a number, some forms may do so."""
    wanted = placeholders(entry.texts[-1])
    given = set().union(*map(placeholders, entry.forms))
    return min(wanted - given, default="")


def _wanted(themes: Sequence[Theme], code: str) -> dict[str, Found]:
    """Return the messages that a theme has to translate itself."""
    done = {
        entry.key
        for theme in themes[1:]
        for spelling in spellings(code)
        if (path := theme.catalogue(spelling)).exists()
        for entry in library(code).read(theme.shown(path), path.read_bytes(), code).entries
        if all(entry.forms) and not entry.is_fuzzy
    }
    return {key: found for key, found in messages(themes).items() if key not in done}


def _rows(wanted: dict[str, Found]) -> list[tuple[str, str, str, tuple[str, ...]]]:
    return [
        (one.message.text, one.message.many, one.message.context, one.places)
        for one in wanted.values()
    ]


def _bytes(theme: Theme, path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        hint = f"begin it with `streamly i18n init {path.stem}`"
        shown = theme.shown(path)
        raise ContentError(problem("LANGUAGE", "is not there", path=shown, hint=hint)) from error


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
