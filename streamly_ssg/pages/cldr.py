"""
Babel's door: how languages write dates and numbers, and catalogues of messages in gettext's format.

Nothing here asks the machine for its locale. A build that needs no language but English never comes
here.
"""

import re
from collections.abc import Iterable
from copy import deepcopy
from io import BytesIO
from typing import Any, NamedTuple

from babel.core import Locale, UnknownLocaleError
from babel.localedata import LocaleDataDict, load
from babel.messages.catalog import Catalog
from babel.messages.plurals import get_plural
from babel.messages.pofile import PoFileError, read_po, write_po

from streamly_ssg.errors import ContentError, problem

# In the order in which gettext's rules number them.
CATEGORIES = ("zero", "one", "two", "few", "many", "other")
_TOKEN = re.compile(r"'([^']*)'|([a-zA-Z])\2*|[^a-zA-Z']+")
_PARTS = {"d": "{day}", "M": "{month}", "L": "{month}", "y": "{year}"}
# What says when and by which program a catalogue was made.
_CHANCE = (b'"POT-Creation-Date', b'"PO-Revision-Date', b'"Generated-By', b'"Report-Msgid-Bugs-To')
_NOBODY = (b"EMAIL@ADDRESS", b"<LL@li.org>")
_LINE = re.compile(rb'(\xef\xbb\xbf)?\s*(#.*|((msg\w+(\[\d+\])?\s*)?"([^"\\]|\\.)*")?)\s*')
_NUMERIC = 2  # a month of up to two letters is written as a number


Row = tuple[
    str, str, str, tuple[str, ...]
]  # a text, its plural, its context, the files that have it


class Entry(NamedTuple):
    """One message of a catalogue; *key* is its context, if it has one, and its text."""

    key: str
    texts: tuple[str, ...]
    forms: tuple[str, ...]
    line: int
    is_fuzzy: bool


class Messages(NamedTuple):
    """A catalogue: its messages, how many forms numbers have, and the rule that tells which."""

    entries: tuple[Entry, ...]
    forms: int
    plural: str


def read(path: str, data: bytes, code: str) -> Messages:
    """Return the messages of the catalogue *path*, which is for the language *code*."""
    catalogue = opened(path, data, code)
    entries = tuple(_entry(message) for message in catalogue if message.id)
    return Messages(entries, catalogue.num_plurals, catalogue.plural_expr)


def opened(path: str, data: bytes, code: str) -> Catalog:
    """Return the catalogue *path* as Babel knows it."""
    for number, line in enumerate(data.splitlines(), 1):
        # Babel would leave such a message out without a word.
        if not _LINE.fullmatch(line):
            raise ContentError(_fault(path, "is no line of a catalogue", number))
    try:
        return read_po(BytesIO(data), locale=_locale(code), abort_invalid=True)
    except PoFileError as error:
        text = str(error).partition(" on ")[0]
        raise ContentError(_fault(path, text, error.lineno + 1)) from error
    except (UnicodeDecodeError, ValueError, LookupError) as error:
        raise ContentError(_fault(path, f"can't be read: {error}", 1)) from error


def blank(code: str, project: str, rows: Iterable[Row]) -> Catalog:
    """Return a catalogue of *rows*, of which nothing is translated."""
    title = f"# The words of {project}."
    catalogue = Catalog(_locale(code), None, title, project, "1", fuzzy=False)
    for text, many, context, places in rows:
        message = (text, many) if many else text
        catalogue.add(message, locations=[(one, 0) for one in places], context=context or None)
    return catalogue


def renewed(catalogue: Catalog, template: Catalog) -> Catalog:
    """Return *catalogue* with the messages of *template*; similar old ones become guesses."""
    catalogue.update(template, update_creation_date=False)
    return catalogue


def written(catalogue: Catalog) -> bytes:
    """Return a catalogue as a file: always the same for the same messages, with no date in it."""
    out = BytesIO()
    write_po(out, catalogue, width=0, include_lineno=False)
    lines = out.getvalue().splitlines(keepends=True)
    return b"".join(
        line
        for line in lines
        if not line.startswith(_CHANCE) and not any(one in line for one in _NOBODY)
    )


def _entry(message: Any) -> Entry:
    texts = message.id if isinstance(message.id, tuple) else (message.id,)
    forms = message.string if isinstance(message.string, tuple) else (message.string or "",)
    key = f"{message.context}\x04{texts[0]}" if message.context else texts[0]
    return Entry(key, tuple(texts), tuple(forms), message.lineno or 1, message.fuzzy)


def _fault(path: str, text: str, line: int) -> Any:
    hint = "the file is a catalogue as gettext writes them"
    return problem("LANGUAGE", text, path=path, line=line, hint=hint)


def _locale(code: str) -> Locale | None:
    """Return what CLDR knows of a language: of the nearest one that it knows, if any."""
    while code:
        try:
            return Locale.parse(code, sep="-")
        except (UnknownLocaleError, ValueError):
            code = code.rpartition("-")[0]
    return None


def manners(code: str) -> dict[str, Any]:
    """Return how the language *code* writes dates and numbers, as fields of a tongue."""
    locale = _locale(code)
    if locale is None:
        return {}
    # A copy: Babel writes what it finds into data that other languages share, and then theirs would
    # depend on which of them was asked for first.
    shared: Any = load(str(locale))
    data: Any = LocaleDataDict(deepcopy(shared))
    months = data["months"]
    return {
        "months": _names(months["format"]["wide"]),
        "months_alone": _names(months["stand-alone"]["wide"]),
        "day": _pattern(data["date_formats"]["long"].pattern),
        "period": _pattern(str(data["datetime_skeletons"].get("yMMMM", "MMMM y"))),
        "group": data["number_symbols"]["latn"]["group"],
        "grouping": data["decimal_formats"][None].grouping,
        "direction": "rtl" if data["character_order"] == "right-to-left" else "ltr",
    }


def _names(months: Any) -> tuple[str, ...]:
    return tuple(months[number] for number in range(1, 13))


def _pattern(pattern: str) -> str:
    """Return a pattern of CLDR's as one of Python's: ``d. MMMM y`` as ``{day}. {month} {year}``."""
    found = []
    for token in _TOKEN.finditer(pattern):
        letter = token[2]
        if letter in {"M", "L"} and len(token[0]) <= _NUMERIC:
            found.append("{number:02}" if len(token[0]) == _NUMERIC else "{number}")
        elif letter:
            found.append("{day:02}" if token[0] == "dd" else _PARTS.get(letter, ""))
        else:
            found.append(token[1] if token[0].startswith("'") else token[0])
    return "".join(found)


def plural_of(code: str) -> tuple[int, str]:
    """Return how many forms numbers have in a language, and gettext's rule for them."""
    count, rule = get_plural(str(_locale(code) or "en"))
    return count, rule


def categories(code: str, plural: Any, count: int) -> tuple[tuple[str, int], ...]:
    """Return CLDR's names of the forms of numbers, by which scripts ask for them."""
    locale = _locale(code)
    found: dict[str, int] = {}
    for number in range(201):
        found.setdefault(locale.plural_form(number) if locale else "other", plural(number))
    found.setdefault("other", count - 1)
    return tuple((name, found[name]) for name in CATEGORIES if name in found)
