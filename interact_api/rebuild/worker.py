"""
The worker: waits for news, builds, lets readers see it, writes down what it did.

It keeps nothing that matters in memory. What is live is written beside what has happened, so
whoever comes next, after whatever end, compares the two and catches up.
"""

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from time import monotonic
from typing import NamedTuple

from interact_api import facts
from interact_api.db import Database, DatabaseError
from interact_api.errors import Refusal
from interact_api.numbers import rankings
from streamly_ssg.api import Report, Site
from streamly_ssg.errors import StreamlyError, SystemProblem, problem

from . import aside, builds
from .bell import Bell
from .builds import Build
from .feed import Feed, Removals
from .keeper import Keeper
from .lease import Overtaken
from .pulling import Pulling
from .showing import Show, Shown
from .sifting import sift

COALESCE = 0.25  # seconds in which what happens belongs to one build
LOOK = 0.1  # seconds between two looks at what there is to do
FEW = 16  # facts that are built at once; of more, what takes something away goes first
COUNT = 300.0  # seconds between two counts of the rankings
FIRST, LONGEST = 0.5, 30.0  # seconds until something that failed is tried again
SHORT = 3  # failures after which everything is looked at
LOG = logging.getLogger(__name__)


class Call(NamedTuple):
    """Why there is something to build, and whether files may have changed too."""

    reason: str
    is_whole: bool


class Replaced(SystemProblem):
    """The database is another file now, and only a new process may go on."""


