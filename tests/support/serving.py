"""
The service as a real server, in a thread and on a free port, and a small client of it.

    with serving(tmp_path) as server:
        ada = server.sign_in(member(server.database, "ada"))
        assert ada.put("/pages/hello/like").status == 200

A `Browser` does what browsers do: it keeps cookies, names its origin, and sends the CSRF token.
Nobody has to hash a password for it: `sign_in` writes the session's row as a sign-in would.
"""

import json
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

from interact_api.accounts import sessions, tokens
from interact_api.accounts.actor import Actor
from interact_api.accounts.passwords import Hasher
from interact_api.db import Database
from interact_api.service import Service, make_service
from interact_api.settings import Limits, Settings
from interact_api.web import csrf
from interact_api.web.app import make_app
from interact_api.web.routing import PREFIX, Route
from interact_api.web.serving import server_of

from .patience import PATIENCE
from .service import Clock, database

SECRET = b"tests know it, and nobody else 0123456789abcdef"
ENDLESS = Limits(
    read="1000000/second",
    write="1000000/second",
    auth="1000000/second",
    mail="1000000/second",
    beacon="1000000/second",
)


class Reply(NamedTuple):
    """What a server answered."""

    status: int
    headers: dict[str, str]
    body: bytes
    cookies: list[str]

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """Return the code of a problem, or an empty string."""
        is_problem = self.headers.get("content-type") == "application/problem+json"
        return self.json["code"] if is_problem else ""


class Client:
    """A program: sends what it is told to, and nothing by itself; one connection per request."""

    def __init__(self, server: "Server", token: str = "") -> None:
        self.server = server
        self.token = token

    def headers(self, method: str) -> dict[str, str]:  # noqa: ARG002 - browsers ask
        return {"authorization": f"Bearer {self.token}"} if self.token else {}

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        *,
        form: Mapping[str, str] | None = None,
    ) -> Reply:
        """Send *body* as JSON, or *form* as a plain form would be; paths are below /api/v1."""
        sent = self.headers(method) | {"host": self.server.host}
        data = b""
        if form is not None:
            data = urlencode(form).encode()
            sent["content-type"] = "application/x-www-form-urlencoded"
        elif isinstance(body, bytes):
            data = body
        elif body is not None:
            data = json.dumps(body).encode()
            sent["content-type"] = "application/json"
        sent |= {name.lower(): value for name, value in (headers or {}).items()}
        return self._told(self.server.send(method, PREFIX + path, data, sent))

    def get(self, path: str, **headers: str) -> Reply:
        return self.send("GET", path, headers=_dashed(headers))

    def post(self, path: str, body: Any = None, **headers: str) -> Reply:
        return self.send("POST", path, body, _dashed(headers))

    def put(self, path: str, body: Any = None, **headers: str) -> Reply:
        return self.send("PUT", path, body, _dashed(headers))

    def patch(self, path: str, body: Any = None, **headers: str) -> Reply:
        return self.send("PATCH", path, body, _dashed(headers))

    def delete(self, path: str, body: Any = None, **headers: str) -> Reply:
        return self.send("DELETE", path, body, _dashed(headers))

    def _told(self, reply: Reply) -> Reply:
        return reply


class Browser(Client):
    """A browser on a page of the site: keeps cookies, names its origin, sends the CSRF token."""

    def __init__(self, server: "Server") -> None:
        super().__init__(server)
        self.cookies: dict[str, str] = {}

    def headers(self, method: str) -> dict[str, str]:
        found = {"sec-fetch-site": "same-origin"}
        if self.cookies:
            found["cookie"] = "; ".join(f"{name}={one}" for name, one in self.cookies.items())
        if method not in {"GET", "HEAD"}:
            found["origin"] = self.server.origin
            if self.csrf:
                found["x-csrf-token"] = self.csrf
        return found

    @property
    def csrf(self) -> str:
        """Return the CSRF token of the session that this browser has, as auth/csrf would."""
        text = next((one for name, one in self.cookies.items() if name.endswith("sid")), "")
        return csrf.token(self.server.service, tokens.digest(text)) if text else ""

    def submit(self, path: str, **fields: str) -> Reply:
        """Send a plain HTML form, which has no token."""
        headers = self.headers("GET") | {"origin": self.server.origin}
        return self._post_form(path, fields, headers)

    def _post_form(self, path: str, fields: Mapping[str, str], headers: dict[str, str]) -> Reply:
        sent = headers | {
            "host": self.server.host,
            "content-type": "application/x-www-form-urlencoded",
            "accept": "text/html",
            "referer": f"{self.server.origin}/posts/hello/",
        }
        data = urlencode(fields).encode()
        return self._told(self.server.send("POST", PREFIX + path, data, sent))

    def _told(self, reply: Reply) -> Reply:
        for cookie in reply.cookies:
            name, _, rest = cookie.partition("=")
            value = rest.partition(";")[0]
            if value and "max-age=0" not in cookie.lower():
                self.cookies[name] = value
            else:
                self.cookies.pop(name, None)
        return reply


