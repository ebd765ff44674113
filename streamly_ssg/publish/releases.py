"""
Releases: one after the other, each whole, at the cost of what it changes.

A release claims the waiting tree, writes into the journal what it is going to do, brings the tree
up to date, and makes it the one that readers see. Whatever dies in between, the link `current`
tells afterwards whether the release happened, and the journal follows it.
"""

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from streamly_ssg.errors import SystemProblem, UsageError, problem

from . import plan, trees
from .built import Built
from .journal import UNKNOWN, Change, Journal, Overtaken, Release
from .kept import Kept
from .lint import lint
from .trees import Claim, Differs
from .turn import holder, turn

FOLDER = Path("var/releases")
JOURNAL = "journal.db"
TRIES = 3
LARGE = 500  # changes after which both trees are brought up to date at once
HOUR = 3_600_000

Source = Callable[[str], Built]  # tells what changed since a cursor


class Rules(NamedTuple):
    """
    What is kept, and who is waited for.

    Attributes:
        keep: releases that can be brought back.
        asset_hours: how long assets stay that the site no longer has.
        patience: seconds that a publisher which has stopped is waited for.
    """

    keep: int = 5
    asset_hours: int = 24
    patience: float = 10


RULES = Rules()


class _Task(NamedTuple):
    """What a release is to do, and where the contents come from."""

    kind: str
    content: int
    cursor: str
    changes: list[Change]
    put: Callable[[Claim, Change], None]


def _silent(_text: str) -> None:
    """Say nothing."""


