"""What several processes count together: exactly, within bounds, whoever dies or is stopped."""

import fcntl
import multiprocessing
import os
import signal
import time
from typing import Any

import pytest

from interact_api import shared
from interact_api.shared import Held, Shared
from interact_api.tallies import BUNCH, ROW, Full, Tallies

FORK = multiprocessing.get_context("fork")
TIMES = 2_000


def start(act: Any, *args: Any) -> Any:
    process = FORK.Process(target=act, args=args, daemon=True)
    process.start()
    return process


def test_what_is_over_begins_anew() -> None:
    tallies = Tallies(Shared(), 100)
    assert [tallies.add("a", now, 10)[0] for now in (0.5, 1, 10.4, 10.5, 11)] == [1, 2, 3, 1, 2]
    assert tallies.add("b", 11, 10) == (1, 21)
    assert tallies.find("a") == (2, 20.5)
    assert tallies.find("c") == (0, 0.0)


def test_many_things_are_counted_apart() -> None:
    tallies = Tallies(Shared(), 5_000)
    for turn in range(2):
        for number in range(3_000):
            assert tallies.add(str(number), turn, 10)[0] == turn + 1


def test_one_thing_is_forgotten_alone() -> None:
    tallies = Tallies(Shared(), 100)
    for name in "ab":
        tallies.add(name, 1, 10)
    tallies.clear("a")
    assert [tallies.add(name, 1, 10)[0] for name in "ab"] == [1, 2]
    tallies.reset()
    assert [tallies.add(name, 1, 10)[0] for name in "ab"] == [1, 1]


def test_more_than_has_room_is_refused_or_makes_the_oldest_leave() -> None:
    tallies = Tallies(Shared(), BUNCH // 2)
    forgetful = Tallies(Shared(), BUNCH // 2, forgets=True)
    for number in range(BUNCH):
        for one in (tallies, forgetful):
            assert one.add(str(number), 1, 10 + number)[0] == 1
    with pytest.raises(Full):
        tallies.add("more", 1, 10)
    assert forgetful.add("more", 1, 10)[0] == 1
    assert [forgetful.add(str(number), 1, 10)[0] for number in (1, 0)] == [2, 1]


def count(descriptor: int, number: int, is_alone: bool) -> None:
    memory = Shared(descriptor, number, 2)
    tallies = Tallies(memory, 100)
    if is_alone:
        memory.many = 1  # so that it takes no lock
    for _ in range(TIMES):
        tallies.add("a", 1, 10)


def counted(*, is_alone: bool) -> int:
    memory = Shared(many=2)
    tallies = Tallies(memory, 100)
    processes = [start(count, memory.descriptor, number, is_alone) for number in range(2)]
    for process in processes:
        process.join(60)
        assert process.exitcode == 0
    return tallies.find("a")[0]


def test_two_processes_count_together() -> None:
    assert counted(is_alone=False) == 2 * TIMES


class Leisurely:
    """A row that is written again a while after it was read."""

    size = ROW.size
    pack_into = staticmethod(ROW.pack_into)

    @staticmethod
    def unpack_from(*given: Any) -> Any:
        found = ROW.unpack_from(*given)
        time.sleep(0.0001)
        return found


def test_without_the_lock_some_would_be_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("interact_api.tallies.ROW", Leisurely)
    assert counted(is_alone=True) < 2 * TIMES


def stay(descriptor: int, line: Any) -> None:
    with Shared(descriptor, 1, 2):
        line.send("held")
        signal.pause()


@pytest.mark.parametrize("how", [signal.SIGSTOP, signal.SIGKILL])
def test_one_that_ends_or_is_stopped_with_the_lock(
    how: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared, "AGAIN", 0.0)
    memory = Shared(many=2)
    tallies = Tallies(memory, 100)
    mine, other = FORK.Pipe()
    process = start(stay, memory.descriptor, other)
    assert mine.recv() == "held"
    os.kill(process.pid, how)
    if how == signal.SIGSTOP:
        with pytest.raises(Held):
            tallies.add("a", 1, 10)
        process.kill()
    process.join()
    assert tallies.add("a", 1, 10)[0] == 1


def test_nobody_waits_again_for_one_that_was_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    memory = Shared(many=2)
    tries = []

    def busy(*args: Any) -> None:
        tries.append(args)
        raise BlockingIOError

    monkeypatch.setattr(fcntl, "lockf", busy)
    with pytest.raises(Held), memory:
        pass
    first = len(tries)
    with pytest.raises(Held), memory:
        pass
    assert first > 1
    assert len(tries) == first


def test_memory_that_isnt_there_isnt_given() -> None:
    memory = Shared()
    with pytest.raises(ValueError, match="can't be shared"):
        memory.common(shared.COMMON + 1)


def test_each_process_has_a_part_of_its_own() -> None:
    memory = Shared(many=2)
    other = Shared(memory.descriptor, 1, 2)
    memory.own(0)[0] = 7
    other.own(1)[0] = 9
    assert (other.own(0)[0], memory.own(1)[0]) == (7, 9)
