"""The routes of the manifest: a builder on another machine tells which pages there are."""

import asyncio
from pathlib import Path
from typing import Annotated

from interact_api import copied
from interact_api.db import Tx
from interact_api.errors import Conflict
from interact_api.manifest import Taken
from interact_api.web.beside import manifest_of
from interact_api.web.call import Call
from interact_api.web.routing import Route
from interact_api.wire import Meta, Reply, Sent

MOST = 262_144  # bytes of one part


class Copied(Reply):
    """How much of the manifest is here, and the SHA-256 of it."""

    size: int
    digest: str


class Part(Sent):
    """Where the lines that are sent belong, and whether more will follow."""

    at: Annotated[int, Meta(ge=0, le=2**40)] = 0
    more: bool = False


class TakenIn(Reply):
    """How many pages were new or different, and how many have gone."""

    changed: int
    removed: int


async def tell(call: Call) -> Copied:
    """Answer with what is here."""
    found = await asyncio.to_thread(copied.copy_of, manifest_of(call.service))
    return Copied(size=found.size, digest=found.digest)


async def extend(call: Call) -> TakenIn:
    """Add some lines; the last of them say that all are there."""
    path: Path = manifest_of(call.service)

    def act(tx: Tx) -> Taken:
        return copied.extend(tx, path, call.query.at, call.body, is_last=not call.query.more)

    taken = await call.write(act)
    return TakenIn(changed=taken.changed, removed=taken.removed)


ROUTES = (
    Route(
        method="GET", path="/manifest", handler=tell, tag="facts", reply=Copied,
        permission="admin_access", scope="admin",
        summary="How much of the builder's manifest is here.",
    ),
    Route(
        method="PATCH", path="/manifest", handler=extend, tag="facts", query=Part, raw=MOST,
        reply=TakenIn, permission="admin_access", scope="admin", limit="read",
        refusals=(Conflict,), summary="Add lines to the manifest: which pages there are.",
    ),
)  # fmt: skip
