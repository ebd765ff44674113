"""
``Idempotency-Key``: a POST that is sent twice is done once, and answered twice alike.

The handler runs inside one transaction, in the writer's thread, and the answer is kept in that very
transaction. It works because handlers wait for nothing but the database; those that do (passwords
are hashed in a pool of their own) belong to routes that take no key. What was refused changed
nothing and isn't kept: sent again, it is judged again.
"""

import re
from collections.abc import Awaitable, Callable
from hashlib import sha256

from interact_api import answers
from interact_api.db import Tx
from interact_api.wire import decode, encode

from .answering import Outcome
from .call import Call
from .problems import Malformed
from .routing import Route

HEADER = b"idempotency-key"
KEY = re.compile(rb"[!-~]{1,100}")
REPLAYED = (b"idempotency-replayed", b"true")


def takes_key(route: Route) -> bool:
    """Tell whether *route* may be asked with a key: its answers hold no secrets, so may be kept."""
    return route.method == "POST" and route.limit == "write" and route.scope != "session"


def key_of(call: Call, headers: dict[bytes, bytes]) -> str:
    """Return the key of a request, or an empty string if it has none that counts."""
    given = headers.get(HEADER)
    if given is None or not takes_key(call.route) or not call.actor.is_somebody:
        return ""
    if not KEY.fullmatch(given):
        raise Malformed("An Idempotency-Key has 1 to 100 printable characters.")
    return given.decode()


async def once(
    call: Call, key: str, body: bytes, answer: Callable[[], Awaitable[Outcome]]
) -> Outcome:
    """Return what *answer* returns, or what it returned when this was asked before."""
    request = sha256(b"\0".join([call.route.name.encode(), encode(call.path), body])).digest()

    def act(tx: Tx) -> Outcome:
        call.within(tx)
        stored = answers.find(tx, call.actor.id, key, request)
        if stored is not None:
            return _told(stored)
        outcome = _result(answer())
        answers.keep(tx, call.actor.id, key, _stored(request, outcome))
        return outcome

    return await call.service.database.write(act)


def _stored(request: bytes, outcome: Outcome) -> answers.Stored:
    if not isinstance(outcome.content, bytes):
        raise TypeError("a stream can't be kept")
    kept = encode([[name.decode(), value.decode()] for name, value in outcome.headers])
    return answers.Stored(request, outcome.status, kept + b"\n" + outcome.content)


def _told(stored: answers.Stored) -> Outcome:
    kept, _, content = stored.body.partition(b"\n")
    headers = [(name.encode(), value.encode()) for name, value in decode(kept, list[list[str]])]
    return Outcome(stored.status, content, [*headers, REPLAYED])


def _result(awaitable: Awaitable[Outcome]) -> Outcome:
    """Return what a coroutine returns that waits for nothing."""
    step = awaitable.__await__()
    try:
        next(step)
    except StopIteration as done:
        result: Outcome = done.value
        return result
    raise RuntimeError("a handler that takes an Idempotency-Key waited for something")
