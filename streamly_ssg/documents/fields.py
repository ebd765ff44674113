"""
Converters: from what the author wrote to a field's one form.

Each returns the value, or None for "not given", or raises `Wrong` with a message that continues the
field's name. A plain YAML scalar gets its meaning here: in a text field it is a text.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

from streamly_ssg.errors import did_you_mean

from .dates import parse_date, to_moment
from .foreign import IGNORED_LAYOUTS
from .raw import Plain
from .slugs import alias_fault
from .texts import control_character

NULLS = frozenset({"", "~", "null"})
BIG = 2**63
_SHORT = 40
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?")
_BOOLEANS = {
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}


class Wrong(ValueError):
    """A field's value can't be used; the message continues the field's name."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


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
    return _unique(map(text, whole.split("," if "," in whole else None))) if whole else None


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
        return parse_date(whole, zone) if whole else None
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
    if not math.isfinite(number):
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
