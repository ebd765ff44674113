"""
Every route works: a good request, over HTTP, is answered as the document says, and does something.

What a ban, another role or a sign-out does that comes after the guards and before the write is
shown for every route that writes, too.
"""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait

import pytest

from interact_api.accounts.actor import Actor
from interact_api.db import Tx
from interact_api.settings import Moderation
from interact_api.web import openapi
from interact_api.web.app import TABLE
from interact_api.web.routing import Route
from interact_api.wire import decode
from tests.support.acts import rows
from tests.support.service import page
from tests.support.serving import Reply, Server, serving
from tests.web import desk, stage
from tests.web.joined import PASSWORD
from tests.web.stage import GOOD, NOTHING_KEPT, PAGE, Ask, Stage
from tests.web.test_accounts import notice

ROUTES = {route.name: route for route in TABLE}
FORMS = sorted(route.name for route in TABLE if route.form)
GUARDED = sorted(
    route.name
    for route in TABLE
    if route.writes and openapi.is_guarded(route) and route.name not in NOTHING_KEPT
)
NO_CONTENT, SEE_OTHER, NOT_SIGNED_IN, FORBIDDEN = 204, 303, 401, 403


@pytest.fixture(scope="module")
def theatre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("routes")
    with serving(folder, moderation=Moderation(first_comments=0, reports=0)) as server:
        page(server.database, PAGE)
        yield Stage(server)


def test_every_route_has_a_good_request() -> None:
    assert stage.missing(TABLE) == set()
    assert set(GOOD) <= set(ROUTES)


def test_a_route_without_a_good_request_is_noticed() -> None:
    assert stage.missing((*TABLE, desk.TABLE[0])) == {"POST /things"}


@pytest.mark.parametrize("name", sorted(GOOD))
def test_a_good_request_is_answered_as_promised(theatre: Stage, name: str) -> None:
    ask, route = GOOD[name](theatre), ROUTES[name]
    before = rows(theatre.server.database.path)
    reply = ask.send(route.method)
    assert reply.status == (NO_CONTENT if route.reply is None else route.status), reply.body
    _must_fit(route, reply)
    has_changed = rows(theatre.server.database.path) != before
    assert has_changed == (route.writes and name not in NOTHING_KEPT)


def _must_fit(route: Route, reply: Reply) -> None:
    """Refuse an answer that isn't of the type that the route names."""
    if route.reply is None:
        assert reply.body == b""
        return
    assert reply.headers["content-type"] == route.media
    if route.reply is str:
        assert reply.body
        return
    lines = reply.body.splitlines() if route.media.endswith("ndjson") else [reply.body]
    for line in lines:
        decode(line, route.reply)


@pytest.mark.parametrize("name", FORMS)
def test_a_plain_form_is_led_on_with_a_notice(theatre: Stage, name: str) -> None:
    ask = GOOD[name](theatre)
    before = rows(theatre.server.database.path)
    reply = ask.submit()
    assert reply.status == SEE_OTHER
    assert notice(reply).startswith("ok ")
    assert rows(theatre.server.database.path) != before


def between(server: Server, change: Callable[[Tx], object], ask: Callable[[], Reply]) -> Reply:
    """Let *change* happen after the guards of a request, and before its own write."""
    is_held, may_go = threading.Event(), threading.Event()

    def hold(tx: Tx) -> None:
        is_held.set()
        assert may_go.wait(30)
        change(tx)

    held = server.database.submit(hold)
    assert is_held.wait(30)
    with ThreadPoolExecutor(1) as beside:
        reply = beside.submit(ask)
        while not server.database.waiting and not reply.done():
            wait([reply], timeout=0.002)
        may_go.set()
        held.result(30)
        return reply.result(30)


def becoming(who: Actor, column: str, value: str) -> Callable[[Tx], object]:
    sql = f"UPDATE users SET {column} = {value} WHERE id = :id"
    return lambda tx: tx.run(sql, id=who.id)


def _who(ask: Ask) -> Actor:
    assert ask.who is not None
    return ask.who


