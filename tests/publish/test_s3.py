"""Storage that speaks S3 gets what changed, in an order in which nothing is seen half."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from botocore.config import Config
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from streamly_ssg.errors import SystemProblem
from streamly_ssg.inputs.config import Target
from streamly_ssg.publish import s3
from streamly_ssg.publish.s3 import Bucket
from tests.publish.making import Place, asset, edition
from tests.support.folder import fresh_folder

# Warnings of libraries that aren't ours.
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


class Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"  # whoever asks whether to go on is told at once

    def log_message(self, *_: object) -> None:
        pass


class Storage:
    """A server that speaks S3, remembers what it was asked for, and fails as told."""

    def __init__(self) -> None:
        self._app = DomainDispatcherApplication(create_backend_app)
        self.writes: list[tuple[str, str]] = []
        self.fail_from = 10**9  # the number of the first write that isn't taken
        self.before: Any = None
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start: Any) -> Any:
        with self._lock:
            key = environ["PATH_INFO"].removeprefix("/site/")
            method = environ["REQUEST_METHOD"]
            is_object = environ["PATH_INFO"] != "/site"
            if method == "POST" or (method in {"PUT", "DELETE"} and is_object):
                if len(self.writes) >= self.fail_from:
                    start("503 Slow Down", [("Content-Type", "application/xml")])
                    return [b"<Error><Code>SlowDown</Code><Message>No.</Message></Error>"]
                self.writes.append((method, key))
                if self.before is not None:
                    self.before(key)
            return self._app(environ, start)

    @property
    def keys(self) -> list[str]:
        """The objects that were put, in their order."""
        return [key for method, key in self.writes if method == "PUT"]


class Here:
    """A place, and a bucket."""

    def __init__(self, place: Place, storage: Storage, address: str) -> None:
        self.place = place
        self.storage = storage
        self.settings = Target(to="s3://site", endpoint=address, region="us-east-1")
        self.bucket = Bucket("bucket", self.settings)
        self.client = self.bucket._client

    def publish(self, files: dict[str, str | bytes]) -> Any:
        """Publish *files* here and there."""
        self.place.publish(files)
        self.storage.writes.clear()
        return self.bucket.send(self.place.releases)

    def seen(self) -> dict[str, str]:
        """Return what readers of the bucket see."""
        listed = self.client.list_objects_v2(Bucket="site").get("Contents", [])
        return {one["Key"]: self.text(one["Key"]) for one in listed if one["Key"] != s3.POINTER}

    def text(self, key: str) -> str:
        found = self.client.get_object(Bucket="site", Key=key)
        return str(found["Body"].read().decode())


@contextmanager
def serving(storage: Storage) -> Iterator[str]:
    with make_server("127.0.0.1", 0, storage, WSGIServer, Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> Iterator[Here]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    once = {"retries": {"mode": "standard", "total_max_attempts": 1}}
    monkeypatch.setattr(s3, "PATIENT", s3.PATIENT.merge(Config(**once)))
    storage = Storage()
    with fresh_folder({}) as folder, serving(storage) as address:
        place = Place(folder.root)
        made = Here(place, storage, address)
        made.client.create_bucket(Bucket="site")
        yield made
        made.client.delete_objects(
            Bucket="site", Delete={"Objects": [{"Key": key} for key in [*made.seen(), s3.POINTER]]}
        )
        made.client.delete_bucket(Bucket="site")
        made.client.close()
        place.releases.close()


def test_a_bucket_shows_each_release(here: Here) -> None:
    for files in ({"index.html": "1", "a/index.html": "a"}, {"index.html": "2"}, {"b.html": "b"}):
        here.publish(dict(files))
        assert here.seen() == files


def test_only_what_changed_is_sent(here: Here) -> None:
    assert here.publish({"a.html": "a", "b.html": "b"}) == (1, 2, 0)
    assert here.publish({"a.html": "A", "b.html": "b"}) == (2, 1, 0)
    assert here.storage.keys == ["a.html", s3.POINTER]
    assert here.publish({"a.html": "A", "b.html": "b"}) == (2, 0, 0)
    assert here.storage.keys == []


def test_what_pages_need_goes_first_then_pages_then_the_pointer(here: Here) -> None:
    here.publish({"old.html": "old"})
    here.publish({"a/index.html": "x", "assets/a.0123456789.css": "x", "me.png": "x"})
    assert set(here.storage.keys[:2]) == {"assets/a.0123456789.css", "me.png"}
    assert here.storage.keys[2:] == ["a/index.html", s3.POINTER]
    assert here.storage.writes[-1][0] == "POST"  # what is gone goes last


def test_objects_say_what_they_are(here: Here) -> None:
    here.publish({"index.html": "x", "assets/a.0123456789.css": "x"})
    page = here.client.head_object(Bucket="site", Key="index.html")
    assert page["ContentType"] == "text/html; charset=utf-8"
    assert page["CacheControl"] == "public, max-age=60, must-revalidate"
    assert page["Metadata"] == {"surrogate-key": "all /"}
    style = here.client.head_object(Bucket="site", Key="assets/a.0123456789.css")
    assert style["CacheControl"].endswith("immutable")


@pytest.mark.parametrize("number", range(5))
def test_a_storage_that_fails_at_some_object_shows_nothing_half(here: Here, number: int) -> None:
    here.publish(dict(edition(1)))
    before = here.seen()
    here.storage.writes.clear()
    here.storage.fail_from = number
    with pytest.raises(SystemProblem, match="the storage answered 503 SlowDown to "):
        here.publish(dict(edition(2)))
    here.storage.fail_from = 10**9
    seen = here.seen()
    after = {**edition(2), asset(1): before[asset(1)]}
    for path, text in seen.items():
        assert text in {before.get(path), after[path]}
        if text.startswith("<html>"):
            assert text.split()[1] in seen
    here.storage.writes.clear()
    assert here.bucket.send(here.place.releases).release == 2
    assert len(here.storage.keys) <= max(1, 4 - number) + 1
    assert here.seen() == after


def test_of_two_publishers_one_is_told(here: Here) -> None:
    here.publish({"index.html": "1"})
    seen = here.bucket._pointer()
    here.client.put_object(Bucket="site", Key=s3.POINTER, Body=b'{"release":2}')
    with pytest.raises(SystemProblem, match="was changed by another publisher meanwhile"):
        here.bucket._point(3, seen)


def test_of_two_first_publishers_one_is_told(here: Here) -> None:
    nothing = here.bucket._pointer()
    here.bucket._point(1, nothing)
    with pytest.raises(SystemProblem, match="was changed by another publisher meanwhile"):
        here.bucket._point(1, nothing)


def test_a_publisher_that_began_before_another_stops(here: Here) -> None:
    here.publish({"index.html": "1"})

    def other(key: str) -> None:
        if key == "a.css":
            here.storage.before = None
            here.bucket._pointer = lambda: s3._Seen(9, '"x"')  # type: ignore[method-assign]

    here.storage.before = other
    with pytest.raises(SystemProblem, match="was changed by another publisher meanwhile"):
        here.publish({"index.html": "2", "a.css": "x"})
    assert here.text("index.html") == "1"


def test_an_older_release_never_replaces_a_newer_one(here: Here) -> None:
    here.publish({"index.html": "1"})
    here.client.put_object(Bucket="site", Key=s3.POINTER, Body=b'{"release":9}')
    with pytest.raises(SystemProblem, match="shows release 9, which is newer than 2"):
        here.publish({"index.html": "2"})
    assert here.text("index.html") == "1"


def test_a_bucket_whose_state_nobody_knows_is_compared(here: Here) -> None:
    here.publish({"a.html": "a", "b.html": "b", "c.html": "c"})
    here.client.put_object(Bucket="site", Key="b.html", Body=b"changed by hand")
    here.client.put_object(Bucket="site", Key=s3.POINTER, Body=b'{"release": 1}')
    assert here.publish({"a.html": "a", "b.html": "b"}) == (2, 1, 1)
    assert here.seen() == {"a.html": "a", "b.html": "b"}


def test_what_others_put_there_stays(here: Here) -> None:
    here.client.put_object(Bucket="site", Key="mine.txt", Body=b"mine")
    here.publish({"a.html": "a"})
    here.publish({"b.html": "b"})
    assert here.seen() == {"b.html": "b", "mine.txt": "mine"}


def test_a_pointer_of_somebody_else_is_refused(here: Here) -> None:
    here.client.put_object(Bucket="site", Key=s3.POINTER, Body=b"hello")
    with pytest.raises(SystemProblem, match="is none of ours"):
        here.publish({"a.html": "a"})


def test_a_release_may_go_below_a_prefix(here: Here) -> None:
    here.place.publish({"a.html": "a"})
    below = Target(to="s3://site/blog/", endpoint=here.settings.endpoint, region="us-east-1")
    bucket = Bucket("below", below)
    bucket.send(here.place.releases)
    bucket._client.close()
    assert "blog/a.html" in here.seen()
    here.client.delete_object(Bucket="site", Key="blog/.streamly/release.json")


def test_a_storage_that_is_not_there_is_told(here: Here) -> None:
    here.place.publish({"a.html": "a"})
    nowhere = Target(to="s3://site", endpoint="http://127.0.0.1:9", region="us-east-1")
    bucket = Bucket("bucket", nowhere)
    with pytest.raises(SystemProblem, match="Could not connect to the endpoint"):
        bucket.send(here.place.releases)
    bucket._client.close()
