"""
A site of many short texts, and who finds in it what can be found by reading all of them.

`Reader` knows nothing of the index: for each question it goes through every text. It folds words by
what Unicode says of each character, one after the other.
"""

import math
import unicodedata
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from random import Random

from streamly_ssg.api import Options, Site

from .demo import NOW
from .folder import Folder
from .lean import document

WORDS = """
storm stormy storms harbour harbor night nightly knight café cafe façade naïve Straße strasse Ærø über
Übermut ΣΊΣΥΦΟΣ σίσυφος москва Ёлка 東京 東京都 京都 大阪城 ひらがな ภาษาไทย हिन्दी שָׁלוֹם don't snake_case x86 C 3rd a
river riverbank rivers light lighthouse lights the of and to in ﬁsh ① İstanbul ısı e-mail
""".split()
TAGS = ("sea", "Night shift", "東京", "Größe")
WEIGHTS = {"title": 6, "labels": 4, "headings": 3, "often": 2, "once": 1}
DENSE = ("CJK", "HIRAGANA", "KATAKANA", "THAI", "IDEOGRAPHIC ITERATION")
SAME = str.maketrans({"ß": "ss", "æ": "ae", "ø": "o", "ς": "σ", "ı": "i"})


@dataclass(frozen=True)
class Text:
    """One text as its author wrote it."""

    name: str
    title: str
    tags: tuple[str, ...]
    heading: str
    body: tuple[str, ...]
    lang: str
    day: int

    def file(self) -> str:
        """Return the text as a content file."""
        month, day = divmod(self.day, 28)
        return document(
            f"## {self.heading}\n\n{' '.join(self.body)}\n",
            title=self.title,
            date=f"{2000 + month // 12}-{month % 12 + 1:02}-{day + 1:02}",
            tags=self.tags,
            lang=self.lang,
            summary="In short",
        )


def texts(count: int, seed: str) -> list[Text]:
    """Return texts of made-up sentences."""
    random = Random(seed)
    return [
        Text(
            name=f"t{number}",
            title=" ".join(random.choices(WORDS, k=2)),
            tags=tuple(random.sample(TAGS, 1)),
            heading=random.choice(WORDS),
            body=tuple(random.choices(WORDS, k=random.randint(3, 30))),
            lang=random.choice(("en", "en", "de")),
            day=number,
        )
        for number in range(count)
    ]


SETTINGS = '[site]\ntitle = "Library"\n'


def library(target: Path, found: list[Text], settings: str = SETTINGS, **others: str) -> Path:
    """Build a site of the texts *found* and of *others*, and return its output."""
    folder = Folder(target)
    folder.write("streamly.toml", f"{settings}[markup]\nsmart = false\n")
    for text in found:
        folder.write(f"content/posts/{text.name}.md", text.file())
    for name, content in others.items():
        folder.write(f"content/posts/{name}.md", content)
    report = Site(target, Options(now=NOW)).build()
    assert not report.problems
    return target / "public"


def words(text: str) -> list[str]:
    """Return the words of *text*, character by character."""
    plain = [one for one in unicodedata.normalize("NFKD", text).lower() if not _is_dropped(one)]
    plain = list(unicodedata.normalize("NFC", "".join(plain).translate(SAME)))
    runs = ((kind, "".join(run)) for kind, run in groupby(plain, _kind))
    found: list[str] = []
    for kind, run in runs:
        if kind == "word":
            found.append(run)
        elif kind == "dense":
            found += [run[at : at + 2] for at in range(max(1, len(run) - 1))]
    return found


def _is_dropped(one: str) -> bool:
    name = unicodedata.name(one, "")
    is_accent = name.startswith(("COMBINING", "HEBREW")) and "HIRAGANA" not in name
    return unicodedata.combining(one) > 0 and is_accent


def _kind(one: str) -> str:
    if unicodedata.name(one, "").startswith(DENSE):
        return "dense"
    is_vowel = unicodedata.name(one, "").startswith("DEVANAGARI")
    return "word" if one.isalnum() or is_vowel else "gap"


class Reader:
    """Who has read all texts."""

    def __init__(self, found: list[Text]) -> None:
        self.texts = found
        self.worth = {text.name: _worth(text) for text in found}

    def ask(self, question: str, lang: str = "") -> list[str]:
        """Return the names of the texts that have all words, the best first, then the newest."""
        asked = dict.fromkeys(words(question))
        found = [self._look_up(word) for word in asked]
        fitting = [text for text in self.texts if all(text.name in one for one in found)]
        count = len(self.texts)

        def score(text: Text) -> float:
            return sum(math.log(1 + count / len(one)) * one[text.name] for one in found)

        shown = [text for text in fitting if not lang or text.lang == lang]
        ranked = sorted(shown, key=lambda text: (-round(score(text), 9), -text.day))
        return [text.name for text in ranked]

    def _look_up(self, asked: str) -> dict[str, float]:
        found: dict[str, float] = {}
        for name, worth in self.worth.items():
            fits = [
                value * (1 if one == asked else 0.5)
                for one, value in worth.items()
                if _meets(one, asked)
            ]
            if fits:
                found[name] = max(fits)
        return found


def _worth(text: Text) -> dict[str, float]:
    body = words(f"{text.heading} {' '.join(text.body)}")
    worth: dict[str, float] = {
        word: WEIGHTS["often" if body.count(word) > 2 else "once"] for word in body
    }
    worth |= dict.fromkeys(words(text.heading), WEIGHTS["headings"])
    worth |= dict.fromkeys(words(" ".join(text.tags)), WEIGHTS["labels"])
    return worth | dict.fromkeys(words(text.title), WEIGHTS["title"])


def _meets(one: str, asked: str) -> bool:
    may_begin = len(asked) > 3 or _kind(asked[0]) == "dense"
    return one == asked or (may_begin and one.startswith(asked))
