"""
An answer that is known as a whole, from its head to its last byte, made in one go.

ASGI hands an answer over in parts, and uvicorn looks at each header by itself; for an answer of a
few hundred bytes that costs more than all guards together. `protocol` says in the scope that it
takes whole answers; where another server runs the application, they go in parts as usual.
"""

from collections.abc import Awaitable, Callable
from http import HTTPStatus

from starlette.types import Scope

from .headers import Headers

NAME = "streamly.whole"  # in the scope's extensions
CLOSE = (b"connection", b"close")
CONTROL = bytes([*range(32), 127])
FIRST = {
    status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode() for status in HTTPStatus
}

Taker = Callable[[int, Headers, bytes], Awaitable[None]]


def taker(scope: Scope) -> Taker | None:
    """Return what takes whole answers, if the server does."""
    found: dict[str, Taker] = scope.get("extensions", {}).get(NAME, {})
    return found.get("take")


def head(status: int, headers: Headers, *, is_last: bool) -> bytes:
    """Return an answer's head; *is_last* says that the connection ends with it."""
    lines = b"".join([b"%b: %b\r\n" % one for one in headers])
    if len(lines) - len(lines.translate(None, CONTROL)) != 2 * len(headers):
        raise ValueError("a header holds control characters")
    closing = b"connection: close\r\n" if is_last and CLOSE not in headers else b""
    return b"%b%b%b\r\n" % (FIRST[status], lines, closing)
