"""
The settings: ``config:SECTION``, from streamly.toml and the command line.

Each section is a key of its own, so that a change of the menu doesn't parse a single post again.
Unknown keys are refused with the nearest known one; nothing is guessed.
"""

import re
import tomllib
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from streamly_ssg.engine import digest
from streamly_ssg.engine.key import Key, make, name
from streamly_ssg.engine.shelf import Shelf
from streamly_ssg.errors import Problem, UsageError, did_you_mean, problem
from streamly_ssg.values import Record, Unreadable, convert, encode, field, field_names, plain

from .languages import Language, MenuItem, faults_of

FILE = "streamly.toml"


class Site(Record, kw_only=True):
    """What the site says about itself."""

    title: str = "A site made with Streamly"
    description: str = ""
    base_url: str = "http://127.0.0.1:8000"
    language: str = "en"
    author: str = ""
    timezone: str = "UTC"
    theme: str = "default"
    service: str = ""


class Markup(Record, kw_only=True):
    """How Markdown becomes HTML."""

    engine: Literal["commonmark", "python-markdown"] = "commonmark"
    extensions: tuple[str, ...] = ()
    smart: bool = True
    autolink: bool = False
    math: bool = True
    words_per_minute: int = 220


class Permalinks(Record, kw_only=True):
    """Where documents live: patterns of ``:slug :path :year :month :day``."""

    posts: str = "/posts/:slug/"
    pages: str = "/:path/"
    notes: str = "/notes/:slug/"


class Lists(Record, kw_only=True):
    """Lists and what stands beside a post."""

    per_page: int = 10
    featured: int = 3
    related: int = 3
    trending: int = 5


class Feeds(Record, kw_only=True):
    """RSS, Atom and JSON Feed."""

    limit: int = 20
    content: Literal["full", "summary"] = "full"


class Comments(Record, kw_only=True):
    """Whether pages show comments unless their front matter says otherwise."""

    posts: Literal["open", "closed", "off"] = "open"
    notes: Literal["open", "closed", "off"] = "open"
    pages: Literal["open", "closed", "off"] = "off"


class Menu(Record, kw_only=True):
    """The links at the top and at the bottom of each page; None: the theme's own."""

    main: tuple[MenuItem, ...] | None = None
    footer: tuple[MenuItem, ...] = ()


class Target(Record, kw_only=True, forbid_unknown_fields=True):
    """Another place that releases are sent to."""

    to: str
    endpoint: str = ""
    region: str = ""


class Publish(Record, kw_only=True):
    """Where releases go, and how much of the past is kept."""

    folder: str = "var/releases"
    keep: int = 5
    asset_hours: int = 24
    purge: str = ""
    tell: str = ""
    send: tuple[str, ...] = ()
    targets: dict[str, Target] = field(default_factory=dict)


class Build(Record, kw_only=True):
    """What goes into the output."""

    drafts: bool = False


SECTIONS: dict[str, type[Record]] = {
    "site": Site,
    "markup": Markup,
    "permalinks": Permalinks,
    "lists": Lists,
    "feeds": Feeds,
    "comments": Comments,
    "menu": Menu,
    "build": Build,
    "publish": Publish,
}
# Sections that hold one table for each name that the author chose.
FAMILIES: dict[str, type[Record]] = {"languages": Language}
TABLES = {
    "theme": "options that the theme reads",
    "headers": "HTTP headers by path, for _headers",
    "redirects": "targets by path, for _redirects",
    "extra": "your own values, for templates",
}
FOREIGN = ("service",)  # read by another program, so that no page can depend on them
POSITIVE = {"per_page", "words_per_minute", "keep"}


class Settings:
    """The sections of streamly.toml; *shelf* remembers what the last build saw."""

    def __init__(self, root: Path, shelf: Shelf, overrides: dict[str, Any]) -> None:
        """Read the settings of the site in *root*; *overrides* are for ``[build]``."""
        self._shelf = shelf
        sections = read_settings(root / FILE)
        sections["build"] = {**sections.get("build", {}), **overrides}
        self._values = {
            section: sections.get(section, {}) if section in TABLES else _typed(section, sections)
            for section in (*SECTIONS, *FAMILIES, *TABLES)
        }
        self._digests = {
            section: digest.of(encode(value)) for section, value in self._values.items()
        }

    def __getitem__(self, section: str) -> Any:
        """Return the value of one section."""
        return self._values[section]

    def changed(self) -> set[Key]:
        """Return the sections that differ from what the last build saw."""
        changed = set()
        for section, found in self._digests.items():
            key = make("config", section)
            if self._shelf.get(key) != found:
                changed.add(key)
                self._shelf.set(key, found)
        return changed

    def look(self, key: Key) -> tuple[bytes, Any]:
        """Return the digest and the value of one section."""
        return self._digests[name(key)], self._values[name(key)]


def read_settings(path: Path) -> dict[str, Any]:
    """Return the checked tables of the settings file; an absent file has none."""
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError:
        return {}
    except UnicodeDecodeError as error:
        fault = problem("SETTINGS", "is not UTF-8", path=FILE, line=1, hint="save it as UTF-8")
        raise UsageError(fault) from error
    try:
        tables = plain(tomllib.loads(text))
    except Unreadable as error:
        raise UsageError(_fault(str(error), 1, "use smaller or other values")) from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UsageError(_syntax(error)) from error
    faults = [fault for section, table in tables.items() for fault in _faults(section, table, text)]
    if faults:
        raise UsageError(*faults)
    return dict(tables)


