"""
Where a list goes on: signed, so that nobody makes one up, and good for that list alone.

A cursor holds the values of the last row's sort columns (keyset pagination), so a page costs the
same wherever it is. What it was made for (path and filters) is signed along with it.
"""

import base64
import binascii
import hmac
from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from interact_api.errors import Invalid, invalid
from interact_api.service import Service
from interact_api.wire import Meta, Sent
from interact_api.wire import decode as from_json
from interact_api.wire import encode as to_json

from .call import Call

T = TypeVar("T")

SIGNATURE = 12  # bytes; a guess succeeds once in 2**96
PLACES = frozenset({"cursor", "limit"})  # parts of the query that say where, not what


Limit = Annotated[int, Meta(ge=1, le=100)]


class Listing(Sent):
    """The query of a list: where to go on, and how many at most."""

    cursor: Annotated[str, Meta(max_length=1000, pattern="^[A-Za-z0-9_-]*$")] = ""
    limit: Limit = 20


def encode(of: Call | Service, *parts: int | str) -> str:
    """Return the cursor that holds *parts*."""
    text = to_json(parts)
    return base64.urlsafe_b64encode(_signature(of, text) + text).decode().rstrip("=")


def decode(of: Call | Service, cursor: str) -> tuple[Any, ...]:
    """Return the parts that *cursor* holds; () for an empty one."""
    if not cursor:
        return ()
    try:
        data = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise _broken() from None
    signature, text = data[:SIGNATURE], data[SIGNATURE:]
    if not hmac.compare_digest(signature, _signature(of, text)):
        raise _broken()
    return tuple(from_json(text, list[Any]))


def part(
    call: Call, found: list[T], place: Callable[[T], tuple[int | str, ...]]
) -> tuple[list[T], str | None]:
    """Return what is shown of *found*, which may hold one more than asked for, and the cursor."""
    limit = call.query.limit
    shown = found[:limit]
    return shown, encode(call, *place(shown[-1])) if len(found) > limit else None


def _signature(of: Call | Service, text: bytes) -> bytes:
    secret = of.service.secret if isinstance(of, Call) else of.secret
    return hmac.digest(secret, b"cursor\0" + _purpose(of) + b"\0" + text, "sha256")[:SIGNATURE]


def _purpose(of: Call | Service) -> bytes:
    """Return what a cursor is for, so that one of another list is refused."""
    if isinstance(of, Service):
        return b""
    query = of.query
    names = getattr(query, "__struct_fields__", ())
    filters = [[name, getattr(query, name)] for name in names if name not in PLACES]
    return to_json([of.route.name, of.path, filters])


def _broken() -> Invalid:
    return invalid("cursor", "isn't one of this list; begin without one")
