"""
The service as a process that can be killed, and people who go on using it through all its lives.

The listening socket stays with the test, as it would with a supervisor: whoever asks between two
lives waits for the next one. The people keep one history for all lives, which `history.check`
compares with the database; what they don't know after a kill they ask again under the same
Idempotency-Key, and it must have happened once.
"""

import json
import multiprocessing
import os
import signal
import socket
import subprocess
import threading
import time
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from random import Random
from typing import Any

from interact_api.accounts import sessions, tokens
from interact_api.db import Database
from interact_api.service import open_service
from interact_api.settings import read_settings
from interact_api.web import serving

from . import history
from .history import PADDING, PAGES, PEOPLE, Line
from .patience import PATIENCE
from .process import command, environment

CLOSED = "closed"  # a page that takes no comments
SETTINGS = """
[service.limits]
read = "1000000/second"
write = "1000000/second"
[service.moderation]
first_comments = 0
[service.mail]
backend = "file"
"""
CREATED = {200, 201, 204}
FORK = multiprocessing.get_context("forkserver")
FORK.set_forkserver_preload(["tests.support.killing"])


def run(root: str, door: socket.socket, how: str = "") -> None:
    """Be the service of the site in *root* until told to end; *how* is a fault to have."""
    if how == "early":
        history.acknowledge_early()
    service = open_service(read_settings(Path(root), {}))
    try:
        serving.serve(service, door)
    finally:
        service.close()


class Site:
    """A site with a socket of its own, on which one process or another answers."""

    def __init__(self, root: Path, how: str = "") -> None:
        self.root = root
        self.database = root / "var/streamly.db"
        self.how = how
        self.door = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port: int = self.door.getsockname()[1]
        (root / "streamly.toml").write_text(f'[site]\nbase_url = "{self.origin}"\n{SETTINGS}')
        history.prepare(self.database)
        self.cookies = self._signed_in()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> Any:
        """Begin a life."""
        process = FORK.Process(target=run, args=(str(self.root), self.door, self.how), daemon=True)
        process.start()
        return process

    def _signed_in(self) -> list[str]:
        """Sign everybody in, and close a page; return the tokens of their sessions."""
        made = [tokens.new(tokens.SESSION) for _ in PEOPLE]
        database = Database(self.database)
        for number, text in enumerate(made, 1):
            digest = tokens.digest(text)
            database.write_now(
                lambda tx, n=number, d=digest: sessions.start(tx, n, d, remember=True)  # type: ignore[misc]
            )
        row = {"url": "/closed/", "kind": "post", "title": "Closed", "policy": "closed"}
        database.write_now(lambda tx: tx.insert("pages", id=CLOSED, **row))
        database.close()
        return made


class Crowd:
    """Everybody who uses a site, each in a thread, with one history."""

    def __init__(self, site: Site, seed: int) -> None:
        self.told: list[Line] = []
        self.mistakes: list[str] = []
        self.cut: list[str] = []  # requests that a process didn't answer
        self.news = threading.Event()  # something was acknowledged
        self.leaving = threading.Event()
        self.people = [User(self, site, number, seed) for number in range(len(PEOPLE))]
        self._threads = [threading.Thread(target=one.work, daemon=True) for one in self.people]
        for thread in self._threads:
            thread.start()

    @property
    def saved(self) -> int:
        """Return how much was acknowledged so far."""
        return sum(line.state == "+" for line in list(self.told))

    def leave(self) -> None:
        """Let everybody finish what they are at."""
        self.leaving.set()
        for thread in self._threads:
            thread.join(30)


