"""Tokens: programs get them, keep them fresh and end them, and one kind never works as another."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from interact_api.accounts import subscriptions, tokens
from interact_api.accounts.subscriptions import Subscription
from tests.support.service import Clock
from tests.support.serving import Client, Reply, Server, serving
from tests.web.joined import NEWER, PASSWORD, coming_in, joined, signing_in, token_for


def pair_of(server: Server, name: str, *scopes: str) -> dict[str, Any]:
    """Get an access token and a refresh token for a password."""
    sent = {"login": name, "password": PASSWORD, "scopes": list(scopes or ("read", "write"))}
    reply = server.program().post("/auth/token", sent)
    assert reply.status == 200, reply.body
    return dict(reply.json)


def refreshed(server: Server, token: str) -> Reply:
    return server.program().post("/auth/token/refresh", {"refresh_token": token})


def with_token(server: Server, token: str) -> Client:
    return server.program(token)


def test_a_program_signs_in_without_being_a_browser(server: Server) -> None:
    joined(server, "prog")
    pair = pair_of(server, "prog")
    assert (pair["token_type"], pair["expires_in"], pair["scope"]) == ("Bearer", 900, "read write")
    bearer = with_token(server, pair["access_token"])
    assert bearer.get("/me").json["name"] == "prog"
    assert bearer.patch("/me", {"bio": "By a program."}).status == 200


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"password": "wrong horse battery"}, 401, "INVALID_CREDENTIALS"),
        ({"login": "nobody-here"}, 401, "INVALID_CREDENTIALS"),
        ({"scopes": ["moderate"]}, 403, "FORBIDDEN"),
        ({"scopes": ["read", "admin"]}, 403, "FORBIDDEN"),
        ({"scopes": []}, 422, "INVALID"),
        ({"scopes": ["everything"]}, 422, "INVALID"),
        ({"scopes": ["session"]}, 422, "INVALID"),
    ],
)
def test_who_may_not_gets_no_token(
    server: Server, changes: dict[str, object], status: int, code: str
) -> None:
    if server.database.reader.value("SELECT 1 FROM users WHERE name = 'plain'") is None:
        joined(server, "plain")
    sent = {"login": "plain", "password": PASSWORD, "scopes": ["read"]} | changes
    reply = server.program().post("/auth/token", sent)
    assert (reply.status, reply.code) == (status, code)


def test_a_token_may_what_its_scopes_say_and_can_always_be_ended(server: Server) -> None:
    joined(server, "scoped")
    reading, writing = (
        with_token(server, pair_of(server, "scoped", one)["access_token"])
        for one in ("read", "write")
    )
    assert reading.patch("/me", {"bio": "a"}).code == "SCOPE_MISSING"
    assert writing.get("/me").code == "SCOPE_MISSING"
    assert [one.delete("/auth/token").status for one in (reading, writing)] == [204, 204]
    assert [one.delete("/auth/token").code for one in (reading, writing)] == ["TOKEN_INVALID"] * 2


def test_a_token_that_ends_takes_its_family_along(server: Server) -> None:
    joined(server, "ending")
    first, other = pair_of(server, "ending"), pair_of(server, "ending")
    second = refreshed(server, first["refresh_token"]).json
    assert with_token(server, second["access_token"]).delete("/auth/token").status == 204
    assert refreshed(server, second["refresh_token"]).code == "TOKEN_INVALID"
    assert with_token(server, other["access_token"]).get("/me").status == 200


def test_a_session_has_no_token_to_end(server: Server) -> None:
    browser = coming_in(server, "tokenless")
    assert browser.delete("/auth/token").code == "TOKEN_INVALID"
    assert server.anonymous().delete("/auth/token").code == "NOT_SIGNED_IN"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def aging(tmp_path: Path, clock: Clock) -> Iterator[Server]:
    """Serve on a clock that the test moves."""
    with serving(tmp_path, clock=clock) as made:
        joined(made, "ada")
        yield made


def test_an_access_token_lives_for_minutes_and_a_refresh_token_goes_on(
    aging: Server, clock: Clock
) -> None:
    first = pair_of(aging, "ada")
    clock.pass_by(seconds=15 * 60)
    assert with_token(aging, first["access_token"]).get("/me").code == "TOKEN_INVALID"
    second = refreshed(aging, first["refresh_token"]).json
    assert with_token(aging, second["access_token"]).get("/me").status == 200
    assert second["scope"] == first["scope"]


def test_a_refresh_token_that_is_stolen_ends_for_both(server: Server) -> None:
    joined(server, "robbed")
    stolen = pair_of(server, "robbed")["refresh_token"]
    owners = refreshed(server, stolen).json
    assert refreshed(server, stolen).code == "TOKEN_INVALID"
    assert with_token(server, owners["access_token"]).get("/me").status == 401
    assert refreshed(server, owners["refresh_token"]).status == 401
    sql = "SELECT count(*) FROM audit WHERE action = 'tokens.reused'"
    assert server.database.reader.value(sql) == 1


def test_a_refresh_token_ends_when_its_owner_may_not_come_in(server: Server) -> None:
    who = joined(server, "exiled")
    pair = pair_of(server, "exiled")
    sql = "UPDATE users SET status = 'banned' WHERE id = :id"
    server.database.write_now(lambda tx: tx.run(sql, id=who.id))
    assert with_token(server, pair["access_token"]).get("/me").status == 401
    assert refreshed(server, pair["refresh_token"]).status == 401


# One kind of token at every place of another


class Keys:
    """One good token of every kind, all of one person."""

    def __init__(self, server: Server) -> None:
        who = joined(server, "keys", "Editor")
        browser = signing_in(server, "keys")
        pair = pair_of(server, "keys")
        personal = browser.post("/me/tokens", {"name": "a", "scopes": ["read"]}).json["token"]
        anybody = server.anonymous()
        anybody.post("/auth/password-reset", {"email": "keys@example.org"})
        browser.post("/me/email", {"email": "keys2@example.org", "password": PASSWORD})
        sent = {"name": "keys-new", "email": "keys3@example.org", "password": PASSWORD}
        anybody.post("/auth/register", sent)
        self.texts = {
            "session": browser.cookies["sid"],
            "personal": personal,
            "access": pair["access_token"],
            "refresh": pair["refresh_token"],
            "reset": token_for(server, "keys@example.org", "reset"),
            "address": token_for(server, "keys2@example.org", "email"),
            "confirm": token_for(server, "keys3@example.org", "confirm"),
            "csrf": browser.csrf,
            "way out": subscriptions.token(server.service.secret, Subscription(who.id, "reply")),
        }


def as_cookie(server: Server, text: str) -> Reply:
    browser = server.anonymous()
    browser.cookies["sid"] = text
    return browser.get("/me")


def as_bearer(server: Server, text: str) -> Reply:
    return server.program(text).get("/me")


def as_letter(server: Server, text: str) -> Reply:
    return server.anonymous().post("/auth/confirm", {"token": text})


def as_reset(server: Server, text: str) -> Reply:
    sent = {"token": text, "password": NEWER}
    return server.anonymous().post("/auth/password-reset/confirm", sent)


def as_way_out(server: Server, text: str) -> Reply:
    return server.program().post(f"/unsubscribe?token={text}")


PLACES: dict[str, tuple[Callable[[Server, str], Reply], set[str], int]] = {
    "cookie": (as_cookie, {"session"}, 401),
    "bearer": (as_bearer, {"personal", "access"}, 401),
    "refresh": (refreshed, {"refresh"}, 401),
    "confirm": (as_letter, {"confirm", "address"}, 410),
    "reset": (as_reset, {"reset"}, 410),
    "way out": (as_way_out, {"way out"}, 410),
}


@pytest.mark.parametrize("place", PLACES)
def test_each_kind_of_token_works_at_its_own_place_alone(tmp_path: Path, place: str) -> None:
    ask, good, refused = PLACES[place]
    with serving(tmp_path) as server:
        texts = Keys(server).texts
        wrong = {kind: ask(server, text).status for kind, text in texts.items() if kind not in good}
        assert wrong == dict.fromkeys(wrong, refused)
        assert len(wrong) + len(good) == 9
        told = {kind: ask(server, texts[kind]).status for kind in sorted(good)}
        assert set(told.values()) <= {200, 204}, told


def test_a_token_counts_to_its_last_character(server: Server) -> None:
    joined(server, "exact")
    text = pair_of(server, "exact")["access_token"]
    changed = (text[:-1], text + "A", text.swapcase(), text.replace(tokens.ACCESS, tokens.PERSONAL))
    assert [as_bearer(server, one).status for one in changed] == [401] * 4
    assert as_bearer(server, text).status == 200


@pytest.mark.parametrize("scheme", ["Basic", "Token", "", "bearer  "])
def test_a_token_is_shown_as_bearer(server: Server, scheme: str) -> None:
    reply = server.program().get("/me", authorization=f"{scheme} {'a' * 50}")
    assert (reply.status, reply.code) == (401, "TOKEN_INVALID")
