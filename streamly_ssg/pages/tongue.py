"""
A tongue: what a page needs to know of its language, as a value that travels with its templates.

It holds the words of the theme as they are translated, and how dates and numbers are written; where
it comes from stands in `languages.py`. English is what it is without any of that: the words of the
templates themselves.
"""

import gettext
import re
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Any

from streamly_ssg.values import Value, field

from .filters import MONTHS, direction

CONTEXT = "\x04"  # between a context and a message, as in gettext's own files
COUNT = "%(n)s "  # what plural puts before its noun
PLACEHOLDER = re.compile(r"%(?:\((\w+)\)s|%)")


class Tongue(Value):
    """A language; *messages* are the forms of each text, *categories* CLDR's names of the forms."""

    code: str = "en"
    direction: str = "ltr"
    messages: dict[str, tuple[str, ...]] = field(default_factory=dict)
    plural: str = "n != 1"
    categories: tuple[tuple[str, int], ...] = (("one", 0), ("other", 1))
    months: tuple[str, ...] = tuple(MONTHS)
    months_alone: tuple[str, ...] = tuple(MONTHS)
    day: str = "{day} {month} {year}"
    period: str = "{month} {year}"
    group: str = ","
    grouping: tuple[int, int] = (3, 3)

    def text(self, message: str, **values: object) -> str:
        """Return *message* in this language, its placeholders filled in."""
        found = self.messages.get(message)
        return filled(found[0] if found else message, values)

    def month(self, number: int) -> str:
        """Return the name of a month that stands alone."""
        return self.months_alone[number - 1]

    def month_of(self, year: int, number: int) -> str:
        """Return a month of a year: March 2026."""
        name = self.months_alone[number - 1]
        return self.period.format(month=name, year=year, number=number)


ENGLISH = Tongue()


def filled(text: str, values: dict[str, Any]) -> str:
    """Return *text* with ``%(name)s`` replaced by its value, and ``%%`` by a percent sign."""
    if "%" not in text:
        return text
    return PLACEHOLDER.sub(lambda found: str(values[found[1]]) if found[1] else "%", text)


@lru_cache(maxsize=64)
def form_of(plural: str) -> Callable[[int], int]:
    """Return the function that tells which form a number takes, by gettext's rule in C."""
    rule: Callable[[int], int] = gettext.c2py(plural)
    return rule


def spoken(tongue: Tongue) -> dict[str, Callable[..., Any]]:
    """Return the filters that a language does in its own way."""
    form = form_of(tongue.plural)

    def shown_day(moment: datetime | str) -> str:
        if isinstance(moment, str):
            try:
                moment = datetime.fromisoformat(moment)
            except ValueError:
                return str(moment)
        name = tongue.months[moment.month - 1]
        return tongue.day.format(day=moment.day, month=name, year=moment.year, number=moment.month)

    def number(value: int) -> str:
        return grouped(value, tongue)

    def plural(count: int, one: str, many: str = "") -> str:
        forms = tongue.messages.get(COUNT + one)
        if forms is None:
            return f"{number(count)} {one if count == 1 else many or one + 's'}"
        return forms[form(count)].replace("%(n)s", number(count))

    def forms(one: str, many: str = "") -> str:
        found = tongue.messages.get(COUNT + one) or (COUNT + one, COUNT + (many or one + "s"))
        return "|".join(f"{name}:{found[at]}" for name, at in tongue.categories)

    def side(code: str) -> str:
        return tongue.direction if code == tongue.code else direction(code)

    return {
        "day": shown_day,
        "month": tongue.month,
        "number": number,
        "plural": plural,
        "form": form,
        "forms": forms,
        "direction": side,
    }


def grouped(value: int, tongue: Tongue) -> str:
    """Return a whole number with its digits in groups, as the language has them."""
    digits = str(abs(value))
    last, others = tongue.grouping
    if not last or len(digits) <= last:
        return str(value)
    parts, digits = [digits[-last:]], digits[:-last]
    while digits:
        parts.append(digits[-others:])
        digits = digits[:-others]
    return ("-" if value < 0 else "") + tongue.group.join(reversed(parts))
