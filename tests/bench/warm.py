"""
One like after the other in a process that stays alive, as the service's worker does it.

`python -m tests.bench.warm SITE SLUG...` likes each post once and prints the seconds as JSON.
"""

import json
import sys
import time
from pathlib import Path

from streamly_ssg.api import Options, Site
from streamly_ssg.inputs.facts import Changes, Fact, Token, read_fact
from tests.bench import sites
from tests.bench.scenarios import Unchanged

FIRST_COUNT = 500_000


class Likes:
    """Facts in the order in which they came, as the service's database gives them."""

    identity = "likes"

    def __init__(self, facts: list[Fact]) -> None:
        """Begin with *facts*."""
        self._facts = facts

    def add(self, slug: str, count: int) -> None:
        """Let the post have *count* likes."""
        self._facts.append(read_fact(sites.like(slug, count, len(self._facts)).encode()))

    def changes(self, since: Token) -> Changes:
        """Return what came after *since*."""
        return Changes(self._facts[since or 0 :], len(self._facts), complete=False)


def likes(folder: Path, slugs: list[str]) -> list[float]:
    """Like each post and return how long each build took, after two that aren't counted."""
    lines = (folder / "facts.ndjson").read_bytes().splitlines()
    source = Likes([read_fact(line) for line in lines])
    site = Site(folder, Options(facts="facts.ndjson"))
    site.build()
    site.build_facts(source)
    seconds = []
    for count, slug in enumerate(slugs, FIRST_COUNT):
        page = site.output / "posts" / slug / "index.html"
        before = page.read_bytes()
        source.add(slug, count)
        begin = time.perf_counter()
        site.build_facts(source)
        seconds.append(time.perf_counter() - begin)
        if page.read_bytes() == before:
            raise Unchanged(f"the like of {slug} did not reach its page")
    return seconds


if __name__ == "__main__":
    print(json.dumps(likes(Path(sys.argv[1]), sys.argv[2:])))
