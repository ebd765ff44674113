"""
What a document says about itself: the fields of the front matter, checked and in one form.

Every field has a converter that returns the value in its one form or raises `Wrong` with a sentence
that continues the field's name. All problems of a file are collected before any is raised.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

from streamly_ssg.errors import ContentError, Problem, did_you_mean, problem
from streamly_ssg.values import Value

from .dates import parse_date, to_moment
from .filenames import Naming, naming
from .foreign import FOREIGN, IGNORED_LAYOUTS, SYNONYMS
from .raw import Field, Plain
from .slugs import alias_fault, path_fault, slug_fault, slugify
from .texts import control_character

NULLS = frozenset({"", "~", "null"})
BIG = 2**63
_SHORT = 40
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?")
_ID = re.compile(r"[\w~-][\w.~-]{0,199}")
_LANG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")
_URL = re.compile(r"https?://[^\s/?#]+[^\s]*", re.IGNORECASE)


class Meta(Value):
    """The fields of a document; dates are moments in UTC."""

    path: str
    kind: str
    id: str
    title: str
    slug: str
    aliases: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    date: datetime | None = None
    updated: datetime | None = None
    publish: datetime | None = None
    expire: datetime | None = None
    draft: bool = False
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    series: str | None = None
    summary: str = ""
    description: str = ""
    image: str = ""
    image_alt: str = ""
    lang: str | None = None
    translation_key: str = ""
    featured: bool = False
    visibility: str = "public"
    comments: str | None = None
    template: str = ""
    canonical: str = ""
    toc: bool | None = None
    weight: int = 0
    markup: str | None = None
    extra: dict[str, Any] = {}


class Wrong(ValueError):
    """A field's value can't be used; the message continues the field's name."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


def read_meta(path: str, fields: dict[str, Field], zone: str) -> Meta:
    """Return the checked fields of the file *path*; raise ContentError with all problems."""
    reader = _Reader(path, zone)
    for name, field in fields.items():
        reader.read(name, field)
    if reader.problems:
        raise ContentError(*reader.problems)
    return reader.meta(naming(path))


class _Reader:
    """Reads fields one by one, collecting values and problems."""

    def __init__(self, path: str, zone: str) -> None:
        self.path = path
        self.zone = zone
        self.values: dict[str, Any] = {}
        self.given: dict[str, str] = {}
        self.problems: list[Problem] = []

    def read(self, name: str, field: Field) -> None:
        """Convert one field."""
        try:
            self._store(name, *self._convert(name, field.value))
        except _Unknown as error:
            self._complain(str(error), field.line, field.column, error.hint)
        except ValueError as error:
            hint = getattr(error, "hint", "")
            self._complain(f"{name} {error}", field.value_line, field.value_column, hint)

    def _convert(self, name: str, value: Any) -> tuple[str, Any]:
        if name in MOMENTS:
            return MOMENTS[name], moment(value, self.zone)
        known = FIELDS.get(name)
        if known is None:
            raise _unknown(name)
        return known[0], known[1](value)

    def _store(self, name: str, target: str, value: Any) -> None:
        if value is None or not target:
            return
        first = self.given.setdefault(target, name)
        if first != name:
            raise Wrong(f'says the same as "{first}"', "keep one of the two")
        self.values[target] = value

    def _complain(self, message: str, line: int, column: int, hint: str) -> None:
        self.problems.append(
            problem("FRONT_MATTER", message, path=self.path, line=line, column=column, hint=hint)
        )

    def meta(self, name: Naming) -> Meta:
        """Return the record, with what the path says where the author said nothing."""
        values = self.values
        if name.date and "date" not in values:
            values["date"] = _date_of_name(name.date, self.zone)
        kind = name.kind or ("post" if values.get("date") else "page")
        values.setdefault("id", name.id)
        values.setdefault("slug", name.slug)
        values.setdefault("title", "")
        values.setdefault("draft", name.draft)
        return Meta(path=self.path, kind=kind, **values)


class _Unknown(Wrong):
    """The field's name is not known."""


