"""
Likeness: which known word somebody may have meant.

`difflib` compares two words well and slowly. Where thousands are known, only those that have the
most letters and pairs of letters in common are shown to it; which ones these are is counted in bits
of numbers, all words at once.
"""

import difflib
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from heapq import nlargest
from itertools import pairwise

CUTOFF = 0.6
SHORTLIST = 64

Traits = dict[tuple[str, int], int]  # by what a word holds for the how-manieth time: its bit


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the one of *known* that is nearest to *word*, or an empty text if none is near."""
    words = tuple(known)
    if len(words) > SHORTLIST:
        words = _shortlist(word, words)
    near = difflib.get_close_matches(word, words, n=1, cutoff=CUTOFF)
    return near[0] if near else ""


def _shortlist(word: str, words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the few of *words* that have the most in common with *word*."""
    bits, sums = _summed(words)
    wanted = _sum(word, bits)
    size = wanted.bit_count()
    shared = [2 * (wanted & one).bit_count() / (size + one.bit_count()) for one in sums]
    return tuple(one for _, one in nlargest(SHORTLIST, zip(shared, words, strict=True)))


@lru_cache(maxsize=4)  # whoever links to nowhere does so more than once
def _summed(words: tuple[str, ...]) -> tuple[Traits, list[int]]:
    bits: Traits = {}
    return bits, [_sum(word, bits) for word in words]


def _sum(word: str, bits: Traits) -> int:
    """Return the traits of *word* as bits of one number; a trait seen first gets the next bit."""
    found = 0
    seen: Counter[str] = Counter()
    for trait in (*word, *map("".join, pairwise(word))):
        seen[trait] += 1
        found |= 1 << bits.setdefault((trait, seen[trait]), len(bits))
    return found
