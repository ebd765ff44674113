"""A few routes that show what the layer does, whatever the nouns do."""

from collections.abc import AsyncIterator
from typing import Annotated, Literal

from interact_api.errors import Conflict, Gone, NotFound, Refusal, invalid
from interact_api.web import auth, cursors
from interact_api.web.call import Answer, Call
from interact_api.web.routing import Route
from interact_api.wire import Meta, Reply, Sent


class Said(Sent):
    """What somebody says."""

    text: Annotated[str, Meta(min_length=1, max_length=1000)]
    loud: bool = False
    tags: tuple[str, ...] = ()


class Told(Reply):
    """What was said, by whom."""

    id: str
    text: str
    by: str


class Wanted(Sent):
    """What to list."""

    sort: Literal["old", "new"] = "old"
    limit: Annotated[int, Meta(ge=1, le=100)] = 20
    cursor: str = ""


class Page(Reply):
    """A part of a list."""

    items: list[int]
    next: str | None


async def say(call: Call) -> Answer:
    number = await call.write(
        lambda tx: tx.insert(
            "contact", name=call.actor.name, email="", body=call.body.text, at=tx.now
        )
    )
    told = Told(id=str(number), text=call.body.text, by=call.actor.name)
    return Answer(told, headers=(("Location", f"/api/v1/things/{number}"),))


async def show(call: Call) -> Told:
    body = call.reader.value("SELECT body FROM contact WHERE id = :id", id=call.path["thing"])
    if body is None:
        raise NotFound("There is no such thing.")
    return Told(id=call.path["thing"], text=body, by="")


async def count(call: Call) -> Page:
    query = call.query
    (after,) = cursors.decode(call, query.cursor) or (0,)
    items = list(range(after + 1, min(after + query.limit, 50) + 1))
    more = bool(items) and items[-1] < 50
    return Page(items=items, next=cursors.encode(call, items[-1]) if more else None)


async def remove(call: Call) -> None:
    number = await call.write(
        lambda tx: tx.run("DELETE FROM contact WHERE id = :id", id=call.path["thing"])
    )
    if not number:
        raise NotFound("There is no such thing.")


async def stream(_call: Call) -> Answer:
    async def lines() -> AsyncIterator[bytes]:
        for number in range(3):
            yield b"%d\n" % number

    return Answer(lines())


async def refuse(call: Call) -> None:
    found: dict[str, Refusal] = {
        "gone": Gone("It was here."),
        "conflict": Conflict("Somebody else has it."),
        "invalid": invalid("name", "is taken"),
    }
    raise found[call.path["how"]]


async def err(_call: Call) -> None:
    raise RuntimeError("SELECT password FROM users; /srv/secret/path")


async def enter(call: Call) -> Answer:
    return Answer(cookies=(auth.session_cookie(call.settings, "x" * 30),))


TABLE = (
    Route(
        method="POST", path="/things", handler=say, summary="Say something.", tag="desk",
        body=Said, reply=Told, status=201, permission="create_comments", signed_in=True,
        scope="write", limit="write", form=True, notice="It is said.",
    ),
    Route(
        method="GET", path="/things/{thing}", handler=show, summary="Show it.", tag="desk",
        reply=Told, public=True,
    ),
    Route(
        method="DELETE", path="/things/{thing}", handler=remove, summary="Remove it.", tag="desk",
        permission="create_comments", scope="write", limit="write",
    ),
    Route(
        method="GET", path="/numbers", handler=count, summary="Count.", tag="desk",
        query=Wanted, reply=Page, public=True,
    ),
    Route(
        method="GET", path="/others", handler=count, summary="Count others.", tag="desk",
        query=Wanted, reply=Page,
    ),
    Route(
        method="GET", path="/stream", handler=stream, summary="Stream.", tag="desk",
        reply=str, media="text/plain",
    ),
    Route(
        method="GET", path="/refuse/{how}", handler=refuse, summary="Refuse.", tag="desk",
        refusals=(Gone, Conflict),
    ),
    Route(method="GET", path="/err", handler=err, summary="Make a mistake.", tag="desk"),
    Route(
        method="POST", path="/enter", handler=enter, summary="Sign in.", tag="desk", body=Said,
        scope="session", limit="auth", form=True,
    ),
    Route(
        method="POST", path="/program", handler=enter, summary="Get a token.", tag="desk",
        body=Said, scope="session", limit="auth", for_programs=True,
    ),
    Route(
        method="GET", path="/mine", handler=enter, summary="What sessions see.", tag="desk",
        signed_in=True, scope="session",
    ),
    Route(
        method="GET", path="/desk", handler=remove, summary="What staff sees.", tag="desk",
        permission="moderate_comments", scope="moderate",
    ),
)  # fmt: skip
