"""
Rules: what holds a comment back until somebody has looked at it, each with the reason it gives.

They are data (`[service.moderation]`), judged in the transaction that adds the comment. Moderators
are never held.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from interact_api.accounts.actor import Actor
from interact_api.db import Reader, Tx
from interact_api.settings import Moderation
from interact_api.social.people import Author
from interact_api.social.text import Text

from . import spam

HOUR = 3_600_000


def held(tx: Tx, actor: Actor, author: Author, text: Text, rules: Moderation) -> str:
    """Return why a new comment is held back, or an empty string."""
    if actor.may("moderate_comments"):
        return ""
    return "; ".join([*_about_author(author, rules, tx.now), *_about_text(tx, text, rules)])


def held_again(reader: Reader, actor: Actor, text: Text, rules: Moderation) -> str:
    """Return why a comment that was changed is held back; its writer was judged before."""
    return "" if actor.may("moderate_comments") else "; ".join(_about_text(reader, text, rules))


def listed_words(text: str, words: tuple[str, ...]) -> list[str]:
    """Return which of *words* stand in *text*; a ``*`` in one stands for any letters."""
    plain = _plain(text)
    return [word for word in words if _pattern(word).search(plain)]


def _about_author(author: Author, rules: Moderation, now: int) -> Iterator[str]:
    if rules.everything:
        yield "everything is looked at first"
    if author.comments < rules.first_comments:
        yield "first comments"
    hours = (now - author.created_at) // HOUR
    if hours < rules.account_hours:
        yield f"account is {hours} hours old"


def _about_text(reader: Reader, text: Text, rules: Moderation) -> Iterator[str]:
    if rules.links and text.links > rules.links:
        yield f"{text.links} links"
    for word in listed_words(text.source, rules.words):
        yield f'word "{word}"'
    score = spam.score(reader, text.source, rules.spam_decisions)
    if score is not None and score >= rules.spam_score:
        yield f"spam score {score:.2f}"


@lru_cache(maxsize=1024)
def _pattern(word: str) -> re.Pattern[str]:
    parts = (re.escape(part) for part in _plain(word).split("*"))
    anything = r"\w*".join(parts)
    return re.compile(rf"(?<!\w){anything}(?!\w)" if word else r"(?!)")


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