def _unknown(name: str) -> _Unknown:
    hint = FOREIGN.get(name) or FOREIGN.get(name.lower(), "")
    if not hint:
        hint = did_you_mean(name, [*FIELDS, *MOMENTS])
    return _Unknown(f'unknown field "{name}"', hint or "your own fields belong under extra")


def _date_of_name(text: str, zone: str) -> datetime | None:
    try:
        return parse_date(text, zone)
    except ValueError:
        return None


# Converters: raw value -> value, None for "not given", or Wrong.


def text(value: Any) -> str | None:
    """One line of text."""
    if isinstance(value, Plain) and value in NULLS:
        return None
    if isinstance(value, (int, float, date)) and not isinstance(value, bool):
        value = str(value)  # TOML's own types: title = 2026
    if not isinstance(value, str):
        raise Wrong(f"must be a text, not {_named(value)}")
    if code := control_character(value):
        raise Wrong(f"has the control character {code}")
    if not value.isascii():
        value = unicodedata.normalize("NFC", value)
    return " ".join(value.split()) or None


def texts(value: Any) -> tuple[str, ...] | None:
    """A list of texts, each once, in the order given; a single text is a list of one."""
    items = value if isinstance(value, list) else [value]
    return _unique(map(text, items))


def words(value: Any) -> tuple[str, ...] | None:
    """A list, or one text with commas or else spaces between the words, as Jekyll writes it."""
    if isinstance(value, list):
        return texts(value)
    whole = text(value)
    return whole and _unique(map(text, whole.split("," if "," in whole else None)))


def _unique(items: Iterator[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item for item in items if item))


def boolean(value: Any) -> bool | None:
    """True or false."""
    if isinstance(value, bool):
        return value
    if isinstance(value, Plain):
        if value in NULLS:
            return None
        if value in _BOOLEANS:
            return _BOOLEANS[value]
    raise Wrong(f"must be true or false, not {_named(value)}")


def integer(value: Any) -> int | None:
    """A whole number."""
    number = _plain(value) if isinstance(value, Plain) else value
    if number is None:
        return None
    if not isinstance(number, int) or isinstance(number, bool):
        raise Wrong(f"must be a whole number, not {_named(value)}")
    if abs(number) > 2**31:
        raise Wrong("is too large")
    return number


def moment(value: Any, zone: str) -> datetime | None:
    """A date, or a date and a time."""
    if isinstance(value, date):
        return to_moment(value, zone)
    whole = text(value)
    try:
        return whole and parse_date(whole, zone)
    except ValueError as error:
        raise Wrong(f'"{whole}" {error}') from None


def checked(fault: Callable[[str], str], hint: Callable[[str], str] = lambda _: "") -> Any:
    """Return a converter for a text in which *fault* finds nothing."""

    def convert(value: Any) -> str | None:
        whole = text(value)
        if whole and (wrong := fault(whole)):
            raise Wrong(wrong, hint(whole))
        return whole

    return convert


def matching(pattern: re.Pattern[str], meaning: str) -> Any:
    """Return a converter for a text that matches *pattern*."""
    return checked(lambda whole: "" if pattern.fullmatch(whole) else f"must be {meaning}")


def one_of(*allowed: str) -> Any:
    """Return a converter for one of a few words."""
    listed = " or ".join(f'"{word}"' for word in allowed)
    return checked(
        lambda whole: "" if whole in allowed else f"must be {listed}",
        lambda whole: did_you_mean(whole, allowed),
    )


def aliases(value: Any) -> tuple[str, ...] | None:
    """Former addresses of the page."""
    found = texts(value)
    for alias in found or ():
        if fault := alias_fault(alias):
            raise Wrong(f'"{alias}" {fault}')
    return found


def comments(value: Any) -> str | None:
    """Whether readers may comment; Jekyll says true or false."""
    if isinstance(value, bool) or value in ("true", "false"):
        return "open" if value in (True, "true") else "off"
    result: str | None = one_of("open", "closed", "off")(value)
    return result


