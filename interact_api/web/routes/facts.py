"""
The route of facts: what the builder asks for, as one line of JSON for each fact that changed.

Nothing in it is secret, for every fact is what a public page shows; but all of it at once is more
than a stranger should have for the asking, so it needs somebody with `admin_access`. A builder on
another machine is given a personal token of an administrator with the scope `read` alone.

Whoever goes on from an earlier answer sends back what that said: the number and the life. If they
don't lead on to what is here, because an older copy of the database came back meanwhile, the answer
begins at the beginning, and says so.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Annotated, Any

from interact_api import facts, values
from interact_api.db import Database
from interact_api.facts import Change, Place
from interact_api.web.call import Answer, Call
from interact_api.web.routing import PREFIX, Route
from interact_api.wire import Meta, Reply, Sent

PIECE = 65_536  # bytes that are read before others have their turn


class FactsQuery(Sent):
    """Which changes: those after `since`, the oldest first."""

    since: Annotated[int, Meta(ge=0, le=2**53)] = 0
    life: Annotated[str, Meta(pattern="^[0-9a-f]{0,32}$")] = ""
    limit: Annotated[int, Meta(ge=1, le=10_000)] = 1_000


class Fact(Reply):
    """One line: a fact as it is now; null as its value takes it away."""

    key: str
    value: dict[str, Any] | None
    digest: str
    seq: int


async def tell(call: Call) -> Answer:
    """Answer with the facts that changed; ``Streamly-Seq`` is what to ask for next time."""
    since, limit = call.query.since, call.query.limit
    if call.query.life and not facts.leads_on(call.reader, Place(since, call.query.life)):
        since = 0
    changes = facts.since(call.reader, since, limit)
    seq = changes[-1].seq if changes else since
    life = facts.place(call.reader).life
    headers = [("Streamly-Since", str(since)), ("Streamly-Seq", str(seq)), ("Streamly-Life", life)]
    if len(changes) == limit:
        there = f"{PREFIX}/facts?since={seq}&life={life}&limit={limit}"
        headers.append(("Link", f'<{there}>; rel="next"'))
    return Answer(_pieces(call.service.database, changes), headers=tuple(headers))


async def _pieces(database: Database, changes: list[Change]) -> AsyncIterator[bytes]:
    """Read values in a thread, so that a page with ten thousand comments holds nobody up."""
    waiting = iter(changes)
    while piece := await asyncio.to_thread(_piece, database, waiting):
        yield piece


def _piece(database: Database, waiting: Iterator[Change]) -> bytes:
    lines, size = [], 0
    for change in waiting:
        lines.append(values.line(database.reader, change))
        size += len(lines[-1])
        if size >= PIECE:
            break
    return b"".join(lines)


ROUTES = (
    Route(
        method="GET",
        path="/facts",
        handler=tell,
        summary="The public facts that changed, one line of JSON each, for the builder.",
        tag="facts",
        query=FactsQuery,
        reply=Fact,
        permission="admin_access",
        media="application/x-ndjson",
    ),
)
