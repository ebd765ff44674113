"""One request, decoded: what a handler is given, and what it may answer with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from interact_api.accounts.actor import Actor
from interact_api.db import Reader, Tx

from . import auth
from .auth import ANYBODY, Asker

if TYPE_CHECKING:
    from interact_api.service import Service
    from interact_api.settings import Settings

    from .handling import Api
    from .routing import Route

T = TypeVar("T")


class Answer(NamedTuple):
    """What a handler returns when the reply's record alone isn't enough."""

    body: object = None  # a record, or bytes as they are, or an async iterator of bytes
    status: int = 0  # 0: the route's
    headers: tuple[tuple[str, str], ...] = ()
    cookies: tuple[str, ...] = ()  # values of Set-Cookie, made by `auth`
    onward: str = ""  # after a plain form that names no `next`: where it leads, instead of back
    notice: str = ""  # after a plain form: what is told, instead of what the route tells


class Call:
    """One request: who asks, and what was sent, already checked."""

    __slots__ = (
        "_raw", "_tx", "agent", "api", "asker", "body", "path", "peer", "place", "query",
        "request_id", "route", "service",
    )  # fmt: skip

    def __init__(
        self,
        service: Service,
        route: Route,
        *,
        api: Api,
        asker: Asker = ANYBODY,
        path: dict[str, str] | None = None,
        query: Any = None,
        body: Any = None,
        request_id: str = "",
        peer: str = "",
        place: str = "",
        agent: str = "",
        headers: Mapping[bytes, bytes] | None = None,
    ) -> None:
        self.service = service
        self.route = route
        self.api = api  # the application that was asked
        self.asker = asker
        self.path = path or {}
        self.query = query
        self.body = body
        self.request_id = request_id
        self.peer = peer  # the address that is connected: a proxy's, if there is one
        self.place = place
        self.agent = agent
        self._raw = headers or {}
        self._tx: Tx | None = None

    @property
    def actor(self) -> Actor:
        """Return who asks; inside a transaction, as of then."""
        return self.asker.actor

    @property
    def session_id(self) -> int | None:
        """Return the session in which they ask, if it is one."""
        return self.asker.session_id

    @property
    def settings(self) -> Settings:
        """Return the settings of the service."""
        return self.service.settings

    @property
    def headers(self) -> Mapping[str, str]:
        """Return the headers by their names in lower case."""
        return {name.decode("latin-1"): one.decode("latin-1") for name, one in self._raw.items()}

    @property
    def reader(self) -> Reader:
        """Return what reads the last commit; inside `within`, what the transaction sees."""
        return self._tx or self.service.database.reader

    async def write(self, act: Callable[[Tx], T], *, is_small: bool = False) -> T:
        """Run *act* in a transaction; return what it returns once that is on the disk."""
        if self._tx is not None:
            return act(self._tx)

        def standing(tx: Tx) -> T:
            self._ask_again(tx)
            return act(tx)

        return await self.service.database.write(standing, is_small=is_small)

    def within(self, tx: Tx) -> None:
        """Let all reads and writes happen in *tx*, whoever opened it commits."""
        self._ask_again(tx)
        self._tx = tx

    def _ask_again(self, tx: Tx) -> None:
        """Refuse what was allowed when it came, if a ban or another role came before its turn."""
        asker, route = auth.again(self.asker, tx, tx.now), self.route
        auth.guard(asker, permission=route.permission, signed_in=route.signed_in, scope=route.scope)
        self.asker = asker
