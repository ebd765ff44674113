"""
What each generator made, counted: a comparison is honest when the numbers agree.

Files are counted by kind, and some post pages are searched for what a complete one shows.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

NUMBERED = r"(page/\d+/)?index\.html"
KINDS = {
    "home": r"index\.html",
    "post lists": rf"posts/{NUMBERED}",
    "posts": r"posts/[^/]+/index\.html",
    "categories": rf"categories/[^/]+/{NUMBERED}",
    "tags": rf"tags/[^/]+/{NUMBERED}",
    "authors": rf"users/[^/]+/{NUMBERED}",
    "series": rf"series/[^/]+/{NUMBERED}",
    "archive": rf"archive/\d\d\d\d([/-]\d\d)?/{NUMBERED}",
    "indexes": r"(categories|tags|users|series|archive)/index\.html",
    "RSS": r"(.+/)?feed\.xml",
    "Atom": r"(.+/)?atom\.xml",
    "JSON feeds": r"(.+/)?feed\.json",
    "sitemap, robots, 404": r"(sitemap\.xml|robots\.txt|404\.html)",
}
COMPARED = tuple(kind for kind in KINDS if kind != "indexes")
FEATURES = {
    "table of contents": r'<a href="#',
    "highlighted code": r'<pre[^>]*>.*?<span class="',
    "canonical": r'rel="canonical"',
    "Open Graph": r'property="og:title"',
    "Twitter card": r'name="twitter:card"',
    "JSON-LD": r'type="application/ld\+json"',
    "feed link": r'rel="alternate"',
    "author link": r'href="[^"]*/users/[a-z-]+/"',
    "category link": r'href="[^"]*/categories/[a-z-]+/"',
    "tag links": r'(href="[^"]*/tags/[a-z-]+/".*?){3}',
    "neighbours": r'rel="(prev|next)"',
    "related": r"(?i)>\s*(related|read next|see also|more like this)",
    "likes": r"\d+(</[a-z]+>)?\s*(<[^>]+>)?\s*likes?\b|likes?\b[^0-9<]*(<[^>]+>\s*)*\d+",
}
SAMPLE = 40


@dataclass(frozen=True, slots=True)
class Made:
    """Files of each kind, the share of sampled post pages with each feature, the size of it all."""

    pages: dict[str, int]
    features: dict[str, float]
    megabytes: float


def made(output: Path) -> Made:
    """Look at everything below *output*."""
    return Made(_pages(output), _features(output), _megabytes(output))


def _pages(output: Path) -> dict[str, int]:
    kinds = {kind: re.compile(pattern) for kind, pattern in KINDS.items()}
    counts = Counter(
        next((kind for kind, pattern in kinds.items() if pattern.fullmatch(name)), "other")
        for name in _files(output)
    )
    return {kind: counts[kind] for kind in (*KINDS, "other")}


def _files(output: Path) -> Iterable[str]:
    return (path.relative_to(output).as_posix() for path in output.rglob("*") if path.is_file())


def _megabytes(output: Path) -> float:
    return sum(path.stat().st_size for path in output.rglob("*") if path.is_file()) / 1e6


def _features(output: Path) -> dict[str, float]:
    found = sorted((output / "posts").glob("*/index.html"))
    sample = [path.read_text("utf-8") for path in found[:: max(1, len(found) // SAMPLE)]]
    return {
        name: sum(bool(re.search(pattern, page, re.DOTALL)) for page in sample) / len(sample)
        for name, pattern in FEATURES.items()
    }


def differences(ours: Made, theirs: Made) -> list[str]:
    """Return a line for each kind of which the two made different numbers."""
    return [
        f"{kind}: {ours.pages[kind]} and {theirs.pages[kind]}"
        for kind in COMPARED
        if ours.pages[kind] != theirs.pages[kind]
    ]
