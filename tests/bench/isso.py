"""
Isso, the peer of the service: as its documents deploy it, under gunicorn with two workers.

Its guard against floods is off, as our limits are raised; everything else is as it is shipped. What
it reads was written into its database beforehand, what it writes goes through its API.
"""

import json
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote

from tests.bench.generators import Missing
from tests.bench.load import Connection

WORKERS = 2
SETTINGS = """
[general]
dbpath = {folder}/comments.db
host = http://127.0.0.1:8080/
log-file =
[moderation]
enabled = false
[server]
listen = http://127.0.0.1:{port}
[guard]
enabled = false
"""
BLOOM = bytes(256)  # nobody has voted yet
HEAD = "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:8080\r\n"


@dataclass(slots=True)
class Isso:
    """An Isso that runs on *port*."""

    port: int
    session: int  # the processes
    database: Path

    name = "isso"

    def reading(self, page: str, connections: int) -> list[Connection]:
        """Return what reads the thread of *page*."""
        request = self._request("GET", f"/?uri={quote('/' + page + '/', safe='')}")
        return [Connection("read", [request]) for _ in range(connections)]

    def commenting(self, page: str, texts: list[str], connections: int) -> list[Connection]:
        """Return what writes *texts* below pages of their own."""
        return [
            Connection(
                "comment",
                [
                    self._request(
                        "POST",
                        f"/new?uri={quote(f'/{page}-{number}/', safe='')}",
                        {
                            "text": text,
                            "author": f"Member {number}",
                            "email": "",
                            "website": "",
                            "parent": None,
                            "title": page,
                        },
                    )
                    for text in texts
                ],
            )
            for number in range(connections)
        ]

    def liking(self, connections: int, first: int, amount: int) -> list[Connection]:
        """Return what likes *amount* comments, each once; they are written now."""
        texts = {f"liked-{first}": ["A comment that is liked."] * amount}
        last = write(self.database, texts)
        ids = range(last - amount + 1, last + 1)
        return [
            Connection(
                "like",
                [
                    self._request("POST", f"/id/{number}/like", {})
                    for number in ids[one::connections]
                ],
                again=False,
            )
            for one in range(connections)
        ]

    def _request(self, method: str, path: str, body: object = None) -> bytes:
        data = b"" if body is None else json.dumps(body).encode()
        head = HEAD.format(method=method, path=path, port=self.port)
        if body is not None:
            head += f"Content-Type: application/json\r\nContent-Length: {len(data)}\r\n"
        return head.encode() + b"\r\n" + data


@contextmanager
def running(folder: Path, port: int, threads: dict[str, list[str]]) -> Iterator[Isso]:
    """Run Isso with *threads* (texts by page), until the block ends."""
    program = shutil.which("gunicorn")
    if program is None:
        raise Missing("gunicorn and isso; `make bench` installs them")
    folder.mkdir()
    config = folder / "isso.cfg"
    config.write_text(SETTINGS.format(folder=folder, port=port))
    command = [program, "-b", f"127.0.0.1:{port}", "-w", str(WORKERS), "--preload", "isso.run"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={"ISSO_SETTINGS": str(config), "PATH": str(Path(program).parent)},
            stdout=subprocess.DEVNULL,
            stderr=log,
            start_new_session=True,
        )
    try:
        _wait(port, process, folder / "log")
        write(folder / "comments.db", threads)
        yield Isso(port, process.pid, folder / "comments.db")
    finally:
        process.terminate()
        process.wait()


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(200):
        if process.poll() is not None:
            raise Missing(f"isso: {log.read_text()[-500:]}")
        try:
            with closing(HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
                connection.request("GET", "/config", headers={"Origin": "http://127.0.0.1:8080"})
                connection.getresponse().read()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise Missing("isso doesn't answer")


def write(database: Path, threads: dict[str, list[str]]) -> int:
    """Write threads as Isso would, which takes its API minutes; return the last comment's id."""
    with closing(sqlite3.connect(database, timeout=30)) as connection, connection:
        for page, texts in threads.items():
            sql = "INSERT INTO threads (uri, title) VALUES (?, ?)"
            thread = connection.execute(sql, (f"/{page}/", page)).lastrowid
            connection.executemany(
                "INSERT INTO comments (tid, parent, created, modified, mode, remote_addr, text,"
                " author, email, website, likes, dislikes, voters, notification)"
                " VALUES (?, NULL, ?, NULL, 1, '10.0.0.0', ?, ?, NULL, NULL, 0, 0, ?, 0)",
                (
                    (thread, 1.7e9 + number, text, f"Member {number % 16}", BLOOM)
                    for number, text in enumerate(texts)
                ),
            )
        return int(connection.execute("SELECT max(id) FROM comments").fetchone()[0])