def visibility(value: Any) -> str | None:
    """Who may read it; on a static site that can only be everybody."""
    whole = text(value)
    if whole == "members":
        raise Wrong(
            'can\'t be "members" yet: a static page can be read by everybody',
            "draft: true keeps it out of the site",
        )
    result: str | None = one_of("public")(value)
    return result


def published(value: Any) -> bool | None:
    """Jekyll's opposite of draft."""
    flag = boolean(value)
    return None if flag is None else not flag


def layout(value: Any) -> None:
    """Jekyll's and Hugo's default layouts say nothing that the folder doesn't."""
    if (whole := text(value)) not in IGNORED_LAYOUTS:
        raise Wrong(f'"{whole}" is not known', "the page's own template is called template here")


def extra(value: Any) -> dict[str, Any] | None:
    """Whatever the author's templates need."""
    if isinstance(value, Plain) and value in NULLS:
        return None
    if not isinstance(value, dict):
        raise Wrong(f"must be a list of names and values, not {_named(value)}")
    result: dict[str, Any] = _plain(value)
    return result


_BOOLEANS = {
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}


def _plain(value: Any) -> Any:
    """Return *value* as plain data that JSON could hold."""
    if isinstance(value, dict):
        return {_clean(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, Plain):
        return _meaning(value)
    if isinstance(value, str):
        return _clean(value)
    if isinstance(value, (bool, int, float)):
        return _bounded(value)
    return value.isoformat()  # TOML's dates and times


def _meaning(value: Plain) -> Any:
    if value in NULLS:
        return None
    if value in _BOOLEANS:
        return _BOOLEANS[value]
    if _INTEGER.fullmatch(value):
        # Python refuses to read thousands of digits, and 20 are too many for everybody else.
        return _bounded(int(value) if len(value) <= len(str(BIG)) + 1 else BIG)
    if _FLOAT.fullmatch(value):
        return _bounded(float(value))
    return _clean(value)


def _bounded(number: float) -> float:
    if isinstance(number, int) and not -BIG <= number < BIG:
        raise Wrong("has a number that is too large", "put it into quotes")
    if number != number or number in (float("inf"), float("-inf")):
        raise Wrong("has a number that is not finite")
    return number


def _clean(value: str) -> str:
    if code := control_character(value):
        raise Wrong(f"has the control character {code}")
    return str(value)


def _named(value: Any) -> str:
    if isinstance(value, str):
        return f'"{" ".join(value.split())}"' if len(value) < _SHORT else "a text"
    names = {dict: "a list of names and values", list: "a list", bool: "true or false"}
    return names.get(type(value), f"{value}"[:_SHORT])


MOMENTS = {
    "date": "date",
    "updated": "updated",
    "publish": "publish",
    "expire": "expire",
    **{name: target for name, target in SYNONYMS.items()},
}
FIELDS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "id": ("id", matching(_ID, "letters, digits and - . _ ~")),
    "title": ("title", text),
    "slug": ("slug", checked(slug_fault, lambda whole: f'"{slugify(whole)}" would do')),
    "aliases": ("aliases", aliases),
    "author": ("authors", texts),
    "authors": ("authors", texts),
    "draft": ("draft", boolean),
    "published": ("draft", published),
    "category": ("categories", texts),
    "categories": ("categories", words),
    "tags": ("tags", words),
    "series": ("series", text),
    "summary": ("summary", text),
    "description": ("description", text),
    "image": ("image", text),
    "image_alt": ("image_alt", text),
    "lang": ("lang", matching(_LANG, 'a language such as "en" or "pt-BR"')),
    "translation_key": ("translation_key", text),
    "featured": ("featured", boolean),
    "visibility": ("visibility", visibility),
    "comments": ("comments", comments),
    "template": ("template", checked(path_fault)),
    "canonical": ("canonical", matching(_URL, "a full address such as https://example.org/page/")),
    "toc": ("toc", boolean),
    "weight": ("weight", integer),
    "markup": ("markup", one_of("commonmark", "python-markdown")),
    "extra": ("extra", extra),
    "layout": ("", layout),
}
