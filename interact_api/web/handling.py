"""
One request from its bytes to its answer: every guard in one place, in one order, for every route.

    host → path → who → from which page (CSRF) → how often → may they → what was sent → handler

Nothing that a handler does can leave a guard out, and nothing that it raises reaches a reader
unless it is a `Refusal`.
"""

import logging
from time import perf_counter

from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.routing import Match as Fits
from starlette.types import Receive, Scope, Send

from interact_api.accounts import sessions
from interact_api.db import Tx
from interact_api.errors import Refusal, Unavailable, Unknown
from interact_api.logs import request_id
from interact_api.service import Service

from . import auth, bodies, csrf, forms, problems, repeats
from .answering import Answers, Outcome, outcome_of
from .askers import Askers
from .asking import Request
from .auth import Asker
from .call import Call
from .kept import Kept
from .limits import Counters, Exceeded, Limiter, Window
from .matching import Match, Tree
from .metrics import Metrics
from .place import agent_of, place_of
from .problems import WrongHost, WrongMedia
from .refilled import Refilled
from .routing import Route
from .site.personal import Personal

LOG = logging.getLogger(__name__)
REFUSED, BROKEN = 400, 500
SLOW = 1.0  # seconds that somebody should look at
MOST_FLYING = 256  # requests at once; more are told to come back


