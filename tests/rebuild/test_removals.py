"""What takes something away of what was shown, and what doesn't."""

import json
from typing import Any

import pytest

from interact_api.rebuild.removals import takes_away

ONE = {"id": "1", "author": "ann", "name": "", "html": "<p>x</p>", "likes": 0, "parent": None}
TWO = ONE | {"id": "2"}
SHOWN = {"hidden": False, "featured": False, "closed": False}
ANN = {"name": "Ann", "bio": "Writes", "website": "", "location": "", "joined": "2026-01-01"}


def said(*items: dict[str, Any]) -> dict[str, Any]:
    return {"count": len(items), "items": list(items)}


@pytest.mark.parametrize(
    ("key", "old", "new", "expected"),
    [
        ("comments/a", said(ONE), said(), True),
        ("comments/a", said(ONE, TWO), said(TWO), True),
        ("comments/a", said(ONE), said(ONE | {"html": "<p>y</p>"}), True),
        ("comments/a", said(ONE), said(ONE | {"author": ""}), True),
        ("comments/a", said(ONE), said(ONE, TWO), False),
        ("comments/a", said(ONE), said(ONE | {"likes": 3}), False),
        ("comments/a", said(), said(ONE), False),
        ("comments/a", said(ONE), None, True),
        ("comments/a", None, said(ONE), False),
        ("settings/a", SHOWN, SHOWN | {"hidden": True}, True),
        ("settings/a", SHOWN | {"hidden": True}, SHOWN, False),
        ("settings/a", SHOWN, SHOWN | {"closed": True}, False),
        ("profile/ann", ANN, None, True),
        ("profile/ann", ANN, ANN | {"bio": ""}, True),
        ("profile/ann", ANN, ANN | {"website": "https://example.org"}, False),
        ("follows/ann", {"followers": ["bob"], "following": []}, {"followers": []}, True),
        ("follows/ann", {"followers": []}, {"followers": ["bob"], "following": []}, False),
        ("likes/a", {"count": 2}, {"count": 1}, False),
        ("likes/a", {"count": 2}, None, False),
        ("popular", {"items": [1]}, {"items": []}, False),
    ],
)
def test_a_fact_takes_away_what_it_no_longer_shows(
    key: str, old: dict[str, Any] | None, new: dict[str, Any] | None, *, expected: bool
) -> None:
    found = [None if one is None else json.dumps(one).encode() for one in (old, new)]
    assert takes_away(key, found[0], found[1]) is expected
