"""What is known is not sent again, parts are sent as parts, and compressed siblings to who takes them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from interact_api.web.site.encodings import endings_for
from tests.support.sites import Shown, showing

TEXT = "0123456789" * 100
LARGE = bytes(range(256)) * 4096 * 3  # 3 MiB
FILES: dict[str, str | bytes] = {
    "index.html": TEXT,
    "404.html": "nothing",
    "large.bin": LARGE,
    "empty.txt": "",
    "both.html": "plain",
    "both.html.br": b"as brotli",
    "both.html.gz": b"as gzip",
    "all.html": "plain",
    "all.html.br": b"as brotli",
    "all.html.zst": b"as zstd",
    "photo.jpg": b"a photo",
    "photo.jpg.gz": b"of no use",
}
PAST, FUTURE = "Thu, 01 Jan 2015 00:00:00 GMT", "Thu, 01 Jan 2099 00:00:00 GMT"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    folder: Path = tmp_path_factory.mktemp("site")
    with showing(folder, FILES) as made:
        yield made


def test_what_is_known_isnt_sent(site: Shown) -> None:
    first = site.get("/")
    again = site.get("/", if_none_match=first.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    for name in ("etag", "cache-control", "vary", "last-modified", "surrogate-key"):
        assert again.headers[name] == first.headers[name]
    assert "content-type" not in again.headers


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"if_none_match": '"another"'}, 200),
        ({"if_none_match": '"another", {}'}, 304),
        ({"if_none_match": "W/{}"}, 304),
        ({"if_none_match": "*"}, 304),
        ({"if_none_match": ""}, 200),
        ({"if_modified_since": "{date}"}, 304),
        ({"if_modified_since": FUTURE}, 304),
        ({"if_modified_since": PAST}, 200),
        ({"if_modified_since": "yesterday"}, 200),
        ({"if_modified_since": "Thu, 99 Jan 2015 00:00:00 GMT"}, 200),
        ({"if_modified_since": FUTURE, "if_none_match": '"another"'}, 200),
        ({"if_modified_since": PAST, "if_none_match": "{}"}, 304),
        ({"if_match": "{}"}, 200),
        ({"if_match": "*"}, 200),
        ({"if_match": '"another"'}, 412),
        ({"if_match": "W/{}"}, 412),
        ({"if_unmodified_since": FUTURE}, 200),
        ({"if_unmodified_since": PAST}, 412),
        ({"if_unmodified_since": PAST, "if_match": "{}"}, 200),
        ({"if_match": '"another"', "if_none_match": "{}"}, 412),
    ],
)
def test_conditions_are_read_as_http_has_them(
    site: Shown, headers: dict[str, str], status: int
) -> None:
    known = site.get("/").headers
    filled = {
        name: one.replace("{}", known["etag"]).replace("{date}", known["last-modified"])
        for name, one in headers.items()
    }
    reply = site.get("/", **filled)
    assert reply.status == status
    assert bool(reply.body) == (status == 200)


@pytest.mark.parametrize(
    ("wanted", "first", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=0-9", 0, 10),
        ("bytes=990-", 990, 1000),
        ("bytes=-10", 990, 1000),
        ("bytes=-5000", 0, 1000),
        ("bytes=500-5000", 500, 1000),
        ("bytes=999-999", 999, 1000),
        ("bytes= 1-2 ", 1, 3),
    ],
)
def test_a_part_is_a_part(site: Shown, wanted: str, first: int, end: int) -> None:
    reply = site.get("/", range=wanted)
    assert (reply.status, reply.body.decode()) == (206, TEXT[first:end])
    assert reply.headers["content-range"] == f"bytes {first}-{end - 1}/1000"
    assert reply.headers["content-length"] == str(end - first)


@pytest.mark.parametrize(
    "wanted",
    [
        "bytes=0-1,5-6",
        "bytes=9-1",
        "bytes=-",
        "bytes=a-b",
        "items=0-5",
        "bytes",
        "bytes=0-" + "9" * 30,
        "",
    ],
)
def test_a_part_that_isnt_understood_is_the_whole(site: Shown, wanted: str) -> None:
    reply = site.get("/", range=wanted)
    assert (reply.status, reply.body.decode()) == (200, TEXT)
    assert reply.headers["accept-ranges"] == "bytes"


@pytest.mark.parametrize("wanted", ["bytes=1000-", "bytes=5000-6000", "bytes=-0"])
def test_a_part_that_isnt_there_is_refused(site: Shown, wanted: str) -> None:
    reply = site.get("/", range=wanted)
    assert (reply.status, reply.headers["content-range"]) == (416, "bytes */1000")
    assert reply.body == b""


def test_an_empty_file_has_no_parts(site: Shown) -> None:
    assert site.get("/empty.txt").status == 200
    assert site.get("/empty.txt", range="bytes=0-").status == 416


def test_a_part_is_of_the_file_that_somebody_has(site: Shown) -> None:
    known = site.get("/").headers
    assert site.get("/", range="bytes=0-1", if_range=known["etag"]).status == 206
    assert site.get("/", range="bytes=0-1", if_range='"another"').status == 200
    assert site.get("/", range="bytes=0-1", if_range=known["last-modified"]).status == 200


def test_a_part_of_what_is_known_isnt_sent(site: Shown) -> None:
    etag = site.get("/").headers["etag"]
    assert site.get("/", range="bytes=0-1", if_none_match=etag).status == 304


def test_a_large_file_comes_whole_and_in_parts(site: Shown) -> None:
    assert site.get("/large.bin").body == LARGE
    part = site.get("/large.bin", range="bytes=1000000-2999999")
    assert part.body == LARGE[1_000_000:3_000_000]


@pytest.mark.parametrize("path", ["/nothing", "/posts"])
def test_absence_has_no_parts(site: Shown, path: str) -> None:
    reply = site.get(path, range="bytes=0-1", if_none_match="*")
    assert (reply.status, reply.body) == (404, b"nothing")


@pytest.mark.parametrize(
    ("path", "accepted", "coding", "body"),
    [
        ("/both.html", "", "", b"plain"),
        ("/both.html", "identity", "", b"plain"),
        ("/both.html", "gzip, deflate, br, zstd", "br", b"as brotli"),
        ("/both.html", "gzip", "gzip", b"as gzip"),
        ("/both.html", "zstd", "", b"plain"),
        ("/both.html", "br;q=0, gzip;q=0.5", "gzip", b"as gzip"),
        ("/both.html", "*", "br", b"as brotli"),
        ("/both.html", "*;q=0", "", b"plain"),
        ("/both.html", "BR", "br", b"as brotli"),
        ("/both.html", "br;q=x", "", b"plain"),
        ("/all.html", "gzip, zstd", "zstd", b"as zstd"),
        ("/all.html", "gzip", "", b"plain"),
        ("/photo.jpg", "gzip", "", b"a photo"),
    ],
)
def test_a_compressed_sibling_goes_to_who_takes_it(
    site: Shown, path: str, accepted: str, coding: str, body: bytes
) -> None:
    reply = site.get(path, accept_encoding=accepted)
    assert (reply.headers.get("content-encoding", ""), reply.body) == (coding, body)
    assert reply.headers["content-type"] == site.get(path).headers["content-type"]
    assert ("vary" in reply.headers) == path.endswith("html")


def test_each_form_of_a_file_has_a_tag_of_its_own(site: Shown) -> None:
    tags = {
        site.get("/both.html", accept_encoding=one).headers["etag"] for one in ("", "gzip", "br")
    }
    assert len(tags) == 3


def test_parts_are_of_the_plain_file(site: Shown) -> None:
    reply = site.get("/both.html", accept_encoding="br", range="bytes=0-1")
    assert (reply.status, reply.body) == (206, b"pl")
    assert "content-encoding" not in reply.headers


def test_a_changed_file_has_another_tag(tmp_path: Path) -> None:
    with showing(tmp_path, FILES) as site:
        before = site.get("/").headers["etag"]
        site.write({"index.html": "9" + TEXT[1:]})
        after = site.get("/", if_none_match=before)
    assert after.status == 200
    assert after.headers["etag"] != before


def test_endings_stand_in_the_order_of_their_worth() -> None:
    assert endings_for(b"gzip, zstd, br") == (".br", ".zst", ".gz", "")
