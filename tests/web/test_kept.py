"""What everybody is answered the same is kept, and never for longer than it is true."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from interact_api.accounts.actor import Actor
from interact_api.db import Database, Reader
from interact_api.social import threads
from tests.support.service import Clock, member, page
from tests.support.serving import Browser, Server, serving

THREAD = "/pages/hello/comments"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server(tmp_path: Path, clock: Clock) -> Iterator[Server]:
    with serving(tmp_path, clock=clock) as made:
        page(made.database, "hello")
        yield made


@pytest.fixture
def ada(server: Server) -> Browser:
    return server.sign_in(member(server.database, "ada", "Moderator"))


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what grows whenever a thread is looked up."""
    found: list[str] = []
    real = threads.part

    def part(reader: Reader, page_id: str, viewer: Actor, **how: Any) -> threads.Part:
        found.append(page_id)
        return real(reader, page_id, viewer, **how)

    monkeypatch.setattr(threads, "part", part)
    return found


def test_the_same_question_is_looked_up_once(server: Server, made: list[str]) -> None:
    first, second = (server.anonymous().get(THREAD) for _ in range(2))
    assert made == ["hello"]
    assert first.body == second.body
    assert first.headers["etag"] == second.headers["etag"]


def test_a_change_is_seen_at_once(server: Server, ada: Browser) -> None:
    nobody = server.anonymous()
    assert nobody.get(THREAD).json["items"] == []
    ada.post(THREAD, {"body": "Hello."})
    assert len(nobody.get(THREAD).json["items"]) == 1


def test_a_change_of_another_process_is_seen_at_once(server: Server) -> None:
    nobody = server.anonymous()
    assert nobody.get(THREAD).json["open"] is True
    other = Database(server.database.path)
    other.write_now(lambda tx: tx.run("UPDATE pages SET closed = 1"))
    other.close()
    assert nobody.get(THREAD).json["open"] is False


def test_whoever_is_signed_in_has_an_answer_of_their_own(server: Server, ada: Browser) -> None:
    ada.post(THREAD, {"body": "Hello."})
    assert server.anonymous().get(THREAD).json["items"][0]["body"] is None
    assert ada.get(THREAD).json["items"][0]["body"] == "Hello."
    assert server.anonymous().get(THREAD).json["items"][0]["body"] is None


def test_another_query_is_another_question(server: Server, made: list[str]) -> None:
    for query in ("", "?sort=newest", "?limit=5"):
        server.anonymous().get(THREAD + query)
    assert len(made) == 3


def test_nothing_is_kept_for_longer_than_a_second(
    server: Server, clock: Clock, made: list[str]
) -> None:
    for _ in range(2):
        server.anonymous().get(THREAD)
        clock.pass_by(seconds=1)
    assert len(made) == 2


def test_what_is_refused_is_not_kept(server: Server, made: list[str]) -> None:
    for _ in range(2):
        assert server.anonymous().get("/pages/nowhere/comments").status == 404
    assert made == []


def test_a_reader_who_has_it_is_told_so(server: Server) -> None:
    etag = server.anonymous().get(THREAD).headers["etag"]
    again = server.anonymous().send("GET", THREAD, headers={"if-none-match": etag})
    assert (again.status, again.body) == (304, b"")
