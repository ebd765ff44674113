"""One worker at a time: whoever dies, stops, or believes in its clock."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from interact_api.db import Database, Tx
from interact_api.rebuild import builds, lease, process
from interact_api.rebuild.builds import Build
from interact_api.rebuild.keeper import Keeper
from interact_api.rebuild.lease import Lease, Overtaken
from tests.support.patience import PATIENCE, until
from tests.support.process import environment
from tests.support.service import Clock, database

SHORT = 0.5  # seconds
LONG = 60.0  # that nobody waits for who needn't
HOLD = """
import sys, time
from pathlib import Path
from interact_api.db import Database
from interact_api.rebuild.keeper import Keeper
keeper = Keeper(Database(Path(sys.argv[1])), 0.5)
assert keeper.take(lambda: True)
print(keeper.number, flush=True)
time.sleep(600)
"""
SOMEBODY = "1 1 another-start pid:[1]"


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with database(tmp_path) as made:
        yield made


@contextmanager
def holder(db: Database) -> Iterator["subprocess.Popen[str]"]:
    """Lend a process that holds the lease."""
    words = [sys.executable, "-c", HOLD, str(db.path)]
    running = subprocess.Popen(words, env=environment(), stdout=subprocess.PIPE, text=True)
    try:
        assert running.stdout is not None
        assert running.stdout.readline() == "1\n"
        yield running
    finally:
        running.kill()
        running.communicate()


def taken(db: Database, seconds: float = 2 * LONG, silence: float = SHORT) -> tuple[int, float]:
    """Wait for the lease; return its number, 0 if it isn't to be had, and how long it took."""
    own = Keeper(db, silence)
    begun = time.monotonic()
    found = own.take(lambda: time.monotonic() - begun < seconds)
    waited = time.monotonic() - begun
    if found:
        own.give_back()
    return own.number, waited


def held_by(db: Database, name: str) -> None:
    """Write down that somebody holds the lease."""
    assert db.write_now(lambda tx: lease.take(tx, name, lease.read(tx)))


def test_a_lease_that_nobody_holds_is_taken_at_once(db: Database) -> None:
    number, waited = taken(db, silence=LONG)
    assert (number, waited < LONG) == (1, True)


def test_a_lease_that_was_given_back_is_taken_at_once(db: Database) -> None:
    taken(db)
    assert taken(db)[0] == 2


def test_a_lease_that_is_held_is_waited_for(db: Database) -> None:
    with holder(db):
        assert taken(db, 4 * SHORT)[0] == 0


def test_a_holder_that_was_killed_is_followed_at_once(db: Database) -> None:
    with holder(db) as other:
        other.kill()
        other.wait()
        number, waited = taken(db, silence=LONG)
        assert (number, waited < LONG) == (2, True)


def test_a_holder_that_was_killed_and_not_yet_buried_is_followed_at_once(db: Database) -> None:
    with holder(db) as other:
        other.kill()
        number, waited = taken(db, silence=LONG)
        assert (number, waited < LONG) == (2, True)


def test_a_holder_that_was_stopped_is_ended_when_its_time_is_over(db: Database) -> None:
    with holder(db) as other:
        other.send_signal(signal.SIGSTOP)
        number, waited = taken(db)
        assert number == 2
        assert waited > SHORT
        assert other.wait(PATIENCE) == -signal.SIGKILL


def test_a_holder_that_was_stopped_briefly_goes_on(db: Database) -> None:
    with holder(db) as other:
        other.send_signal(signal.SIGSTOP)
        assert taken(db, SHORT / 2)[0] == 0
        other.send_signal(signal.SIGCONT)
        assert taken(db, 4 * SHORT)[0] == 0
        assert other.poll() is None


def test_a_holder_that_nobody_can_look_at_is_followed_when_it_is_silent(db: Database) -> None:
    held_by(db, SOMEBODY)
    number, waited = taken(db)
    assert number == 2
    assert waited > SHORT