class Releases:
    """The releases in the folder *root*."""

    def __init__(
        self,
        root: Path,
        rules: Rules = RULES,
        *,
        clock: Callable[[], float] = time.time,
        say: Callable[[str], None] = _silent,
    ) -> None:
        self.root = root
        self._rules = rules
        self._clock = clock
        self._say = say
        root.mkdir(parents=True, exist_ok=True)
        with self._guarded():
            self.journal = Journal(root / JOURNAL)
        self._contents = Kept(root / "kept")

    def close(self) -> None:
        """Let go of the journal."""
        self.journal.close()

    @property
    def site(self) -> Path:
        """The folder that readers see."""
        return self.root / trees.CURRENT

    @property
    def is_rolled_back(self) -> bool:
        """Whether somebody went back: then only a person should publish something newer."""
        live = self.journal.live
        return live is not None and live.kind == "rollback"

    def publish(self, source: Source, *, forget: bool = False) -> Release | None:
        """
        Let readers see the last build; return the release, or None if they do already.

        Args:
            source: tells what was built.
            forget: what this release replaces can't be brought back, by nobody.
        """
        for _ in range(TRIES):
            try:
                return self._act(lambda: self._task_of_build(source), forget=forget)
            except Differs as error:
                differing = str(error)
        text = "is not what the last build made of it"
        hint = "run `streamly build`, then this again"
        raise SystemProblem(problem("PUBLISH", text, path=differing, hint=hint))

    def rollback(self, number: int | None = None) -> Release | None:
        """Let readers see the release *number* again, by default the one before the present one."""
        return self._act(lambda: self._task_of_rollback(number))

    def forget(self, paths: list[str]) -> None:
        """Make what *paths* were before impossible to bring back; what they are now stays."""
        with self.alone():
            self._recover(self.journal.draw())
            self._forget(paths)

    def repair(self) -> Release | None:
        """Bring the journal in line with what readers see; return the release they see."""
        with self.alone():
            self._recover(self.journal.draw())
            return self.journal.live

    def kept(self) -> list[Release]:
        """Return the releases that are kept, the newest first."""
        with self._guarded():
            return self.journal.releases()

    # One release

    def _act(self, prepare: Callable[[], _Task], *, forget: bool = False) -> Release | None:
        with self.alone():
            claim = self.journal.draw()
            self._recover(claim)
            task = prepare()
            if not task.changes:
                return None
            release = self._release(task, claim)
            paths = [change.path for change in task.changes if change.moves]
            if forget:
                self._forget(paths)
            elif len(paths) > LARGE:
                self._settle()
            return release

    def _task_of_build(self, source: Source) -> _Task:
        live = self.journal.live
        built = source(live.cursor if live else "")
        wanted = dict(built.changes)
        known = self.journal.known(None if built.is_whole else wanted)
        if built.is_whole:
            wanted |= dict.fromkeys(plan.missing(known, wanted))
        changes = plan.changes(wanted, known, self.now + self._rules.asset_hours * HOUR)
        changes += plan.expired(self.journal.expired(self.now), changes)
        lint(built.root, (one.path for one in changes if one.moves and one.new))
        self._refuse_without_room(built.root, changes)

        def put(claim: Claim, change: Change) -> None:
            assert change.new is not None
            claim.copy(f"{built.root}{os.sep}{change.path}", change.path, change.new)

        return _Task("publish", 0, built.cursor, changes, put)

    def _task_of_rollback(self, number: int | None) -> _Task:
        target = self._target(number)
        wanted = self.journal.undone(target.number)
        known = self.journal.known(wanted)
        changes = plan.changes(wanted, known, self.now + self._rules.asset_hours * HOUR)

        def put(claim: Claim, change: Change) -> None:
            assert change.new is not None
            claim.link(self._contents.path(change.new), change.path)

        return _Task("rollback", target.content, target.cursor, changes, put)

    def _target(self, number: int | None) -> Release:
        known = self.journal.releases()
        if not known:
            text = "there is no release yet"
            raise UsageError(problem("PUBLISH", text, hint="make one with `streamly publish`"))
        if number is None:
            earlier = [one for one in known if one.number < known[0].content]
            found = earlier[0] if earlier else None
        else:
            found = next((one for one in known if one.number == number), None)
        if found is None:
            wish = "no earlier release" if number is None else f"release {number} not"
            hint = f"kept are {', '.join(str(one.number) for one in reversed(known))}"
            raise UsageError(problem("PUBLISH", f"{wish} kept", hint=hint))
        return found

    def _release(self, task: _Task, number: int) -> Release:
        live = trees.current(self.root)
        tree = trees.other(live)
        claim = Claim(self.root, tree, number)
        release: Release | None = None
        try:
            release = self.journal.stage(self._row(task, tree, number), task.changes)
            trees.rest(self.root)
            self._bring(claim, live, task)
            self._keep(live, task.changes)
            claim.sync()
            claim.switch()
        except BaseException:
            with suppress(Overtaken, OSError, sqlite3.Error):
                claim.release()
                if release is not None:
                    self.journal.abandon(release)
            raise
        self.journal.commit(release, self._rules.keep)
        self._tidy()
        return release._replace(state="live")

    def _row(self, task: _Task, tree: str, claim: int) -> Release:
        live = self.journal.live
        written = sum(change.moves and change.new is not None for change in task.changes)
        removed = sum(change.moves and change.new is None for change in task.changes)
        files = live.files if live else 0
        files += sum(change.old is None for change in task.changes) - removed
        return Release(
            0,
            "",
            task.kind,
            task.content,
            self.now,
            task.cursor,
            tree,
            claim,
            written,
            removed,
            files,
        )

    def _bring(self, claim: Claim, live: str | None, task: _Task) -> None:
        """Make the claimed tree hold what *task* wants, whatever state it is in."""
        new = {change.path: change for change in task.changes if change.moves}
        shown = f"{self.root}{os.sep}{live}"
        wanted = self._behind(claim) | {path: change.new for path, change in new.items()}
        for path, content in wanted.items():
            if content is None:
                claim.remove(path)
        for path, content in wanted.items():
            if content is None:
                continue
            if path in new:
                task.put(claim, new[path])
            else:
                claim.link(f"{shown}{os.sep}{path}", path)

    def _behind(self, claim: Claim) -> dict[str, bytes | None]:
        """Return the paths in which the claimed tree may differ from the live one."""
        base = self.journal.base(claim.tree)
        if base == UNKNOWN:
            claim.empty()
            return {path: content for path, (content, _) in self.journal.known().items()}
        return self.journal.dirty(base)

    def _keep(self, live: str | None, changes: list[Change]) -> None:
        for change in changes:
            if change.old is not None and change.moves:
                self._contents.add(f"{self.root}{os.sep}{live}{os.sep}{change.path}", change.old)
        self._contents.sync()

    # Afterwards

    def _tidy(self) -> None:
        outdated = self.journal.outdated()
        if outdated:
            self._contents.drop(outdated)
            self.journal.trim()

    def _settle(self) -> None:
        """Bring the waiting tree up to date as well."""
        live = self.journal.live
        assert live is not None
        number = self.journal.draw()
        claim = Claim(self.root, trees.other(live.tree), number)
        self.journal.check(number)
        trees.rest(self.root)
        self._bring(claim, live.tree, _Task("settle", 0, "", [], _nothing))
        claim.sync()
        claim.release()
        self.journal.settled(claim.tree, live.number, number)

    def _forget(self, paths: list[str]) -> None:
        if self.journal.live is None:
            return
        self._settle()
        gone = self.journal.forget(paths)
        self._contents.drop(content for content in gone if not self.journal.is_wanted(content))

    def _recover(self, claim: int) -> None:
        """Take from everybody who came before what they hold; finish the books of the last one."""
        trees.revoke(self.root)
        staged = self.journal.staged
        live = trees.current(self.root)
        if staged is not None and staged.claim < claim:
            if live == staged.tree:
                self.journal.commit(staged, self._rules.keep)
            else:
                self.journal.abandon(staged)
        known = self.journal.live
        if known is not None and known.tree != live:
            text = f"shows {live or 'nothing'}, but the journal says {known.tree}"
            hint = "remove the whole folder and publish again"
            raise SystemProblem(problem("PUBLISH", text, path=str(self.site), hint=hint))

    def _refuse_without_room(self, root: Path, changes: list[Change]) -> None:
        """Say that there is no room before anything is begun."""
        needed = 0
        for change in changes:
            if change.moves and change.new is not None:
                with suppress(OSError):
                    needed += os.stat(root / change.path, follow_symlinks=False).st_size
        disk = os.statvfs(self.root)
        if needed > disk.f_bavail * disk.f_frsize:
            text = f"there is no room for {needed:,} bytes; readers see what they saw before"
            raise SystemProblem(problem("PUBLISH", text, path=str(self.root), hint="make room"))

    @property
    def now(self) -> int:
        """The moment, in milliseconds."""
        return int(self._clock() * 1000)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Let nobody else publish meanwhile."""
        with self._guarded(), turn(self.root / "lock", self._rules.patience, self._say):
            yield

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """Say what went wrong so that a person can mend it."""
        try:
            yield
        except Overtaken as error:
            text = "another publisher has begun a newer release; this one was given up"
            hint = "nothing is lost: publish again if something is missing"
            raise SystemProblem(problem("PUBLISH", text, hint=hint)) from error
        except sqlite3.OperationalError as error:
            text = f"the journal can't be written: {error}"
            hint = f"make room, check the permissions, or let {holder(self.root / 'lock')} go on"
            path = str(self.root / JOURNAL)
            raise SystemProblem(problem("PUBLISH", text, path=path, hint=hint)) from error
        except sqlite3.DatabaseError as error:
            text = f"the journal can't be read: {error}"
            hint = "remove it: the next release is made from the beginning, and readers see no gap"
            path = str(self.root / JOURNAL)
            raise SystemProblem(problem("PUBLISH", text, path=path, hint=hint)) from error
        except OSError as error:
            text = f"{error.strerror or error}; readers see what they saw before"
            hint = "make room or check the permissions, then publish again"
            path = str(error.filename or self.root)
            raise SystemProblem(problem("PUBLISH", text, path=path, hint=hint)) from error


def _nothing(_claim: Claim, _change: Change) -> None:
    """Put nothing: there are no changes."""
