"""What templates can do with values: a handful of filters."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

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
IN_SCRIPT = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


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


def language(code: str) -> str:
    """Return what a language calls itself: Deutsch; for one not known here, its code."""
    return LANGUAGES.get(code) or LANGUAGES.get(code.partition("-")[0]) or code


def script(value: Any) -> Markup:
    """Return *value* as JSON that can stand in a script element."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    for mark, escaped in IN_SCRIPT.items():
        text = text.replace(mark, escaped)
    return Markup(text)  # noqa: S704 - nothing that could end the script is left


def address(text: str) -> str:
    """Return *text* as it may stand in an address."""
    return quote(text, safe="/:?#[]@!$&'()*+,;=%~")


FILTERS: dict[str, Callable[..., Any]] = {
    "day": day,
    "month": month,
    "iso": iso,
    "plural": plural,
    "language": language,
    "script": script,
    "address": address,
}