def _faults(section: str, table: Any, text: str) -> list[Problem]:
    line = _line_of(text, section, None)
    if section in FOREIGN or (section in TABLES and isinstance(table, dict)):
        return []
    if section in FAMILIES and isinstance(table, dict):
        return [one for name in table for one in _family_faults(section, name, table[name], text)]
    if section not in SECTIONS and section not in FAMILIES:
        known = (*SECTIONS, *FAMILIES, *TABLES, *FOREIGN)
        hint = did_you_mean(section, known) or "your own values belong in [extra]"
        return [_fault(f'unknown section "{section}"', line, hint)]
    if not isinstance(table, dict):
        return [_fault(f'"{section}" is a section', line, f"write [{section}]")]
    known = field_names(SECTIONS[section])
    return [
        _fault(
            f'unknown key "{key}" in [{section}]', _line_of(text, section, key), _near(key, known)
        )
        for key in table
        if key not in known
    ] or _misfits(section, table, text)


def _family_faults(section: str, name: str, table: Any, text: str) -> list[Problem]:
    where = f"{section}.{name}"
    if not isinstance(table, dict):
        line = _line_of(text, section, name)
        return [_fault(f'"{name}" in [{section}] is no table', line, f"write [{where}]")]
    known = field_names(FAMILIES[section])
    faults = [
        _fault(f'unknown key "{key}" in [{where}]', _line_of(text, where, key), _near(key, known))
        for key in table
        if key not in known
    ]
    try:
        convert(table, FAMILIES[section])
    except Unreadable as error:
        wrong, _, at = str(error).partition(" - at ")
        key = re.sub(r"\W.*", "", at.strip("`").removeprefix("$."))
        line = _line_of(text, where, key or None)
        return faults or [_fault(f'"{key}" in [{where}]: {wrong}', line, "change its value")]
    return faults + [
        _fault(f"{wrong} in [{where}]", _line_of(text, where, key or None), hint)
        for key, wrong, hint in faults_of(name, table)
    ]


def _misfits(section: str, table: dict[str, Any], text: str) -> list[Problem]:
    faults = []
    for key, value in table.items():
        line = _line_of(text, section, key)
        try:
            convert({key: value}, SECTIONS[section])
        except Unreadable as error:
            wrong = str(error).partition(" - at ")[0]
            faults.append(_fault(f'"{key}" in [{section}]: {wrong}', line, "change its value"))
        else:
            faults += _nonsense(section, key, value, line)
    return faults


_SHAPES = {
    "base_url": (r"https?://[^\s/?#]+(/[^\s?#]*)?", "https://example.org"),
    "service": (r"|(https?://[^\s/?#]+)?(/[^\s/?#]+)+", "/api/v1"),
}


def _nonsense(section: str, key: str, value: Any, line: int) -> list[Problem]:
    """Find what has the right type and no meaning."""
    where = f'"{key}" in [{section}]'
    if key in POSITIVE and value < 1:
        return [_fault(f"{where} is {value}", line, "use 1 or more")]
    if isinstance(value, int) and value < 0:
        return [_fault(f"{where} is {value}", line, "use 0 or more")]
    if key in _SHAPES and not re.fullmatch(_SHAPES[key][0], value):
        return [_fault(f'{where} is "{value}"', line, f'write it as "{_SHAPES[key][1]}"')]
    if key == "timezone" and not _is_zone(value):
        return [_fault(f'{where} is "{value}"', line, 'write it as "Europe/Berlin" or "UTC"')]
    if section == "permalinks":
        return _bad_pattern(where, value, line)
    return []


def _bad_pattern(where: str, pattern: str, line: int) -> list[Problem]:
    if not re.fullmatch(r"/(:?[A-Za-z0-9_.-]+/)+", pattern) or ".." in pattern:
        return [_fault(f'{where} is "{pattern}"', line, 'write it as "/posts/:slug/"')]
    unknown = set(re.findall(r":[a-z]+", pattern)) - {":slug", ":path", ":year", ":month", ":day"}
    if unknown:
        hint = "known are :slug :path :year :month :day"
        return [_fault(f"{where} holds {', '.join(sorted(unknown))}", line, hint)]
    if not {":slug", ":path"} & set(re.findall(r":[a-z]+", pattern)):
        return [_fault(f"{where} gives every document one address", line, "add :slug or :path")]
    return []


def _is_zone(value: str) -> bool:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _typed(section: str, sections: dict[str, Any]) -> Any:
    if section in FAMILIES:
        family = FAMILIES[section]
        return {name: convert(one, family) for name, one in sections.get(section, {}).items()}
    return convert(sections.get(section, {}), SECTIONS[section])


def _near(word: str, known: tuple[str, ...]) -> str:
    return did_you_mean(word, known) or f"known are {', '.join(known)}"


def _line_of(text: str, section: str, key: str | None) -> int:
    """Return the line of *key* in *section*, or of the section itself; 0 if it isn't found."""
    inside = False
    for number, line in enumerate(text.splitlines(), 1):
        header = re.match(r"\s*\[+\s*\"?([\w.-]+)", line)
        if header:
            inside = f"{header[1]}.".startswith(f"{section}.")
        named = re.match(r"\s*\"?([\w.-]+?)\"?\s*=", line)
        if key is None and (inside or (named and named[1] == section)):
            return number
        if key is not None and inside and named and named[1] == key:
            return number
    return 0


def _syntax(error: Exception) -> Problem:
    place = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
    line, column = (int(place[1]), int(place[2])) if place else (0, 0)
    text = str(error).partition(" (at ")[0]
    hint = 'the file is TOML: name = "value" under [section] headers'
    return problem("SETTINGS", text, path=FILE, line=line, column=column, hint=hint)


def _fault(message: str, line: int, hint: str) -> Problem:
    return problem("SETTINGS", message, path=FILE, line=line, column=1 if line else 0, hint=hint)
