"""Workers die and stop at any moment, and there may be two: readers miss nothing and see no half."""

import signal
import subprocess
import threading
import time
from contextlib import closing, suppress
from random import Random

import pytest
from _pytest.mark import ParameterSet

from interact_api.db import Database
from interact_api.errors import Unavailable
from interact_api.rebuild import keeper, lease
from interact_api.social import comments, likes
from tests.support.joint import NAMES
from tests.support.patience import PATIENCE, until
from tests.support.social import say
from tests.support.worksite import Worksite, stop, worksite

KILLS = 10
LONG = 300
PEOPLE = ("ann", "bob", "eve")
BRIEF = "from interact_api.rebuild import keeper\nkeeper.SECONDS = 1.0\n"
# A signal on itself when the worker writes to the disk for the so-manieth time.
AT = """
import os, sys
left = [{count}]
def hook(event, args):
    writes = event in {{"os.rename", "os.link", "os.symlink", "os.remove", "os.mkdir"}} or (
        event == "open" and isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR))
    if writes:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), {signal})
sys.addaudithook(hook)
"""


def later(*counts: int) -> list[ParameterSet]:
    """Return what only the long run tries."""
    return [pytest.param(count, marks=pytest.mark.long) for count in counts]


class Crowd(threading.Thread):
    """People who like, unlike, comment and delete, on and on; all of it is acknowledged."""

    def __init__(self, site: Worksite, seed: int) -> None:
        super().__init__(daemon=True)
        self.acts = 0
        self._site = site
        self._chance = Random(seed)
        self._said: list[tuple[str, int]] = []
        self._done = threading.Event()

    def run(self) -> None:
        """Do one thing after the other until told to stop."""
        with closing(Database(self._site.path)) as database:
            while not self._done.is_set():
                self._act(database)
                self.acts += 1
                time.sleep(self._chance.uniform(0, 0.03))

    def _act(self, database: Database) -> None:
        name, where = self._chance.choice(PEOPLE), f"posts.{self._chance.choice(NAMES)}"
        actor = self._site.people[name]
        kind = self._chance.random()
        if kind < 0.4:
            database.write_now(lambda tx: likes.like(tx, actor, where))
        elif kind < 0.6:
            database.write_now(lambda tx: likes.unlike(tx, actor, where))
        elif kind < 0.9 or not self._said:
            said = say(database, actor, where, f"Words {self.acts}.")
            self._said.append((name, said.id))
        else:
            name, number = self._said.pop(self._chance.randrange(len(self._said)))
            author = self._site.people[name]
            database.write_now(lambda tx: comments.delete(tx, author, number))

    def finish(self) -> None:
        """Stop."""
        self._done.set()
        self.join()


def survived(site: Worksite, seed: int, kills: int, *, before: str = "") -> None:
    """Kill workers again and again while people act; then compare with a clean build."""
    chance = Random(seed)
    crowd = Crowd(site, seed)
    crowd.start()
    for _ in range(kills):
        process = site.start(before=before)
        time.sleep(chance.uniform(0.2, 1.2))
        process.kill()
        process.wait()
    crowd.finish()
    assert crowd.acts > kills
    site.start(before=before)
    site.settle()
    site.check()


@pytest.mark.parametrize("seed", [1])
def test_nothing_is_lost_when_workers_are_killed(seed: int) -> None:
    with worksite() as site:
        survived(site, seed, KILLS)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10, 10 + LONG // KILLS))
def test_nothing_is_lost_when_workers_are_killed_three_hundred_times(seed: int) -> None:
    with worksite() as site:
        survived(site, seed, KILLS)


def test_a_worker_that_says_it_is_done_before_it_is_is_caught() -> None:
    early = (
        "from interact_api.rebuild.showing import Show, Shown\n"
        "calls = [0]\n"
        "show = Show.show\n"
        "def skip(self, **how):\n"
        "    calls[0] += 1\n"
        "    return Shown('live', 1) if calls[0] > 1 else show(self, **how)\n"
        "Show.show = skip\n"
    )
    with worksite() as site:
        site.start(before=early)
        site.settle()
        site.like("ann", "a")
        site.settle()
        with pytest.raises(AssertionError, match="posts/a/"):
            site.check()


@pytest.mark.parametrize("count", [3, 15, 30, *later(9, 22, 41)])
def test_a_worker_may_die_at_any_write(count: int) -> None:
    with worksite() as site:
        assert stop(_started(site)) == 0
        site.live_a_little()
        dying = site.start(before=AT.format(count=count, signal=int(signal.SIGKILL)))
        _ends_or_settles(site, dying)
        site.like("eve", "c")
        site.start()
        site.settle()
        site.check()


@pytest.mark.parametrize("count", [5, 20, *later(12, 33)])
def test_a_worker_may_stop_at_any_write(count: int) -> None:
    with worksite() as site:
        assert stop(_started(site)) == 0
        site.live_a_little()
        stopping = site.start(before=BRIEF + AT.format(count=count, signal=int(signal.SIGSTOP)))
        time.sleep(1)
        site.like("eve", "c")
        site.start(before=BRIEF)
        site.settle()
        site.check()
        stopping.send_signal(signal.SIGCONT)
        site.like("eve", "b")
        site.settle()
        site.check()


def test_two_workers_are_one_at_work_and_one_that_waits() -> None:
    with worksite() as site:
        first = _started(site)
        site.start()
        for number, where in enumerate(NAMES):
            site.like("ann", where)
            site.wait(lambda where=where: site.likes(where) == 1)  # type: ignore[misc]
            assert lease.read(site.database.reader).number == 1, number
        first.kill()
        first.wait()
        site.like("bob", "a")
        assert site.wait(lambda: site.likes("a") == 2) < keeper.SECONDS
        assert lease.read(site.database.reader).number == 2
        site.settle()
        site.check()


def test_a_worker_that_is_told_to_stop_lets_the_next_one_go_on_at_once() -> None:
    with worksite() as site:
        first = _started(site)
        site.start()
        assert stop(first) == 0
        site.like("bob", "a")
        assert site.wait(lambda: site.likes("a") == 1) < keeper.SECONDS


def test_a_worker_that_is_stopped_beyond_its_lease_is_followed() -> None:
    with worksite() as site:
        first = site.start(before=BRIEF)
        site.settle()
        site.start(before=BRIEF)
        _like_while_it_sleeps(site, first)
        site.wait(lambda: site.likes("a") == 1)
        assert first.wait(PATIENCE) == -signal.SIGKILL
        site.settle()
        site.check()


def test_a_worker_alone_that_is_stopped_beyond_its_lease_goes_on() -> None:
    with worksite() as site:
        first = site.start(before=BRIEF)
        site.settle()
        _like_while_it_sleeps(site, first)
        time.sleep(1.5)
        first.send_signal(signal.SIGCONT)
        site.wait(lambda: site.likes("a") == 1)
        site.settle()
        site.check()


def _started(site: Worksite) -> "subprocess.Popen[str]":
    process = site.start()
    site.settle()
    return process


def _like_while_it_sleeps(site: Worksite, process: "subprocess.Popen[str]") -> None:
    """Stop a worker, and let somebody like a post; nobody can while it sleeps in a transaction."""
    while True:
        process.send_signal(signal.SIGSTOP)
        with suppress(Unavailable):
            site.like("ann", "a")
            return
        process.send_signal(signal.SIGCONT)


def _ends_or_settles(site: Worksite, process: "subprocess.Popen[str]") -> None:
    """Wait until a worker has died, or has nothing left to die of."""
    until(lambda: process.poll() is not None or site._is_settled())
    process.kill()
    process.wait()
