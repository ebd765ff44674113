"""The route of builds: what the worker made of what people did, and what it set aside."""

from datetime import datetime
from typing import Literal

from interact_api import facts
from interact_api.rebuild import aside, builds
from interact_api.web import cursors
from interact_api.web.call import Call
from interact_api.web.routing import Route
from interact_api.web.times import when
from interact_api.wire import Reply

State = Literal["live", "partly", "same", "held", "failed"]


class BuildState(Reply):
    """One build: why, what it made and removed, what readers see since, how long it took."""

    number: int
    at: datetime
    state: State
    reason: str
    seq: int
    release: int
    made: int
    removed: int
    pages: list[str]
    problems: list[str]
    build_ms: int
    publish_ms: int


class AsideState(Reply):
    """A fact that no page could be made of, and why."""

    key: str
    problem: str
    at: datetime


class Builds(Reply):
    """The last builds, the newest first; where the facts are, and what readers see of them."""

    facts: int
    live: int
    items: list[BuildState]
    aside: list[AsideState]
    next: str | None


async def list_builds(call: Call) -> Builds:
    """Answer with what was built."""
    reader, after = call.reader, cursors.decode(call, call.query.cursor)
    found = builds.latest(reader, call.query.limit + 1, before=after[0] if after else None)
    shown, rest = cursors.part(call, found, lambda one: (one.number,))
    live = builds.live(reader)
    return Builds(
        facts=facts.last(reader),
        live=live.seq if live else 0,
        items=[_build(one) for one in shown],
        aside=[
            AsideState(key=one.key, problem=one.problem, at=when(one.at))
            for one in aside.everything(reader)
        ],
        next=rest,
    )


def _build(one: builds.Build) -> BuildState:
    values = one._asdict() | {"pages": list(one.pages), "problems": list(one.problems)}
    return BuildState(**values | {"at": when(one.at)})


ROUTES = (
    Route(
        method="GET", path="/admin/builds", handler=list_builds, tag="admin",
        query=cursors.Listing, reply=Builds, signed_in=True, permission="admin_access",
        scope="admin", summary="What the worker built, the newest first, and what it set aside.",
    ),
)  # fmt: skip
