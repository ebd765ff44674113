"""A cache in front of the site hears of every change, sooner or later."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from streamly_ssg.errors import UsageError
from streamly_ssg.publish import purges as purging
from streamly_ssg.publish.media import cache_control, content_type, surrogate_key
from streamly_ssg.publish.purges import Purges
from tests.publish.making import Place
from tests.support.folder import fresh_folder


class Cache(HTTPServer):
    """A cache that answers as it is told, and remembers what it heard."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Hears)
        self.answer = 200
        self.heard: list[list[str]] = []
        self.authorization = ""

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/purge"


class Hears(BaseHTTPRequestHandler):
    server: Cache

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.authorization = self.headers.get("Authorization", "")
        if self.server.answer == 200:
            self.server.heard.append(body["surrogate_keys"])
        self.send_response(self.server.answer)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving() -> Iterator[Cache]:
    cache = Cache()
    thread = threading.Thread(target=cache.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield cache
    finally:
        cache.shutdown()
        thread.join()
        cache.server_close()


@pytest.fixture
def cache() -> Iterator[Cache]:
    with serving() as made:
        yield made


@pytest.fixture
def place() -> Iterator[Place]:
    with fresh_folder({}) as folder:
        made = Place(folder.root)
        made.publish({"index.html": "1", "a/index.html": "a", "b/index.html": "b"})
        yield made
        made.releases.close()


def test_a_cache_that_is_new_forgets_everything(place: Place, cache: Cache) -> None:
    assert Purges(place.releases, cache.address).send() == 0
    assert cache.heard == [["all"]]


def test_a_cache_hears_what_changed_and_nothing_else(place: Place, cache: Cache) -> None:
    purges = Purges(place.releases, cache.address, "token")
    purges.send()
    place.publish({"index.html": "2", "b/index.html": "b"})
    purges.send()
    purges.send()
    assert cache.heard[1:] == [["/", "/a/"]]
    assert cache.authorization == "Bearer token"


def test_a_purge_that_failed_is_sent_again_later(place: Place, cache: Cache) -> None:
    purges = Purges(place.releases, cache.address)
    purges.send()
    cache.answer = 503
    place.publish({"index.html": "2", "a/index.html": "a", "b/index.html": "b"})
    assert purges.send() == 1
    cache.answer = 200
    assert purges.send() == 1  # not before its time
    place.publish({"index.html": "2", "a/index.html": "A", "b/index.html": "b"})
    place.now += 1
    assert purges.send() == 0
    assert cache.heard[1:] == [["/", "/a/"]]


def test_the_pause_grows_with_each_failure(place: Place) -> None:
    purges = Purges(place.releases, "http://127.0.0.1:9/")
    pauses = []
    for _ in range(12):
        purges.send()
        known = place.releases.journal.target("purge:http://127.0.0.1:9/")
        assert known is not None
        pauses.append(known.due / 1000 - place.now)
        place.now = known.due / 1000 + 0.001
    assert [round(pause) for pause in pauses[:4]] == [1, 2, 4, 8]
    assert round(pauses[-1]) == purging.LONGEST // 1000


def test_many_keys_go_in_several_requests(place: Place, cache: Cache) -> None:
    purges = Purges(place.releases, cache.address)
    purges.send()
    place.publish({f"{number}.html": "x" for number in range(450)})
    purges.send()
    assert [len(keys) for keys in cache.heard[1:]] == [200, 200, 53]


def test_what_is_no_address_is_refused(place: Place) -> None:
    with pytest.raises(UsageError, match="no address to send purges to"):
        Purges(place.releases, "file:///etc/passwd")


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("index.html", "/"),
        ("posts/a/index.html", "/posts/a/"),
        ("404.html", "/404.html"),
        ("posts/ä b/index.html", "/posts/%C3%A4%20b/"),
    ],
)
def test_a_key_is_the_address_of_a_page(path: str, key: str) -> None:
    assert surrogate_key(path) == key


def test_assets_hold_for_ever_and_pages_for_a_minute() -> None:
    assert cache_control("assets/a.0123456789.css").endswith("immutable")
    assert cache_control("index.html") == "public, max-age=60, must-revalidate"


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("a/index.html", "text/html; charset=utf-8"),
        ("feed.xml", "application/rss+xml"),
        ("sitemap.xml", "application/xml"),
        ("LICENSE", "application/octet-stream"),
        ("A.PNG", "image/png"),
    ],
)
def test_a_file_has_the_type_of_its_name(path: str, kind: str) -> None:
    assert content_type(path) == kind
