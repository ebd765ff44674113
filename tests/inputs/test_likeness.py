"""Which known word somebody may have meant: the same as difflib says, in a hundredth of the time."""

import difflib
import random

import pytest

from streamly_ssg.likeness import SHORTLIST, nearest

WORDS = "attic barn cellar depot estate forge garden harbour island jetty kiln lodge mill".split()
MANY = tuple(f"posts/{a}-{b}-{c}.md" for a in WORDS for b in WORDS for c in range(9))


def slip(word: str, chance: random.Random) -> str:
    """Return *word* with two letters lost, doubled or swapped."""
    for _ in range(2):
        at = chance.randrange(6, len(word) - 4)
        word = chance.choice(
            (
                word[:at] + word[at + 1 :],
                word[:at] + word[at] + word[at:],
                word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            )
        )
    return word


@pytest.mark.parametrize("seed", range(20))
def test_what_was_meant_among_many_is_as_near_as_what_difflib_finds(seed: int) -> None:
    chance = random.Random(seed)
    word = slip(chance.choice(MANY), chance)
    best = difflib.get_close_matches(word, MANY, n=1)[0]

    def likeness(other: str) -> float:
        return difflib.SequenceMatcher(None, other, word).ratio()

    assert likeness(nearest(word, MANY)) == likeness(best)


def test_few_words_are_all_compared() -> None:
    few = MANY[:SHORTLIST]
    for word in ("tilte", "posts/attic-barn.md", MANY[99]):
        assert [nearest(word, few)] == (difflib.get_close_matches(word, few, n=1) or [""])


def test_nothing_is_near() -> None:
    assert nearest("zzzzzz", MANY) == ""
    assert nearest("zzzzzz", ()) == ""


def test_the_order_of_the_known_words_says_nothing() -> None:
    word = "posts/forge-kilm-3.md"
    assert nearest(word, MANY) == nearest(word, reversed(MANY)) == "posts/forge-kiln-3.md"
