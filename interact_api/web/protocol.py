"""
HTTP/1.1 as uvicorn and httptools speak it, without what they leave open.

Headers have a size and a time, as bodies do; what can't be parsed is told as every other problem
is; and a server that stops lets connections end when their client is done, not in the middle of its
next request: whoever is answered from then on is told to close, and who stays silent is cut off at
last.
"""

import asyncio
from functools import partial
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from interact_api.errors import Refusal, Unavailable
from interact_api.wire import encode

from . import problems, whole
from .corked import Corked
from .headers import Headers

MOST_CONNECTIONS = 900  # at once; a process may usually have 1,024 files open
LONGEST_ADDRESS = 8_192  # bytes of path and query
LARGEST_HEAD = 16_384  # bytes of a request's first line and headers
SLOWEST_HEAD = 10  # seconds for it
FAREWELL = 1.0  # seconds that an idle connection has left when the server stops
# Seconds in which whoever was refused may finish speaking: what arrives at a closed door makes
# their system throw our answer away.
LAST_WORDS = 1.0
HEADERS = (
    b"content-security-policy: default-src 'none'; frame-ancestors 'none'; sandbox\r\n"
    b"x-content-type-options: nosniff\r\nreferrer-policy: no-referrer\r\n"
    b"cross-origin-resource-policy: same-site\r\ncache-control: no-store\r\nconnection: close\r\n"
)


class Protocol(HttpToolsProtocol):
    """One connection."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self._head = 0  # bytes of the head so far; -1 when it is complete
        self._timer: asyncio.TimerHandle | None = None
        self._is_leaving = False
        self._refusal: Refusal | None = None  # of the head that is coming
        self._is_deaf = False  # it was told, and what still comes matters to nobody

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin, and wait for the first head."""
        corked = Corked(transport, self.loop)
        super().connection_made(corked)  # type: ignore[arg-type] # it has all that a transport has
        if len(self.connections) > MOST_CONNECTIONS:
            self._refuse(Unavailable("Too many are here at once.", retry_after=1))
            self.transport.close()
        else:
            self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        self._head_came()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came; a head that is too long ends the connection."""
        if self._has_ended():
            return
        self._head += len(data) if self._head >= 0 else 0
        super().data_received(data)
        if self._has_ended():
            return
        if self._refusal is None and self._head > LARGEST_HEAD:
            self._refusal = problems.LongHeaders("The headers have more than 16 KiB.")
        if self._refusal is not None:
            self._refuse(self._refusal)
        elif self._head > 0 and self._timer is None:
            self._await_head()

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        self._head = max(self._head, 0)

    def on_url(self, url: bytes) -> None:
        """Take a part of the address."""
        super().on_url(url)
        if len(self.url) > LONGEST_ADDRESS:
            self._refusal = problems.LongAddress("The address has more than 8 KiB.")

    def on_headers_complete(self) -> None:
        """Go on with the body; from here on, `bodies` counts."""
        # What came may hold the body as well, so only then the head itself is measured.
        size = _size(self.headers) + len(self.url) if self._head > LARGEST_HEAD else 0
        if self._refusal is None and size > LARGEST_HEAD:
            self._refusal = problems.LongHeaders("The headers have more than 16 KiB.")
        if self._refusal is not None:
            return
        self._head = -1
        self._head_came()
        super().on_headers_complete()
        self.scope["extensions"] = {whole.NAME: {"take": partial(self._answer, self.cycle)}}
        if self._is_leaving:
            self.cycle.keep_alive = False

    async def _answer(
        self, cycle: RequestResponseCycle, status: int, headers: Headers, body: bytes
    ) -> None:
        """Take an answer as `RequestResponseCycle.send` would in two parts."""
        if cycle.flow.write_paused and not cycle.disconnected:
            await cycle.flow.drain()
        if cycle.disconnected:
            return
        if cycle.response_started:
            raise RuntimeError("there is an answer already")
        cycle.keep_alive = cycle.keep_alive and whole.CLOSE not in headers
        data = whole.head(status, headers, is_last=not cycle.keep_alive)
        body = b"" if cycle.scope["method"] == "HEAD" else body
        self.transport.write_whole(data + body)  # type: ignore[attr-defined] # see connection_made
        cycle.response_started = cycle.response_complete = True
        cycle.waiting_for_100_continue = False
        cycle.message_event.set()
        if not cycle.keep_alive:
            self.transport.close()
        cycle.on_response()

    def on_response_complete(self) -> None:
        """Send the answer, which is whole."""
        self.transport.flush()  # type: ignore[attr-defined] # see connection_made
        super().on_response_complete()

    def on_message_complete(self) -> None:
        """Wait for the next request, unless the head of this one was refused."""
        if self._refusal is None:
            self._head = 0
            super().on_message_complete()

    def on_body(self, body: bytes) -> None:
        """Take a part of the body, unless the head was refused."""
        if self._refusal is None:
            super().on_body(body)

    def send_400_response(self, msg: str) -> None:
        """Tell what can't be parsed."""
        self._refuse(problems.Malformed(msg))

    def shutdown(self) -> None:
        """Stop: answer what has begun, and what comes within a moment."""
        self._is_leaving = True
        if self._is_idle():
            self.loop.call_later(FAREWELL, self._leave)
        else:
            self.cycle.keep_alive = False

    def _leave(self) -> None:
        if self._is_idle():
            self.transport.close()

    def _has_ended(self) -> bool:
        return self._is_deaf or bool(self.transport.is_closing())

    def _is_idle(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is None or cycle.response_complete

    def _await_head(self) -> None:
        self._timer = self.loop.call_later(SLOWEST_HEAD, self.transport.close)

    def _head_came(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _refuse(self, refusal: Refusal) -> None:
        status = problems.status_of(type(refusal))
        body = encode(problems.problem_of(refusal, ""))
        first = f"HTTP/1.1 {status} {problems.title_of(status)}\r\n".encode()
        own = [
            (b"content-type", problems.MEDIA.encode()),
            (b"content-length", b"%d" % len(body)),
            *problems.headers_of(refusal),
        ]
        more = b"".join(b"%s: %s\r\n" % one for one in own)
        self.transport.write(first + HEADERS + more + b"\r\n" + body)
        self._is_deaf = True
        self._head_came()
        if not self._is_idle():  # the request before it was still being answered
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if not self.transport.is_closing():
            self.transport.write_eof()
            self.loop.call_later(LAST_WORDS, self.transport.close)


def _size(headers: list[tuple[bytes, bytes]]) -> int:
    return sum(len(name) + len(value) for name, value in headers)