def without(table: str, found: dict[str, list[tuple[object, ...]]]) -> dict[str, object]:
    return {name: lines for name, lines in found.items() if name != table}


@pytest.mark.parametrize("status", ["banned", "deactivated"])
@pytest.mark.parametrize("name", GUARDED)
def test_a_ban_that_comes_before_the_write_is_heeded(
    theatre: Stage, name: str, status: str
) -> None:
    ask, server = GOOD[name](theatre), theatre.server
    before = without("users", rows(server.database.path))
    ban = becoming(_who(ask), "status", f"'{status}'")
    reply = between(server, ban, lambda: ask.send(ROUTES[name].method))
    assert reply.status == NOT_SIGNED_IN
    assert without("users", rows(server.database.path)) == before


@pytest.mark.parametrize(
    "name", [name for name in GUARDED if ROUTES[name].permission != openapi.EVERYBODY]
)
def test_a_role_that_is_taken_away_before_the_write_is_heeded(theatre: Stage, name: str) -> None:
    ask, server = GOOD[name](theatre), theatre.server
    before = without("users", rows(server.database.path))
    fall = becoming(_who(ask), "role_id", "1")
    reply = between(server, fall, lambda: ask.send(ROUTES[name].method))
    assert reply.status == FORBIDDEN
    assert without("users", rows(server.database.path)) == before


def test_a_sign_out_that_comes_before_the_write_is_heeded(theatre: Stage) -> None:
    ask = theatre.user(stage.LIKE)
    leave = "DELETE FROM sessions WHERE user_id = :id"
    reply = between(
        theatre.server, lambda tx: tx.run(leave, id=_who(ask).id), lambda: ask.send("PUT")
    )
    assert reply.status == NOT_SIGNED_IN


def test_a_token_that_ends_before_the_write_is_no_good(theatre: Stage) -> None:
    who, pair = theatre.pair()
    program = theatre.server.program(pair["access_token"])
    end = "UPDATE tokens SET revoked_at = :now WHERE user_id = :id"
    reply = between(
        theatre.server,
        lambda tx: tx.run(end, now=tx.now, id=who.id),
        lambda: program.put(stage.LIKE),
    )
    assert reply.code == "TOKEN_INVALID"


def test_a_key_that_was_used_before_opens_nothing_to_the_banned(theatre: Stage) -> None:
    ask = theatre.user(stage.COMMENTS, stage.HI)
    key = {"idempotency-key": "again"}
    assert ask.asker.send("POST", ask.path, ask.body, key).status == 201
    ban = becoming(_who(ask), "status", "'banned'")
    reply = between(theatre.server, ban, lambda: ask.asker.send("POST", ask.path, ask.body, key))
    assert reply.status == NOT_SIGNED_IN


def test_a_shadow_that_falls_before_the_write_hides_it(theatre: Stage) -> None:
    ask = theatre.user(stage.COMMENTS, stage.HI)
    shadow = becoming(_who(ask), "status", "'shadowed'")
    reply = between(theatre.server, shadow, lambda: ask.send("POST"))
    assert reply.status == 201
    assert theatre.server.anonymous().get(f"/comments/{reply.json['id']}").status == 404


def test_a_like_that_a_shadow_falls_on_isnt_counted(theatre: Stage) -> None:
    ask, anybody = theatre.user(stage.LIKE), theatre.server.anonymous()
    before = anybody.get(f"/pages/{PAGE}").json["likes"]
    shadow = becoming(_who(ask), "status", "'shadowed'")
    assert between(theatre.server, shadow, lambda: ask.send("PUT")).status == 200
    assert anybody.get(f"/pages/{PAGE}").json["likes"] == before


def test_who_signs_in_anew_needs_no_session_that_still_stands(theatre: Stage) -> None:
    who = theatre.somebody()
    ask = theatre.by(who, "/auth/login", {"login": who.name, "password": PASSWORD})
    leave = "DELETE FROM sessions WHERE user_id = :id"
    reply = between(theatre.server, lambda tx: tx.run(leave, id=who.id), lambda: ask.send("POST"))
    assert reply.status == 200
