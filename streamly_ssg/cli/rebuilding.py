"""Building again and again: once at the beginning, and then whenever something has changed."""

import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from streamly_ssg.api import Options, Report, Site
from streamly_ssg.errors import Problem, StreamlyError
from streamly_ssg.watch import Watch

from . import reporting, speech
from .drawing import Progress
from .failing import bug
from .options import Wish
from .session import Session
from .stopping import Stop

FACTS = "facts.ndjson"
AGAIN = 0.1  # seconds until a file that was being written is read again
SHOWN = 3


class Result(NamedTuple):
    """What one build did; no report if it couldn't even begin."""

    report: Report | None
    problems: Sequence[Problem]

    def differs(self, last: "Result") -> bool:
        """Whether there is something to show since *last*."""
        made = self.report is not None and bool(self.report.made or self.report.removed)
        return made or list(self.problems) != list(last.problems)


def begin(session: Session, wish: Wish, chosen: Options) -> tuple[Path, Result]:
    """Build for the first time; return where the output is, and what the build did."""
    # Processes are forked only here, where there is a single thread: a lock that another thread
    # holds would stay locked in the copy.
    with wish.workers() as executor, Progress() as progress:
        site = Site(session.root, chosen, executor=executor, say=speech.note, progress=progress)
        report = site.build()
        site.close()
    reporting.tell(report)
    return site.output, Result(report, report.problems)


def rebuilds(
    session: Session, wish: Wish, chosen: Options, first: Result, stop: Stop
) -> Iterator[Result]:
    """Yield what each build did that changed something, or had other problems than the last."""
    last = first
    # The processes of these builds come from a server that has no threads.
    with watched(session, chosen) as watch, wish.workers("forkserver") as executor:
        site = Site(session.root, chosen, executor=executor, say=speech.note)
        changed: set[str] = set()  # what was saved before anybody watched is found by the build
        while True:
            result = build(site)
            if result.differs(last):
                _tell(result, changed)
                yield result
            last = result if result.report is not None else result._replace(report=last.report)
            stop.check()
            changed = watch.wait(_seconds_to_wait(last.report, wish))


def build(site: Site) -> Result:
    """Build *site*; whatever goes wrong is a problem to be shown, and no reason to stop."""
    told: Sequence[Problem] = ()
    for _ in range(2):
        try:
            report = site.build()
            return Result(report, report.problems)
        except StreamlyError as error:
            told = error.problems
            if not any(one.code == "FILE" for one in told):
                break
            time.sleep(AGAIN)
        except Exception as error:  # noqa: BLE001 - the author goes on writing
            return Result(None, [bug(error)])
    return Result(None, told)


def watched(session: Session, chosen: Options) -> Watch:
    """Return the watch over everything that a build reads."""
    is_file = chosen.source is None and chosen.facts != "none"
    facts = [session.root / (chosen.facts or FACTS)] if is_file else []
    return Watch(session.root, facts)


def _seconds_to_wait(report: Report | None, wish: Wish) -> float | None:
    """Return when the next scheduled change is due, unless the build stands at a fixed moment."""
    if report is None or not report.next_change or wish.now is not None:
        return None
    due = datetime.fromisoformat(report.next_change)
    return max(0.0, (due - datetime.now(UTC)).total_seconds()) + 1


def _tell(result: Result, changed: set[str]) -> None:
    speech.complain(result.problems)
    if result.report is not None:
        more = f" and {len(changed) - SHOWN} more" if len(changed) > SHOWN else ""
        because = ", ".join(sorted(changed)[:SHOWN]) + more
        speech.say(reporting.summary(result.report) + (f": {because}" if because else ""))
