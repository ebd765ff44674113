"""
`python -m tests.bench.live`: how soon a comment stands on its page, over HTTP.

A site with the default theme, the service with its pages, and one worker, as `streamly up` runs
them. Comments are sent at a steady rate to random pages; each counts from the service's yes until
its page, asked for again and again, holds it. Then comes a storm, and the tree is compared with a
clean build of the same facts. Goals that are missed are said so, not enforced.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from random import Random
from typing import NamedTuple

import click

from tests.bench import ours, posts, report, sites
from tests.bench.duel import Goal
from tests.bench.figures import LARGE
from tests.bench.load import Spoiled
from tests.bench.ours import Member, Ours
from tests.bench.service import free_port

HOME = Path(__file__).parents[2]
EVERY = 0.02  # seconds between two looks at the pages that are waited for
PATIENCE = 30.0  # seconds until a comment is taken for lost
SENDERS = 16
SETTLED = 900.0
BUSY, STORM = 100, 10.0  # pages of the storm, and its seconds
HEAD = ("posts", "what", "count", "p50 ms", "p90 ms", "p99 ms", "worst ms")


class Row(NamedTuple):
    """How long something took, again and again."""

    posts: int
    what: str
    seconds: list[float]

    def at(self, part: float) -> float:
        """Return the time within which so many of a hundred were done."""
        return sorted(self.seconds)[min(len(self.seconds) - 1, int(len(self.seconds) * part))]

    @property
    def told(self) -> tuple[str, ...]:
        """Return it as a row of the table."""
        times = (f"{self.at(part) * 1000:,.0f}" for part in (0.5, 0.9, 0.99, 1))
        return (f"{self.posts:,}", self.what, f"{len(self.seconds):,}", *times)


class Pending:
    """The comments that the service said yes to and no page shows yet."""

    def __init__(self, port: int) -> None:
        self.seconds: list[float] = []
        self._port = port
        self._waiting: dict[str, tuple[str, float]] = {}
        self._lock = threading.Lock()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def add(self, word: str, page: str) -> None:
        """Wait for *word* on *page* from now on."""
        with self._lock:
            self._waiting[word] = (page, time.perf_counter())

    def finish(self) -> None:
        """Wait for all that is missing."""
        self._done.set()
        self._thread.join()
        if self._waiting:
            raise Spoiled(f"{len(self._waiting)} comments never came")

    def _watch(self) -> None:
        with closing(HTTPConnection("127.0.0.1", self._port, timeout=30)) as line:
            last = time.perf_counter()
            while not self._done.is_set() or self._waiting:
                now = time.perf_counter()
                last = now if self._look(line) or not self._done.is_set() else last
                if now - last > PATIENCE:
                    return
                time.sleep(EVERY)

    def _look(self, line: HTTPConnection) -> int:
        with self._lock:
            waiting = dict(self._waiting)
        found = 0
        for word, (page, begin) in waiting.items():
            line.request("GET", f"/posts/{page}/")
            if word.encode() in line.getresponse().read():
                self.seconds.append(time.perf_counter() - begin)
                with self._lock:
                    del self._waiting[word]
                found += 1
        return found


def steady(site: Ours, pages: list[str], rate: float, seconds: float) -> tuple[list[float], ...]:
    """Comment at a steady rate; return how long pages took, and how long answers did."""
    chance, pending = Random(1), Pending(site.port)
    answers = []
    with closing(HTTPConnection("127.0.0.1", site.port, timeout=30)) as line:
        begin = time.perf_counter()
        for number in range(round(rate * seconds)):
            time.sleep(max(0.0, begin + number / rate - time.perf_counter()))
            word, page = f"steady-{number}-said", chance.choice(pages)
            answers.append(say(line, site, page, word, site.members[number % SENDERS]))
            pending.add(word, page)
    pending.finish()
    return pending.seconds, answers


def storm(site: Ours, pages: list[str], count: int, seconds: float) -> tuple[list[float], float]:
    """Send *count* comments within *seconds*; return how long answers took, and the whole storm."""
    answers: list[float] = []
    begin = time.perf_counter()

    def send(first: int) -> None:
        chance = Random(first)
        member = site.members[first]
        with closing(HTTPConnection("127.0.0.1", site.port, timeout=60)) as line:
            for number in range(first, count, SENDERS):
                time.sleep(max(0.0, begin + number * seconds / count - time.perf_counter()))
                word = f"storm-{number}-said"
                answers.append(say(line, site, chance.choice(pages), word, member))

    threads = [threading.Thread(target=send, args=(number,)) for number in range(SENDERS)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return answers, time.perf_counter() - begin


def say(line: HTTPConnection, site: Ours, page: str, word: str, member: Member) -> float:
    """Comment; return how long the answer took."""
    headers = {
        "Content-Type": "application/json",
        "Origin": f"http://127.0.0.1:{site.port}",
        "Cookie": f"sid={member.cookie}",
        "X-CSRF-Token": member.csrf,
    }
    body = json.dumps({"body": f"I think so too: {word}, and more than once."})
    begin = time.perf_counter()
    line.request("POST", f"/api/v1/pages/posts.{page}/comments", body, headers)
    answer = line.getresponse()
    text = answer.read()
    if answer.status != 201:
        raise Spoiled(f"a comment is answered {answer.status}: {text[:200]!r}")
    return time.perf_counter() - begin


@contextmanager
def running(folder: Path, count: int) -> Iterator[Ours]:
    """Run a site of *count* posts with everything that keeps it alive."""
    port = free_port()
    folder.mkdir()
    sites.streamly(folder, posts.posts(count))
    (folder / "facts.ndjson").unlink()
    write_settings(folder, port)
    streamly(folder, "build")
    members = ours.fill(folder / "var" / "streamly.db", {})
    with ours.serving(folder, port, members, [], "--site") as site:
        with (folder / "worker.log").open("wb") as log:
            worker = subprocess.Popen(
                command("worker"), cwd=folder, stdout=log, stderr=log, env=env()
            )
        try:
            settle(folder)
            yield site
        finally:
            worker.terminate()
            worker.wait()


def write_settings(folder: Path, port: int) -> None:
    """Write the settings of the site and of the service; all comments are let through."""
    text = ours.SETTINGS.format(port=port)
    (folder / "streamly.toml").write_text(text)


def command(*words: str) -> list[str]:
    """Return how to run ``streamly``."""
    return [sys.executable, "-m", "streamly_ssg", *words]


def env() -> dict[str, str]:
    """Return the environment of all that runs."""
    return os.environ | {"STREAMLY_SECRET": ours.SECRET, "PYTHONPATH": str(HOME)}


def streamly(folder: Path, *words: str) -> str:
    """Run a command to its end; return what it printed."""
    ran = subprocess.run(
        command(*words), cwd=folder, env=env(), capture_output=True, text=True, check=False
    )
    if ran.returncode:
        raise Spoiled(f"streamly {words[0]} has failed: {ran.stderr[-500:]}")
    return ran.stdout


def settle(folder: Path) -> float:
    """Wait until readers see all that has happened; return how long that took."""
    begin = time.perf_counter()
    while time.perf_counter() - begin < SETTLED:
        known = json.loads(streamly(folder, "worker", "--show", "--json"))
        if known["builds"] and known["live"] == known["facts"]:
            return time.perf_counter() - begin
        time.sleep(0.2)
    raise Spoiled("the worker doesn't come to an end")


def measure(folder: Path, count: int, rate: float, seconds: float, crowd: int) -> list[Row]:
    """Measure a site of *count* posts: a steady rate, then a storm."""
    pages = [posts.slug(number) for number in range(count)]
    with running(folder, count) as site:
        shown, answers = steady(site, pages, rate, seconds)
        rows = [Row(count, "comment to page", shown), Row(count, "answer", answers)]
        settle(folder)
        before = builds(folder)
        answers, took = storm(site, pages[:BUSY], crowd, STORM)
        rows.append(Row(count, f"answer in a storm of {took:.1f} s", answers))
        late = settle(folder)
        made = builds(folder) - before
        print(
            f"{count:,} posts: {crowd:,} comments, {made} builds, shown {late:.1f} s after the last"
        )
    streamly(folder, "worker", "--once")
    streamly(folder, "verify")
    return rows


def builds(folder: Path) -> int:
    """Return the number of the last build."""
    return int(json.loads(streamly(folder, "worker", "--show", "--json"))["builds"][0]["number"])


@click.command()
@click.option("--posts", "counts", multiple=True, type=int, default=(1_000, 10_000))
@click.option("--rate", default=20.0, show_default=True, help="Comments a second.")
@click.option("--seconds", default=20.0, show_default=True, help="So long.")
@click.option("--storm", "crowd", default=10_000, show_default=True, help="Comments of the storm.")
def main(counts: tuple[int, ...], rate: float, seconds: float, crowd: int) -> None:
    """Measure how soon readers see what somebody wrote."""
    rows = []
    with tempfile.TemporaryDirectory(prefix="streamly-live-") as place:
        for count in counts:
            rows += measure(Path(place) / f"{count}", count, rate, seconds, crowd)
    report.table("Measured, over HTTP", HEAD, [one.told for one in rows])
    report.table("Promised", ("goal", "value", "limit", ""), list(map(_goal, goals(rows))))


def goals(rows: list[Row]) -> Iterator[Goal]:
    """Yield what was promised."""
    for one in rows:
        if one.what == "comment to page":
            slack = 1.5 if one.posts >= LARGE else 1
            for name, share, limit in (("p50", 0.5, 600 * slack), ("p99", 0.99, 2000 * slack)):
                value = one.at(share) * 1000
                yield Goal(f"{one.posts:,} posts: {name}", value, limit, "ms", at_least=False)
        if "storm" in one.what:
            name = f"{one.posts:,} posts: p99 of answers in a storm"
            yield Goal(name, one.at(0.99) * 1000, 250, "ms", at_least=False)


def _goal(goal: Goal) -> tuple[str, ...]:
    value, limit = f"{goal.value:,.0f} {goal.unit}", f"≤ {goal.limit:g}"
    return goal.name, value, limit, "met" if goal.met else "MISSED"


if __name__ == "__main__":
    main()
