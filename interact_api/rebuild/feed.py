"""The facts as the builder is told them: without what was set aside, noticing what was before."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from interact_api.facts import Place
from streamly_ssg.inputs.facts import Changes, Fact, Source, Token

from .aside import Aside, instead
from .removals import takes_away

Known = Callable[[str], bytes | None]  # what the builder knows of a fact


class Feed:
    """
    The facts of *source*.

    Attributes:
        known: what the builder knows of a fact; whoever makes the builder says it.
        place: up to where the builder was told.
        told: what it was told since `begin`, unless that was everything.
        before: what it knew of that.
        withheld: of which facts it was told another value, because theirs are set aside.
        has_lost: whether any of that takes something away.
    """

    def __init__(self, source: Source) -> None:
        self.identity = source.identity
        self.known: Known = lambda _key: None
        self.place = Place(0, "")
        self._source = source
        self._aside: dict[str, Aside] = {}
        self.begin()

    def begin(self) -> None:
        """Forget what was noticed."""
        self.told: dict[str, Fact] = {}
        self.before: dict[str, bytes | None] = {}
        self.withheld: set[str] = set()
        self.has_lost = False

    def set_aside(self, known: Mapping[str, Aside]) -> None:
        """Learn what is set aside."""
        self._aside = dict(known)

    def changes(self, since: Token) -> Changes:
        """Return what changed after *since*."""
        found = self._source.changes(since)
        self.place = Place(*found.token)
        self.has_lost |= found.complete and since is not None
        shown = map(self._instead, found.facts)
        return found._replace(facts=shown if found.complete else self._noticed(shown))

    def _instead(self, fact: Fact) -> Fact:
        shown = instead(self._aside, fact)
        if shown is not fact:
            self.withheld.add(fact.key)
        return shown

    def _noticed(self, facts: Iterable[Fact]) -> Iterator[Fact]:
        for fact in facts:
            old = self.known(fact.key)
            self.told[fact.key] = fact
            self.before.setdefault(fact.key, old)
            self.has_lost |= takes_away(fact.key, old, fact.value)
            yield fact


class Removals:
    """What of a feed takes something away; the rest is told another time."""

    def __init__(self, feed: Feed) -> None:
        self.identity = feed.identity
        self._feed = feed

    def changes(self, since: Token) -> Changes:
        """Return what has to go at once; the place stays where it was."""
        found = self._feed.changes(since)
        lost: Iterable[Fact] = ()
        if not found.complete:
            known = self._feed.known
            lost = [one for one in found.facts if takes_away(one.key, known(one.key), one.value)]
        return Changes(lost, since, complete=False)


class Given:
    """Some facts, as if nothing else had changed."""

    def __init__(self, identity: str, facts: Iterable[Fact]) -> None:
        self.identity = identity
        self._facts = list(facts)

    def changes(self, since: Token) -> Changes:
        """Return the facts; the place stays where it was."""
        return Changes(self._facts, since, complete=False)
