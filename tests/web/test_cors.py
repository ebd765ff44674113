from collections.abc import Iterator

import pytest

from tests.support.serving import Server, serving
from tests.web import desk

FRIEND = "https://www.friend.example"

# Nobody of these is on the list, however much they look like it.
STRANGERS = (
    "https://friend.example", "https://www.friend.example.evil.example", "https://evil-www.friend.example",
    "https://evilwww.friend.example", "http://www.friend.example", "https://www.friend.example:8443",
    "https://www.friend.example:443", "https://WWW.friend.example", "https://me@www.friend.example",
    "https://www.friend.example/", "https://www.friend.example.", "https://www.friend.example%00.evil.example",
    "null", "*", "", "https://", "https://sub.www.friend.example", "file://", "https://www.friend.example, null",
)  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("cors")
    with serving(folder, table=desk.TABLE, origins=(FRIEND,)) as made:
        yield made


@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
@pytest.mark.parametrize("origin", STRANGERS)
def test_a_stranger_is_told_nothing(server: Server, origin: str, method: str) -> None:
    headers = {"origin": origin, "access-control-request-method": "GET"}
    reply = server.program().send(method, "/numbers", headers=headers)
    assert not [name for name in reply.headers if name.startswith("access-control-")]
    assert reply.headers["vary"] == "Origin"


@pytest.mark.parametrize("origin", [FRIEND, "http://example.org"])
def test_whoever_is_on_the_list_reads_answers_with_credentials(server: Server, origin: str) -> None:
    reply = server.program().get("/numbers", origin=origin)
    assert reply.headers["access-control-allow-origin"] == origin
    assert reply.headers["access-control-allow-credentials"] == "true"
    assert "X-Request-Id" in reply.headers["access-control-expose-headers"]
    assert reply.headers["vary"] == "Origin"


def test_refusals_can_be_read_too(server: Server) -> None:
    reply = server.program().get("/nothing", origin=FRIEND)
    assert (reply.status, reply.headers["access-control-allow-origin"]) == (404, FRIEND)


def test_a_preflight_tells_what_may_be_asked(server: Server) -> None:
    headers = {
        "origin": FRIEND,
        "access-control-request-method": "DELETE",
        "access-control-request-headers": "x-csrf-token",
    }
    reply = server.program().send("OPTIONS", "/things/1", headers=headers)
    assert reply.status == 204
    assert reply.headers["access-control-allow-methods"] == "DELETE, GET, HEAD, OPTIONS"
    assert "X-CSRF-Token" in reply.headers["access-control-allow-headers"]
    assert reply.headers["access-control-max-age"] == "600"


def test_a_preflight_of_nothing_is_404(server: Server) -> None:
    assert server.program().send("OPTIONS", "/nothing", headers={"origin": FRIEND}).status == 404


def test_a_preflight_does_nothing(server: Server) -> None:
    headers = {"origin": FRIEND, "access-control-request-method": "POST"}
    assert server.program().send("OPTIONS", "/things", {"text": "a"}, headers).body == b""
