"""
In which language letters are written: that of the site if it comes along, and else English.

The letters in ``templates/`` are English, and their paragraphs are what ``words/CODE.json`` knows
them by, with marks and placeholders. So are the months and whatever else is put into them.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).with_name("words")
ENGLISH = "en"
DIRECTION = "ltr"  # what a language that runs the other way translates
MOMENT = "{day} {month} {year} at {time} UTC"
MONTHS = """
January February March April May June July August September October November December
""".split()


def spoken(language: str) -> str:
    """Return the language in which a site that speaks *language* writes letters."""
    while language and not (FOLDER / f"{language}.json").exists():
        language = language.rpartition("-")[0]
    return language or ENGLISH


def said(text: str, language: str) -> str:
    """Return *text* in *language*."""
    return _words(language).get(text, text)


def moment(at: datetime, language: str) -> str:
    """Return a time as letters tell it."""
    month = said(MONTHS[at.month - 1], language)
    pattern = said(MOMENT, language)
    return pattern.format(day=at.day, month=month, year=at.year, time=f"{at:%H:%M}")


def span(text: str, language: str) -> str:
    """Return a while, which was written down as ``30 minutes``, in *language*."""
    number, _, unit = text.partition(" ")
    known = said(text, language)
    return known if known != text else said(f"{{}} {unit}", language).format(number)


@lru_cache(maxsize=16)
def _words(language: str) -> Mapping[str, str]:
    if language == ENGLISH:
        return {}
    found: dict[str, str] = json.loads((FOLDER / f"{language}.json").read_text("utf-8"))
    return found
