"""
Showing: what the last build made becomes what readers see.

A page that can't be made stays as readers know it: its old contents are not taken away. While
anything is left out, nothing else that a build of the whole site took away goes either, for nobody
can tell whether it went with it. As soon as a build is whole again, all is compared, and what
should go goes.
"""

from typing import NamedTuple

from streamly_ssg.api import Report, Site
from streamly_ssg.errors import ContentError, problem
from streamly_ssg.publish.built import Built, built_since, is_unfinished, left_out
from streamly_ssg.publish.releases import Releases

from . import builds
from .builds import Build


class Shown(NamedTuple):
    """What became of a build: one of the states in `builds`, and the release that readers see."""

    state: str
    release: int


class Show:
    """What readers of *site* see, in *releases*."""

    def __init__(self, site: Site, releases: Releases) -> None:
        self.left_out: frozenset[str] = frozenset()
        self._site = site
        self._releases = releases
        self._is_partial = False  # the last build left something out
        self._goes_on = False  # from what the last release has; else everything is compared

    def trust(self, last: Build | None) -> None:
        """Go on from *last*, the last build that readers saw, if that is what they see."""
        whole = last is not None and last.state in {builds.LIVE, builds.SAME}
        self._goes_on = whole and last is not None and last.release == self.release

    @property
    def release(self) -> int:
        """The release that readers see; 0 if there is none."""
        live = self._releases.journal.live
        return live.number if live is not None else 0

    def learn(self, report: Report) -> frozenset[str]:
        """Learn what the last build couldn't make, and return what of it the one before could."""
        if is_unfinished(self._site):
            text = "nobody knows which pages there are; readers see what they saw before"
            raise ContentError(*report.problems, problem("PUBLISH", text))
        found = left_out(self._site)
        self._is_partial = bool(report.problems or found)
        new, self.left_out = found - self.left_out, found
        return new

    def show(self, *, is_whole: bool, forget: bool) -> Shown:
        """Let readers see what was built; *forget* what it replaces."""
        if self._releases.is_rolled_back:
            return Shown(builds.HELD, self.release)
        found = self._releases.publish(
            lambda cursor: self._built(cursor, is_whole=is_whole), forget=forget
        )
        self._goes_on = not self._is_partial
        state = builds.SAME if found is None else builds.LIVE
        return Shown(builds.PARTLY if self._is_partial else state, self.release)

    def _built(self, cursor: str, *, is_whole: bool) -> Built:
        goes_on = self._goes_on or self._is_partial
        built = built_since(self._site, cursor if goes_on else "", incomplete=True)
        if not self._is_partial:
            return built
        paths = {name.partition(":")[2] for name in self.left_out}
        changes = {
            path: content
            for path, content in built.changes.items()
            if content is not None or not (is_whole or path in paths)
        }
        return built._replace(changes=changes, is_whole=False)
