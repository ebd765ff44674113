"""
Related posts: what shares the rarest tags, from about the same time.

Only the nearest posts under each tag are candidates. So the work grows with the number of tags and
not with their size, and a new post disturbs its neighbours and not the whole archive.
"""

from collections.abc import Mapping, Sequence
from heapq import nsmallest
from math import log

from .sources import Head
from .urls import slug_of

REACH = 8  # candidates on either side under each tag
CATEGORY_WEIGHT = 0.25


def related(
    posts: Sequence[Head], tagged: Mapping[str, Sequence[Head]], limit: int
) -> dict[str, list[Head]]:
    """Return the *limit* nearest relatives of each post, by path."""
    place_of = {post.path: place for place, post in enumerate(posts)}
    categories = [frozenset(map(slug_of, post.categories)) for post in posts]
    found: dict[str, list[Head]] = {}
    for place, score in enumerate(_scores(place_of, tagged)):
        best = nsmallest(limit, _ranked(place, score, categories))
        found[posts[place].path] = [posts[other] for _, _, other in best]
    return found


def _scores(
    place_of: Mapping[str, int], tagged: Mapping[str, Sequence[Head]]
) -> list[dict[int, float]]:
    """Return for each post what it has in common with others, by their places."""
    scores: list[dict[int, float]] = [{} for _ in place_of]
    for group in tagged.values():
        weight = log(1 + len(place_of) / len(group))
        places = [place_of[post.path] for post in group]
        for number, place in enumerate(places):
            score = scores[place]
            for other in places[max(0, number - REACH) : number + REACH + 1]:
                score[other] = score.get(other, 0.0) + weight
    return scores


def _ranked(
    here: int, score: Mapping[int, float], categories: Sequence[frozenset[str]]
) -> list[tuple[float, int, int]]:
    """Return the places of all relatives, in a form in which the nearest is the smallest."""
    own = categories[here]
    return [
        (
            -shared - (0 if own.isdisjoint(categories[other]) else CATEGORY_WEIGHT),
            abs(other - here),
            other,
        )
        for other, shared in score.items()
        if other != here
    ]
