"""What the builder compressed is what readers get, as they asked for it."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import brotli
import pytest
import zstandard

from streamly_ssg.api import Options, Site
from tests.support.rebuild import NOW
from tests.support.sites import Shown, showing

SETTINGS = '[output]\ncompress = ["br", "gzip", "zstd"]\n'
POST = "---\ntitle: A\ndate: 2026-01-01\n---\n\n" + "Many words. " * 200
UNPACK = {
    "": bytes,
    "br": brotli.decompress,
    "gzip": gzip.decompress,
    "zstd": zstandard.ZstdDecompressor().decompress,
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    folder = tmp_path_factory.mktemp("compressed")
    (folder / "content/posts").mkdir(parents=True)
    (folder / "content/posts/a.md").write_text(POST)
    (folder / "streamly.toml").write_text(SETTINGS)
    assert not Site(folder, Options(now=NOW, facts="none")).build().problems
    with showing(folder, {}) as shown:
        yield shown


def page(site: Shown) -> bytes:
    return Path(site.folder / "posts/a/index.html").read_bytes()


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, zstd", "zstd"),
        ("gzip", "gzip"),
        ("br;q=0, gzip;q=0.1", "gzip"),
        ("br;q=0.000, *", "zstd"),
        ("*;q=0", ""),
        ("deflate", ""),
        ("identity", ""),
        ("", ""),
    ],
)
def test_a_page_comes_as_its_reader_takes_it(site: Shown, accepted: str, coding: str) -> None:
    reply = site.get("/posts/a/", accept_encoding=accepted)
    assert reply.headers.get("content-encoding", "") == coding
    assert UNPACK[coding](reply.body) == page(site)
    assert reply.headers["vary"] == "Accept-Encoding"
    assert reply.headers["content-type"] == "text/html; charset=utf-8"


def test_each_form_is_known_by_another_name(site: Shown) -> None:
    tags = [site.get("/posts/a/", accept_encoding=one).headers["etag"] for one in UNPACK]
    assert len(set(tags)) == len(UNPACK)
    again = site.get("/posts/a/", accept_encoding="br", if_none_match=tags[1])
    assert again.status == 304
    other = site.get("/posts/a/", accept_encoding="gzip", if_none_match=tags[1])
    assert other.status == 200


def test_an_error_page_comes_compressed_too(site: Shown) -> None:
    reply = site.get("/nowhere/", accept_encoding="br")
    assert (reply.status, reply.headers["content-encoding"]) == (404, "br")


def test_a_form_has_no_address_that_pages_name(site: Shown) -> None:
    assert b".br" not in page(site)
