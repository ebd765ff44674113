"""The benchmark of the service measures what it says: answers that did what was asked."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bench import ours, service
from tests.bench.duel import Bench, Goal
from tests.bench.load import Connection, Spoiled

TEXTS = ["One.", "Two."]
THREADS: dict[str, list[str]] = {
    f"{name}-{number}": [] for name in ("new", "mixed") for number in range(16)
}


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    threads = {"short": TEXTS, **THREADS}
    pages = [f"page-{number}" for number in range(2_000)]
    with ours.running(tmp_path / "ours", service.free_port(), threads, pages) as running:
        yield Bench(running, None, seconds=0.2, rounds=1, say=lambda _: None)


def test_every_answer_that_counts_has_done_something(bench: Bench) -> None:
    service.comments(bench)
    service.likes(bench)
    service.mixed(bench)
    comments, likes = (bench.of(name, "streamly")[0].rate for name in ("comments", "likes"))
    assert bench.ours.count("SELECT count(*) FROM comments") >= comments * bench.seconds > 0
    assert bench.ours.count("SELECT count(*) FROM likes") >= likes * bench.seconds > 0
    assert bench.goals[0].name == "mixed: p99 of reads"


def test_answers_that_refuse_are_not_counted(bench: Bench) -> None:
    refused = bench.ours.request("PUT", "/pages/page-1/like")
    with pytest.raises(Spoiled, match="401"):
        bench.measure("likes", bench.ours, [Connection("like", [refused])])


def test_a_plan_that_ends_before_it_counts_is_not_counted(bench: Bench) -> None:
    with pytest.raises(Spoiled, match="nothing was left to send"):
        bench.measure("likes", bench.ours, bench.ours.liking(16, 0, 16))


@pytest.mark.parametrize(("value", "met"), [(11.9, False), (12, True), (13, True)])
def test_a_goal_is_met_from_its_limit_on(value: float, met: bool) -> None:
    assert Goal("comments", value, 12, "× Isso").met is met
    assert Goal("p99", -value, -12, "ms", at_least=False).met is met
