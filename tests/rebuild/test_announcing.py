"""A cache in front of the site hears of each release, and nobody waits for it."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from interact_api.rebuild.announcing import Announcer
from streamly_ssg.publish.releases import Releases
from tests.support.joint import SOURCES
from tests.support.patience import until
from tests.support.programs import needs_rsync
from tests.support.worksite import LIKES, Worksite, worksite


class Cache(HTTPServer):
    """A cache that answers when it is let, and remembers what it heard."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Hears)
        self.heard: list[str] = []
        self.listens = threading.Event()
        self.listens.set()

    @property
    def setting(self) -> str:
        settings = str(SOURCES["streamly.toml"])
        return f'{settings}[publish]\npurge = "http://127.0.0.1:{self.server_port}/purge"\n'


class Hears(BaseHTTPRequestHandler):
    server: Cache

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.listens.wait(30)
        self.server.heard += body["surrogate_keys"]
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def cache() -> Iterator[Cache]:
    with Cache() as made:
        thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield made
        finally:
            made.listens.set()
            made.shutdown()
            thread.join()


def test_a_cache_hears_of_each_release() -> None:
    with cache() as heard, worksite(**{"streamly.toml": heard.setting}) as site:
        site.start()
        site.settle()
        site.wait(lambda: len(heard.heard) == 1)
        site.like("ann", "a")
        site.wait(lambda: len(heard.heard) == 2)


def test_nobody_waits_for_a_cache_that_is_slow() -> None:
    with cache() as heard, worksite(**{"streamly.toml": heard.setting}) as site:
        heard.listens.clear()
        site.start()
        site.settle()
        site.like("ann", "a")
        site.wait(lambda: site.likes("a") == 1)
        assert heard.heard == []
        heard.listens.set()
        site.wait(lambda: len(heard.heard) >= 2)


@needs_rsync
def test_a_target_gets_each_release() -> None:
    with worksite(**{"streamly.toml": mirrored()}) as site:
        site.start()
        site.like("ann", "a")
        site.settle()
        site.wait(lambda: _mirrored_likes(site, "mirror") == 1)
        site.like("bob", "a")
        site.wait(lambda: _mirrored_likes(site, "mirror") == 2)


@needs_rsync
def test_a_cache_hears_of_nothing_that_a_target_lacks() -> None:
    with cache() as heard, worksite(**{"streamly.toml": mirrored(heard.setting)}) as site:
        site.folder.write("mirror", "a file where the folder should be")
        site.start()
        site.settle()
        site.wait(lambda: "didn't arrive" in site.folder.read("worker.log"))
        assert heard.heard == []
        (site.folder / "mirror").unlink()
        site.wait(lambda: heard.heard != [])
        assert _mirrored_likes(site, "mirror") == 0


def test_a_target_that_nobody_knows_is_told_at_once() -> None:
    settings = mirrored().replace('send = ["mirror"]', 'send = ["miror"]')
    with worksite(**{"streamly.toml": settings}) as site:
        ran = site.run("--once")
        assert ran.returncode == 2
        assert 'there is no target "miror"' in ran.stderr
        assert "mirror" in ran.stderr


def mirrored(settings: str = f"{SOURCES['streamly.toml']!s}[publish]\n") -> str:
    """Return settings that send each release to a folder beside."""
    return f'{settings}send = ["mirror"]\n[publish.targets.mirror]\nto = "mirror"\n'


def _mirrored_likes(site: Worksite, name: str) -> int:
    path = site.folder / name / "posts/a/index.html"
    found = LIKES.search(path.read_text()) if path.is_file() else None
    return int(found[1]) if found else -1


def test_a_mistake_in_telling_stops_nobody(tmp_path: Path) -> None:
    told: list[int] = []

    class Odd:
        def hear(self, _releases: Releases) -> bool:
            told.append(len(told))
            if len(told) == 1:
                raise LookupError
            return True

    announcer = Announcer(tmp_path, [Odd()])
    with announcer.at_work():
        for count in (1, 2):
            announcer.tell()
            until(lambda count=count: len(told) >= count)  # type: ignore[misc]
