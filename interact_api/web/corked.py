"""
A connection that sends an answer at once: head and body in one system call.

uvicorn writes them one after the other, and each write costs the kernel, and the client that it
wakes, as much as making a small answer. What is held back leaves when the answer is complete, and
at the latest before the event loop does anything else, so that a stream begins when it begins.
"""

import asyncio
from typing import Any


class Corked:
    """*transport*, with its writes held back for a moment."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._held: list[bytes] = []

    def __getattr__(self, name: str) -> Any:
        """Return what the transport has beside the following."""
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send *data* soon."""
        if not self._held:
            self._loop.call_soon(self.flush)
        self._held.append(data)

    def write_whole(self, data: bytes) -> None:
        """Send *data* now, and what is held back before it."""
        self.flush()
        self._transport.write(data)

    def flush(self) -> None:
        """Send what is held back."""
        if self._held:
            data, self._held = b"".join(self._held), []
            self._transport.write(data)

    def write_eof(self) -> None:
        """Send what is held back, and then no more; what comes in is still taken."""
        self.flush()
        self._transport.write_eof()

    def close(self) -> None:
        """Send what is held back, and close."""
        self.flush()
        self._transport.close()

    def is_closing(self) -> bool:
        """Tell whether nothing can be sent any more."""
        return self._transport.is_closing()
