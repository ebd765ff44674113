"""Two hundred requests at once, over HTTP, have the effect of one, or of some order of them."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from interact_api.settings import Moderation
from tests.support.service import member, page
from tests.support.serving import Browser, Reply, Server, serving
from tests.support.social import wrong_counters

PARALLEL = 200
PATHS = ["/pages/a/like", "/comments/1/like", "/users/ann/follow"]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with serving(tmp_path, moderation=Moderation(first_comments=0)) as running:
        page(running.database, "a")
        ann = running.sign_in(member(running.database, "ann"))
        assert ann.post("/pages/a/comments", {"body": "Hello."}).json["id"] == "1"
        yield running


@pytest.fixture
def bob(server: Server) -> Browser:
    return server.sign_in(member(server.database, "bob"))


def together(acts: Sequence[Callable[[], Reply]]) -> list[Reply]:
    """Send requests from 16 threads; return what came back, in the order of *acts*."""
    with ThreadPoolExecutor(16) as threads:
        return [one.result() for one in [threads.submit(act) for act in acts]]


@pytest.mark.parametrize("path", PATHS)
def test_the_same_request_many_times_has_one_effect(
    server: Server, bob: Browser, path: str
) -> None:
    replies = together([lambda: bob.put(path)] * PARALLEL)
    assert {one.status for one in replies} == {200}
    assert len({one.body for one in replies}) == 1
    assert 1 in replies[0].json.values()
    assert wrong_counters(server.database.reader) == []


@pytest.mark.parametrize("path", PATHS)
def test_toggles_take_turns(server: Server, bob: Browser, path: str) -> None:
    replies = together([lambda: bob.put(path), lambda: bob.delete(path)] * (PARALLEL // 2))
    assert {one.status for one in replies} == {200}
    assert {next(iter(one.json.values())) for one in replies[::2]} == {1}
    assert {next(iter(one.json.values())) for one in replies[1::2]} == {0}
    assert wrong_counters(server.database.reader) == []
    assert bob.delete(path).json in (
        {"likes": 0, "liked": False},
        {"followers": 0, "following": False},
    )
    assert wrong_counters(server.database.reader) == []


def test_a_crowd_counts_everybody_once(server: Server) -> None:
    crowd = [server.sign_in(member(server.database, f"fan{number}")) for number in range(20)]
    together([partial(one.put, "/pages/a/like") for one in crowd] * 10)
    assert server.anonymous().get("/pages/a").json["likes"] == 20
    assert wrong_counters(server.database.reader) == []


def test_many_reports_of_one_person_are_one(server: Server, bob: Browser) -> None:
    replies = together([lambda: bob.post("/comments/1/report", {"reason": "spam"})] * PARALLEL)
    assert {one.status for one in replies} == {204}
    assert server.database.reader.value("SELECT count(*) FROM reports") == 1


def test_a_comment_sent_many_times_with_one_key_is_there_once(server: Server, bob: Browser) -> None:
    key = {"Idempotency-Key": "k1"}
    replies = together(
        [lambda: bob.send("POST", "/pages/a/comments", {"body": "Once."}, key)] * PARALLEL
    )
    assert {one.status for one in replies} == {201}
    assert len({one.json["id"] for one in replies}) == 1
    assert server.anonymous().get("/pages/a/comments").json["count"] == 2


def test_a_comment_is_taken_away_once(server: Server) -> None:
    mod = server.sign_in(member(server.database, "mod", "Moderator"))
    replies = together([lambda: mod.delete("/comments/1")] * PARALLEL)
    assert sorted(one.status for one in replies)[:2] == [204, 410]
    assert wrong_counters(server.database.reader) == []


def test_decisions_of_many_moderators_leave_one_of_them(server: Server) -> None:
    verbs = ("approve", "reject", "spam", "undo")
    mods = [server.sign_in(member(server.database, f"mod{n}", "Moderator")) for n in range(4)]
    acts = [partial(mod.post, f"/comments/1/{verb}") for mod in mods for verb in verbs]
    replies = together(acts * (PARALLEL // len(acts)))
    assert {one.status for one in replies} <= {200, 409}
    assert wrong_counters(server.database.reader) == []
    assert server.database.reader.value("SELECT min(spam) >= 0 AND min(ham) >= 0 FROM spam_words")
