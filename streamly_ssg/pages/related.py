"""
Related posts: what shares the rarest tags, from about the same time.

Only the nearest posts under each tag are candidates. So the work grows with the number of tags and
not with their size, and a new post disturbs its neighbours and not the whole archive.
"""

from collections.abc import Iterable, Mapping, Sequence
from math import inf, log

from .sources import Head
from .urls import slug_of

REACH = 8  # candidates on either side under each tag
CATEGORY_WEIGHT = 0.25

Standing = tuple[list[int], int, float]  # the posts under a tag, which of them, the tag's weight


def related(
    posts: Sequence[Head], tagged: Mapping[str, Sequence[Head]], limit: int
) -> dict[str, list[Head]]:
    """Return the *limit* nearest relatives of each post, by path."""
    categories = [frozenset(map(slug_of, post.categories)) for post in posts]
    found: dict[str, list[Head]] = {}
    for place, standings in enumerate(_standings(posts, tagged)):
        score = _score(standings)
        score.pop(place, None)
        best = sorted(_ranked(place, _foremost(score, limit), categories))[:limit]
        found[posts[place].path] = [posts[other] for _, _, other in best]
    return found


def _standings(posts: Sequence[Head], tagged: Mapping[str, Sequence[Head]]) -> list[list[Standing]]:
    """Return for each post where it stands under each of its tags."""
    place_of = {post.path: place for place, post in enumerate(posts)}
    found: list[list[Standing]] = [[] for _ in posts]
    for group in tagged.values():
        weight = log(1 + len(posts) / len(group))
        places = [place_of[post.path] for post in group]
        for number, place in enumerate(places):
            found[place].append((places, number, weight))
    return found


def _score(standings: Iterable[Standing]) -> dict[int, float]:
    """Return what a post has in common with others, by their places."""
    score: dict[int, float] = {}
    for places, number, weight in standings:
        for other in places[max(0, number - REACH) : number + REACH + 1]:
            score[other] = score.get(other, 0.0) + weight
    return score


def _ranked(
    here: int, score: Iterable[tuple[int, float]], categories: Sequence[frozenset[str]]
) -> list[tuple[float, int, int]]:
    """Return the places of all relatives, in a form in which the nearest is the smallest."""
    own = categories[here]
    return [
        (
            -shared - (0 if own.isdisjoint(categories[other]) else CATEGORY_WEIGHT),
            abs(other - here),
            other,
        )
        for other, shared in score
    ]


def _foremost(score: Mapping[int, float], limit: int) -> list[tuple[int, float]]:
    """Return those that a category in common can still bring among the first *limit*."""
    if len(score) <= limit:
        return list(score.items())
    least = sorted(score.values())[-limit] if limit else inf
    return [pair for pair in score.items() if pair[1] + CATEGORY_WEIGHT >= least]
