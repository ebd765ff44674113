"""The service about itself: whether it is well, its version, its numbers, its document."""

from functools import cache
from importlib.metadata import PackageNotFoundError, version

from interact_api import facts, outbox
from interact_api.accounts import sessions
from interact_api.db import DatabaseError
from interact_api.errors import Unavailable
from interact_api.web import csrf, docs, metrics, openapi
from interact_api.web.call import Answer, Call
from interact_api.web.place import is_within
from interact_api.web.routing import Route
from interact_api.wire import Reply, encode


class Health(Reply):
    """The process is alive."""

    status: str


class Ready(Reply):
    """The service can do its work; `facts` is the number of the last public change."""

    status: str
    facts: int


class Version(Reply):
    """What is running."""

    name: str
    version: str
    api: str


class Token(Reply):
    """What ``X-CSRF-Token`` has to hold; null without a session, which needs none."""

    token: str | None


async def health(_call: Call) -> Health:
    """Tell that the process is alive."""
    return Health(status="ok")


async def ready(call: Call) -> Ready:
    """Tell whether the database can be read and written."""
    if call.service.database.failed.is_set():
        raise Unavailable("The disk has failed.", retry_after=5)
    try:
        return Ready(status="ok", facts=facts.last(call.reader))
    except DatabaseError as error:
        raise Unavailable("The database can't be read.", retry_after=5) from error


async def running(_call: Call) -> Version:
    """Tell what is running."""
    return _version()


@cache
def _version() -> Version:
    try:
        found = version("streamly")
    except PackageNotFoundError:
        found = "from source"
    return Version(name="streamly", version=found, api="v1")


async def csrf_token(call: Call) -> Token:
    """Give the session its token."""
    if call.session_id is None:
        return Token(token=None)
    return Token(token=csrf.token(call.service, call.asker.session))


async def numbers(call: Call) -> Answer:
    """
    Tell what the service counts about itself, in all its processes.

    Collectors in the networks of the setting ``metrics`` may ask without signing in, this very
    machine unless it says otherwise; one behind a proxy can't be told from a stranger, so it needs
    a token.
    """
    is_known = is_within(call.peer, call.settings.metrics)
    if not (is_known and "x-forwarded-for" not in call.headers):
        call.actor.must("view_analytics")
    letters = outbox.counts(call.reader)
    gauges = {
        "facts": facts.last(call.reader),
        "letters_dead": letters["dead"],
        "letters_waiting": letters["waiting"],
        "sessions": sessions.count(call.reader, call.service.now),
    }
    call.api.show_numbers()
    return Answer(call.api.metrics.text(**gauges).encode())


async def document(call: Call) -> Answer:
    """Answer with the OpenAPI document."""
    return Answer(_kept(call, "openapi"))


async def page(call: Call) -> Answer:
    """Answer with the document as a page."""
    return Answer(_kept(call, "docs"), headers=(("content-security-policy", docs.policy()),))


def _kept(call: Call, name: str) -> bytes:
    """Return the document or its page, made when somebody first asks."""
    kept = call.api.documents
    if name not in kept:
        found = openapi.document(call.api.table, call.settings)
        kept["openapi"], kept["docs"] = encode(found), docs.page(found).encode()
    return kept[name]


ROUTES = (
    Route(
        method="GET", path="/health", handler=health, reply=Health, tag="service",
        summary="Tell whether the process is alive.",
    ),
    Route(
        method="GET", path="/ready", handler=ready, reply=Ready, tag="service",
        summary="Tell whether the service can read and write.", refusals=(Unavailable,),
    ),
    Route(
        method="GET", path="/version", handler=running, reply=Version, tag="service",
        summary="Tell which version is running.", public=True,
    ),
    Route(
        method="GET", path="/metrics", handler=numbers, reply=str, media=metrics.MEDIA,
        summary="Tell what the service counts about itself, to Prometheus.", tag="service",
    ),
    Route(
        method="GET", path="/openapi.json", handler=document, reply=dict, tag="service",
        summary="Get this document.", public=True,
    ),
    Route(
        method="GET", path="/docs", handler=page, reply=str, media="text/html; charset=utf-8",
        summary="Read this document as a page.", tag="service", public=True,
    ),
    Route(
        method="GET", path="/auth/csrf", handler=csrf_token, reply=Token, tag="accounts",
        summary="Get the token that writes of a signed-in browser need in X-CSRF-Token.",
    ),
)  # fmt: skip
