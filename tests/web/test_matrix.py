"""
Everybody asks everything: role, state and token × route, each cell over HTTP.

Requests carry a query that no route knows. Guards come before what was sent is read, so whoever is
let past them is told 422, and nothing happens; what depends on whose thing it is comes after that.
"""

import re
import secrets
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple
from urllib.parse import quote

import pytest

from interact_api.accounts import tokens
from interact_api.accounts.actor import Actor
from interact_api.errors import Refusal
from interact_api.settings import Moderation
from interact_api.web.app import TABLE
from interact_api.web.matching import Tree
from interact_api.web.routing import PREFIX
from tests.support.service import member, page
from tests.support.serving import Client, Server, serving
from tests.web.matrix import RANKS, ROWS, Row

PAST, NOT_SIGNED_IN, FORBIDDEN, NOT_FOUND = 422, 401, 403, 404
ROLES = ("User", "Moderator", "Editor", "Administrator")
NAMES = {route.name: route for route in TABLE}


class World(NamedTuple):
    """A server, and a client for each kind of asker."""

    server: Server
    people: dict[str, Actor]
    askers: dict[str, Client]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with serving(tmp_path_factory.mktemp("matrix")) as server:
        page(server.database, "hello")
        people = {role.lower(): member(server.database, role.lower(), role) for role in ROLES}
        for state in ("banned", "shadowed", "deactivated"):
            people[state] = member(server.database, state, "Administrator")
        yield World(server, people, _askers(server, people))


def _askers(server: Server, people: dict[str, Actor]) -> dict[str, Client]:
    found: dict[str, Client] = {"guest": server.anonymous()}
    found |= {name: server.sign_in(one) for name, one in people.items()}
    for scope in tokens.SCOPES:
        found[f"token {scope}"] = _program(server, people["administrator"], scope)
    found["user's token read"] = _program(server, people["user"], "read")
    found["user's token write"] = _program(server, people["user"], "write")
    for state in ("banned", "deactivated"):
        found[f"{state} token"] = _program(server, people[state], "admin")
    for state in ("banned", "shadowed", "deactivated"):
        _become(server, people[state], state)
    found["no token"] = server.program(tokens.new(tokens.ACCESS))
    found["a session's token"] = _as_bearer(found["administrator"])
    return found


def _program(server: Server, who: Actor, scope: str) -> Client:
    """Return a program with an access token of *who*, which has one scope."""
    text = tokens.new(tokens.ACCESS)
    row = {"user_id": who.id, "kind": "access", "token": tokens.digest(text), "scopes": scope}
    times = {"created_at": server.service.now, "expires_at": server.service.now + 900_000}
    server.database.write_now(lambda tx: tx.insert("tokens", **row, **times))
    return server.program(text)


def _as_bearer(browser: Client) -> Client:
    return browser.server.program(browser.cookies["sid"])  # type: ignore[attr-defined]


def _become(server: Server, who: Actor, state: str) -> None:
    server.database.write_now(
        lambda tx: tx.run("UPDATE users SET status = :state WHERE id = :id", state=state, id=who.id)
    )


def expected(name: str, row: Row) -> int:
    """Return how the asker *name* is answered by a route with this row."""
    if name in {"banned token", "deactivated token", "no token", "a session's token"}:
        return NOT_SIGNED_IN
    if name in {"guest", "banned", "deactivated"}:
        return PAST if row.who == "anybody" else NOT_SIGNED_IN
    kind, _, scope = name.partition("token ")
    if scope:
        rank = "user" if kind.startswith("user") else "administrator"
        return PAST if _reaches(rank, row) and row.scope in {"any", scope} else FORBIDDEN
    return PAST if _reaches("administrator" if name == "shadowed" else name, row) else FORBIDDEN


def _reaches(rank: str, row: Row) -> bool:
    return RANKS.index(rank) >= RANKS.index(row.who)


def test_every_route_has_a_row_and_every_row_a_route() -> None:
    assert set(ROWS) == set(NAMES)


@pytest.mark.parametrize("route", sorted(ROWS))
def test_everybody_gets_as_far_as_they_may(world: World, route: str) -> None:
    method, path = route.split()
    address = path.replace("{", "some-").replace("}", "") + "?no-such-field=1"
    told = {
        name: asker.send(method, address, headers={"origin": world.server.origin}).status
        for name, asker in world.askers.items()
    }
    assert told == {name: expected(name, ROWS[route]) for name in world.askers}


