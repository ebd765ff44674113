"""
The scenarios: each builds sites, changes them, builds again, and keeps every run.

Streamly and Hugo take turns, so that both meet the machine in the same mood, and the first of a
round is the last of the next. After a change the page must differ, else the figure means nothing.
"""

import json
import os
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from tests.bench import edits, generators, parity
from tests.bench.figures import LARGE, MIDDLE, SMALL, Figure
from tests.bench.generators import Missing, Site
from tests.bench.measure import BuildFailed, Run
from tests.bench.posts import posts, slug

CHANGES: dict[str, edits.Edit] = {
    "nothing changed": edits.nothing,
    "one body edited": edits.body,
    "one like": edits.like,
    "template edited": edits.template,
}
PAIR = ("streamly", "hugo")
REPEATS = 3  # within a round, of a quick build; Hugo's takes long enough to be measured once
SPARSE_SECONDS = 0.1  # how often memory is sampled where time and memory share one run
WARM_LIKES = 15


class Unchanged(Exception):
    """A change didn't reach the page that shows it, or nothing changed and the page did."""


@dataclass(slots=True)
class Bench:
    """A folder for the sites, and what was measured in it so far."""

    work: Path
    posts: int
    rounds: int
    say: Callable[[str], None]
    runs: dict[tuple[str, str, int], list[Run]] = field(default_factory=lambda: defaultdict(list))
    made: dict[str, parity.Made] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)
    editions: Iterator[int] = field(default_factory=lambda: count(1))
    _sites: dict[str, Site] = field(default_factory=dict)

    def figures(self) -> list[Figure]:
        """Return what was measured."""
        return [Figure(*key, tuple(runs)) for key, runs in self.runs.items()]

    def site(self, name: str, amount: int, variant: str = "") -> Site:
        """Return the site of a generator, written when first asked for."""
        key = f"{name}{variant}-{amount}"
        if key not in self._sites:
            site = Site(generators.FINDERS[name](self.work), self.work / key, amount)
            self.say(f"writing {amount:,} posts for {name}")
            site.folder.mkdir(parents=True)
            site.write(posts(amount))
            self._sites[key] = site
        return self._sites[key]

    def pair(self) -> list[Site]:
        """Return the sites of Streamly and Hugo, without one whose generator is missing."""
        found = []
        for name in PAIR:
            try:
                found.append(self.site(name, self.posts))
            except Missing as missing:
                self.skip(name, missing)
        return found

    def skip(self, what: str, why: object) -> None:
        """Remember that something could not be measured."""
        line = f"{what}: {why}"
        if line not in self.skipped:
            self.skipped.append(line)
            self.say(f"skipped {line}")

    def keep(self, scenario: str, site: Site, run: Run) -> None:
        """Remember a run."""
        self.runs[scenario, site.generator.name, site.posts].append(run)
        memory = f", {run.peak_bytes / 1e9:.2f} GB" if run.peak_bytes else ""
        self.say(
            f"{scenario}, {site.posts:,} posts, {site.generator.name}:"
            f" {run.seconds:.3f} s{memory} (load {run.load:.1f})"
        )

    def count(self, site: Site, label: str = "") -> None:
        """Remember what a build made."""
        name = f"{label or site.generator.name}, {site.posts:,} posts"
        self.made[name] = parity.made(site.output)


def cold(bench: Bench) -> None:
    """Whole sites from nothing: time in every round, then memory in one run of its own."""
    for turn in range(bench.rounds):
        in_turns(bench, turn, lambda site: _cold(bench, site, site.build))
    in_turns(bench, bench.rounds, lambda site: _cold(bench, site, site.watch))
    in_turns(bench, 0, bench.count)


def _cold(bench: Bench, site: Site, build: Callable[[], Run]) -> None:
    site.wipe()
    bench.keep("cold", site, build())


def in_turns(bench: Bench, turn: int, measure: Callable[[Site], None]) -> None:
    """Measure Streamly and Hugo; when one fails, the other goes on."""
    sites = bench.pair()
    for site in sites[::-1] if turn % 2 else sites:
        try:
            measure(site)
        except (BuildFailed, Missing, Unchanged) as error:
            bench.skip(site.generator.name, error)


