"""Mail leaves beside the requests of the real service, and survives the end of its process."""

import asyncio
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import TypeVar

import pytest

from interact_api.db import Database
from interact_api.wire import encode
from tests.support.patience import PATIENCE, until
from tests.support.post import Office, Whim, post_office
from tests.support.process import command, environment

T = TypeVar("T")

TIMEOUT = 60  # seconds that the service waits for a mail server
PASSWORD = "correct horse battery"
SETTINGS = """
[site]
base_url = "http://127.0.0.1:{port}"
[service.mail]
backend = "smtp"
port = {office}
security = "none"
timeout = {timeout}
"""


@contextmanager
def office(*whims: Whim) -> Iterator[Office]:
    """Open a mail server in a thread of its own."""
    opened: list[Office] = []
    loop, ready, closing = asyncio.new_event_loop(), threading.Event(), asyncio.Event()

    async def serve() -> None:
        async with post_office(*whims) as made:
            opened.append(made)
            ready.set()
            await closing.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    ready.wait(10)
    try:
        yield opened[0]
    finally:
        loop.call_soon_threadsafe(closing.set)
        thread.join()
        loop.close()


class Site:
    """A folder with settings, and the service that runs there."""

    def __init__(self, folder: Path, office_port: int) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        (folder / "content").mkdir()
        settings = SETTINGS.format(port=self.port, office=office_port, timeout=TIMEOUT)
        (folder / "streamly.toml").write_text(settings)
        self.folder = folder

    @contextmanager
    def running(self) -> Iterator["subprocess.Popen[bytes]"]:
        """Run ``streamly api``, for as long as the block runs."""
        words = command("api", "--port", str(self.port))
        process = subprocess.Popen(
            words, cwd=self.folder, env=environment(), stdout=subprocess.DEVNULL, stderr=sys.stderr
        )
        try:
            until(self.is_there)
            yield process
        finally:
            process.kill()
            process.wait()

    def is_there(self) -> bool:
        try:
            return self.ask("GET", "/ready") == 200
        except OSError:
            return False

    def ask(self, method: str, path: str, body: object = None) -> int:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        headers = {"origin": f"http://127.0.0.1:{self.port}", "content-type": "application/json"}
        try:
            sent = encode(body) if body is not None else None
            connection.request(method, f"/api/v1{path}", sent, headers)
            return connection.getresponse().status
        finally:
            connection.close()

    def register(self, name: str) -> int:
        sent = {"name": name, "email": f"{name}@example.org", "password": PASSWORD}
        return self.ask("POST", "/auth/register", sent)

    def states(self) -> list[str]:
        return self._database(lambda db: db.reader.all(str, "SELECT state FROM outbox ORDER BY id"))

    def let_lease_end(self) -> None:
        """Do as if the time had passed for which a letter that was begun is left alone."""
        self._database(lambda db: db.write_now(lambda tx: tx.run("UPDATE outbox SET next_at = 0")))

    def _database(self, act: Callable[[Database], T]) -> T:
        database = Database(self.folder / "var/streamly.db")
        try:
            return act(database)
        finally:
            database.close()


def token_in(post: Office) -> str:
    text = post.taken[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    return str(re.findall(r"#token=(\S+)", text)[0])


def test_who_registers_is_sent_a_letter_that_lets_them_in(tmp_path: Path) -> None:
    with office() as post:
        site = Site(tmp_path, post.port)
        with site.running():
            assert site.register("ada") == 202
            until(lambda: len(post.taken) == 1)
            assert site.ask("POST", "/auth/confirm", {"token": token_in(post)}) == 200
            credentials = {"login": "ada", "password": PASSWORD}
            assert site.ask("POST", "/auth/login", credentials) == 200
            until(lambda: len(post.taken) == 2)
    assert [str(one["Subject"]).partition(" – ")[0] for one in post.taken] == [
        "Confirm your address",
        "Welcome to A site made with Streamly",
    ]


def test_a_server_that_hangs_delays_no_answer(tmp_path: Path) -> None:
    with office("hang") as post:
        site = Site(tmp_path, post.port)
        with site.running():
            began = time.monotonic()
            assert [site.register(name) for name in ("ada", "bob", "cyd")] == [202] * 3
            assert time.monotonic() - began < TIMEOUT


@pytest.mark.parametrize("whim", ["hang", "hang after data"])
def test_a_letter_survives_a_kill_between_sending_and_noting(tmp_path: Path, whim: Whim) -> None:
    with office(whim) as post:
        site = Site(tmp_path, post.port)
        with site.running() as process:
            assert site.register("ada") == 202
            until(lambda: len(post.whims) == 0)
            until(lambda: len(post.taken) == (whim == "hang after data"))
            process.send_signal(signal.SIGKILL)
            process.wait()
        assert site.states() == ["waiting"]
        site.let_lease_end()
        with site.running():
            until(lambda: site.states() == ["sent"])
    assert len(post.taken) == (2 if whim == "hang after data" else 1)
    assert len({one["Message-ID"] for one in post.taken}) == 1
