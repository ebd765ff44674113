"""``[languages.CODE]``: the other languages of a site, and what each of them says of it."""

import re
from typing import Any, Literal

from streamly_ssg.values import Record, field

CODE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_PREFIX = re.compile(r"(/[A-Za-z0-9._~-]+)+")
Fault = tuple[str, str, str]  # the key, what is wrong, what to do


class MenuItem(Record, kw_only=True):
    """One entry of the menu."""

    title: str
    url: str


class Language(Record, kw_only=True):
    """A language with pages of its own; what isn't said is as in the rest of the site."""

    name: str = ""
    direction: Literal["", "ltr", "rtl"] = ""
    prefix: str = ""
    title: str = ""
    description: str = ""
    menu: tuple[MenuItem, ...] | None = None
    footer: tuple[MenuItem, ...] | None = None
    theme: dict[str, Any] = field(default_factory=dict)
    words: dict[str, str | tuple[str, ...]] = field(default_factory=dict)


def prefix_of(code: str, language: Language) -> str:
    """Return what the addresses of a language begin with."""
    return language.prefix or f"/{code}"


def faults_of(code: str, table: dict[str, Any]) -> list[Fault]:
    """Find what has the right type and no meaning in ``[languages.CODE]``."""
    faults = []
    if not CODE.fullmatch(code):
        faults.append(("", f'"{code}" is no language', 'write a tag like "de" or "pt-BR"'))
    prefix = table.get("prefix", "")
    if prefix and not _PREFIX.fullmatch(prefix):
        faults.append(("prefix", f'"prefix" is "{prefix}"', f'write it as "/{code}"'))
    return faults
