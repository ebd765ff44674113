"""A service that is told to end: it finishes what it began, saves what waits, and ends well."""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection, HTTPException
from itertools import count
from pathlib import Path
from typing import Self

import pytest

from interact_api.web.routing import PREFIX
from interact_api.web.serving import KEEP_ALIVE
from tests.support.patience import PATIENCE
from tests.support.standing import BROWSER, Standing, ask, standing

BODY = b'{"body": "Half of it came before the end."}'


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Standing]:
    with standing(tmp_path) as made:
        made.start()
        yield made


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_being_told_to_end_is_no_failure(service: Standing, how: signal.Signals) -> None:
    assert service.stop(how, within=5) == 0


def test_views_that_wait_are_saved(service: Standing) -> None:
    assert service.ask("POST", "/events/view", {"page": "hello"}).status in {202, 204}
    assert service.stop() == 0
    assert service.value("SELECT views FROM pages WHERE id = 'hello'") == 1


def test_what_has_begun_is_answered(service: Standing) -> None:
    with closing(begin(service, service.sign_in())) as connection:
        process = service.tell(signal.SIGTERM)
        assert process.poll() is None
        connection.send(BODY[20:])
        answer = connection.getresponse()
        assert (answer.status, answer.getheader("connection")) == (201, "close")
        answer.read()
    process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert service.value("SELECT count(*) FROM comments") == 1


def begin(service: Standing, token: str) -> HTTPConnection:
    """Send the head of a comment and half of its body."""
    connection = service.connect()
    connection.putrequest("POST", f"{PREFIX}/pages/hello/comments")
    connection.putheader("authorization", f"Bearer {token}")
    connection.putheader("content-type", "application/json")
    connection.putheader("content-length", str(len(BODY)))
    connection.endheaders(BODY[:20])
    return connection


def test_nobody_comes_in_any_more(service: Standing) -> None:
    with closing(begin(service, service.sign_in())) as connection:
        process = service.tell(signal.SIGTERM)
        with closing(service.connect()) as other:
            other.connect()  # waits in the socket's queue for the next process
            other.request("GET", f"{PREFIX}/health")
            connection.send(BODY[20:])
            assert connection.getresponse().status == 201
            process.communicate(timeout=PATIENCE)
            service.start()
            assert other.getresponse().status == 200


def test_whoever_says_nothing_isnt_waited_for(service: Standing) -> None:
    with closing(service.connect()) as connection:
        assert ask(connection, "GET", "/health").status == 200
        began = time.monotonic()
        assert service.stop() == 0
        assert time.monotonic() - began < KEEP_ALIVE


@pytest.mark.long
def test_whoever_never_finishes_isnt_waited_for(service: Standing) -> None:
    with closing(begin(service, service.sign_in())):
        began = time.monotonic()
        assert service.stop() == 0
        assert time.monotonic() - began < 15
    assert service.value("SELECT count(*) FROM comments") == 0


class Visitors:
    """People who ask on and on, some over one connection, some over a new one each time."""

    def __init__(self, service: Standing, number: int) -> None:
        self.failures: list[str] = []
        self.likes = 0
        self._service = service
        self._token = service.sign_in()
        self._is_over = threading.Event()
        self._threads = [
            threading.Thread(target=self._visit, args=[turn % 2 == 0]) for turn in range(number)
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        for thread in self._threads:
            thread.join()

    def _visit(self, stays: bool) -> None:
        connection = self._service.connect()
        for turn in count():
            if self._is_over.is_set():
                break
            try:
                self._ask(connection, turn)
            except (OSError, HTTPException) as error:
                self.failures.append(repr(error))
            if not stays:
                connection.close()
        connection.close()

    def _ask(self, connection: HTTPConnection, turn: int) -> None:
        method = ("PUT", "DELETE")[turn % 2]
        token = {"authorization": f"Bearer {self._token}", "user-agent": BROWSER}
        reply = ask(connection, method, "/pages/hello/like", None, token)
        self.likes += 1
        if reply.status != 200:
            self.failures.append(f"{reply.status} {reply.body!r}")
        time.sleep(0.02)


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("restarts", [2, pytest.param(20, marks=pytest.mark.long)])
def test_nobody_notices_a_restart(service: Standing, restarts: int, workers: str) -> None:
    assert service.stop() == 0
    service.start("--workers", workers)
    with Visitors(service, 4) as visitors:
        for _ in range(restarts):
            before = visitors.likes
            assert service.stop() == 0
            service.start("--workers", workers)
            while visitors.likes < before + 8 and not visitors.failures:
                time.sleep(0.01)
    assert visitors.failures == []
