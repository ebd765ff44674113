"""
The service as a process: sockets, signals, the end. The only door to uvicorn.

On SIGTERM no new connection is taken, what has begun is answered, and the process ends within ten
seconds. If a parent keeps the listening socket, nobody notices: whoever connects in between waits
in the socket's queue for the next process.
"""

import gc
import logging
import os
import socket
import sys
from collections.abc import Generator
from contextlib import contextmanager
from errno import EACCES, EADDRINUSE, EADDRNOTAVAIL
from functools import partial

from starlette.applications import Starlette
from uvicorn import Config, Server

from interact_api.errors import Unavailable
from interact_api.service import Service
from interact_api.shared import Shared

from .app import make_app
from .beside import beside
from .doorkeeper import Doorkeeper
from .protocol import Protocol

LOG = logging.getLogger(__name__)
KEEP_ALIVE = 5  # seconds that a connection may be idle
GRACE = 8  # seconds to answer what has begun, when the process is told to end
BACKLOG = 2048
TURN = 0.0005  # seconds that a thread may go on while another one waits
# Requests leave hardly any garbage that has to be searched for, so that is done thirty times as
# seldom as Python would.
SEARCHES = (20_000, 20, 50)
REASONS = {
    EACCES: "may not be used by this user",
    EADDRINUSE: "is taken by another program",
    EADDRNOTAVAIL: "is no address of this machine",
}


class Graceful(Server):
    """A server for which being told to end is a way to end well; it may be one of several."""

    shared: Shared | None = None
    doorkeeper: Doorkeeper | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen; beside others, with a doorkeeper."""
        if self.shared is None or self.shared.many == 1 or not sockets:
            await super().startup(sockets)
            return
        await super().startup([])
        factory = partial(
            Protocol,
            config=self.config,
            server_state=self.server_state,
            app_state=self.lifespan.state,
        )
        guests = self.server_state.connections
        self.doorkeeper = Doorkeeper(sockets[0], factory, guests, self.shared)
        self.doorkeeper.open()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End in order; whoever is on the way in is told as those who are in."""
        if self.doorkeeper is not None:
            await self.doorkeeper.leave()
        await super().shutdown(sockets)

    async def on_tick(self, counter: int) -> bool:
        """Look around, each tenth of a second."""
        if self.doorkeeper is not None:
            self.doorkeeper.tell()
        return await super().on_tick(counter)

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Do what signals ask for, and no more: uvicorn would then let them kill the process."""
        with super().capture_signals():
            yield
            self._captured_signals.clear()


def server_of(app: Starlette) -> Graceful:
    """Return a server of *app* that listens to nothing yet."""
    return Graceful(
        Config(
            app,
            http=Protocol,
            ws="none",
            loop="uvloop",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            backlog=BACKLOG,
            timeout_keep_alive=KEEP_ALIVE,
            timeout_graceful_shutdown=GRACE,
        )
    )


def serve(service: Service, door: socket.socket, *, with_site: bool = False) -> bool:
    """Answer what comes through *door* until told to end; return False if the disk has failed."""
    server: Graceful

    def give_up() -> None:
        LOG.critical("the disk has failed; this process ends")
        server.should_exit = True

    # The writer gives way at each statement, and would get its turn back ten times as late.
    sys.setswitchinterval(TURN)
    app = make_app(service, lifespan=beside(service, give_up), with_site=with_site)
    server = server_of(app)
    server.shared = service.shared
    gc.collect()
    gc.freeze()  # what is there now stays
    gc.set_threshold(*SEARCHES)
    server.run([door])
    return not service.database.failed.is_set()


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        reason = REASONS.get(error.errno or 0, os.strerror(error.errno or 0))
        raise Unavailable(f"{host}:{port} {reason}", code="ADDRESS") from error


def inherited(descriptor: int) -> socket.socket:
    """Return the socket that a parent has opened, listens to and keeps."""
    try:
        return socket.socket(fileno=os.dup(descriptor))
    except OSError as error:
        raise Unavailable(f"{descriptor} is no socket", code="ADDRESS") from error
