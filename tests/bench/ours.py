"""
Our service as people run it: `streamly api` in two processes, as Isso has, with all its guards.

Every commit waits for the disk (FULL), every request shows its origin and CSRF token and is counted
against the limits (which are raised), comments pass validation, Markdown, sanitiser and the rules of
moderation, and whoever writes is signed in. What it reads was written into its database beforehand
by its own nouns, what it writes goes through its API.
"""

import hashlib
import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import quote

from interact_api import schema
from interact_api.accounts import sessions, tokens
from interact_api.db import Database, Tx
from tests.bench.load import Connection, Spoiled

SECRET = hashlib.sha256(b"the benchmark's own").hexdigest()
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
MEMBERS = 16
WORKERS = 2  # as Isso has
SETTINGS = """
[site]
title = "A site"
base_url = "http://127.0.0.1:{port}"
[service]
environment = "test"
[service.mail]
backend = "file"
[service.limits]
read = "1000000/second"
write = "1000000/second"
beacon = "1000000/second"
[service.moderation]
first_comments = 0
"""


class Member:
    """Somebody who is signed in: a cookie, and the token that goes with it."""

    def __init__(self, identity: int, name: str) -> None:
        self.id = identity
        self.name = name
        self.cookie = tokens.new(tokens.SESSION)
        self.csrf = ""


@dataclass(slots=True)
class Ours:
    """A service that runs on *port*."""

    port: int
    session: int
    database: Path
    members: list[Member]
    pages: list[str]

    name = "streamly"

    def reading(self, page: str, connections: int) -> list[Connection]:
        """Return what reads the thread of *page*, as anybody does."""
        request = self.request("GET", f"/pages/{page}/comments?limit=20")
        return [Connection("read", [request]) for _ in range(connections)]

    def looking_up(self, page: str, connections: int, query: str) -> list[Connection]:
        """Return what reads a part of a thread as members do: for them, nothing is kept."""
        path = f"/pages/{page}/comments?{query}"
        return [
            Connection("read", [self.request("GET", path, member=member)])
            for member in self.members[:connections]
        ]

    def commenting(self, page: str, texts: list[str], connections: int) -> list[Connection]:
        """Return what writes *texts* below pages of their own, each by a member of their own."""
        return [
            Connection(
                "comment",
                [
                    self.request(
                        "POST",
                        f"/pages/{page}-{number}/comments",
                        {"body": text},
                        self.members[number],
                    )
                    for text in texts
                ],
            )
            for number in range(connections)
        ]

    def liking(self, connections: int, first: int, amount: int) -> list[Connection]:
        """Return what likes *amount* times from the *first* on, each member each page once."""
        begin, each = first // connections, amount // connections
        return [
            Connection(
                "like",
                [
                    self.request("PUT", f"/pages/{page}/like", None, member)
                    for page in self.pages[begin : begin + each]
                ],
                again=False,
            )
            for member in self.members[:connections]
        ]

    def toggling(self, connections: int, first: int) -> list[Connection]:
        """Return what likes a hundred pages and takes it back, again and again."""
        return [
            Connection(
                "like",
                [
                    self.request(method, f"/pages/{page}/like", None, member)
                    for method in ("PUT", "DELETE")
                    for page in self.pages[first : first + 100]
                ],
            )
            for member in self.members[-connections:]
        ]

    def seeing(self, connections: int, first: int, amount: int) -> list[Connection]:
        """Return what looks at pages *amount* times, with a browser of each one's own."""
        each = amount // connections
        return [
            Connection(
                "view",
                [
                    self.request(
                        "POST",
                        "/events/view",
                        {"page": self.pages[turn % len(self.pages)]},
                        agent=f"{BROWSER} {number}.{first + turn}",
                    )
                    for turn in range(each)
                ],
                again=False,
            )
            for number in range(connections)
        ]

    def middle(self, page: str, size: int) -> str:
        """Return the query that asks for twenty comments in the middle of a thread of *size*."""
        cursor = ""
        for _ in range(size // 2 // 20):
            asked = f"limit=20&cursor={quote(cursor)}" if cursor else "limit=20"
            cursor = self.ask(f"/pages/{page}/comments?{asked}")["next"]
        return f"limit=20&cursor={quote(cursor)}"

    def count(self, sql: str) -> int:
        """Return a number from the database."""
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as connection:
            return int(connection.execute(sql).fetchone()[0] or 0)

    def request(
        self,
        method: str,
        path: str,
        body: object = None,
        member: Member | None = None,
        agent: str = BROWSER,
    ) -> bytes:
        """Return what a browser sends."""
        lines = [
            f"{method} /api/v1{path} HTTP/1.1",
            f"Host: 127.0.0.1:{self.port}",
            f"User-Agent: {agent}",
            "Sec-Fetch-Site: same-origin",
        ]
        data = b"" if body is None else json.dumps(body).encode()
        if method != "GET":
            lines += [f"Origin: http://127.0.0.1:{self.port}", f"Content-Length: {len(data)}"]
        if body is not None:
            lines.append("Content-Type: application/json")
        if member is not None:
            lines += [f"Cookie: sid={member.cookie}", f"X-CSRF-Token: {member.csrf}"]
        return "\r\n".join([*lines, "", ""]).encode() + data

    def ask(self, path: str, member: Member | None = None) -> Any:
        """Return what the service answers."""
        headers = {} if member is None else {"Cookie": f"sid={member.cookie}"}
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            connection.request("GET", f"/api/v1{path}", headers=headers)
            answer = connection.getresponse()
            body = answer.read()
            if answer.status >= 300:
                raise Spoiled(f"{path}: {answer.status} {body[:300]!r}")
            return json.loads(body)


@contextmanager
def running(
    folder: Path, port: int, threads: dict[str, list[str]], pages: list[str]
) -> Iterator[Ours]:
    """Run the service with *threads* (texts by page) and more *pages*, until the block ends."""
    folder.mkdir()
    (folder / "streamly.toml").write_text(SETTINGS.format(port=port))
    _write_manifest(folder, [*threads, *pages])
    database = folder / "var" / "streamly.db"
    members = fill(database, threads)
    with serving(folder, port, members, pages) as ours:
        yield ours


@contextmanager
def serving(
    folder: Path, port: int, members: list[Member], pages: list[str], *words: str
) -> Iterator[Ours]:
    """Run the service in *folder*, whose database is there, until the block ends."""
    database = folder / "var" / "streamly.db"
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "streamly_ssg",
                "api",
                "--workers",
                str(WORKERS),
                *words,
                "--port",
                str(port),
            ],
            cwd=folder,
            env=os.environ
            | {"STREAMLY_SECRET": SECRET, "PYTHONPATH": str(Path(__file__).parents[2])},
            stdout=subprocess.DEVNULL,
            stderr=log,
            start_new_session=True,
        )
    try:
        ours = Ours(port, process.pid, database, members, pages)
        _wait(ours, process, folder / "log")
        for member in members:
            member.csrf = ours.ask("/auth/csrf", member)["token"]
        yield ours
    finally:
        process.terminate()
        process.wait()