class Server:
    """A server that runs, and who may ask it."""

    def __init__(self, service: Service, port: int) -> None:
        self.service = service
        self.port = port

    @property
    def database(self) -> Database:
        return self.service.database

    @property
    def origin(self) -> str:
        return self.service.settings.origin

    @property
    def host(self) -> str:
        return self.origin.partition("://")[2]

    def anonymous(self) -> Browser:
        """Return a browser in which nobody is signed in."""
        return Browser(self)

    def program(self, token: str = "") -> Client:
        """Return a program with a bearer token, or with none."""
        return Client(self, token)

    def sign_in(self, actor: Actor) -> Browser:
        """Return a browser in which *actor* is signed in."""
        text = tokens.new(tokens.SESSION)
        self.database.write_now(
            lambda tx: sessions.start(tx, actor.id, tokens.digest(text), remember=True)
        )
        browser = Browser(self)
        name = "__Host-sid" if self.service.settings.is_secure else "sid"
        browser.cookies[name] = text
        return browser

    def send(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        """Send exactly this, and return what came back."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in headers.items():
                connection.putheader(name, value)
            if body or method in {"POST", "PUT", "PATCH"}:
                connection.putheader("content-length", str(len(body)))
            connection.endheaders(body or None)
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            cookies = answer.headers.get_all("set-cookie") or []
            return Reply(answer.status, found, answer.read(), cookies)
        finally:
            connection.close()

    def raw(self, data: bytes, seconds: float = 10, *, ends: bool = True) -> bytes:
        """
        Send bytes over a socket, and return all that comes back until it is closed.

        If not *ends*, our side stays open: whoever hangs up may not be answered any more.
        """
        with socket.create_connection(("127.0.0.1", self.port), timeout=seconds) as wire:
            wire.sendall(data)
            if ends:
                with suppress(OSError):  # whoever has answered early may have hung up
                    wire.shutdown(socket.SHUT_WR)
            parts = []
            while part := wire.recv(65_536):
                parts.append(part)
            return b"".join(parts)


def settings_of(folder: Path, **changes: Any) -> Settings:
    """Return settings for tests: nothing is limited, mail goes into a folder."""
    known: dict[str, Any] = {
        "root": folder,
        "database": folder / "streamly.db",
        "environment": "test",
        "base_url": "http://example.org",
        "title": "A site",
        "secret": SECRET,
        "limits": ENDLESS,
    }
    return Settings(**(known | changes))


@contextmanager
def serving(
    folder: Path,
    *,
    clock: Clock | None = None,
    table: tuple[Route, ...] = (),
    change: Callable[[Service], None] | None = None,
    with_site: bool = False,
    **settings: Any,
) -> Iterator[Server]:
    """Run the service on a new database in *folder*, for as long as the block runs."""
    with database(folder, clock) as made:
        hasher = Hasher(memory=8, time=1)
        service = make_service(settings_of(folder, **settings), made, hasher)
        if change:
            change(service)
        with listening(service, table, with_site=with_site) as port:
            yield Server(service, port)
        hasher.close()


@contextmanager
def listening(
    service: Service, table: tuple[Route, ...] = (), *, with_site: bool = False
) -> Iterator[int]:
    """Answer requests in a thread of their own; yield the port."""
    door = socket.create_server(("127.0.0.1", 0))
    server = server_of(make_app(service, table, with_site=with_site))
    thread = threading.Thread(target=lambda: server.run([door]), daemon=True)
    thread.start()
    try:
        yield door.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()


def _dashed(headers: Mapping[str, str]) -> dict[str, str]:
    """Return headers by their names: Python's have underscores."""
    return {name.replace("_", "-"): value for name, value in headers.items()}
