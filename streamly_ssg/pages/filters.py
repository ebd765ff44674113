"""What templates can do with values: a handful of filters."""

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from markupsafe import Markup

from .picture_tags import picture_tag
from .urls import address
from .views import Heading, Person, Picture, Term

MONTHS = (
    "January February March April May June July August September October November December"
).split()
LANGUAGES = {
    "ar": "العربية",
    "bn": "বাংলা",
    "ca": "Català",
    "cs": "Čeština",
    "da": "Dansk",
    "de": "Deutsch",
    "el": "Ελληνικά",
    "en": "English",
    "es": "Español",
    "et": "Eesti",
    "eu": "Euskara",
    "fa": "فارسی",
    "fi": "Suomi",
    "fr": "Français",
    "he": "עברית",
    "hi": "हिन्दी",
    "hu": "Magyar",
    "id": "Bahasa Indonesia",
    "it": "Italiano",
    "ja": "日本語",
    "ko": "한국어",
    "nb": "Norsk bokmål",
    "nl": "Nederlands",
    "pl": "Polski",
    "pt": "Português",
    "ro": "Română",
    "ru": "Русский",
    "sv": "Svenska",
    "tr": "Türkçe",
    "uk": "Українська",
    "vi": "Tiếng Việt",
    "zh": "中文",
}
RTL = {"ar", "arc", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "ug", "ur", "yi"}
_IN_SCRIPT = {mark: f"\\u{ord(mark):04x}" for mark in "<>&\u2028\u2029"}
_AS_JSON = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def day(moment: datetime | str) -> str:
    """Return a date as people write it, 9 March 2026; a text that is no date stays as it is."""
    if isinstance(moment, str):
        try:
            moment = datetime.fromisoformat(moment)
        except ValueError:
            return str(moment)
    return f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}"


def month(number: int) -> str:
    """Return the name of a month."""
    return MONTHS[number - 1]


def iso(moment: datetime) -> str:
    """Return a moment as machines read it."""
    return moment.isoformat(timespec="seconds")


def plural(count: int, one: str, many: str = "") -> str:
    """Return ``1 comment`` or ``2 comments``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def number(value: int) -> str:
    """Return a whole number as people read it: 1,000."""
    return f"{value:,}"


def forms(one: str, many: str = "") -> str:
    """Return the forms of ``1 comment`` by CLDR's names, for a script that goes on counting."""
    return f"one:%(n)s {one}|other:%(n)s {many or one + 's'}"


def direction(code: str) -> str:
    """Return ``rtl`` for a language that is written from right to left, otherwise ``ltr``."""
    main, *rest = code.lower().split("-")
    if {"arab", "hebr"} & {*rest}:
        return "rtl"
    return "rtl" if main in RTL and not {"latn", "cyrl"} & {*rest} else "ltr"


def language(code: str) -> str:
    """Return what a language calls itself: Deutsch; for one not known here, its code."""
    return LANGUAGES.get(code) or LANGUAGES.get(code.partition("-")[0]) or code


def script(value: Any) -> Markup:
    """Return *value* as JSON that can stand in a script element."""
    text = _AS_JSON(value)
    for mark, code in _IN_SCRIPT.items():
        text = text.replace(mark, code)
    # Nothing that could end the script is left.
    return Markup(text)  # noqa: S704


def starts(text: str, beginning: str) -> bool:
    """Return whether *text* starts so; a method called from a template takes ten times as long."""
    return text.startswith(beginning)


def without(found: Iterable[Person | Term], url: str) -> list[Person | Term]:
    """Return *found* without what is at *url*: a list doesn't say again what it is about."""
    return [one for one in found if one.url != url]


def feed_type(url: str) -> str:
    """Return the media type of the feed at *url*, by its name."""
    if url.endswith(".json"):
        return "application/feed+json"
    return "application/atom+xml" if url.endswith("atom.xml") else "application/rss+xml"


def outline(headings: Iterable[Heading], least: int = 3) -> list[tuple[Heading, list[Heading]]]:
    """
    Return the headings of the second level, each with those of the third below it.

    Args:
        headings: of a document, of any level; a third-level one above all others stands alone.
        least: if there are fewer in all, return none: a short text needs no table of contents.
    """
    shown = [heading for heading in headings if heading.level in (2, 3)]
    if len(shown) < least:
        return []
    found: list[tuple[Heading, list[Heading]]] = []
    for heading in shown:
        if heading.level == 3 and found and found[-1][0].level == 2:  # noqa: PLR2004
            found[-1][1].append(heading)
        else:
            found.append((heading, []))
    return found


def img(
    picture: Picture, alt: str = "", sizes: str = "", *, first: bool = False, **attributes: Any
) -> Markup:
    """Return *picture* as HTML, for templates: ``{{ document.picture|img("A well") }}``."""
    given = {"alt": alt} | {name: str(value) for name, value in attributes.items()}
    # Every value was escaped on its way in.
    return Markup(picture_tag(picture, given, sizes=sizes, is_first=first))  # noqa: S704


FILTERS: dict[str, Callable[..., Any]] = {
    "day": day,
    "month": month,
    "iso": iso,
    "plural": plural,
    "number": number,
    "forms": forms,
    "direction": direction,
    "language": language,
    "starts": starts,
    "without": without,
    "feed_type": feed_type,
    "outline": outline,
    "script": script,
    "address": address,
    "img": img,
}
