"""
Rankings: lists in order of a score, counted now and then and kept until the next time.

``trending/day``, ``trending/week``, ``trending/month`` and ``popular`` are facts: pages show them.
``rising`` and ``people`` are told by the service alone. What is kept changes only when the order or
a number that is shown does, so that a score that merely fades makes no page anew.
"""

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

from interact_api import facts
from interact_api.db import Database, Reader, Tx

from . import trending
from .trending import WINDOWS, Page, Score, Visitors, Vote
from .views import DAY, rounded

LONGEST = 30  # places of a ranking
FACTS = (*(f"trending/{window}" for window in WINDOWS), "popular")
NAMES = (*FACTS, "rising", "people")

Item = dict[str, Any]


class Ranking(NamedTuple):
    """A ranking as it was last counted; *at* is when it became as it is."""

    at: int
    items: list[Item]


def read(reader: Reader, name: str) -> Ranking:
    """Return the ranking *name*; one that was never counted is empty."""
    row = reader.one(_ranking, "SELECT at, items FROM rankings WHERE name = :name", name=name)
    return row or Ranking(0, [])


class Place(NamedTuple):
    """A page in a ranking, as readers are shown it."""

    page: str
    url: str
    title: str
    score: float
    likes: int
    comments: int
    views: int


def places(reader: Reader, name: str) -> tuple[int, list[Place]]:
    """Return when a ranking became as it is, and its pages, without what was hidden since."""
    ranking = read(reader, name)
    sql = f"SELECT url, title FROM pages WHERE id = :page AND {SHOWN}"  # noqa: S608 - ours
    found = (
        reader.one(
            lambda url, title, item=item: Place(url=url, title=title, **item),
            sql,
            page=item["page"],
        )
        for item in ranking.items
    )
    return ranking.at, [one for one in found if one is not None]


def refresh(database: Database) -> list[str]:
    """Count every ranking again; return the names of those that changed."""
    counted = count(database.reader, database.clock())
    return database.write_now(lambda tx: keep(tx, counted))


def count(reader: Reader, now: int) -> dict[str, list[Item]]:
    """Return every ranking as of *now*."""
    since = now - max(WINDOWS.values())
    pages, votes, visitors = _pages(reader, since), _votes(reader, since), _visitors(reader, since)
    found = {
        f"trending/{name}": trending.rank(pages, votes, visitors, now, window)
        for name, window in WINDOWS.items()
    }
    found["rising"] = trending.rising(pages, votes, visitors, now)
    rankings = {name: _with_numbers(reader, scores[:LONGEST]) for name, scores in found.items()}
    return rankings | {"popular": _popular(reader), "people": _people(reader)}


def keep(tx: Tx, rankings: dict[str, list[Item]]) -> list[str]:
    """Replace those rankings that look different now; return their names."""
    changed = [
        name for name, items in rankings.items() if _shown(items) != _shown(read(tx, name).items)
    ]
    for name in changed:
        tx.run(
            "INSERT INTO rankings (name, at, items) VALUES (:name, :now, :items) ON CONFLICT (name)"
            " DO UPDATE SET at = excluded.at, items = excluded.items",
            name=name,
            now=tx.now,
            items=json.dumps(rankings[name]),
        )
        if name in FACTS:
            facts.touch(tx, name)
    return changed


def _shown(items: Iterable[Item]) -> list[Item]:
    return [{**item, "score": 0} for item in items]


def _ranking(at: int, items: str) -> Ranking:
    return Ranking(at, json.loads(items))


# What there is to count

SHOWN = "removed_at IS NULL AND hidden = 0"


def _pages(reader: Reader, since: int) -> dict[str, Page]:
    rows = reader.all(
        lambda *row: row,
        f"SELECT id, coalesce(published, 0), authors FROM pages WHERE {SHOWN} AND id IN"  # noqa: S608 - ours
        " (SELECT page FROM likes WHERE at > :since UNION SELECT page FROM comments"
        " WHERE state = 'approved' AND created_at > :since UNION SELECT page FROM page_days"
        " WHERE day >= :day)",
        since=since,
        day=since // DAY,
    )
    return {name: Page(at, frozenset(json.loads(authors))) for name, at, authors in rows}


def _votes(reader: Reader, since: int) -> list[Vote]:
    """Return one vote for each person, page and kind: a later one would count more."""
    return reader.all(
        Vote,
        "SELECT l.page, 'like', u.name, l.at, l.at - u.created_at FROM likes AS l"
        " JOIN users AS u ON u.id = l.user_id WHERE l.at > :since AND u.status = 'active'"
        " UNION ALL SELECT c.page, 'comment', u.name, max(c.created_at),"
        " max(c.created_at) - u.created_at FROM comments AS c JOIN users AS u ON u.id = c.user_id"
        " WHERE c.created_at > :since AND c.state = 'approved' AND u.status = 'active'"
        " GROUP BY c.page, u.name, u.created_at",
        since=since,
    )


def _visitors(reader: Reader, since: int) -> list[Visitors]:
    return reader.all(
        Visitors,
        "SELECT page, day, visitors FROM page_days WHERE day >= :day AND visitors > 0",
        day=since // DAY,
    )


def _with_numbers(reader: Reader, scores: Iterable[Score]) -> list[Item]:
    sql = "SELECT likes, comments, views FROM pages WHERE id = :name"
    found = (reader.one(_item(name, score), sql, name=name) for name, score in scores)
    return [item for item in found if item is not None]


def _item(name: str, score: float) -> Any:
    def item(likes: int, comments: int, views: int) -> Item:
        return {
            "page": name,
            "score": round(score, 2),
            "likes": likes,
            "comments": comments,
            "views": rounded(views),
        }

    return item


def _popular(reader: Reader) -> list[Item]:
    """Return the most liked pages of all time; those that are talked about first among equals."""
    scores = reader.all(
        Score,
        f"SELECT id, likes FROM pages WHERE likes > 0 AND {SHOWN}"  # noqa: S608 - ours
        " ORDER BY likes DESC, comments DESC, visitors DESC, coalesce(published, 0) DESC, id"
        " LIMIT :limit + 0",
        limit=LONGEST,
    )
    return _with_numbers(reader, scores)


def _people(reader: Reader) -> list[Item]:
    """Return whom most people follow."""
    return reader.all(
        lambda name, followers: {"name": name, "score": followers},
        "SELECT name, followers FROM users WHERE followers > 0 AND status = 'active'"
        " ORDER BY followers DESC, id LIMIT :limit + 0",
        limit=LONGEST,
    )
