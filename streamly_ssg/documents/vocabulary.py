"""
Vocabulary: the words by which a document is found, folded so that spelling doesn't matter.

Capitals, accents and typographic forms are folded away. Scripts that don't put spaces between their
words are cut into pairs of characters. The browser folds what readers type in the same way: see
`themes/default/assets/search.js`; a test holds the two together.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable
from unicodedata import normalize

from streamly_ssg.values import Value

MAX_LENGTH = 40  # what is longer is a digest or data, and nobody types it
OFTEN = 3

# Thai, Lao, Burmese, Khmer, Japanese and Chinese.
DENSE = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005\u3007\u3040-\u30fa\u30fc-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
# Accents, Hebrew and Arabic vowels, and what is there without being seen.
_MARKS = re.compile(
    "[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u00ad\u200b-\u200d\u2060\ufeff]"
)
# In the scripts of India and Tibet vowels are marks; Python doesn't count those as letters.
_WORD = re.compile("[^\\W_](?:[^\\W_]|[\u0900-\u0963\u0966-\u0dff\u0f71-\u0fbc])*")
_DENSE = re.compile(f"[{DENSE}]+")
_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "_": " "}
    | {"\N{LATIN SMALL LETTER DOTLESS I}": "i"}
    | {"\N{GREEK SMALL LETTER FINAL SIGMA}": "\N{GREEK SMALL LETTER SIGMA}"}
)
_PLAIN = "".join(chr(code).lower() if chr(code).isalnum() else " " for code in range(128))
_TYPOGRAPHY = "’“”–—…\u2018\u00a0"


class Vocabulary(Value):
    """The different words of a document, those of each field in one string with spaces between."""

    title: str
    labels: str
    headings: str
    often: str
    once: str


AnyVocabulary = Vocabulary | None


def words(text: str) -> list[str]:
    """Return the words of *text* in their order, folded."""
    if not text.isascii():
        for mark in _TYPOGRAPHY:
            text = text.replace(mark, " ")
    if text.isascii():
        return text.translate(_PLAIN).split()
    text = _folded(text)
    if _DENSE.search(text):
        text = _DENSE.sub(_pairs, text)
    return _WORD.findall(text)


def _folded(text: str) -> str:
    text = _MARKS.sub("", normalize("NFKD", text).lower())
    return normalize("NFC", text.translate(_LETTERS))


def _pairs(match: re.Match[str]) -> str:
    run = match[0]
    pairs = (run[place : place + 2] for place in range(max(1, len(run) - 1)))
    return f" {' '.join(pairs)} "


def vocabulary(title: str, labels: Iterable[str], headings: Iterable[str], text: str) -> Vocabulary:
    """Return the vocabulary of a document; each word counts once, where it says most."""
    counts = Counter(words(text))
    seen: set[str] = set()
    strong = []
    for part in (title, " ".join(labels), " ".join(headings)):
        new = [word for word in dict.fromkeys(words(part)) if word not in seen]
        seen.update(new)
        strong.append(_joined(new))
    for word in seen & counts.keys():
        del counts[word]
    often = [word for word, count in counts.items() if count >= OFTEN]
    for word in often:
        del counts[word]
    in_title, in_labels, in_headings = strong
    return Vocabulary(in_title, in_labels, in_headings, _joined(often), _joined(counts))


def _joined(found: Collection[str]) -> str:
    if max(map(len, found), default=0) > MAX_LENGTH:
        found = [word for word in found if len(word) <= MAX_LENGTH]
    return " ".join(found)
