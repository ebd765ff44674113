"""
The scheduler: from changed inputs to a finished tree.

What read something that changed is doubtful, and nothing else. A doubtful task whose dependencies
turn out to be the same is kept; otherwise it runs. A task that wants a value which is still being
made is put aside and started again when the value is there: fetching is cheap, and starting again
needs no threads.

Doubt doesn't spread through a wide table before the table has run: most of its parts will be what
they were. Hence the order: first the wide tables, then the files.
"""

from collections.abc import Callable, Collection, Iterable
from typing import Any, Protocol

from streamly_ssg.errors import ContentError, Problem, SystemProblem, problem

from .crew import Crew, Executor, Order, Yield, packed
from .digest import ABSENT
from .door import Door
from .key import Key, kind, make, name
from .memory import Memory
from .outcome import Failed, Outcome, Waiting, blame
from .output import Output
from .rule import Rule, Rules, Work
from .store import Corrupt, DatabaseError
from .trace import Trace, affected, first_difference
from .turns import Turns

Progress = Callable[[int, int | None], None]  # how much is done, of how much if that is known

NEW = "is new"
DAMAGED = "its file was deleted or edited by hand"


class Inputs(Protocol):
    """The world, as the engine sees it."""

    def look(self, key: Key) -> tuple[bytes, Any]:
        """Return the digest and the value of an input, the same ones throughout a build."""