def _wait(ours: Ours, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise Spoiled(f"the service has ended: {log.read_text()[-2000:]}")
        try:
            ours.ask("/ready")
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise Spoiled("the service doesn't answer")


def _write_manifest(folder: Path, pages: list[str]) -> None:
    lines: list[dict[str, object]] = [{"generation": 1}]
    lines += [
        {
            "seq": number,
            "id": page,
            "url": f"/posts/{page}/",
            "kind": "post",
            "title": page,
            "authors": [],
            "categories": [],
            "tags": [],
            "lang": "en",
            "published": "2026-01-01T00:00:00Z",
            "comments": "open",
        }
        for number, page in enumerate(pages, 1)
    ]
    text = "".join(json.dumps(line) + "\n" for line in lines)
    (folder / "public.manifest.ndjson").write_text(text)


def fill(path: Path, threads: dict[str, list[str]]) -> list[Member]:
    schema.upgrade(path)
    database = Database(path)
    try:
        return database.write_now(lambda tx: _write_all(tx, threads))
    finally:
        database.close()


def _write_all(tx: Tx, threads: dict[str, list[str]]) -> list[Member]:
    members = [_add_member(tx, f"member{number}") for number in range(MEMBERS)]
    for page, texts in threads.items():
        tx.insert("pages", id=page, url=f"/posts/{page}/", kind="post", title=page)
        for number, text in enumerate(texts):
            tx.insert(
                "comments",
                page=page,
                user_id=members[number % MEMBERS].id,
                body=text,
                html=f"<p>{text}</p>",
                state="approved",
                created_at=tx.now - 1000 * (len(texts) - number),
            )
        tx.run("UPDATE pages SET comments = :n WHERE id = :page", n=len(texts), page=page)
    tx.run(
        "UPDATE users SET comments ="
        " (SELECT count(*) FROM comments WHERE comments.user_id = users.id)"
    )
    return members


def _add_member(tx: Tx, name: str) -> Member:
    role = tx.value("SELECT id FROM roles WHERE name = 'User'")
    added = tx.insert(
        "users",
        name=name,
        email=f"{name}@example.org",
        email_key=f"{name}@example.org",
        role_id=role,
        created_at=tx.now - 10**9,
        confirmed_at=tx.now - 10**9,
    )
    member = Member(added, name)
    sessions.start(tx, added, tokens.digest(member.cookie), remember=True)
    return member
