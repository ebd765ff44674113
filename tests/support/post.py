"""
A mail server that misbehaves as told.

    async with post_office("421", "ok") as office:
        ...                    # the first letter is refused for now, the second and all others taken
        assert office.taken == [...]

Real sockets, aiosmtpd's real protocol. What is told is used up letter by letter.
"""

import asyncio
import email
import ssl
import threading
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Future
from contextlib import asynccontextmanager, contextmanager
from email.message import EmailMessage
from email.policy import default
from typing import Any, Literal

from aiosmtpd.smtp import SMTP

Whim = Literal[
    "ok", "421", "450", "550", "554", "hang", "hang after data", "close", "cut", "lose"
]  # fmt: skip
REPLIES = {"421": "421 4.3.2 closing", "450": "450 4.2.1 busy", "550": "550 5.1.1 no such user"}


class Office:
    """What the server was told to do, and what it has taken."""

    def __init__(self, whims: tuple[Whim, ...]) -> None:
        self.whims = list(whims)
        self.port = 0
        self.taken: list[EmailMessage] = []
        self.raw: list[bytes] = []
        self.envelopes: list[tuple[str, list[str]]] = []
        self.was_encrypted: list[bool] = []
        self.was_cut = 0
        self._now: Whim = "ok"

    def may_read(self, server: "Door", data: bytes) -> bool:
        """Tell whether *data* may come in; if not, it is in the middle of a letter, and the end."""
        if self._now != "cut" or data.upper().startswith(b"DATA"):
            return True
        self.was_cut += 1
        self._now = "ok"
        server.transport.abort()
        return False

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's names
        self, server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        self._now = self.whims.pop(0) if self.whims else "ok"
        if self._now == "hang":
            await asyncio.sleep(3600)
        if self._now == "close":
            server.transport.abort()
        if self._now in REPLIES:
            return REPLIES[self._now]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self._now == "554":
            return "554 5.7.1 not wanted"
        self.raw.append(bytes(envelope.content))
        self.taken.append(email.message_from_bytes(envelope.content, policy=default))
        self.envelopes.append((envelope.mail_from, envelope.rcpt_tos))
        self.was_encrypted.append(session.ssl is not None)
        if self._now == "hang after data":
            await asyncio.sleep(3600)
        if self._now == "lose":  # the letter is taken, and nobody is told
            server.transport.abort()
        return "250 OK"


class Door(SMTP):
    """What a letter comes in through."""

    transport: asyncio.Transport

    def data_received(self, data: bytes) -> None:
        if self.event_handler.may_read(self, data):
            super().data_received(data)


@asynccontextmanager
async def post_office(*whims: Whim, tls: ssl.SSLContext | None = None) -> AsyncIterator[Office]:
    """Open a server on a free port, for as long as the block runs."""
    office = Office(whims)
    loop = asyncio.get_running_loop()
    protocols: list[SMTP] = []

    def protocol() -> SMTP:
        made = Door(office, hostname="post", tls_context=tls, require_starttls=bool(tls), loop=loop)
        protocols.append(made)
        return made

    server = await loop.create_server(protocol, "127.0.0.1", 0)
    office.port = server.sockets[0].getsockname()[1]
    try:
        yield office
    finally:
        server.close()
        for one in protocols:
            if isinstance(one.transport, asyncio.WriteTransport):
                one.transport.abort()
        await asyncio.sleep(0)
        await server.wait_closed()


@contextmanager
def post_office_beside() -> Iterator[Office]:
    """Open a server in a thread of its own, for tests that wait for something else."""
    opened: Future[tuple[Office, asyncio.AbstractEventLoop, asyncio.Event]] = Future()

    async def run() -> None:
        is_over = asyncio.Event()
        async with post_office() as office:
            opened.set_result((office, asyncio.get_running_loop(), is_over))
            await is_over.wait()

    thread = threading.Thread(target=lambda: asyncio.run(run()))
    thread.start()
    office, loop, is_over = opened.result(timeout=10)
    try:
        yield office
    finally:
        loop.call_soon_threadsafe(is_over.set)
        thread.join()
