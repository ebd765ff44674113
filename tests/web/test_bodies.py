import socket
import time

import pytest

from interact_api.web import bodies
from interact_api.web.problems import Malformed
from tests.support.serving import Browser, Server
from tests.web.desk import Said

DEEP = 100_000
JSON_ATTACKS: dict[str, tuple[bytes, int]] = {
    "a name twice": (b'{"text": "a", "text": "b"}', 400),
    "a name twice, once escaped": (b'{"text": "a", "te\\u0078t": "b"}', 400),
    "a name twice, deep inside": (b'{"text": "a", "tags": [{"a": 1, "a": 2}]}', 400),
    "arrays without end": (b"[" * 30_000, 400),
    "objects without end": (b'{"a":' * 10_000, 400),
    "deep, and whole": (b"[" * 20_000 + b"]" * 20_000, 400),
    "deep in an unknown field": (b'{"text": "a", "x": ' + b"[" * 100 + b"]" * 100 + b"}", 400),
    "a string without end": (b'{"text": "' + b'\\"' * 30_000, 400),
    "quotes and brackets": (b'"[' * 30_000, 400),
    "NaN": (b'{"text": NaN}', 400),
    "Infinity": (b'{"text": "a", "loud": Infinity}', 400),
    "minus Infinity": (b'{"text": "a", "loud": -Infinity}', 400),
    "half a character": (b'{"text": "\\ud800"}', 422),
    "NUL in a string": (b'{"text": "a\\u0000b"}', 400),
    "NUL as it is": (b'{"text": "a\0b"}', 400),
    "a byte order mark": (b'\xef\xbb\xbf{"text": "a"}', 400),
    "UTF-16": ('{"text": "a"}'.encode("utf-16"), 400),
    "Latin-1": (b'{"text": "\xe9"}', 400),
    "nothing": (b"", 400),
    "only spaces": (b"   ", 400),
    "a second document": (b'{"text": "a"}{"text": "b"}', 400),
    "a comment": (b'{"text": "a" /* b */}', 400),
    "a comma too many": (b'{"text": "a",}', 400),
    "a list": (b'["text"]', 422),
    "null": (b"null", 422),
    "a number": (b"1", 422),
    "a number for a string": (b'{"text": 1}', 422),
    "a huge number": (b'{"text": 1' + b"0" * 5000 + b"}", 400),
    "an unknown field": (b'{"text": "a", "admin": true}', 422),
    "a field of another's": (b'{"text": "a", "__class__": "Said"}', 422),
    "too long": (b'{"text": "' + b"a" * 1001 + b'"}', 422),
    "empty": (b'{"text": ""}', 422),
    "missing": (b"{}", 422),
}


@pytest.mark.parametrize("name", JSON_ATTACKS)
def test_hostile_json_is_refused_and_costs_nothing(ada: Browser, name: str) -> None:
    body, status = JSON_ATTACKS[name]
    began = time.process_time()
    reply = ada.post("/things", body, content_type="application/json")
    assert (reply.status, reply.headers["content-type"]) == (status, "application/problem+json")
    assert time.process_time() - began < 0.25


def test_depth_is_found_before_a_parser_is_asked() -> None:
    began = time.process_time()
    for body in (b"[" * DEEP, b'{"a":' * DEEP, b'{"text":"' + b"[" * DEEP):
        with pytest.raises(Malformed):
            bodies.from_json(body, Said)
    assert time.process_time() - began < 0.1


def test_brackets_in_a_text_have_no_depth() -> None:
    found = bodies.from_json(b'{"text": "' + b"[{" * 400 + b'\\"["}', Said)
    assert found.text == "[{" * 400 + '"['


def test_a_text_may_speak_of_nul() -> None:
    assert bodies.from_json(rb'{"text": "\\u0000"}', Said).text == r"\u0000"


def test_many_lists_beside_each_other_are_not_deep() -> None:
    with pytest.raises(Malformed):
        bodies.check_json(b"[" * 17 + b"]" * 17)
    bodies.check_json(b"[" + b"[]," * 100 + b"[]]")


@pytest.mark.parametrize(
    "media",
    ["text/plain", "text/json", "", "multipart/form-data; boundary=x", "application/xml",
     "application/json; charset=utf-16", "application/jsonp"],
)  # fmt: skip
def test_only_json_in_utf_8_is_read(ada: Browser, media: str) -> None:
    reply = ada.post("/things", b'{"text": "a"}', content_type=media)
    assert (reply.status, reply.code) == (415, "UNSUPPORTED_MEDIA_TYPE")


def test_the_type_may_name_utf_8(ada: Browser) -> None:
    reply = ada.post("/things", b'{"text": "a"}', content_type='application/json; charset="UTF-8"')
    assert reply.status == 201


def test_a_compressed_body_isnt_read(ada: Browser) -> None:
    reply = ada.post(
        "/things", b"\x1f\x8b", content_type="application/json", content_encoding="gzip"
    )
    assert reply.status == 415


def test_a_body_of_10_mb_is_refused_before_it_is_sent(ada: Browser) -> None:
    head = _head(ada, "content-length: 10000000")
    reply = ada.server.raw(head.encode() + b'{"text":')
    assert reply.startswith(b"HTTP/1.1 413 ")
    assert b"TOO_LARGE" in reply


def test_a_body_that_doesnt_tell_its_size_is_counted(ada: Browser) -> None:
    head = _head(ada, "transfer-encoding: chunked")
    chunk = b"2000\r\n" + b"a" * 0x2000 + b"\r\n"
    with socket.create_connection(("127.0.0.1", ada.server.port), timeout=10) as wire:
        wire.sendall(head.encode())
        for _ in range(10):
            wire.sendall(chunk)
        assert wire.recv(100).startswith(b"HTTP/1.1 413 ")


def test_a_body_that_ends_early_is_no_body(ada: Browser) -> None:
    before = _things(ada)
    ada.server.raw(_head(ada, "content-length: 100").encode() + b'{"text": "a"}')
    assert _things(ada) == before


def test_a_query_is_checked_as_bodies_are(nobody: Browser) -> None:
    for query in ("limit=0", "limit=a", "limit=1&limit=2", "sort=x", "unknown=1", "limit=1%00"):
        assert nobody.get(f"/numbers?{query}").status == 422, query
    for query in ("limit=%ff", "&".join("a=1" for _ in range(60))):
        assert nobody.get(f"/numbers?{query}").status == 400, query
    assert nobody.get("/numbers?limit=3&sort=new").json["items"] == [1, 2, 3]


def test_a_route_without_a_query_takes_none(nobody: Browser) -> None:
    reply = nobody.get("/version?x=1")
    assert (reply.status, reply.json["errors"][0]["field"]) == (422, "x")


def _head(browser: Browser, *lines: str) -> str:
    sent = browser.headers("POST") | {
        "host": browser.server.host,
        "content-type": "application/json",
    }
    shown = [f"{name}: {value}" for name, value in sent.items()]
    return "\r\n".join(["POST /api/v1/things HTTP/1.1", *shown, *lines, "", ""])


def _things(browser: Browser) -> int:
    return int(browser.server.database.reader.value("SELECT count(*) FROM contact"))


def test_the_server_is_well_after_all_that(server: Server) -> None:
    assert server.anonymous().get("/health").status == 200