class Build:
    """One run; memory, inputs and output outlive it."""

    def __init__(
        self,
        rules: Rules,
        inputs: Inputs,
        memory: Memory,
        output: Output,
        *,
        executor: Executor | None = None,
        shares_disk: bool = True,
        progress: Progress = lambda _done, _total: None,
    ) -> None:
        self._rules = rules
        self._inputs = inputs
        self._memory = memory
        self._output = output
        self._crew = Crew(executor)
        self._shares_disk = shares_disk
        self._progress = progress
        self._doubtful: set[Key] = set()
        self._forced: set[Key] = set()
        self.settled: dict[Key, bytes] = {}
        self.hot: dict[Key, tuple[bytes, Any]] = {}
        self.encoded: dict[Key, tuple[bytes, bytes]] = {}
        self._running: dict[Key, tuple[Door, str]] = {}
        self._turns = Turns()
        self._stack: list[Key] = []
        self._planned: int | None = None
        self._done = 0
        self.outcome = Outcome()

    def run(
        self,
        root: Key,
        changed: Collection[Key],
        *,
        retry: Collection[Key],
        damaged: Iterable[str],
    ) -> Outcome:
        """
        Bring the output tree up to date.

        Args:
            root: the key whose value lists the paths of all files that are to exist.
            changed: every input that may differ from what the last build saw.
            retry: what the last build left to this one, `Outcome.retry`.
            damaged: the paths of files that are not as the last build left them.
        """
        known = self._memory.digest(root)
        self._forced = {make("file", path) for path in damaged}
        self._doubt([*changed, *retry])
        self._settle_wide_tables()
        self._drive([root])
        if root in self.settled:
            self._make_files(None if known == self.settled[root] else self.learn(root)[1])
            self._forget_unwanted()
        else:
            # Nobody could act on the news, so they are told again next time.
            self.outcome.retry = {*changed, *retry}
        self.outcome.retry |= set(self.outcome.failed)
        self._forget_failed()
        # Of a large site that is hundreds of megabytes, which saving has a use for.
        self.settled.clear()
        self.hot.clear()
        self.encoded.clear()
        self._memory.save()
        return self.outcome

    # Which files

    def _make_files(self, paths: Iterable[str] | None) -> None:
        """Make the files at *paths*; None if they are those of the last build."""
        if paths is None:
            self._make([key for key in self._doubtful | self._forced if self._is_file(key)])
        else:
            wanted = list(paths)
            # First what goes: a new file may need a folder where an old file lies.
            self._remove_all_but(set(wanted))
            self._make([key for key in map(_file, wanted) if self._may_differ(key)])

    def _make(self, files: list[Key]) -> None:
        self._planned = len(files)
        self._drive(files)

    def _forget_failed(self) -> None:
        """What can't be made isn't in a clean tree either; it is tried again next time."""
        for key in self.outcome.failed:
            self._memory.distrust(key)
            if self._is_file(key) and self._output.knows(name(key)):
                self._output.remove(name(key))

    def _may_differ(self, key: Key) -> bool:
        return key in self._doubtful or key in self._forced or not self._output.knows(name(key))

    def _is_file(self, key: Key) -> bool:
        rule = self._rules.get(kind(key))
        return rule is not None and rule.file

    def _remove_all_but(self, wanted: set[str]) -> None:
        for path in self._output.known():
            if path not in wanted:
                self._output.remove(path)
                self._memory.forget(_file(path))

    # Doubt

    def _doubt(self, keys: Iterable[Key]) -> None:
        # A first build has nothing to doubt.
        if not self._memory.is_empty:
            self._doubtful |= affected(keys, self._readers)

    def _readers(self, key: Key) -> Iterable[Key]:
        yield from self._memory.readers(key)
        rule = self._rules.get(kind(key))
        if rule is not None and not rule.owner and not rule.wide and not rule.file:
            yield from self._memory.parts(key)

    def _settle_wide_tables(self) -> None:
        kinds = [kind for kind, rule in self._rules.items() if rule.wide]
        for wide in sorted(kinds, key=lambda kind: self._rules[kind].wide):
            self._drive([key for key in self._doubtful if kind(key) == wide])

    def _forget_unwanted(self) -> None:
        """A doubtful task that nobody asked for runs when somebody does."""
        for key in self._doubtful:
            rule = self._rules.get(kind(key))
            if rule is not None and not rule.owner and key not in self.settled:
                self._memory.forget(key)

    # Scheduling

    def _drive(self, keys: Iterable[Key]) -> None:
        """Settle *keys* or find that they fail; put aside what must wait."""
        turns = self._turns = Turns(keys)
        while turns or not self._crew.is_idle():
            while turns.ready and not self._crew.is_busy():
                key = turns.ready.popleft()
                wanted = self._attempt(key)
                if wanted:
                    turns.put_aside(key, wanted)
            self._receive_some()

    def _attempt(self, key: Key) -> set[Key]:
        """Settle *key*, and return the keys that it has to wait for other than itself."""
        try:
            self.settle(key)
        except Waiting as waiting:
            return waiting.keys - {key}
        except Failed:
            pass
        return set()

    def settle_all(self, keys: Collection[Key]) -> None:
        """Settle *keys* side by side; raise `Waiting` while any is being made."""
        wanted: set[Key] = set()
        for key in keys:
            if key not in self.settled:
                try:
                    self._digest(key)
                except Waiting as waiting:
                    wanted |= waiting.keys
                    # They may be all documents of a site, and nobody has a use for so many works.
                    if self._crew.is_busy():
                        self._receive_some()
        under_way = wanted & self._running.keys()
        if under_way:
            raise Waiting(under_way)
        if wanted:
            self.settle_all(keys)

    # One key

    def learn(self, key: Key) -> tuple[bytes, Any]:
        """Return the digest and the value of *key*, as of this build."""
        rule = self._rules.get(kind(key))
        if rule is None:
            digest, value = self._inputs.look(key)
            self.settled[key] = digest
            return digest, value
        digest = self.settled.get(key) or self.settle(key)
        return digest, self._value(key, rule, digest)

    def learn_encoded(self, key: Key) -> tuple[bytes, bytes]:
        """Return the digest and the bytes of the value of *key*, as of this build."""
        digest = self.settled.get(key) or self.settle(key)
        data = self._memory.value(key)
        if data is None:
            raise Corrupt(key)
        if self._rules[kind(key)].hot:
            self.encoded[key] = digest, data
        return digest, data

    def settle(self, key: Key) -> bytes:
        """
        Return the digest of *key* as of this build, running its task if it has to.

        Raises:
            Waiting: if it is still being made.
            Failed: if it can't be made.
        """
        rule = self._rules[kind(key)]
        if key in self.outcome.failed:
            raise Failed(key)
        if key in self._running:
            raise Waiting([key])
        if key in self._stack:
            self._fail(key, ContentError(self._cycle(key)))
        self._stack.append(key)
        try:
            return self._settle_part(key, rule) if rule.owner else self._settle_task(key, rule)
        finally:
            self._stack.pop()

    def _digest(self, key: Key) -> bytes:
        settled = self.settled.get(key)
        if settled is not None:
            return settled
        if kind(key) in self._rules:
            return self.settle(key)
        return self.learn(key)[0]

    def _settle_part(self, key: Key, rule: Rule) -> bytes:
        assert rule.owner is not None
        table = rule.owner(name(key))
        self._digest(table)
        digest = self.settled[key] = self._memory.digest(key)
        if digest == ABSENT and not self._rules[kind(table)].wide:
            self._memory.miss(table, key)
        return digest

    def _settle_task(self, key: Key, rule: Rule) -> bytes:
        known = self._memory.digest(key)
        reason = self._reason(key, known)
        if reason:
            return self._start(key, rule, reason)
        self.settled[key] = known
        self._count(key)
        return known

    def _reason(self, key: Key, known: bytes) -> str:
        """Say why the task of *key* has to run; an empty string if it doesn't."""
        if known == ABSENT:
            return NEW
        if key in self._forced:
            return DAMAGED
        if key not in self._doubtful:
            return ""
        try:
            read = self._memory.dependencies(key)
            different = first_difference(read, self._doubtful, self._digest)
        except Failed as failed:
            return f"{failed} failed"
        return f"{different} changed" if different else ""

    def _value(self, key: Key, rule: Rule, digest: bytes) -> Any:
        if digest == ABSENT:
            return None
        data = self._memory.value(key)
        if data is None:
            raise Corrupt(key)
        value = rule.codec.decode(data)
        if rule.hot:
            self.hot[key] = digest, value
        return value

    # Running a task

    def _start(self, key: Key, rule: Rule, reason: str) -> bytes:
        assert rule.task is not None
        door = Door(self)
        try:
            given = rule.task(name(key), door)
            if not isinstance(given, Work):
                given = packed(given, rule.codec.encode)
        except (Waiting, Corrupt, DatabaseError, SystemProblem):
            raise
        except Exception as error:  # noqa: BLE001 - a task may fail in any way; the others go on
            self._fail(key, error)
        if isinstance(given, Work):
            self._running[key] = (door, reason)
            target = self._output.target(name(key)) if rule.file and self._shares_disk else None
            self._crew.take(key, Order(given, rule.codec.encode, target))
            raise Waiting([key])
        self._finish(key, rule, given, door, reason)
        return self.settled[key]

    def _receive_some(self) -> None:
        for key, given in self._crew.finished():
            self._receive(key, given)
            self._turns.arrived(key)

    def _receive(self, key: Key, given: Yield) -> None:
        door, reason = self._running.pop(key)
        self.outcome.seconds[key] = given.seconds
        try:
            if given.error is not None:
                self._fail(key, given.error)
            self._finish(key, self._rules[kind(key)], given, door, reason)
        except Failed:
            return

    def _finish(self, key: Key, rule: Rule, given: Yield, door: Door, reason: str) -> None:
        trace = Trace(given.digest, tuple(door.passed.items()), reason)
        if rule.file:
            self._write(key, given)
            self._memory.record(key, trace, None)
        elif given.parts is not None:
            self._memory.record(key, trace, None)
            changed = self._memory.record_parts(key, given.parts)
            self.settled.update((part, digest) for part, (digest, _) in given.parts.items())
            self.outcome.parts += changed
            self._doubt(changed)
        else:
            self._memory.record(key, trace, given.data)
        self.settled[key] = given.digest
        self.outcome.ran[key] = reason
        self._count(key)

    def _write(self, key: Key, given: Yield) -> None:
        path = name(key)
        try:
            if given.written is not None:
                self._output.record(path, given.digest, given.written, given.beside)
            else:
                self._output.write(path, given.data, given.digest, given.beside)
        except ContentError as error:
            self._fail(key, error)

    def _fail(self, key: Key, error: Exception) -> None:
        """Write down that *key* can't be made, and raise `Failed`."""
        if isinstance(error, SystemProblem | Corrupt | DatabaseError):
            raise error
        if key in self.outcome.failed:
            raise Failed(key) from error
        problems, exit_code = blame(key, error)
        self.outcome.failed[key] = problems
        self.outcome.exit_code = max(self.outcome.exit_code, exit_code)
        self._count(key)
        raise Failed(key) from error

    def _count(self, key: Key) -> None:
        """Tell how far the build is: a number of files, once it is known how many there are."""
        if self._planned is None:
            self._progress(len(self.outcome.ran), None)
        elif self._is_file(key):
            self._done += 1
            self._progress(self._done, self._planned)

    def _cycle(self, key: Key) -> Problem:
        chain = [*self._stack[self._stack.index(key) :], key]
        return problem("CYCLE", "needs itself: " + " → ".join(chain), path=name(key))


def _file(path: str) -> Key:
    return make("file", path)
