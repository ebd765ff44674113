"""
What the service says on a page, in the language of that page.

Its texts are written in English, and that is what they are known by. What a language has among its
``words`` in streamly.toml wins over what comes along; what nobody translated is said in English.
"""

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from interact_api.settings import Settings
from streamly_ssg.inputs.config import FILE, read_settings

FOLDER = Path(__file__).with_name("words")
_SPOKEN = re.compile(r'<html\b[^>]*?\blang="([A-Za-z0-9-]{2,35})"')
START = 2048  # characters of a page within which its language is told


class Words:
    """Translates texts: one of these for a site."""

    def __init__(self, settings: Settings) -> None:
        languages = read_settings(settings.root / FILE).get("languages", {})
        self._own: dict[str, Mapping[str, Any]] = {
            code: language.get("words", {}) for code, language in languages.items()
        }

    def said(self, text: str, page: str) -> str:
        """Return *text* in the language of *page*."""
        found = _SPOKEN.search(page[:START])
        code = found[1] if found else ""
        while code:
            for words in (self._own.get(code, {}), _brought(code)):
                if isinstance(words.get(text), str):
                    return str(words[text])
            code = code.rpartition("-")[0]
        return text


@lru_cache(maxsize=64)
def _brought(code: str) -> Mapping[str, str]:
    """Return the words that come along for a language; *code* is letters, digits and hyphens."""
    try:
        found: dict[str, str] = json.loads((FOLDER / f"{code}.json").read_text("utf-8"))
    except FileNotFoundError:
        return {}
    return found
