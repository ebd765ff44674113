"""
Building a site: the one import that others need.

    site = Site(Path("."))
    report = site.build(Options())

Binds inputs, rules and engine. A `Site` may be kept: what it has in memory makes the next build
cheaper, and `build_facts` looks at nothing but the facts, so its cost doesn't depend on the size
of the site.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from shutil import rmtree
from typing import Any

from .collecting import no_collecting
from .engine import digest
from .engine.build import Build, Progress
from .engine.crew import Executor
from .engine.key import Key, kind, make, name
from .engine.ledger import Ledger
from .engine.memory import Memory
from .engine.outcome import Outcome
from .engine.output import Output
from .engine.store import Corrupt, Store, guarded
from .errors import ContentError, InternalError, Problem, SystemProblem, UsageError, problem
from .images.cache import prune
from .inputs.clock import Clock
from .inputs.config import Settings
from .inputs.facts import Facts, FactsFile, NoFacts, Source
from .inputs.files import Files
from .inputs.world import World
from .lock import locked
from .looking import Look
from .manifest import Manifest, path_beside
from .pages.routes import as_problem
from .pages.rules import FILES, INDEX, RULES, SUMMARY
from .version import engine_version

CACHE = ".streamly"
OUTPUT = "public"
IMAGES = "images"  # what was made of them, by content: for every output tree


@dataclass(frozen=True, slots=True)
class Options:
    """What a build may be told; *now* is the only clock it has, *source* goes before *facts*."""

    output: Path | None = None
    facts: str = ""
    source: Source | None = None
    drafts: bool | None = None
    now: datetime | None = None


@dataclass(slots=True)
class Report:
    """What a build did."""

    made: dict[str, str] = field(default_factory=dict)
    kept: int = 0
    removed: list[str] = field(default_factory=list)
    written: int = 0
    problems: list[Problem] = field(default_factory=list)
    exit_code: int = 0
    next_change: str = ""
    seconds: float = 0.0
    ran: dict[Key, str] = field(default_factory=dict)
    task_seconds: dict[Key, float] = field(default_factory=dict)


Say = Callable[[str], None]


def _silent(*_: object) -> None:
    """Say nothing."""


class Site:
    """The site in one folder, with the output tree and the cache that belong to it."""

    def __init__(
        self,
        root: Path,
        options: Options = Options(),
        *,
        executor: Executor | None = None,
        say: Say = _silent,
        progress: Progress = _silent,
    ) -> None:
        self.root = root.resolve()
        self.output = (self.root / (options.output or OUTPUT)).resolve()
        self._options = options
        self._executor = executor
        self._say = say
        self._progress = progress
        self._store: Store | None = None
        self._world: World | None = None
        self._refuse_dangerous_output()

    def build(self) -> Report:
        """Look at everything that may have changed, and bring the output up to date."""
        return self._trusting(self._build_all)

    def build_facts(self, source: Source) -> Report:
        """Look at nothing but the facts of *source*; a first build must have been made."""
        return self._trusting(lambda: self._build_facts(source))

    def clean(self) -> None:
        """Forget everything that earlier builds remembered."""
        with self._alone():
            self._forget()

    def remove(self) -> list[str]:
        """Remove the files that builds made, and forget everything; return their paths."""
        with self._reading():
            store = self._open()
            output = Output.of(store, self.output, self._cache)
            for path in output.known():
                output.remove(path)
            path_beside(self.output).unlink(missing_ok=True)
            self._forget()
            rmtree(self._cache)
            rmtree(self.root / CACHE / IMAGES, ignore_errors=True)
            return output.removed

    @contextmanager
    def state(self) -> Iterator[Store]:
        """Give what the last build left on disk, to look at."""
        with self._reading():
            store = self._open()
            if store.is_new:
                self._forget()
                text = "nothing is remembered of this site"
                raise UsageError(problem("CACHE", text, hint="run `streamly build` first"))
            yield store

    @contextmanager
    def remembered(self) -> Iterator[Memory]:
        """Give the graph of the last build, to look at."""
        with self.state() as store:
            yield Memory(store)

    @contextmanager
    def looking(self) -> Iterator[Look]:
        """Give what a build would find now; nothing is made, and nothing remembered."""
        with self._reading():
            store = self._open()
            changed, _ = self._look_around(store)
            assert self._world is not None
            output = Output.of(store, self.output, self._cache)
            look = Look(RULES, self._world, Memory(store), output, executor=self._executor)
            try:
                look.begin(changed | set(store.shelf("meta").get("retry") or ()))
                yield look
            finally:
                self.close()

    def fact(self, key: str) -> bytes | None:
        """Return what a site that is kept knows of the fact *key*."""
        known = self._store.shelf("facts").get(key) if self._store is not None else None
        return known[1] if known else None

    def close(self) -> None:
        """Let go of the cache."""
        if self._store is not None:
            self._store.close()
        self._store = self._world = None

    # One build

    def _build_all(self) -> Report:
        store = self._open()
        changed, told = self._look_around(store)
        return _with_problems(self._run(store, changed, look_at_output=True), told)

    def _look_around(self, store: Store) -> tuple[set[Key], list[Problem]]:
        """Look at every input; return what may have changed, and what is odd about them."""
        started = time.time_ns()
        files = Files(self.root, store.shelf("files"), builtin=builtin_themes(), started=started)
        shelf = store.shelf("inputs")
        settings = Settings(self.root, shelf, self._overrides())
        now = self._options.now or datetime.fromtimestamp(started // 10**9, UTC)
        facts = Facts(store.shelf("facts"), shelf)
        self._world = World(files, settings, facts, Clock(now, shelf), str(self.root / CACHE))
        source = self._source(started)
        changed = self._world.changes(source, shelf)
        return changed, [*files.problems, *getattr(source, "problems", ())]

    def _build_facts(self, source: Source) -> Report:
        if self._world is None or self._store is None or self._store.is_outdated():
            self.close()
            report = self._build_all()
        else:
            report = Report()
            self._world.files.rest()
        assert self._world is not None
        assert self._store is not None
        changed = self._world.facts.sync(source)
        return _joined(report, self._run(self._store, changed, look_at_output=False))

    def _run(self, store: Store, changed: set[Key], *, look_at_output: bool) -> Report:
        assert self._world is not None
        memory = Memory(store)
        output = Output.of(store, self.output, self._cache)
        retry = store.shelf("meta").get("retry") or ()
        outcome = Build(
            RULES,
            self._world,
            memory,
            output,
            executor=self._executor,
            progress=self._progress,
        ).run(
            FILES,
            changed,
            retry=[Key(key) for key in retry],
            damaged=output.damaged() if look_at_output else (),
        )
        is_known = INDEX not in outcome.failed
        is_strange = store.is_new or output.was_interrupted
        # In a tree that this build began there is only what it made, and folders of what failed.
        if is_strange and is_known and (output.was_there or outcome.failed):
            output.sweep()
        summary = memory.value(SUMMARY) if is_known else None
        if summary is None and is_known:
            raise Corrupt(SUMMARY)
        report = _report(outcome, output, summary)
        policy = make("config", "comments")
        manifest = Manifest(
            self.output, store.shelf("manifest"), memory, self._world.look(policy)[1]
        )
        manifest.update(outcome.parts, everything=policy in changed)
        Ledger(store.shelf("ledger")).append(output.changes)
        if store.is_new and not outcome.failed:  # then it has looked at all that it needs
            prune(self.root / CACHE / IMAGES, time.time())
        self._remember(store, outcome, summary)
        # Without an index nobody knows which files are strange; the mark makes the next build look.
        output.finish(in_doubt=is_strange and not is_known)
        return report

    def _remember(self, store: Store, outcome: Outcome, summary: bytes | None) -> None:
        assert self._world is not None
        if summary is not None:
            span = RULES["summary"].codec.decode(summary)
            self._world.clock.keep(span.since, span.until)
        meta = store.shelf("meta")
        retry = tuple(sorted(outcome.retry))
        if meta.get("retry") != retry:
            meta.set("retry", retry)
        store.commit()

    # What is remembered

    @property
    def _cache(self) -> Path:
        """The cache of this output tree; two trees never share one."""
        if self.output == self.root / OUTPUT:
            return self.root / CACHE / OUTPUT
        mark = digest.of(str(self.output).encode()).hex()[:12]
        return self.root / CACHE / f"{self.output.name}-{mark}"

    @property
    def store_path(self) -> Path:
        """Where the state of the last build lies."""
        return self._cache / "state.db"

    def _open(self) -> Store:
        if self._store is None or self._store.is_outdated():
            self.close()
            self._cache.mkdir(parents=True, exist_ok=True)
            self._store = Store(self.store_path, engine_version())
        return self._store

    def _forget(self) -> None:
        self.close()
        for path in self._cache.glob("state.*"):
            path.unlink()

    def _trusting(self, act: Callable[[], Report]) -> Report:
        """Do *act*; if what was remembered can't be trusted, forget it and do it again."""
        with self._alone(), no_collecting():
            begun = time.perf_counter()
            try:
                report = self._attempt(act)
            except Corrupt:
                self._say("the cache can't be trusted, so everything is built again")
                self._forget()
                report = self._attempt(act)
            report.seconds = time.perf_counter() - begun
            return report

    def _attempt(self, act: Callable[[], Report]) -> Report:
        try:
            with guarded(self.store_path):
                return act()
        except BaseException:
            self.close()
            raise

    @contextmanager
    def _alone(self) -> Iterator[None]:
        try:
            self._cache.mkdir(parents=True, exist_ok=True)
            with locked(self.root / CACHE / "lock", self._tell_holder):
                yield
        except OSError as error:
            text = f"can't be used: {error.strerror or error}"
            hint = "make room, or check the permissions"
            path = error.filename or str(self._cache)
            raise SystemProblem(problem("CACHE", text, path=str(path), hint=hint)) from error

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """Hold the lock, and forget what can't be trusted; whoever reads then starts over."""
        with self._alone():
            try:
                with guarded(self.store_path):
                    yield
            except Corrupt as error:
                self._forget()
                text = "the cache couldn't be trusted and was removed"
                hint = "run `streamly build`, then this again"
                raise SystemProblem(problem("CACHE", text, hint=hint)) from error

    def _tell_holder(self, holder: str) -> None:
        self._say(f"waiting for {holder}, which is building this site")

    # Options

    def _overrides(self) -> dict[str, Any]:
        return {} if self._options.drafts is None else {"drafts": self._options.drafts}

    def _source(self, started: int) -> Source:
        wanted, given = self._options.facts, self._options.source
        path = self.root / (wanted or "facts.ndjson")
        if given is not None or wanted == "none":
            return given or NoFacts()
        return FactsFile(path, started=started) if wanted or path.exists() else NoFacts()

    def _refuse_dangerous_output(self) -> None:
        out = self.output
        sources = [self.root / folder for folder in ("content", "themes", "static", "data", CACHE)]
        if out in (self.root, *self.root.parents) or {out, *out.parents} & set(sources):
            raise _no_output(out, "would be overwritten by the output")
        if out.exists() and not out.is_dir():
            raise _no_output(out, "is a file, where the output folder has to be")
        own = (self._cache / "state.db").exists() or out == self.root / OUTPUT
        if not own and out.exists() and any(out.iterdir()):
            raise _no_output(out, "is not empty, and was not made by Streamly")


