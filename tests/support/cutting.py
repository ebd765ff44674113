"""
A bad line: a proxy that hangs up in the middle of the first few answers, or changes a byte.

    with cutting(port, [500, 900]) as line:
        ...  # the first answer ends after 500 bytes, the second after 900, the others are whole
"""

import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

WORD = 65_536


class Line:
    """Hands on what is said to *port*; *cuts* are how many bytes of each answer arrive."""

    def __init__(self, cuts: Sequence[int], swap: tuple[bytes, bytes]) -> None:
        self.door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.door.getsockname()[1]
        self.calls = 0
        self.to = 0
        self._cuts = list(cuts)
        self._swap = swap

    def work(self) -> None:
        """Answer one call after the other, until the door is closed."""
        with suppress(OSError):
            while True:
                caller, _ = self.door.accept()
                self.calls += 1
                with caller, socket.create_connection(("127.0.0.1", self.to)) as service:
                    self._pass(caller, service, self._cuts.pop(0) if self._cuts else None)

    def _pass(self, caller: socket.socket, service: socket.socket, most: int | None) -> None:
        asking = threading.Thread(target=_pump, args=(caller, service), daemon=True)
        asking.start()
        left = 1 << 40 if most is None else most
        with suppress(OSError):
            while left and (part := service.recv(min(WORD, left))):
                left -= len(part)
                caller.sendall(part.replace(*self._swap) if self._swap[0] else part)
        for one in (caller, service):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        asking.join()


def _pump(caller: socket.socket, service: socket.socket) -> None:
    """Hand on what is asked, until somebody hangs up."""
    with suppress(OSError):
        while part := caller.recv(WORD):
            service.sendall(part)


@contextmanager
def cutting(cuts: Sequence[int], swap: tuple[bytes, bytes] = (b"", b"")) -> Iterator[Line]:
    """Lend a bad line; whoever borrows it says in `to` which port it leads to."""
    line = Line(cuts, swap)
    thread = threading.Thread(target=line.work, daemon=True)
    thread.start()
    try:
        yield line
    finally:
        with suppress(OSError):
            line.door.shutdown(socket.SHUT_RDWR)
        line.door.close()
        thread.join(10)
