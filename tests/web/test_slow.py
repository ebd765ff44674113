"""Clients that take their time, or the room of others: each is let go, and nobody else notices."""

import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from interact_api.web import bodies, handling, protocol
from interact_api.web import serving as doors
from tests.support.patience import PATIENCE
from tests.support.service import member, page
from tests.support.serving import Server, serving

HEAD = b"GET /api/v1/version HTTP/1.1\r\nhost: example.org\r\n"
DRIPS, PAUSE = HEAD + b"x: " + b"a" * 500, 0.05


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """Return a server that is less patient than the real one."""
    monkeypatch.setattr(protocol, "SLOWEST_HEAD", 0.3)
    monkeypatch.setattr(bodies, "SLOWEST", 0.3)
    monkeypatch.setattr(doors, "KEEP_ALIVE", 1)
    with serving(tmp_path) as made:
        page(made.database, "hello")
        yield made


def connect(server: Server) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE)


def rest(wire: socket.socket) -> bytes:
    """Return what comes over a connection until its end."""
    parts = []
    while part := wire.recv(65_536):
        parts.append(part)
    return b"".join(parts)


@pytest.mark.parametrize("sent", [b"", b"G", HEAD, HEAD + b"x: 1\r\n"])
def test_a_head_has_to_come_in_time(server: Server, sent: bytes) -> None:
    with connect(server) as wire:
        wire.sendall(sent)
        told = rest(wire)
    assert told == b""


def test_a_head_that_drips_has_no_more_time(server: Server) -> None:
    with connect(server) as wire, ExitStack() as stack:
        began = time.monotonic()
        dripping = stack.enter_context(ThreadPoolExecutor(1)).submit(drip, wire)
        assert rest(wire) == b""
        assert time.monotonic() - began < len(DRIPS) * PAUSE
        assert isinstance(dripping.exception(), OSError)


def drip(wire: socket.socket) -> None:
    for byte in DRIPS:
        wire.sendall(bytes([byte]))
        time.sleep(PAUSE)


def test_the_next_head_has_its_own_time(server: Server) -> None:
    with connect(server) as wire:
        for _ in range(3):
            time.sleep(0.2)
            wire.sendall(HEAD + b"\r\n")
            assert wire.recv(65_536).startswith(b"HTTP/1.1 200 OK")


def test_a_body_has_to_come_in_time(server: Server) -> None:
    ada = server.sign_in(member(server.database, "ada"))
    told = {"host": server.host, "content-type": "application/json"} | ada.headers("POST")
    head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    with connect(server) as wire:
        first = "POST /api/v1/pages/hello/comments HTTP/1.1\r\n"
        wire.sendall(f"{first}{head}content-length: 50\r\n\r\n{{".encode())
        answer = wire.recv(65_536)
    assert answer.startswith(b"HTTP/1.1 400")
    assert b"too slowly" in answer


def test_a_connection_may_not_idle(server: Server) -> None:
    with connect(server) as wire:
        wire.sendall(HEAD + b"\r\n")
        assert wire.recv(65_536).startswith(b"HTTP/1.1 200 OK")
        told = rest(wire)
    assert told == b""


def test_others_are_answered_while_many_say_nothing(server: Server) -> None:
    with ExitStack() as stack:
        for _ in range(200):
            stack.enter_context(connect(server)).sendall(b"GET / HTTP/1.1\r\nx: ")
        assert server.anonymous().get("/version").status == 200


def test_one_connection_too_many_is_told_to_come_back(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "MOST_CONNECTIONS", 3)
    with ExitStack() as stack:
        for _ in range(3):
            stack.enter_context(connect(server)).sendall(HEAD)
        wire = stack.enter_context(connect(server))
        told = rest(wire)
    assert told.startswith(b"HTTP/1.1 503")
    assert b"\r\nretry-after: 1\r\n" in told


def test_a_server_that_has_too_much_to_do_says_so(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handling, "MOST_FLYING", 0)
    reply = server.anonymous().get("/version")
    assert (reply.status, reply.code) == (503, "UNAVAILABLE")
    assert reply.headers["retry-after"] == "1"