def change(bench: Bench, scenario: str) -> None:
    """One small change and a build, again and again; for Hugo that is a whole build."""
    in_turns(bench, 0, _ensure_built)
    for turn in range(max(1, bench.rounds - 1)):
        in_turns(bench, turn, lambda site: _changes(bench, scenario, site))


def _ensure_built(site: Site) -> None:
    if not site.output.exists():
        site.build()


def _changes(bench: Bench, scenario: str, site: Site) -> None:
    repeats = 1 if site.generator.name == "hugo" else REPEATS
    for _ in range(repeats):
        bench.keep(scenario, site, _changed(bench, site, CHANGES[scenario]))


def _changed(bench: Bench, site: Site, edit: edits.Edit) -> Run:
    edition = next(bench.editions)
    post = slug((site.posts // 2 + edition) % site.posts)
    page = site.output / "posts" / post / "index.html"
    if not page.exists():
        raise Unchanged(f"{site.generator.name} has not built {post}")
    before = page.read_bytes()
    edit(site.folder, site.generator.name, post, edition)
    run = site.build()
    if (page.read_bytes() == before) is not (edit is edits.nothing):
        raise Unchanged(f"{site.generator.name}: {post} after {edit.__name__}")
    return run


def warm(bench: Bench, amount: int | None = None) -> None:
    """Likes in a process that stays alive."""
    site = bench.site("streamly", amount or bench.posts)
    _ensure_built(site)
    slugs = [slug(number * site.posts // WARM_LIKES) for number in range(WARM_LIKES)]
    command = [sys.executable, "-m", "tests.bench.warm", str(site.folder), *slugs]
    load = os.getloadavg()[0]
    done = subprocess.run(
        command, cwd=site.folder, env=site.generator.env, capture_output=True, check=False
    )
    if done.returncode:
        raise BuildFailed(done.stderr.decode(errors="replace")[-2000:])
    for seconds in json.loads(done.stdout):
        bench.keep("warm like", site, Run(seconds, load))


def python_markdown(bench: Bench) -> None:
    """Streamly with the slower Markdown engine, from nothing."""
    site = bench.site("streamly", bench.posts, "-python-markdown")
    settings = site.folder / "streamly.toml"
    text = settings.read_text(encoding="utf-8")
    if "[markup]" not in text:
        settings.write_text(f'{text}\n[markup]\nengine = "python-markdown"\n', encoding="utf-8")
    _cold_once(bench, site, "cold, python-markdown")


def peer(bench: Bench, name: str) -> None:
    """Another generator, from nothing."""
    _cold_once(bench, bench.site(name, bench.posts), "cold")
    shutil.rmtree(bench.site(name, bench.posts).output)


def _cold_once(bench: Bench, site: Site, scenario: str) -> None:
    site.wipe()
    run = site.watch(SPARSE_SECONDS)
    if not any(site.output.glob("posts/*/index.html")):
        raise BuildFailed(f"{site.generator.name} has made no post")
    bench.keep(scenario, site, run)
    bench.count(site, scenario.removeprefix("cold, ") if "," in scenario else "")


def large(bench: Bench) -> None:
    """Measure a hundred thousand posts, cold and after a like, and the sites to compare with."""
    if ("cold", "streamly", MIDDLE) not in bench.runs:
        middle = bench.site("streamly", MIDDLE)
        middle.wipe()
        bench.keep("cold", middle, middle.watch(SPARSE_SECONDS))
    site = bench.site("streamly", LARGE)
    site.wipe()
    bench.keep("cold", site, site.watch(SPARSE_SECONDS))
    warm(bench, SMALL)
    warm(bench, LARGE)


SCENARIOS: dict[str, Callable[[Bench], None]] = {
    "cold": cold,
    "nothing": lambda bench: change(bench, "nothing changed"),
    "body": lambda bench: change(bench, "one body edited"),
    "like": lambda bench: change(bench, "one like"),
    "template": lambda bench: change(bench, "template edited"),
    "warm": warm,
    "python-markdown": python_markdown,
    "pelican": lambda bench: peer(bench, "pelican"),
    "eleventy": lambda bench: peer(bench, "eleventy"),
    "large": large,
}
