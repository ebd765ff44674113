"""A whole answer has the bytes that it would have in parts, and nobody else's lines in its head."""

import pytest

from interact_api.web import whole
from tests.support.serving import Server

TYPE = (b"content-type", b"text/plain")


def test_a_head_is_its_status_and_its_headers() -> None:
    assert whole.head(204, [TYPE], is_last=False) == (
        b"HTTP/1.1 204 No Content\r\ncontent-type: text/plain\r\n\r\n"
    )


@pytest.mark.parametrize(("headers", "closes"), [([], 1), ([(b"connection", b"close")], 1)])
def test_the_last_head_says_so_once(headers: list[tuple[bytes, bytes]], closes: int) -> None:
    assert whole.head(200, headers, is_last=True).count(b"connection: close\r\n") == closes


@pytest.mark.parametrize("value", [b"a\r\nset-cookie: sid=b", b"a\nb", b"a\rb", b"a\0b", b"\x7f"])
def test_a_header_never_becomes_two(value: bytes) -> None:
    with pytest.raises(ValueError, match="control"):
        whole.head(200, [TYPE, (b"location", value)], is_last=False)


def test_the_head_of_an_answer_is_all_that_head_gets(server: Server) -> None:
    full = server.anonymous().get("/pages/hello")
    head = server.anonymous().send("HEAD", "/pages/hello")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-length"] == str(len(full.body))