def test_a_clock_that_was_set_back_a_day_changes_nothing(db: Database) -> None:
    held_by(db, SOMEBODY)
    assert isinstance(db.clock, Clock)
    db.clock.pass_by(days=-1)
    number, waited = taken(db)
    assert number == 2
    assert waited < LONG


def test_who_was_overtaken_notices(db: Database) -> None:
    keeper = Keeper(db, SHORT)
    assert keeper.take(lambda: True)
    keeper.check()
    held_by(db, SOMEBODY)
    with pytest.raises(Overtaken):
        _check_for(10, keeper)
    keeper.give_back()
    assert lease.read(db.reader).holder == SOMEBODY


def test_who_was_overtaken_can_write_nothing_down(db: Database) -> None:
    held_by(db, SOMEBODY)
    held_by(db, SOMEBODY)
    with pytest.raises(Overtaken):
        db.write_now(lambda tx: builds.record(tx, 1, Build("live", "late")))
    assert db.write_now(lambda tx: builds.record(tx, 2, Build("live", "start"))) == 1
    assert [one.reason for one in builds.latest(db.reader)] == ["start"]


def _check_for(seconds: float, keeper: Keeper) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        keeper.check()
        time.sleep(0.01)


def test_of_two_that_see_it_free_one_has_it(db: Database) -> None:
    seen = lease.read(db.reader)
    numbers = [db.write_now(lambda tx: lease.take(tx, SOMEBODY, seen)) for _ in range(2)]
    assert numbers == [1, 0]


def test_a_holder_says_that_it_is_there(db: Database) -> None:
    with holder(db):
        first = lease.read(db.reader)
        until(lambda: lease.read(db.reader).beats != first.beats)
        assert lease.read(db.reader)[:2] == first[:2]


def test_who_cannot_say_so_has_lost_it_in_time(db: Database) -> None:
    keeper = Keeper(db, SHORT)
    assert keeper.take(lambda: True)
    with closing(Database(db.path)) as other:
        locked = other.submit(lambda _tx: time.sleep(4 * SHORT))
        with pytest.raises(Overtaken):
            _check_for(3 * SHORT, keeper)
        locked.result()
    keeper.give_back()


def test_the_last_builds_are_kept_and_the_one_that_is_live(db: Database) -> None:
    held_by(db, SOMEBODY)

    def many(tx: Tx) -> None:
        builds.record(tx, 1, Build("live", "first", seq=7))
        for _ in range(builds.KEPT + 10):
            builds.record(tx, 1, Build("failed", "later"))

    db.write_now(many)
    live = builds.live(db.reader)
    assert live is not None
    assert (live.reason, live.seq) == ("first", 7)
    assert len(builds.latest(db.reader, 9_999)) == builds.KEPT + 11
    db.write_now(lambda tx: builds.record(tx, 1, Build("live", "last", seq=9)))
    assert len(builds.latest(db.reader, 9_999)) == builds.KEPT


def test_a_process_is_known_by_more_than_its_number() -> None:
    own = process.ours()
    number, began, rest = own.split(" ", 2)
    assert process.state(own) == process.THERE
    assert process.state(f"{number} {int(began) - 1} {rest}") == process.GONE
    assert process.state(f"{number} {began} another-start pid:[1]") == process.ELSEWHERE
    assert process.state("") == process.ELSEWHERE


def test_another_process_with_the_same_number_is_left_alone() -> None:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]) as other:
        began = process._began(other.pid)
        rest = process.ours().split(" ", 2)[2]
        process.end(f"{other.pid} {int(began) - 1} {rest}")
        assert process.state(f"{other.pid} {began} {rest}") == process.THERE
        process.end(f"{other.pid} {began} {rest}")
        assert other.wait(PATIENCE) == -signal.SIGKILL


def test_an_unknown_lease_is_nobodys(db: Database) -> None:
    assert lease.read(db.reader) == Lease()
