"""
What a document says about itself: the fields of the front matter, checked and in one form.

All problems of a file are collected before any is raised.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from streamly_ssg.errors import ContentError, Problem, did_you_mean, problem
from streamly_ssg.values import Value, field

from .dates import parse_date
from .fields import (
    Wrong,
    aliases,
    boolean,
    checked,
    comments,
    extra,
    integer,
    layout,
    matching,
    moment,
    one_of,
    published,
    text,
    texts,
    visibility,
    words,
)
from .filenames import Naming, naming
from .foreign import FOREIGN, SYNONYMS
from .raw import Field
from .slugs import path_fault, slug_fault, slugify

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
    extra: dict[str, Any] = field(default_factory=dict)


def read_meta(path: str, fields: dict[str, Field], zone: str) -> Meta:
    """Return the checked fields of the file *path*; raise ContentError with all problems."""
    reader = _Reader(path, zone)
    for name, found in fields.items():
        reader.read(name, found)
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


MOMENTS = {
    "date": "date",
    "updated": "updated",
    "publish": "publish",
    "expire": "expire",
    **SYNONYMS,
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
