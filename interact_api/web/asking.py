"""What is known of a request before its route is, and what can be refused at once."""

import re
from random import getrandbits

from starlette.types import Scope

from . import bodies
from .matching import Match
from .problems import Malformed

SANE_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}")
ALONE = (b"host", b"authorization", b"cookie", b"origin", b"content-length", b"content-type")


class Request:
    """A request as it came; `match` and `body` follow when it has passed that far."""

    __slots__ = (
        "body", "door", "headers", "id", "is_form", "match", "method", "peer", "query", "raw_path",
        "rest",
    )  # fmt: skip

    def __init__(self, scope: Scope) -> None:
        self.method: str = scope["method"]
        self.raw_path: bytes = scope.get("raw_path") or scope["path"].encode()
        self.query: bytes = scope["query_string"]
        self.headers: dict[bytes, bytes] = dict(scope["headers"])
        self.peer: str = scope["client"][0] if scope.get("client") else ""
        self.door: tuple[str, int | None] = scope.get("server") or ("", None)
        given = self.headers.get(b"x-request-id", b"")
        self.id = given.decode() if SANE_ID.fullmatch(given) else new_id()
        self.match: Match | None = None
        self.is_form = False  # a plain HTML form sent this, to a route that takes one
        self.body = b""
        self.rest: dict[str, str] = {}  # fields of a form that aren't the record's

    @property
    def origin(self) -> bytes | None:
        """Return the origin of the page that asks."""
        return self.headers.get(b"origin")

    @property
    def is_for_this_door(self) -> bool:
        """Tell whether it names the very address that it came to, as those do who watch us."""
        host, port = self.door
        name = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        return self.headers.get(b"host") == name.encode()

    @property
    def is_nobodys(self) -> bool:
        """Tell whether nothing in it could say who asks."""
        return not (b"cookie" in self.headers or b"authorization" in self.headers)

    def is_for(self, match: Match) -> None:
        """Take note of the route that was found."""
        self.match = match
        # Browsers name the origin with each form; who doesn't is a program.
        may_be = match.route.form and self.origin is not None
        self.is_form = may_be and bodies.media_of(self.headers) == bodies.FORM

    def must_be_plain(self, scope: Scope) -> None:
        """Refuse headers that must come once and came twice: readers differ in which one counts."""
        if len(self.headers) == len(scope["headers"]):
            return
        names = [name for name, _ in scope["headers"]]
        for name in ALONE:
            if names.count(name) > 1:
                raise Malformed(f"There are two {name.decode()} headers.")


def new_id() -> str:
    """
    Return an id, which names a request and guards nothing.

    To ask the system for it would cost more than matching does: it lets go of the interpreter, and
    the writer takes it.
    """
    return f"{getrandbits(64):016x}"
