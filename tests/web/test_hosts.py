import logging
import socket
import time

import pytest

from interact_api.web import pace
from interact_api.web.handling import hosts_of
from interact_api.web.place import agent_of, place_of
from tests.support.serving import Browser, Server

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"


@pytest.mark.parametrize(
    "host",
    ["evil.example", "example.org.evil.example", "example.org:8080", "example.org:80:80", "",
     "example.org.", "example.org/", "example.org?x", "example.org#x", "a@example.org", "example.org\\",
     "127.0.0.1", "localhost", "[::1]", "example.org, evil.example", "example.org%00"],
)  # fmt: skip
def test_a_request_for_another_host_is_refused(server: Server, host: str) -> None:
    reply = server.send("GET", "/api/v1/version", b"", {"host": host})
    assert (reply.status, reply.code) == (421, "WRONG_HOST")


@pytest.mark.parametrize("host", ["example.org", "EXAMPLE.org", "example.org:80"])
def test_a_host_may_be_written_as_people_do(server: Server, host: str) -> None:
    assert server.send("GET", "/api/v1/version", b"", {"host": host}).status == 200


def test_the_address_that_it_listens_on_is_a_name_of_the_service(server: Server) -> None:
    here = f"127.0.0.1:{server.port}"
    assert server.send("GET", "/api/v1/health", b"", {"host": here}).status == 200


def test_a_port_is_part_of_the_host() -> None:
    assert hosts_of("http://127.0.0.1:8000") == {b"127.0.0.1:8000", b"127.0.0.1:8000:80"}
    assert hosts_of("https://example.org") == {b"example.org", b"example.org:443"}


RAW = {
    "no host": (b"GET /api/v1/version HTTP/1.1\r\n\r\n", b"421"),
    "two hosts": (b"GET /api/v1/version HTTP/1.1\r\nhost: example.org\r\nhost: evil\r\n\r\n", b"400"),
    "an address with a host": (b"GET http://evil/api/v1/version HTTP/1.1\r\nhost: evil\r\n\r\n", b"421"),
    "an address with our host": (b"GET http://example.org/api/v1/version HTTP/1.1\r\nhost: evil\r\n\r\n", b"421"),
    "no HTTP": (b"HELO example.org\r\n\r\n", b"400"),
    "two lengths": (b"POST /api/v1/things HTTP/1.1\r\nhost: example.org\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n", b"400"),
    "a length and chunks": (b"POST /api/v1/things HTTP/1.1\r\nhost: example.org\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n", b"400"),
    "a negative length": (b"POST /api/v1/things HTTP/1.1\r\nhost: example.org\r\ncontent-length: -1\r\n\r\n", b"400"),
    "a space before the colon": (b"GET /api/v1/version HTTP/1.1\r\nhost : example.org\r\n\r\n", b"400"),
    "a folded header": (b"GET /api/v1/version HTTP/1.1\r\nhost: example.org\r\nx: a\r\n b\r\n\r\n", b"400"),
    "a NUL in a header": (b"GET /api/v1/version HTTP/1.1\r\nhost: example.org\r\nx: a\0b\r\n\r\n", b"400"),
    "a path of 20 KB": (b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nhost: example.org\r\n\r\n", b"414"),
    "a query of 9 KB": (b"GET /?" + b"a" * 9_000 + b" HTTP/1.1\r\nhost: example.org\r\n\r\n", b"414"),
    "a path without end": (b"GET /" + b"a" * 100_000, b"414"),
    "1,000 headers": (b"GET / HTTP/1.1\r\nhost: example.org\r\n" + b"x: aaaaaaaaaaaaaaaa\r\n" * 1000 + b"\r\n", b"431"),
    "a header without end": (b"GET / HTTP/1.1\r\nx: " + b"a" * 100_000, b"431"),
    "two requests, the first too large": (
        b"GET / HTTP/1.1\r\nx: " + b"a" * 20_000 + b"\r\n\r\nGET /api/v1/version HTTP/1.1\r\nhost: example.org\r\n\r\n", b"431"),
}  # fmt: skip


@pytest.mark.parametrize("name", RAW)
def test_what_isnt_http_as_it_should_be_is_a_problem_like_any_other(
    server: Server, name: str
) -> None:
    sent, status = RAW[name]
    head, _, body = server.raw(sent).partition(b"\r\n\r\n")
    assert head.split(b" ")[1] == status
    assert b"application/problem+json" in head
    assert b"nosniff" in head
    assert body.startswith(b'{"type":"/api/v1/docs#')
    assert head.count(b"HTTP/1.1") == 1


def test_whoever_is_refused_in_the_midst_of_a_word_hears_why(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as wire:
        wire.sendall(b"GET /" + b"a" * 20_000)
        answer = wire.recv(65_536)
        for _ in range(20):
            wire.sendall(b"a" * 1000)
        assert answer.startswith(b"HTTP/1.1 414 ")
        assert wire.recv(65_536) == b""  # and no reset


def test_nonsense_behind_a_request_that_takes_time_is_no_mistake_of_ours(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    body = b'{"email":"nobody@example.org"}'
    head = b"POST /api/v1/auth/password-reset HTTP/1.1\r\nhost: example.org\r\norigin: https://example.org\r\n"
    head += b"content-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(body)
    with caplog.at_level(logging.WARNING):
        answer = server.raw(head + body + b"\0nonsense\r\n\r\n", ends=False)
        time.sleep(2 * pace.STEP)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert [one for one in caplog.records if one.exc_info] == []


def test_two_requests_in_one_packet_are_both_answered(server: Server) -> None:
    one = b"GET /api/v1/version HTTP/1.1\r\nhost: example.org\r\n\r\n"
    last = one.replace(b"\r\n\r\n", b"\r\nconnection: close\r\n\r\n")
    assert server.raw(one * 2 + last, ends=False).count(b"HTTP/1.1 200 OK") == 3


def test_other_hosts_in_headers_mean_nothing(nobody: Browser) -> None:
    plain = nobody.get("/openapi.json")
    told = nobody.get(
        "/openapi.json", x_forwarded_host="evil.example", forwarded="host=evil.example"
    )
    assert told.body == plain.body


@pytest.mark.parametrize(
    ("peer", "forwarded", "place"),
    [
        ("203.0.113.77", None, "203.0.113.0/24"),
        ("2001:db8:1:2:3::4", None, "2001:db8:1::/48"),
        ("::ffff:203.0.113.77", None, "203.0.113.0/24"),
        ("", None, ""),
        # A stranger may claim what it likes.
        ("203.0.113.77", "198.51.100.1", "203.0.113.0/24"),
        # Our proxies tell whom they saw; what that one claimed stands further left.
        ("10.0.0.1", "198.51.100.1", "198.51.100.0/24"),
        ("10.0.0.1", "192.0.2.1, 198.51.100.1", "198.51.100.0/24"),
        ("10.0.0.1", "192.0.2.1, 198.51.100.1, 10.0.0.9", "198.51.100.0/24"),
        ("10.0.0.1", "10.0.0.7", "10.0.0.0/24"),
        ("10.0.0.1", "no address", ""),
    ],
)
def test_a_place_is_a_block_of_addresses(peer: str, forwarded: str | None, place: str) -> None:
    given = None if forwarded is None else forwarded.encode()
    assert place_of(peer, given, ("10.0.0.0/24",)) == place


def test_an_agent_is_a_family_of_browsers() -> None:
    assert agent_of(FIREFOX) == "Firefox on Linux"
    assert agent_of("curl/8.5.0") == "A program"
    assert agent_of("") == "Unknown"
