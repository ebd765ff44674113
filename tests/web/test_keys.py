from urllib.parse import quote

import pytest

from tests.support.serving import Server
from tests.web.joined import coming_in, joined, signing_in
from tests.web.test_accounts import notice

WISH = {"name": "my script", "scopes": ["read"], "days": 30}


def test_people_see_where_they_are_signed_in(server: Server) -> None:
    browser = coming_in(server, "watcher")
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
    sent = {"login": "watcher", "password": "correct horse battery", "remember": True}
    server.anonymous().post("/auth/login", sent, user_agent=agent)
    items = browser.get("/me/sessions").json["items"]
    assert [(one["current"], one["agent"], one["remember"]) for one in items] == [
        (False, "Firefox on Linux", True),
        (True, "Unknown", False),
    ]
    assert {one["place"] for one in items} == {"127.0.0.0/24"}
    assert not any("token" in one for one in items)


def test_people_end_one_of_their_sessions(server: Server) -> None:
    here, there = coming_in(server, "closer"), signing_in(server, "closer")
    items = here.get("/me/sessions").json["items"]
    number = next(one["id"] for one in items if not one["current"])
    assert here.delete(f"/me/sessions/{number}").status == 204
    assert (here.get("/me").status, there.get("/me").status) == (200, 401)
    assert here.delete(f"/me/sessions/{number}").status == 404


def test_people_sign_out_everywhere_but_here(server: Server) -> None:
    here, others = coming_in(server, "everywhere"), [signing_in(server, "everywhere") for _ in "ab"]
    assert here.delete("/me/sessions").status == 204
    assert [one.get("/me").status for one in (here, *others)] == [200, 401, 401]
    there = signing_in(server, "everywhere")
    reply = here.submit("/me/sessions/end", next="/account/")
    assert (reply.status, reply.headers["location"]) == (303, "/account/")
    assert notice(reply) == "ok You are signed out everywhere but here."
    assert (here.get("/me").status, there.get("/me").status) == (200, 401)


def test_what_is_no_number_is_no_session_and_no_token(server: Server) -> None:
    browser = coming_in(server, "seeker")
    numbers = ("0", "-1", "x", "9" * 30, "1.0", "\u0663", "%00")
    paths = [f"/me/{what}/{quote(one)}" for what in ("sessions", "tokens") for one in numbers]
    assert {browser.delete(path).status for path in paths} == {404}
    assert browser.get("/me").status == 200


def test_nobody_ends_anothers_sessions_or_tokens(server: Server) -> None:
    owner, thief = coming_in(server, "owner-a", "Editor"), coming_in(server, "thief-a", "Editor")
    session = owner.get("/me/sessions").json["items"][0]["id"]
    token = owner.post("/me/tokens", WISH).json
    assert thief.delete(f"/me/sessions/{session}").status == 404
    assert thief.delete(f"/me/tokens/{token['id']}").status == 404
    assert thief.get("/me/tokens").json["items"] == []
    assert owner.get("/me").status == 200
    assert server.program(token["token"]).get("/me").status == 200


def test_a_personal_token_is_shown_once_and_can_be_revoked(server: Server) -> None:
    browser = coming_in(server, "scripter", "Editor")
    made = browser.post("/me/tokens", WISH)
    text = made.json["token"]
    assert (made.status, made.json["name"], made.json["scopes"]) == (201, "my script", ["read"])
    assert text not in browser.get("/me/tokens").body.decode()
    assert text.encode() not in server.database.path.read_bytes()
    program = server.program(text)
    assert program.get("/me").json["name"] == "scripter"
    assert program.get("/me/tokens").code == "SESSION_ONLY"
    assert program.post("/me/tokens", WISH).code == "SESSION_ONLY"
    assert browser.delete(f"/me/tokens/{made.json['id']}").status == 204
    assert program.get("/me").code == "TOKEN_INVALID"
    assert browser.get("/me/tokens").json["items"] == []


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"scopes": ["admin"]}, 403, "FORBIDDEN"),
        ({"scopes": []}, 422, "INVALID"),
        ({"scopes": ["all"]}, 422, "INVALID"),
        ({"name": " "}, 422, "INVALID"),
        ({"name": "a\nb"}, 422, "INVALID"),
        ({"name": "x" * 51}, 422, "INVALID"),
        ({"days": 0}, 422, "INVALID"),
        ({"days": 367}, 422, "INVALID"),
    ],
)
def test_a_token_that_makes_no_sense_isnt_made(
    server: Server, changes: dict[str, object], status: int, code: str
) -> None:
    if server.database.reader.value("SELECT 1 FROM users WHERE name = 'wisher'") is None:
        joined(server, "wisher", "Editor")
    browser = signing_in(server, "wisher")
    reply = browser.post("/me/tokens", WISH | changes)
    assert (reply.status, reply.code) == (status, code)
    assert browser.get("/me/tokens").json["items"] == []


def test_only_who_may_use_the_api_makes_tokens(server: Server) -> None:
    browser = coming_in(server, "reader-only")
    assert browser.post("/me/tokens", WISH).code == "FORBIDDEN"
