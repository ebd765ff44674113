"""
Sifting: of some facts, which are those that no page can be made of?

By halves: what could be made goes in, the rest is halved again. Making a page is a function of its
facts, so there is nothing to be hoped from trying the same again.
"""

from collections.abc import Iterator, Sequence

from streamly_ssg.api import Site
from streamly_ssg.inputs.facts import Fact
from streamly_ssg.publish.built import left_out

from .aside import Aside, mark
from .feed import Feed, Given


def sift(site: Site, feed: Feed) -> list[Aside]:
    """
    Return those facts that *feed* told last without which *site* can be made as before.

    The site is left as it is with all the others.
    """
    sieve = _Sieve(site, feed)
    told = list(feed.told.values())
    before = sieve.left_out_without(told)
    return list(sieve.bad(told, before))


class _Sieve:
    def __init__(self, site: Site, feed: Feed) -> None:
        self._site = site
        self._identity = feed.identity
        self._before = dict(feed.before)

    def left_out_without(self, facts: Sequence[Fact]) -> frozenset[str]:
        """Take *facts* back; return what can't be made all the same."""
        self._build([Fact(fact.key, self._before[fact.key]) for fact in facts])
        return left_out(self._site)

    def bad(self, facts: Sequence[Fact], before: frozenset[str]) -> Iterator[Aside]:
        """Yield what is wrong among *facts*, none of which is in; the others go in."""
        if not facts:
            return
        self._build(facts)
        if left_out(self._site) <= before:
            return
        self.left_out_without(facts)
        if len(facts) == 1:
            (fact,) = facts
            yield Aside(fact.key, mark(fact.value), self._before[fact.key])
            return
        middle = len(facts) // 2
        yield from self.bad(facts[:middle], before)
        yield from self.bad(facts[middle:], before)

    def _build(self, facts: Sequence[Fact]) -> None:
        self._site.build_facts(Given(self._identity, facts))
