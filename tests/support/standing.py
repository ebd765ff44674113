"""
`streamly api` as a process of its own, on a socket that the test keeps as a service manager would.

    with standing(tmp_path) as service:
        service.start()
        assert service.ask("GET", "/health").status == 200
        assert service.stop() == 0
"""

import json
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from interact_api import schema
from interact_api.accounts import tokens
from interact_api.db import Database
from interact_api.web.routing import PREFIX

from .patience import PATIENCE
from .process import command, environment
from .service import member, page
from .serving import SECRET, Reply

SETTINGS = """
[site]
base_url = "http://127.0.0.1:{port}"
[service]
environment = "test"
[service.limits]
read = "1000000/second"
write = "1000000/second"
auth = "1000000/second"
[service.views]
flush_seconds = 60
"""
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


class Standing:
    """A service in *folder*; *door* is the socket that it listens to, one process after another."""

    def __init__(self, folder: Path, door: socket.socket) -> None:
        self.folder = folder
        self.door = door
        self.port: int = door.getsockname()[1]
        self.path = folder / "var/streamly.db"
        self.process: subprocess.Popen[str] | None = None

    def prepare(self, settings: str = "") -> None:
        """Make a database with a page and somebody in it."""
        text = SETTINGS.format(port=self.port)
        (self.folder / "streamly.toml").write_text(text + settings)
        self.path.parent.mkdir()
        schema.upgrade(self.path)
        with closing(Database(self.path)) as database:
            page(database, "hello")
            member(database, "ada")

    def sign_in(self) -> str:
        """Return the token of a program of ada's."""
        text = tokens.new(tokens.ACCESS)
        with closing(Database(self.path)) as database:
            now = database.clock()
            database.write_now(
                lambda tx: tx.insert(
                    "tokens",
                    user_id=1,
                    kind="access",
                    token=tokens.digest(text),
                    scopes="read write",
                    created_at=now,
                    expires_at=now + 3_600_000,
                )
            )
        return text

    def start(self, *words: str) -> None:
        """Start a process, and wait until it is ready."""
        number = self.door.fileno()
        self.process = subprocess.Popen(
            command("api", *words, "--fd", str(number)),
            cwd=self.folder,
            env=environment({"STREAMLY_SECRET": SECRET.decode()}),
            pass_fds=(number,),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            assert self.ask("GET", "/ready").status == 200
        except OSError as error:
            self.process.kill()
            raise AssertionError(self.process.communicate()[1]) from error

    def parts(self) -> list[int]:
        """Return the processes that it looks after."""
        assert self.process is not None
        number = self.process.pid
        text = Path(f"/proc/{number}/task/{number}/children").read_text()
        return [int(one) for one in text.split()]

    def has_duty(self, number: int) -> bool:
        """Tell whether process *number* does what one does for all: the kernel shows its lock."""
        there = Path(f"/proc/{number}/fd")
        name = f"{self.path.name}-locks"
        found = [one.name for one in there.iterdir() if one.exists() and one.resolve().name == name]
        lines = [Path(f"/proc/{number}/fdinfo/{one}").read_text() for one in found]
        return any("lock:" in line for line in lines)

    def stop(self, how: signal.Signals = signal.SIGTERM, within: float = 20) -> int:
        """Tell the process to end; return how it did."""
        process = self.tell(how)
        process.communicate(timeout=within)
        return process.returncode

    def tell(self, how: signal.Signals) -> "subprocess.Popen[str]":
        """Send the process a signal, and give it time to hear it."""
        assert self.process is not None
        self.process.send_signal(how)
        time.sleep(0.3)  # uvicorn looks each tenth of a second
        return self.process

    def connect(self) -> HTTPConnection:
        return HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)

    def ask(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        with closing(self.connect()) as connection:
            return ask(connection, method, path, body, headers)

    def value(self, sql: str) -> Any:
        with closing(Database(self.path)) as database:
            return database.reader.value(sql)


def ask(
    connection: HTTPConnection,
    method: str,
    path: str,
    body: Any = None,
    headers: Mapping[str, str] | None = None,
) -> Reply:
    """Send a request over a connection that may stay open."""
    data = body if body is None or isinstance(body, bytes) else json.dumps(body)
    sent = {"content-type": "application/json", "user-agent": BROWSER, **(headers or {})}
    sent["origin"] = f"http://127.0.0.1:{connection.port}"
    connection.request(method, PREFIX + path, data, sent)
    answer = connection.getresponse()
    found = {name.lower(): value for name, value in answer.getheaders()}
    return Reply(answer.status, found, answer.read(), [])


@contextmanager
def standing(folder: Path, *, is_prepared: bool = False, settings: str = "") -> Iterator[Standing]:
    """Lend a service that has not been started; whatever runs at the end is killed."""
    with socket.create_server(("127.0.0.1", 0), backlog=512) as door:
        door.set_inheritable(True)
        service = Standing(folder, door)
        if not is_prepared:
            service.prepare(settings)
        try:
            yield service
        finally:
            if service.process is not None and service.process.poll() is None:
                service.process.kill()
                service.process.communicate()