class User:
    """Somebody who asks for one thing after the other; nobody else changes what is theirs."""

    def __init__(self, crowd: Crowd, site: Site, number: int, seed: int) -> None:
        self._crowd = crowd
        self._site = site
        self._number = number
        self._chance = Random(f"{seed}/{number}")
        self._count = 0
        self._wire: HTTPConnection | None = None
        self._headers = {"cookie": f"sid={site.cookies[number]}", "origin": site.origin}

    def work(self) -> None:
        """Ask until it is time to leave."""
        acts = (self._like, self._follow, self._comment, self._comment, self._refused)
        try:
            self._headers["x-csrf-token"] = self._token()
            while not self._crowd.leaving.is_set():
                self._chance.choice(acts)()
        except Exception as error:  # noqa: BLE001 - told to the test, which fails
            self._crowd.mistakes.append(repr(error))
        finally:
            self._hang_up()

    def _token(self) -> str:
        while (answer := self._ask("GET", "/auth/csrf")) is None:
            pass
        return str(json.loads(answer[1])["token"])

    def _like(self) -> None:
        where, wanted = self._chance.choice(PAGES), self._chance.random() < 0.7
        method = "PUT" if wanted else "DELETE"
        self._do("like", (self._number + 1, where, wanted), method, f"/pages/{where}/like")

    def _follow(self) -> None:
        other = self._chance.choice([n for n in range(len(PEOPLE)) if n != self._number])
        wanted = self._chance.random() < 0.7
        method = "PUT" if wanted else "DELETE"
        what = (self._number + 1, other + 1, wanted)
        self._do("follow", what, method, f"/users/{PEOPLE[other]}/follow")

    def _comment(self) -> None:
        where, body = self._chance.choice(PAGES), self._words()
        self._do("comment", (where, body), "POST", f"/pages/{where}/comments", {"body": body})

    def _refused(self) -> None:
        path, body = f"/pages/{CLOSED}/comments", self._words()
        self._do("comment", (CLOSED, body), "POST", path, {"body": body})

    def _do(
        self, kind: str, what: tuple[Any, ...], method: str, path: str, body: object = None
    ) -> None:
        """Ask for something, and write down what came of it."""
        self._say("?", kind, what)
        while (answer := self._ask(method, path, body)) is None:
            if method != "POST" or self._crowd.leaving.is_set():
                self._say("~", kind, what)
                return
        status, said = answer
        if status in CREATED:
            self._say("+", kind, what)
            self._crowd.news.set()
        elif status >= 500 and b'"UNAVAILABLE"' not in said:
            self._crowd.mistakes.append(f"{method} {path}: {status} {said!r}")
        else:
            self._say("-", kind, what)

    def _ask(self, method: str, path: str, body: object = None) -> tuple[int, bytes] | None:
        """Send a request; return its answer, or None if the process died over it."""
        headers = dict(self._headers)
        if body is not None:
            headers["content-type"] = "application/json"
            headers["idempotency-key"] = str(self._count)
        try:
            if self._wire is None:
                self._wire = HTTPConnection("127.0.0.1", self._site.port, timeout=PATIENCE)
            sent = json.dumps(body) if body is not None else None
            self._wire.request(method, f"/api/v1{path}", sent, headers)
            answer = self._wire.getresponse()
            return answer.status, answer.read()
        except (OSError, HTTPException) as error:
            self._crowd.cut.append(f"{method} {path}: {error!r}")
            self._hang_up()
            return None

    def _hang_up(self) -> None:
        if self._wire is not None:
            self._wire.close()
        self._wire = None

    def _say(self, state: str, kind: str, what: tuple[Any, ...]) -> None:
        self._crowd.told.append(Line(state, kind, what))

    def _words(self) -> str:
        self._count += 1
        return f"{self._number} said {self._count}{PADDING}".strip()


class Several:
    """`streamly api` with two processes on a site's socket, either of which may be killed."""

    def __init__(self, site: Site) -> None:
        number = site.door.fileno()
        words = ("--workers", "2", "--fd", str(number))
        self._process = subprocess.Popen(
            command("api", *words),
            cwd=site.root,
            env=environment(),
            pass_fds=(number,),
            stderr=subprocess.DEVNULL,
        )

    @property
    def parts(self) -> list[int]:
        """Return the two processes, or fewer while one is dead."""
        number = self._process.pid
        text = Path(f"/proc/{number}/task/{number}/children").read_text()
        return [int(one) for one in text.split()]

    def kill_one(self, chance: Random) -> None:
        """Kill one of those that are there."""
        while not (found := self.parts):
            time.sleep(0.01)
        os.kill(chance.choice(found), signal.SIGKILL)

    def stop(self) -> int:
        """End them in order; return how that went."""
        self._process.terminate()
        return self._process.wait(PATIENCE)


def survived_in_part(site: Site, seed: int, kills: int) -> int:
    """Kill one of two processes again and again while both are used; return what was saved."""
    chance = Random(seed)
    several = Several(site)
    crowd = Crowd(site, seed)
    try:
        for _ in range(kills):
            assert crowd.news.wait(PATIENCE), crowd.mistakes
            time.sleep(chance.uniform(0.2, 0.8))
            several.kill_one(chance)
            crowd.news.clear()
        assert crowd.news.wait(PATIENCE), crowd.mistakes
        crowd.leave()
        assert several.stop() == 0
        assert crowd.mistakes == []
        assert crowd.cut != []
        return history.check(site.database, crowd.told)
    finally:
        crowd.leaving.set()
        several.stop()
        site.door.close()
        crowd.leave()


def survived(site: Site, seed: int, kills: int) -> int:
    """Kill the service again and again while it is used; check each time; return what was saved."""
    chance = Random(seed)
    process = site.start()
    crowd = Crowd(site, seed)
    try:
        for _ in range(kills):
            assert crowd.news.wait(PATIENCE), crowd.mistakes
            time.sleep(chance.uniform(0, 0.12))
            process.kill()
            process.join()
            crowd.news.clear()
            history.check(site.database, list(crowd.told))
            process = site.start()
        assert crowd.news.wait(PATIENCE), crowd.mistakes
        crowd.leave()
        assert crowd.mistakes == []
        return history.check_quietly(site.database, crowd.told)
    finally:
        crowd.leaving.set()
        process.kill()
        process.join()
        site.door.close()
        crowd.leave()