def test_nothing_has_happened(world: World) -> None:
    names = ("comments", "likes", "follows", "outbox", "contact", "audit")
    reader = world.server.database.reader
    assert [reader.value(f"SELECT count(*) FROM {one}") for one in names] == [0] * len(names)


class Owned(NamedTuple):
    """A thing of somebody's, and how each who isn't its owner is answered."""

    name: str
    route: str
    make: Callable[[Server, Actor], str]  # returns the path
    done: int
    others: dict[str, int]
    body: object = None

    @property
    def method(self) -> str:
        return self.route.partition(" ")[0]


def _comment(server: Server, owner: Actor, where: str = "hello") -> str:
    reply = server.sign_in(owner).post(f"/pages/{where}/comments", {"body": "Mine."})
    assert reply.status in {201, 202}
    return f"/comments/{reply.json['id']}"


def _waiting(server: Server, owner: Actor) -> str:
    path = _comment(server, owner)
    number = int(path.rpartition("/")[2])
    server.database.write_now(
        lambda tx: tx.run("UPDATE comments SET state = 'pending' WHERE id = :id", id=number)
    )
    return path


def _pin(server: Server, owner: Actor) -> str:
    """Return the path to the pin of a comment on a page of its own, for a page has few."""
    where = page(server.database, secrets.token_hex(4))
    return _comment(server, owner, where) + "/pin"


def _pinned(server: Server, owner: Actor) -> str:
    path = _pin(server, owner)
    sql = "UPDATE comments SET pinned = 1 WHERE id = :id"
    server.database.write_now(lambda tx: tx.run(sql, id=int(path.split("/")[2])))
    return path


def _deletion(server: Server, owner: Actor) -> str:
    return _comment(server, owner) + "/delete"


def _session(server: Server, owner: Actor) -> str:
    server.sign_in(owner)
    found = server.database.reader.value(
        "SELECT max(id) FROM sessions WHERE user_id = :id", id=owner.id
    )
    return f"/me/sessions/{found}"


def _token(server: Server, owner: Actor) -> str:
    now = server.service.now
    row = {"user_id": owner.id, "kind": "personal", "name": "x", "scopes": "read"}
    times = {"created_at": now, "expires_at": now + 900_000}
    key = server.database.write_now(
        lambda tx: tx.insert("tokens", token=tokens.digest(tokens.new("x")), **row, **times)
    )
    return f"/me/tokens/{key}"


STAFF = {"moderator": 200, "editor": 200, "administrator": 200}
NOT_THEIRS = dict.fromkeys(("other", "moderator", "editor", "administrator"), NOT_FOUND)
NO_STAFF = {"other": FORBIDDEN, "guest": NOT_SIGNED_IN, "banned": NOT_SIGNED_IN}
HIDDEN = NO_STAFF | {"other": NOT_FOUND}
UNSEEN = dict.fromkeys(("other", "guest", "banned"), NOT_FOUND)
GONE = {"moderator": 204, "editor": 204, "administrator": 204}
ONE = "/comments/{comment}"
CHANGE = {"body": "Changed."}
OWNED = (
    Owned("edit", f"PATCH {ONE}", _comment, 200, NO_STAFF | STAFF, CHANGE),
    Owned("edit by form", f"POST {ONE}", _comment, 200, NO_STAFF | STAFF, CHANGE),
    Owned("delete", f"DELETE {ONE}", _comment, 204, NO_STAFF | GONE),
    Owned("delete by form", f"POST {ONE}/delete", _deletion, 204, NO_STAFF | GONE),
    Owned("read what waits", f"GET {ONE}", _waiting, 200, UNSEEN | STAFF),
    Owned("edit what waits", f"PATCH {ONE}", _waiting, 200, HIDDEN | STAFF, CHANGE),
    Owned("delete what waits", f"DELETE {ONE}", _waiting, 204, HIDDEN | GONE),
    Owned("pin", f"PUT {ONE}/pin", _pin, FORBIDDEN, NO_STAFF | STAFF),
    Owned("pin by form", f"POST {ONE}/pin", _pin, FORBIDDEN, NO_STAFF | STAFF, {"undo": False}),
    Owned("unpin", f"DELETE {ONE}/pin", _pinned, FORBIDDEN, NO_STAFF | STAFF),
    Owned(
        "end a session", "DELETE /me/sessions/{session}", _session, 204,
        NOT_THEIRS | {"guest": NOT_SIGNED_IN},
    ),
    Owned(
        "revoke a token", "DELETE /me/tokens/{token}", _token, 204,
        NOT_THEIRS | {"guest": NOT_SIGNED_IN},
    ),
)  # fmt: skip
# What anybody does to a comment of anybody's, and what is moderators' alone.
NOBODYS = {
    f"{method} {ONE}/{what}"
    for method, what in (
        ("PUT", "like"), ("DELETE", "like"), ("POST", "like"), ("GET", "likes"), ("POST", "report"),
        ("POST", "approve"), ("POST", "reject"), ("POST", "spam"), ("POST", "undo"),
    )
}  # fmt: skip