class Api(BaseRoute):
    """The whole of /api/v1 as one route of Starlette's, whose own are tried one after the other."""

    def __init__(self, service: Service, table: tuple[Route, ...]) -> None:
        self.service = service
        self.table = table
        self.metrics = Metrics(table, service.shared)
        service.database.tell_groups(self.metrics.count_group)
        self.documents: dict[str, bytes] = {}  # what is made of the table, once
        self._tree = Tree(table)
        self._limiter = Limiter(service.settings.limits, Counters(service.shared))
        self._answers = Answers(service.settings, self._tree)
        self._askers = Askers(service)
        self._hosts = hosts_of(service.settings.origin)
        self._kept = Kept(service)
        self._refilled: Refilled | None = None

    def show_pages(self, personal: Personal) -> None:
        """Show forms that were refused again, on the pages that they are on."""
        limit = self.service.settings.limits.body
        self._refilled = Refilled(personal, self._answers.origins, limit)

    def show_numbers(self) -> None:
        """Let the other processes know how much waits here."""
        service = self.service
        self.metrics.show(views_waiting=len(service.views), writes_waiting=service.database.waiting)

    def matches(self, scope: Scope) -> tuple[Fits, Scope]:
        """Tell Starlette that every request over HTTP is ours."""
        return (Fits.FULL if scope["type"] == "http" else Fits.NONE), {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        began = perf_counter()
        self.service.database.hasten()
        request = Request(scope)
        request_id.set(request.id)
        self.metrics.flying += 1
        try:
            response = await self._answer(request, scope, receive)
            await response(scope, receive, send)
        finally:
            self.metrics.flying -= 1
        seconds = perf_counter() - began
        route = request.match.route.name if request.match else "none"
        kind = request.match.route.limit if request.match else "none"
        self.metrics.count(route, kind, response.status_code, seconds)
        level = _level(response.status_code, seconds)
        if LOG.isEnabledFor(level):
            milliseconds = round(seconds * 1000, 1)
            LOG.log(level, "%s: %d in %s ms", route, response.status_code, milliseconds)

    async def _answer(self, request: Request, scope: Scope, receive: Receive) -> Response:
        try:
            request.must_be_plain(scope)
            self._must_be_for_us(request)
            if request.method == "OPTIONS":
                return self._answers.options(request)
            match = self._tree.find(request.method, request.raw_path)
            request.is_for(match)
            return await self._ask(request, match, receive)
        except Refusal as refusal:
            return self._answers.refused(request, refusal)
        except Exception:
            LOG.exception("a mistake of ours")
            mistake = problems.Mistake("Something went wrong on our side.")
            return self._answers.refused(request, mistake)

    def _must_be_for_us(self, request: Request) -> None:
        if self.metrics.flying > MOST_FLYING:
            raise Unavailable("Too many requests at once.", retry_after=1)
        is_named = request.headers.get(b"host", b"").lower() in self._hosts
        if not is_named and not request.is_for_this_door:
            raise WrongHost("This site has another name.")

    async def _ask(self, request: Request, match: Match, receive: Receive) -> Response:
        route = match.route
        asker = self._askers.of(request, route)
        call = self._call(request, match, asker)
        if route.writes and not asker.has_token:
            self._must_be_ours(request, route, asker)
        window: Window | None = None
        try:
            window = self._limiter.take(route, asker.actor.id, call.place)
            auth.guard(
                asker, permission=route.permission, signed_in=route.signed_in, scope=route.scope
            )
            outcome = self._kept.find(request, route)
            if outcome is None:
                await self._read(request, call, receive)
                outcome = self._kept.keep(request, route, await self._outcome(request, call))
        except Exceeded as refusal:
            return self._answers.refused(request, refusal, refusal.window)
        except Refusal as refusal:
            again = self._refilled and await self._refilled.answer(request, refusal, receive)
            return again or self._answers.refused(request, refusal, window)
        if asker.is_due:
            await self._note_use(asker)
        return self._answers.told(request, route, outcome, window)

    def _call(self, request: Request, match: Match, asker: Asker) -> Call:
        found = request.headers
        proxies = self.service.settings.proxies
        return Call(
            self.service,
            match.route,
            api=self,
            asker=asker,
            path=match.path,
            request_id=request.id,
            peer=request.peer,
            place=place_of(request.peer, found.get(b"x-forwarded-for"), proxies),
            agent=agent_of(found.get(b"user-agent", b"").decode("latin-1")),
            headers=found,
        )

    def _must_be_ours(self, request: Request, route: Route, asker: Asker) -> None:
        """Refuse a write that the page of another site made a browser send."""
        needed = asker.has_cookie or not route.for_programs
        csrf.check_origin(request.headers, self._answers.origins, needed=needed)
        # Beacons can't set headers either, and only count.
        is_simple = request.is_form or route.limit == "beacon"
        if asker.session_id is not None and not is_simple:
            given = request.headers.get(csrf.HEADER, b"")
            csrf.check_token(self.service, asker.session, given)

    async def _read(self, request: Request, call: Call, receive: Receive) -> None:
        """Fill in what was sent."""
        route, limit = call.route, self.service.settings.limits.body
        call.query = bodies.from_query(request.query, route.query)
        if route.raw:
            request.body = call.body = await bodies.read(receive, request.headers, route.raw)
            return
        if not route.writes or (route.body is None and not request.is_form):
            return
        request.body = await bodies.read(receive, request.headers, limit)
        if request.is_form:
            call.body, request.rest = bodies.from_form(request.body, route.body, forms.FIELDS)
            given = request.rest.get(csrf.FIELD)
            if given is not None and call.session_id is not None:
                csrf.check_token(self.service, call.asker.session, given.encode())
        elif route.body is not None:
            if bodies.media_of(request.headers) not in _media(route):
                raise WrongMedia("Send this as application/json.")
            call.body = bodies.from_json(request.body, route.body)

    async def _outcome(self, request: Request, call: Call) -> Outcome:
        """Return what the handler answers, or what it answered when this was sent before."""
        key = repeats.key_of(call, request.headers)
        if key:
            return await repeats.once(call, key, request.body, _Run(call))
        return outcome_of(call.route, await call.route.handler(call))

    async def _note_use(self, asker: Asker) -> None:
        rules = self.service.settings.accounts

        def act(tx: Tx) -> None:
            days = (rules.session_days, rules.remember_days)
            sessions.note_use(tx, asker.session_id or 0, *days)

        try:
            await self.service.database.write(act, is_small=True)
        except (Unavailable, Unknown):
            LOG.warning("the use of a session couldn't be noted")


def _level(status: int, seconds: float) -> int:
    """Return how loud a request is told: what went well is counted, not written down."""
    if status >= BROKEN or seconds > SLOW:
        return logging.WARNING
    return logging.INFO if status >= REFUSED else logging.DEBUG


class _Run:
    """The handler of a call, to be run once."""

    def __init__(self, call: Call) -> None:
        self._call = call

    async def __call__(self) -> Outcome:
        return outcome_of(self._call.route, await self._call.route.handler(self._call))


def _media(route: Route) -> tuple[bytes, ...]:
    """Return the types of a body that are JSON here: browsers send beacons as text."""
    return (bodies.JSON, bodies.TEXT) if route.limit == "beacon" else (bodies.JSON,)


def hosts_of(origin: str) -> frozenset[bytes]:
    """Return how the Host header may name this site: with the scheme's own port or without."""
    scheme, _, name = origin.partition("://")
    port = {"http": ":80", "https": ":443"}[scheme]
    return frozenset(one.encode() for one in (name, name.removesuffix(port), name + port))
