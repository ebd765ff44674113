"""
Related posts: what shares the rarest tags, from about the same time.

Only the nearest posts under each tag are candidates. So the work grows with the number of tags and
not with their size, and a new post disturbs its neighbours and not the whole archive.
"""

from collections.abc import Mapping, Sequence
from math import log

from .sources import Head
from .urls import slug_of

REACH = 8  # candidates on either side under each tag
CATEGORY_WEIGHT = 0.25


def related(
    posts: Sequence[Head], tagged: Mapping[str, Sequence[Head]], limit: int
) -> dict[str, list[Head]]:
    """Return the *limit* nearest relatives of each post, by path."""
    scores: dict[str, dict[str, float]] = {post.path: {} for post in posts}
    total = len(posts)
    for group in tagged.values():
        weight = log(1 + total / len(group))
        for place, post in enumerate(group):
            score = scores[post.path]
            for other in group[max(0, place - REACH) : place + REACH + 1]:
                score[other.path] = score.get(other.path, 0.0) + weight
    by_path = {post.path: post for post in posts}
    order = {post.path: place for place, post in enumerate(posts)}
    return {path: _best(path, score, by_path, order, limit) for path, score in scores.items()}


def _best(
    path: str,
    score: dict[str, float],
    by_path: Mapping[str, Head],
    order: Mapping[str, int],
    limit: int,
) -> list[Head]:
    score.pop(path, None)
    if not score or not limit:
        return []
    here = order[path]
    own = {slug_of(name) for name in by_path[path].categories}
    ranked = sorted(
        score,
        key=lambda other: (
            -score[other]
            - CATEGORY_WEIGHT * bool(own & set(map(slug_of, by_path[other].categories))),
            abs(order[other] - here),
            order[other],
        ),
    )
    return [by_path[other] for other in ranked[:limit]]
