"""
A local spam score: naive Bayes over words, taught by what moderators decide.

Each approval of a held comment teaches its words as ham, each "spam" as spam; undoing unteaches
them. A word's weight is how much likelier it is in spam, smoothed towards "don't know" by Laplace's
rule; the score is the probability that the `TELLING` most telling words of a text come from spam,
before anything else is known. Until there are enough decisions of each kind (`spam_decisions`, 20)
there is no score, so a new site holds nothing back because of its first two clicks. At the default
threshold of 0.9, a comment needs one word that was seen ten times oftener in spam, or several that
were seen a few times oftener.

Words are kept once per comment, without who wrote them; the row ``''`` counts the comments.
"""

import math
import re
import unicodedata
from typing import Literal, NamedTuple

from interact_api.db import Reader, Tx

Kind = Literal["ham", "spam"]
TELLING = 15
MOST_WORDS = 200
COMMENTS = ""  # the row that counts comments instead of a word
_HOST = re.compile(r"https?://([^\s/?#\"'<>()]+)", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]{3,24}")


class _Seen(NamedTuple):
    word: str
    spam: int
    ham: int


def words(text: str) -> frozenset[str]:
    """Return the words of *text* that are learned: the first `MOST_WORDS`, and hosts of links."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    hosts = [f"@{host}"[:64] for host in _HOST.findall(plain)]
    found = dict.fromkeys([*hosts, *_WORD.findall(plain)])
    return frozenset(list(found)[:MOST_WORDS])


def score(reader: Reader, text: str, enough: int) -> float | None:
    """Return how likely *text* is spam, or None while too little was decided."""
    totals = _row(reader, COMMENTS)
    if totals is None or min(totals.spam, totals.ham) < enough:
        return None
    weights = [
        weight(seen, totals) for word in words(text) if (seen := _row(reader, word)) is not None
    ]
    telling = sorted(weights, key=abs, reverse=True)[:TELLING]
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, sum(telling)))))


def weight(seen: _Seen, totals: _Seen) -> float:
    """Return the logarithm of how much likelier a word is in spam than in ham."""
    in_spam = (seen.spam + 1) / (totals.spam + 2)
    in_ham = (seen.ham + 1) / (totals.ham + 2)
    return math.log(in_spam / in_ham)


def learn(tx: Tx, text: str, kind: Kind, by: int = 1) -> None:
    """Take *text* for an example of *kind*; with -1 as *by*, no longer."""
    ham, spam = (by, 0) if kind == "ham" else (0, by)
    for word in (COMMENTS, *words(text)):
        tx.run(
            "INSERT INTO spam_words (word, spam, ham) VALUES (:word, max(:spam, 0), max(:ham, 0))"
            " ON CONFLICT (word) DO UPDATE SET spam = max(spam + :spam, 0),"
            " ham = max(ham + :ham, 0)",
            word=word,
            spam=spam,
            ham=ham,
        )
    if by < 0:
        tx.run("DELETE FROM spam_words WHERE word <> '' AND spam = 0 AND ham = 0")


def _row(reader: Reader, word: str) -> _Seen | None:
    sql = "SELECT word, spam, ham FROM spam_words WHERE word = :word"
    return reader.one(_Seen, sql, word=word)
