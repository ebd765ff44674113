"""Requests, and the stream of events that tells browsers to load a page again."""

import time
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Condition, Thread
from urllib.parse import parse_qs, urlsplit

from streamly_ssg.errors import Problem, SystemProblem, problem

from .tree import INDEX, NOT_FOUND, find, type_of

EVENTS = "/.streamly/events"
SCRIPT = "/.streamly/live.js"
HEARTBEAT = 15.0
IDLE = 60.0
LOCAL = {"127.0.0.1", "localhost", "::1"}

# Only the tab that is looked at listens: browsers open six connections to one server at most.
LIVE = b"""\
{
  const since = document.currentScript.dataset.since;
  let stream = null;
  const follow = () => {
    if (document.hidden) {
      stream?.close();
      stream = null;
    } else if (stream === null) {
      stream = new EventSource(`/.streamly/events?since=${since}`);
      stream.addEventListener("change", () => location.reload());
    }
  };
  document.addEventListener("visibilitychange", follow);
  addEventListener("pageshow", follow);
  addEventListener("pagehide", () => {
    stream?.close();
    stream = null;
  });
  follow();
}
"""


class DevServer(ThreadingHTTPServer):
    """
    Serves a tree; `show` says that it is another one now.

    Attributes:
        output: the folder of the tree.
        prefix: the path under which the site lives, as "" or "/blog".
    """

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, host: str, port: int, *, reload: bool, say: Callable[[str], None]) -> None:
        """Take the port; nothing is answered before `start`."""
        self.output = Path()
        self.prefix = ""
        self.reload = reload
        self.say = say
        self.host = host
        self._overlay = b""
        self._count = 0
        self._started = time.time_ns()
        self._condition = Condition()
        self._is_closing = False
        self._thread: Thread | None = None
        if ":" in host:
            import socket  # noqa: PLC0415 - it is loaded anyway, but only this needs the name

            self.address_family = socket.AF_INET6
        try:
            super().__init__((host, port), _Handler)
        except (OSError, OverflowError) as error:
            raise SystemProblem(_taken(host, port, error)) from error

    @property
    def address(self) -> str:
        """Where a browser finds the site."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.server_address[1]}{self.prefix}/"

    @property
    def version(self) -> str:
        """What tells this state from earlier ones, and from those of an earlier server."""
        return f"{self._started}-{self._count}"

    def start(self) -> None:
        """Answer from now on."""
        self._thread = Thread(target=self.serve_forever, args=(0.1,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Answer no more."""
        self._is_closing = True
        with self._condition:
            self._condition.notify_all()
        if self._thread is not None:
            self.shutdown()
        self.server_close()

    def show(self, overlay: bytes) -> None:
        """Have every browser load its page again, now with *overlay* over it."""
        with self._condition:
            self._overlay = overlay
            self._count += 1
            self._condition.notify_all()

    def wait(self, since: str) -> str:
        """Return the version when it is no longer *since*, or after a while *since* itself."""
        with self._condition:
            self._condition.wait_for(lambda: self.version != since or self._is_closing, HEARTBEAT)
            return "" if self._is_closing else self.version

    def dressed(self, page: bytes) -> bytes:
        """Return *page* with what the author's browser needs."""
        script = (
            f'<script src="{SCRIPT}" data-since="{self.version}"></script>' if self.reload else ""
        )
        extra = self._overlay + script.encode()
        at = page.lower().rfind(b"</body>")
        return page + extra if at < 0 else page[:at] + extra + page[at:]

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that went away is no news."""


class _Handler(BaseHTTPRequestHandler):
    server: DevServer
    protocol_version = "HTTP/1.1"
    server_version = "streamly"
    sys_version = ""
    timeout = IDLE

    def do_GET(self) -> None:
        """Answer with a file, a page about its absence, or the stream of events."""
        if not self._is_meant():
            self._send(HTTPStatus.FORBIDDEN, "text/plain; charset=utf-8", b"this is not my name\n")
        elif self.path.partition("?")[0] == EVENTS:
            self._stream()
        elif self.path.partition("?")[0] == SCRIPT:
            self._send(HTTPStatus.OK, "text/javascript; charset=utf-8", LIVE)
        else:
            self._answer()

    do_HEAD = do_GET  # noqa: N815 - the standard library's name

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing of each request."""

    def _is_meant(self) -> bool:
        """Tell whether the browser meant us: a stranger's name for this machine means a trick."""
        if self.server.host not in LOCAL:
            return True
        try:
            return urlsplit(f"//{self.headers.get('Host', '')}").hostname in LOCAL
        except ValueError:
            return False

    def _answer(self) -> None:
        found = find(self.server.output, self.server.prefix, self.path)
        if found.location:
            self._send(HTTPStatus.FOUND, "text/plain; charset=utf-8", b"", found.location)
        elif found.file is None:
            self._send_absence()
        else:
            self._send_file(HTTPStatus.OK, found.file)

    def _send_file(self, status: HTTPStatus, file: Path) -> None:
        try:
            data = file.read_bytes()
        except OSError:  # removed by a build since it was found
            self._send_absence()
            return
        kind = type_of(file)
        page = kind.startswith("text/html")
        self._send(status, kind, self.server.dressed(data) if page else data)

    def _send_absence(self) -> None:
        own = self.server.output / NOT_FOUND
        data = own.read_bytes() if own.is_file() else _absence(self.server.output)
        if not self.path.startswith("/favicon"):
            self.server.say(f"404 {self.path}")
        html = "text/html; charset=utf-8"
        self._send(HTTPStatus.NOT_FOUND, html, self.server.dressed(data))

    def _send(self, status: HTTPStatus, kind: str, body: bytes, location: str = "") -> None:
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _stream(self) -> None:
        """Tell of every change since the version that the browser has, until it goes away."""
        self.close_connection = True
        since = parse_qs(urlsplit(self.path).query).get("since", [""])[0]
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Connection", "close")
        self.end_headers()
        while version := self.server.wait(since):
            event = (
                f"event: change\ndata: {version}\n\n" if version != since else ": still here\n\n"
            )
            try:
                self.wfile.write(event.encode())
            except OSError:
                return
            since = version


def _absence(output: Path) -> bytes:
    """Return a page for a site that has none of its own for this, or nothing at all yet."""
    text = "Nothing is at this address." if (output / INDEX).exists() else "Nothing is built yet."
    return f'<!doctype html><html lang="en"><title>404</title><body><p>{text}</p></body>'.encode()


def _taken(host: str, port: int, error: Exception) -> Problem:
    text = f"port {port} of {host} can't be used: {getattr(error, 'strerror', None) or error}"
    return problem("PORT", text, hint="choose another one, as --port 8080, or --port 0 for any")