def _no_output(output: Path, text: str) -> UsageError:
    hint = "choose an output folder of its own, as --output public"
    return UsageError(problem("OUTPUT", text, path=str(output), hint=hint))


def builtin_themes() -> Path:
    """Return the folder of the themes that come with Streamly."""
    packaged = Path(__file__).parent / "themes"
    return packaged if packaged.is_dir() else packaged.parents[1] / "themes"


def _report(outcome: Outcome, output: Output, summary: bytes | None) -> Report:
    made = {name(key): why for key, why in outcome.ran.items() if kind(key) == "file"}
    report = Report(
        made=made,
        kept=len(output) - len(made),
        removed=output.removed,
        written=output.written,
        ran=outcome.ran,
        task_seconds=outcome.seconds,
        exit_code=outcome.exit_code,
    )
    problems = [one for told in outcome.failed.values() for one in told]
    if summary is not None:
        told = RULES["summary"].codec.decode(summary)
        problems += map(as_problem, told.faults)
        report.next_change = told.until
    return _with_problems(report, problems)


def _with_problems(report: Report, problems: Iterable[Problem]) -> Report:
    report.problems = sorted({*report.problems, *problems})
    for one in report.problems:
        kind_of_error = InternalError if one.code == "BUG" else ContentError
        report.exit_code = max(report.exit_code, kind_of_error.exit_code)
    return report


def _joined(first: Report, second: Report) -> Report:
    second.made = first.made | second.made
    second.written += first.written
    second.removed = first.removed + second.removed
    return _with_problems(second, first.problems)