class Worker:
    """Brings what readers see up to date with *database* and the files of *site*."""

    def __init__(
        self,
        database: Database,
        site: Site,
        *,
        feed: Feed,
        show: Show,
        keeper: Keeper,
        bell: Bell,
        pulling: Pulling,
        tell: Callable[[], None],
    ) -> None:
        self._database = database
        self._site = site
        self._feed = feed
        self._show = show
        self._keeper = keeper
        self._bell = bell
        self._pulling = pulling
        self._tell = tell
        self._aside: dict[str, aside.Aside] = {}
        self._again: Call | None = None
        self._failures = 0
        self._not_before = 0.0
        self._heard: float | None = None
        self._next_change = ""
        self._counted = -COUNT
        self._inode = database.path.stat().st_ino
        self._has_lost = False  # something was taken away since readers were last shown something

    def work(self) -> None:
        """Work until nobody rings any more; wait while somebody else does."""
        while self._keeper.take(self._bell.is_wanted):
            try:
                self._work()
            except Overtaken:
                LOG.warning("another worker has taken over")
                self._site.close()
            finally:
                self._keeper.give_back()

    def catch_up(self) -> None:
        """Do all that there is to do, once; whatever goes wrong is raised."""
        if self._keeper.take(self._bell.is_wanted):
            try:
                self._begin()
                self._round(Call("start", is_whole=True))
            finally:
                self._keeper.give_back()

    # What there is to do

    def _work(self) -> None:
        self._begin()
        while self._bell.is_wanted():
            self._keeper.check()
            try:
                call = self._due()
            except (Refusal, DatabaseError, FileNotFoundError) as error:
                call = None
                LOG.error("the database can't be read: %s", error)  # noqa: TRY400 - one line
                time.sleep(FIRST)
            if call is None:
                self._bell.wait(LOOK)
            else:
                self._attempt(call)

    def _begin(self) -> None:
        reader = self._database.reader
        last, live = facts.last(reader), builds.live(reader)
        LOG.info("at work: facts are at %d, readers see %d", last, live.seq if live else 0)
        # Whoever was at work before may have built what nobody was shown yet.
        self._has_lost = live is not None and live.seq != last
        self._show.trust(live)
        self._aside = {one.key: one for one in aside.everything(reader)}
        self._feed.set_aside(self._aside)
        self._again = Call("start", is_whole=True)
        self._heard, self._failures, self._not_before = None, 0, 0.0

    def _due(self) -> Call | None:
        """Return what there is to do now."""
        if paths := self._bell.take_paths():
            again = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
            return Call(f"{min(paths)}{again} changed", is_whole=True)
        if monotonic() < self._not_before:
            return None
        self._count_now_and_then()  # before the first build, so that it needs no second one
        if self._again is not None:
            return self._again
        if commit := self._pulling.take():
            return Call(f"commit {commit} was pushed", is_whole=True)
        if self._next_change and datetime.now(UTC) >= datetime.fromisoformat(self._next_change):
            return Call(f"it is {self._next_change}", is_whole=True)
        return self._due_facts()

    def _due_facts(self) -> Call | None:
        if self._inode != self._database.path.stat().st_ino:
            text = "was replaced by another file; this process still has the old one"
            path = str(self._database.path)
            raise Replaced(problem("DATABASE", text, path=path, hint="start the worker again"))
        if facts.place(self._database.reader) == self._feed.place:
            self._heard = None
            return None
        if self._heard is None:
            self._heard = monotonic()
        if monotonic() - self._heard < COALESCE:
            return None
        self._heard = None
        return Call("facts changed", is_whole=False)

    def _count_now_and_then(self) -> None:
        if monotonic() - self._counted >= COUNT:
            rankings.refresh(self._database)
            self._counted = monotonic()

    # Doing it

    def _attempt(self, call: Call) -> None:
        """Do what *call* asks for; if it fails, remember it and try again later."""
        try:
            self._round(call)
        except (StreamlyError, Refusal, DatabaseError, OSError) as error:
            self._fail(call, str(error))
        except Overtaken:
            raise
        except Exception as error:
            LOG.exception("a build has a mistake")
            self._fail(call, repr(error))
        else:
            self._again, self._failures = None, 0

    def _fail(self, call: Call, text: str) -> None:
        self._failures += 1
        pause = min(FIRST * 2 ** (self._failures - 1), LONGEST)
        self._not_before = monotonic() + pause
        is_whole = call.is_whole or self._failures >= SHORT
        was_whole = self._again is not None and self._again.is_whole
        self._again = Call(call.reason, is_whole or was_whole)
        LOG.error("%s; trying again in %.1f s", text, pause)
        try:
            self._record(Build(builds.FAILED, call.reason, problems=text.splitlines()))
        except (Refusal, DatabaseError) as error:
            LOG.error("the failure can't be written down: %s", error)  # noqa: TRY400 - one line

    def _round(self, call: Call) -> None:
        self._feed.begin()
        if call.is_whole:
            self._make(call, self._site.build)
            return
        if self._is_much():
            first = Call("something was taken back", is_whole=False)
            live = self._feed.place.seq
            self._make(first, lambda: self._site.build_facts(Removals(self._feed)), live=live)
        self._make(call, lambda: self._site.build_facts(self._feed))

    def _is_much(self) -> bool:
        return len(facts.since(self._database.reader, self._feed.place.seq, FEW + 1)) > FEW

    def _make(self, call: Call, build: Callable[[], Report], *, live: int | None = None) -> None:
        """
        Build, show, write down.

        Of some facts, after which readers see no more than those up to *live*, nothing is said
        unless they made a difference.
        """
        begun = time.perf_counter()
        report = build()
        self._has_lost |= self._feed.has_lost
        self._next_change = report.next_change
        if self._show.learn(report) and self._feed.told:
            self._sift(report)
            self._show.learn(report)
        self._heal()
        built = time.perf_counter()
        self._keeper.check()
        if live is not None and not (report.made or report.removed):
            return
        shown = self._show.show(is_whole=call.is_whole, forget=self._has_lost)
        self._has_lost &= shown.state == builds.HELD
        self._tell()
        ended = time.perf_counter()
        told = self._told(call, report, shown, times=(built - begun, ended - built))
        self._record(told if live is None else told._replace(seq=live))

    def _told(
        self, call: Call, report: Report, shown: Shown, *, times: tuple[float, float]
    ) -> Build:
        return Build(
            shown.state,
            call.reason,
            seq=self._feed.place.seq,
            release=shown.release,
            made=len(report.made),
            removed=len(report.removed),
            pages=[f"{path}: {why}" for path, why in report.made.items()],
            problems=[str(one) for one in report.problems],
            build_ms=round(times[0] * 1000),
            publish_ms=round(times[1] * 1000),
        )

    def _record(self, build: Build) -> None:
        number = self._keeper.number
        self._database.write_now(lambda tx: builds.record(tx, number, build))
        LOG.info(
            "%s: %s, %d made, %d removed, %d + %d ms",
            *(build.reason, build.state, build.made, build.removed),
            *(build.build_ms, build.publish_ms),
        )

    # What can't be shown

    def _sift(self, report: Report) -> None:
        """Set aside those of the facts just told without which every page can be made."""
        number = self._keeper.number
        text = "; ".join(str(one) for one in report.problems[:3])
        for one in sift(self._site, self._feed):
            found = one._replace(problem=text)
            LOG.error("%s is set aside: %s", one.key, text)
            self._database.write_now(lambda tx, found=found: aside.add(tx, number, found))  # type: ignore[misc]
            self._aside[one.key] = found
        self._feed.set_aside(self._aside)

    def _heal(self) -> None:
        """Forget what was set aside, where another value has come and pages were made of it."""
        number = self._keeper.number
        for key in (self._aside.keys() & self._feed.told.keys()) - self._feed.withheld:
            if self._aside[key].refused != aside.mark(self._feed.told[key].value):
                self._database.write_now(lambda tx, key=key: aside.remove(tx, number, key))  # type: ignore[misc]
                del self._aside[key]
        self._feed.set_aside(self._aside)
