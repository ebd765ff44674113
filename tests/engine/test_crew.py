"""Works may be done anywhere: what they give, and how they fail, is the same."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from time import sleep
from typing import Any

import pytest

from streamly_ssg.engine.crew import (
    AHEAD,
    BATCH,
    FEW,
    Crew,
    Order,
    Stumble,
    packed,
    perform,
    portable,
)
from streamly_ssg.engine.key import Key, make
from streamly_ssg.engine.rule import RAW, Rule, Table, Work
from streamly_ssg.errors import ContentError, SystemProblem, problem

from .test_build import RULES, Toy, read, shout

MANY = 5 * FEW
TEXTS = {f"t{number}": b"text %d" % number for number in range(MANY)}
LOUD = {name: text.upper() for name, text in TEXTS.items()}
AWAY = {**RULES, "file": Rule(lambda name, fetch: Work(shout, (read(name, fetch),)), file=True)}


class Counting(ThreadPoolExecutor):
    """Threads, and how many orders came with each batch."""

    def __init__(self) -> None:
        super().__init__(2)
        self.batches: list[int] = []
        self.most_under_way = 0
        self._given: list[Future[Any]] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        self.batches.append(len(args[0]))
        given: Future[Any] = super().submit(fn, *args, **kwargs)
        self._given = [one for one in (*self._given, given) if not one.done()]
        self.most_under_way = max(self.most_under_way, len(self._given))
        return given


@pytest.fixture(scope="module")
def processes() -> Iterator[ProcessPoolExecutor]:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        yield pool


@pytest.fixture
def threads() -> Iterator[Counting]:
    with Counting() as pool:
        yield pool


def shout_slowly(text: bytes) -> bytes:
    """A batch of these takes so long that nobody could overlook it."""
    sleep(0.0005)
    return shout(text)


def order(text: bytes) -> Order:
    return Order(Work(shout, (text,)), RAW.encode, None)


def whole(toy: Toy, **texts: bytes) -> Toy:
    """Build a file of every text, by works that write their files themselves."""
    toy.rules = AWAY
    toy.texts = {**TEXTS, **texts}
    toy.build(files=" ".join(toy.texts).encode())
    return toy


def test_without_an_executor_works_are_done_here(tmp_path: Path) -> None:
    assert whole(Toy(tmp_path)).tree() == LOUD


def test_threads_give_the_same(tmp_path: Path, threads: Counting) -> None:
    toy = Toy(tmp_path, executor=threads, texts=dict(TEXTS))
    toy.build(files=b"p", p=b"together:t", t=" ".join(TEXTS).encode())
    assert toy.tree() == {"p": b" ".join(LOUD.values())}


def test_processes_give_the_same(tmp_path: Path, processes: ProcessPoolExecutor) -> None:
    assert whole(Toy(tmp_path, executor=processes)).tree() == LOUD


def test_what_a_process_wrote_is_not_damaged(
    tmp_path: Path, processes: ProcessPoolExecutor
) -> None:
    assert whole(Toy(tmp_path, executor=processes)).build().ran == {}


def test_what_a_process_gave_can_be_read_by_others(
    tmp_path: Path, processes: ProcessPoolExecutor
) -> None:
    toy = Toy(tmp_path, executor=processes, texts=dict(TEXTS))
    toy.build(files=b"p", p=b"together:t", t=" ".join(TEXTS).encode())
    assert toy.tree() == {"p": b" ".join(LOUD.values())}


def test_a_process_notices_that_folders_went_since_the_last_build(
    tmp_path: Path, processes: ProcessPoolExecutor
) -> None:
    toy = Toy(tmp_path, executor=processes, rules=AWAY)
    toy.texts = {f"folder/{name}": text for name, text in TEXTS.items()}
    paths = " ".join(toy.texts).encode()
    for wanted in (paths, b"", paths):
        toy.build(files=wanted)
    assert len(toy.tree()) == MANY


def test_a_few_works_are_not_sent_away(tmp_path: Path, threads: Counting) -> None:
    toy = Toy(tmp_path, executor=threads, texts=dict(TEXTS))
    toy.build(files=b"p", p=b"together:t", t=" ".join(list(TEXTS)[:FEW]).encode())
    assert threads.batches == []


def test_what_is_asked_for_together_is_done_side_by_side(tmp_path: Path, threads: Counting) -> None:
    toy = Toy(tmp_path, executor=threads, texts=dict(TEXTS))
    toy.build(files=b"p", p=b"together:t", t=" ".join(TEXTS).encode())
    assert sum(threads.batches) == MANY


def test_of_all_that_is_asked_for_together_only_some_is_under_way(
    tmp_path: Path, threads: Counting
) -> None:
    texts = {f"t{number}": b"text" for number in range(BATCH * (AHEAD + 6))}
    slow = Rule(lambda name, fetch: Work(shout_slowly, (read(name, fetch),)))
    toy = Toy(tmp_path, executor=threads, texts=texts, rules={**RULES, "work": slow})
    toy.build(files=b"p", p=b"together:t", t=" ".join(texts).encode())
    assert threads.most_under_way <= AHEAD


def test_what_is_asked_for_one_by_one_is_done_one_by_one(tmp_path: Path, threads: Counting) -> None:
    toy = Toy(tmp_path, executor=threads, texts=dict(TEXTS))
    toy.build(files=b"p", p=" ".join(f"work:{name}" for name in TEXTS).encode())
    assert threads.batches == []


def test_long_works_travel_one_by_one_however_few(tmp_path: Path, threads: Counting) -> None:
    long = Rule(lambda name, fetch: Work(shout, (read(name, fetch),), is_long=True))
    toy = Toy(tmp_path, executor=threads, texts=dict(TEXTS), rules={**RULES, "work": long})
    toy.build(files=b"p", p=b"together:t", t=" ".join(list(TEXTS)[:FEW]).encode())
    assert threads.batches == [1] * FEW


def test_an_error_that_cant_travel_is_told_as_a_mistake_of_ours(
    tmp_path: Path, processes: ProcessPoolExecutor
) -> None:
    toy = whole(Toy(tmp_path, executor=processes))
    outcome = toy.build(**dict.fromkeys(TEXTS, b"stumble"))
    told = {p.code for problems in outcome.failed.values() for p in problems}
    assert told == {"BUG"}


def test_an_error_that_cant_travel_says_what_and_where(
    tmp_path: Path, processes: ProcessPoolExecutor
) -> None:
    toy = whole(Toy(tmp_path, executor=processes))
    (told,) = toy.build(**dict.fromkeys(TEXTS, b"stumble")).failed[Key("file:t0")]
    assert told.message.startswith("Stubborn: it stumbled at shout:")


def test_a_work_that_fails_elsewhere_doesnt_stop_others(
    tmp_path: Path, processes: ProcessPoolExecutor
) -> None:
    toy = whole(Toy(tmp_path, executor=processes), bad=b"wrong", worse=b"stumble")
    assert toy.tree() == LOUD


def test_a_mistake_of_the_content_stays_one_on_its_way(
    tmp_path: Path, processes: ProcessPoolExecutor
) -> None:
    toy = whole(Toy(tmp_path, executor=processes))
    assert toy.build(**dict.fromkeys(TEXTS, b"wrong")).exit_code == 1


def test_a_problem_of_the_machine_elsewhere_stops_the_build(
    tmp_path: Path, processes: ProcessPoolExecutor
) -> None:
    with pytest.raises(SystemProblem, match="is full"):
        whole(Toy(tmp_path, executor=processes), bad=b"full")


def test_a_worker_that_dies_is_a_problem_of_the_machine(tmp_path: Path) -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        toy = Toy(tmp_path, executor=pool)
        with pytest.raises(SystemProblem, match="a worker process died"):
            whole(toy, bad=b"die")


def test_after_a_worker_died_the_next_build_makes_all(tmp_path: Path) -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        toy = Toy(tmp_path, executor=pool)
        with pytest.raises(SystemProblem):
            whole(toy, bad=b"die")
    toy.executor = None
    toy.build(bad=b"good")
    assert toy.tree() == {**LOUD, "bad": b"GOOD"}


def test_a_crew_without_work_is_idle() -> None:
    assert Crew(None).is_idle()


def test_a_crew_that_took_a_work_is_not_idle() -> None:
    crew = Crew(None)
    crew.take(Key("a"), order(b"x"))
    assert not crew.is_idle()


def test_a_crew_gives_back_what_it_took() -> None:
    crew = Crew(None)
    crew.take(Key("a"), order(b"x"))
    assert [(key, given.data) for key, given in crew.finished()] == [(Key("a"), b"X")]


def test_a_crew_that_gave_everything_back_is_idle() -> None:
    crew = Crew(None)
    crew.take(Key("a"), order(b"x"))
    list(crew.finished())
    assert crew.is_idle()


def test_one_work_of_a_batch_that_fails_leaves_the_others_alone() -> None:
    first, second = perform([order(b"stumble"), order(b"x")])
    assert (type(first.error), second.data) == (Stumble, b"X")


def test_our_own_errors_travel_as_they_are() -> None:
    error = ContentError(problem("TOY", "is wrong"))
    assert portable(error) is error


def test_the_order_of_a_tables_parts_makes_no_difference() -> None:
    parts = {make("part", "x"): b"1", make("part", "y"): b"2"}
    backwards = dict(reversed(parts.items()))
    assert packed(Table(parts), bytes).digest == packed(Table(backwards), bytes).digest


def test_a_tables_digest_tells_its_values_apart() -> None:
    one, other = Table({make("part", "x"): b"1"}), Table({make("part", "x"): b"2"})
    assert packed(one, bytes).digest != packed(other, bytes).digest
