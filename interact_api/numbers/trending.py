"""
Trending: what people turned to lately. One score, over what happened inside a window.

    score(page) = Σ 3·trust·decay   over everybody who liked it
                + Σ 2·trust·decay   over everybody who commented on it, once each
                + √(Σ decay)        over the visitors of each day

    decay = ½ ^ (age / half-life);  a window's half-life is a third of it
    trust = how old the account was at that moment, from 0.1 when new to 1 after a week

So nobody counts more than once per page and kind, however often they act; a crowd of accounts made
for the purpose counts a tenth; a hundred times the visitors count ten times. Authors don't count
on their own pages, nor do people who are banned or shadowed. Equal scores are put in order by
date, the newest first, then by id. Sums don't depend on the order of what is summed. The numbers
shown beside a page are its own, of all time.

`rising` is what gained most: the weight of the last day beside the average day of the week before.
"""

import math
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from .views import DAY

WINDOWS = {"day": DAY, "week": 7 * DAY, "month": 30 * DAY}
WEIGHTS = {"like": 3.0, "comment": 2.0}
VIEW = 1.0
HALVINGS = 3  # within a window
DISTRUST = 0.1
TRUSTED = 7 * DAY  # age of an account that counts whole
ENOUGH = 5  # votes and visitors in a day, below which nothing is rising


class Page(NamedTuple):
    """What the order of pages needs to know of one."""

    published: int = 0
    authors: frozenset[str] = frozenset()


class Vote(NamedTuple):
    """Somebody liked a page or commented on it, when their account was *age* old."""

    page: str
    kind: str  # a key of WEIGHTS
    person: str
    at: int
    age: int


class Visitors(NamedTuple):
    """How many different people looked at a page on a day."""

    page: str
    day: int
    people: int

    @property
    def at(self) -> int:
        """Return the middle of the day, for want of anything better known."""
        return self.day * DAY + DAY // 2


class Score(NamedTuple):
    """A page and its score."""

    page: str
    score: float


Pages = Mapping[str, Page]


def rank(
    pages: Pages, votes: Iterable[Vote], visitors: Iterable[Visitors], now: int, window: int
) -> list[Score]:
    """Return the *pages* that something happened to within *window*, best first."""
    halving = window / HALVINGS
    parts: dict[str, list[float]] = {}
    looks: dict[str, list[float]] = {}
    for vote in counted(pages, votes, now - window):
        worth = WEIGHTS[vote.kind] * trust(vote.age) * decay(now - vote.at, halving)
        parts.setdefault(vote.page, []).append(worth)
    for seen in visitors:
        at = min(seen.at, now)
        if seen.page in pages and at > now - window:
            looks.setdefault(seen.page, []).append(seen.people * decay(now - at, halving))
    for page, amounts in looks.items():
        parts.setdefault(page, []).append(VIEW * math.sqrt(math.fsum(amounts)))
    return ordered(pages, {page: math.fsum(worths) for page, worths in parts.items()})


def rising(
    pages: Pages, votes: Iterable[Vote], visitors: Iterable[Visitors], now: int
) -> list[Score]:
    """Return the *pages* that gained most in a day beside the average day of the week before."""
    votes, visitors = list(votes), list(visitors)
    today = [seen for seen in visitors if min(seen.at, now) > now - DAY]
    earlier = [seen for seen in visitors if now - 7 * DAY < min(seen.at, now) <= now - DAY]
    latest = _weights(pages, counted(pages, votes, now - DAY), today)
    past = [vote for vote in votes if vote.at <= now - DAY]
    before = _weights(pages, counted(pages, past, now - 7 * DAY), earlier)
    gains = {
        page: weight - before.get(page, (0.0, 0))[0] / 6
        for page, (weight, number) in latest.items()
        if number >= ENOUGH
    }
    return ordered(pages, {page: gain for page, gain in gains.items() if gain > 0})


def counted(pages: Pages, votes: Iterable[Vote], since: int) -> Iterable[Vote]:
    """Return the latest vote of each person for each page and kind, without the authors' own."""
    latest: dict[tuple[str, str, str], Vote] = {}
    for vote in votes:
        page = pages.get(vote.page)
        if page is None or vote.at <= since or vote.person in page.authors:
            continue
        key = vote[:3]
        if key not in latest or latest[key].at < vote.at:
            latest[key] = vote
    return latest.values()


def trust(age: int) -> float:
    """Return how much an account of that *age* counts."""
    return DISTRUST + (1 - DISTRUST) * min(max(age, 0) / TRUSTED, 1)


def decay(age: int, halving: float) -> float:
    """Return what is left after *age* of what was 1."""
    return float(0.5 ** (max(age, 0) / halving))


def ordered(pages: Pages, scores: Mapping[str, float]) -> list[Score]:
    """Return pages by score; the newest first among equals, then by id."""
    found = [Score(page, round(score, 6)) for page, score in scores.items()]
    return sorted(found, key=lambda one: (-one.score, -pages[one.page].published, one.page))


def _weights(
    pages: Pages, votes: Iterable[Vote], visitors: Iterable[Visitors]
) -> dict[str, tuple[float, int]]:
    """Return for each page the weight of what happened, and how many it were."""
    weights: dict[str, list[float]] = {}
    numbers: dict[str, int] = {}
    for vote in votes:
        weights.setdefault(vote.page, []).append(WEIGHTS[vote.kind] * trust(vote.age))
        numbers[vote.page] = numbers.get(vote.page, 0) + 1
    for seen in visitors:
        if seen.page in pages:
            weights.setdefault(seen.page, []).append(VIEW * math.sqrt(seen.people))
            numbers[seen.page] = numbers.get(seen.page, 0) + seen.people
    return {page: (math.fsum(weights[page]), numbers[page]) for page in weights}