def unowned(names: Iterable[str]) -> set[str]:
    """Return which routes about one thing of somebody's nobody has written a row for."""
    things = {one for one in names if re.search("{(comment|session|token)}", one)}
    return things - NOBODYS - {thing.route for thing in OWNED}


def test_every_route_about_a_thing_says_whose_it_is() -> None:
    assert unowned(NAMES) == set()


def test_a_route_without_a_row_is_noticed() -> None:
    assert unowned([*NAMES, f"PUT {ONE}/colour"]) == {f"PUT {ONE}/colour"}


@pytest.fixture(scope="module")
def owned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    trusting = Moderation(first_comments=0)
    with serving(tmp_path_factory.mktemp("owned"), moderation=trusting) as server:
        page(server.database, "hello")
        people = {role.lower(): member(server.database, role.lower(), role) for role in ROLES}
        people |= {name: member(server.database, name) for name in ("owner", "other", "banned")}
        _become(server, people["banned"], "banned")
        yield World(server, people, {"guest": server.anonymous()})


@pytest.mark.parametrize("thing", OWNED, ids=lambda one: one.name)
def test_what_is_somebodys_is_theirs(owned: World, thing: Owned) -> None:
    told = {}
    for name in ("owner", *thing.others):
        path = thing.make(owned.server, owned.people["owner"])
        asker = owned.askers.get(name) or owned.server.sign_in(owned.people[name])
        told[name] = asker.send(thing.method, path, thing.body).status
    assert told == {"owner": thing.done} | thing.others


VARIANTS = (
    "{}/", "//{}", "{}//", "{}/.", "/.{}", "{}%2F", "{}.json", "{};x", "{}%00", "/%2e{}", "{}%20", "{}/..",
    "/x/..{}", "{}%3F", "{}\\", "/{}", "{}%23", "{}%0a", "{}\u00a0", "/%61%70%69{}",
)  # fmt: skip
CLOSED = {NOT_SIGNED_IN, FORBIDDEN, NOT_FOUND, 400, 405}
GUARDED = sorted(name for name, row in ROWS.items() if row.who != "anybody" or row.scope != "read")
TREE = Tree(TABLE)


@pytest.mark.parametrize("route", GUARDED)
def test_no_other_spelling_of_a_path_is_a_way_in(world: World, route: str) -> None:
    method, path = route.split()
    plain = path.replace("{", "some-").replace("}", "")
    spellings = {quote(one.replace("{}", plain), safe="/%;\\") for one in VARIANTS}
    told = {}
    for spelling in spellings | {plain.upper(), plain.title()}:
        if _is_another(method, spelling, route):
            continue
        told[spelling] = world.askers["token read"].send(method, spelling + "?x=1").status
    row = ROWS[route]
    allowed = {PAST} if row.scope == "any" and row.who != "anybody" else set()
    assert {one: status for one, status in told.items() if status not in CLOSED | allowed} == {}


def _is_another(method: str, path: str, route: str) -> bool:
    """Tell whether this is no spelling of the route, but a path of another one."""
    try:
        return TREE.find(method, (PREFIX + path).encode()).route.name != route
    except Refusal:
        return False
