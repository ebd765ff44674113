import pytest

from interact_api.db import Tx
from tests.support.serving import Browser, Client, Server
from tests.web.joined import (
    NEWER,
    PASSWORD,
    coming_in,
    joined,
    letters,
    signing_in,
    token_for,
)
from tests.web.test_accounts import notice

WRONG = "wrong horse battery"


def program(server: Server, name: str) -> Client:
    """Return a program of somebody, with an access token."""
    sent = {"login": name, "password": PASSWORD, "scopes": ["read", "write"]}
    return server.program(server.program().post("/auth/token", sent).json["access_token"])


def commented(server: Server, user_id: int) -> int:
    """Let somebody have commented on a page; return the comment's number."""
    row = {"page": "hello", "body": "Mine", "html": "<p>Mine</p>", "state": "approved"}

    def act(tx: Tx) -> int:
        tx.run("UPDATE pages SET comments = comments + 1 WHERE id = 'hello'")
        tx.run("UPDATE users SET comments = comments + 1 WHERE id = :id", id=user_id)
        return tx.insert("comments", user_id=user_id, created_at=1, **row)

    return server.database.write_now(act)


# The profile


def test_people_see_what_is_known_of_them(server: Server) -> None:
    browser = coming_in(server, "seer")
    mine = browser.get("/me").json
    assert (mine["name"], mine["email"], mine["role"]) == ("seer", "seer@example.org", "User")
    assert "create_comments" in mine["permissions"]
    assert mine["hide_likes"] is False
    assert not {"password", "id"} & set(mine)


def test_people_change_their_profile(server: Server) -> None:
    browser = coming_in(server, "changer")
    links = [{"label": "Code", "url": "https://example.org/code"}]
    sent = {"display": "Ada L.", "bio": "Counts.", "links": links, "hide_last_seen": True}
    reply = browser.patch("/me", sent)
    assert (reply.status, reply.json["display"], reply.json["links"]) == (200, "Ada L.", links)
    again = browser.patch("/me", {"hide_likes": True}).json
    assert (again["bio"], again["hide_last_seen"], again["hide_likes"]) == ("Counts.", True, True)


def test_a_plain_form_changes_a_profile_too(server: Server) -> None:
    browser = coming_in(server, "former-two")
    fields = {"display": "Ada <b>", "website": "https://example.org/", "hide_likes": "true"}
    reply = browser.submit("/me", **fields, next="/account/")
    assert (reply.status, reply.headers["location"]) == (303, "/account/")
    assert notice(reply) == "ok Your profile is changed."
    mine = browser.get("/me").json
    assert (mine["display"], mine["website"], mine["hide_likes"]) == (
        *list(fields.values())[:2],
        True,
    )


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"display": "x" * 51}, "display"),
        ({"display": "a\nb"}, "display"),
        ({"bio": "x" * 501}, "bio"),
        ({"website": "javascript:alert(1)"}, "website"),
        ({"links": [{"label": "a", "url": "data:text/html,x"}]}, "links[0].url"),
        ({"links": [{"label": "a", "url": "https://a.org/"}] * 6}, "links"),
        ({"name": "admin"}, "name"),
        ({"email": "other@example.org"}, "body"),
        ({"role": "Administrator"}, "body"),
        ({"hide_likes": "yes"}, "hide_likes"),
    ],
)
def test_what_no_profile_says_is_refused(ada: Browser, sent: dict[str, object], field: str) -> None:
    reply = ada.patch("/me", sent)
    assert (reply.status, reply.code) == (422, "INVALID")
    assert [fault["field"] for fault in reply.json["errors"]] == [field]


def test_a_rename_leads_from_the_old_name_to_the_new(server: Server) -> None:
    browser = coming_in(server, "oldname")
    assert browser.patch("/me", {"name": "NewName", "bio": "The same."}).json["name"] == "newname"
    for rest in ("", "/card"):
        reply = server.anonymous().get(f"/users/oldname{rest}")
        assert (reply.status, reply.headers["location"]) == (308, f"/api/v1/users/newname{rest}")
        assert "no-store" in reply.headers["cache-control"]
    assert browser.get("/me").json["bio"] == "The same."
    assert signing_in(server, "newname").get("/me").status == 200
    joined(server, "squatter")
    squatter = signing_in(server, "squatter")
    assert squatter.patch("/me", {"name": "oldname"}).code == "NAME_TAKEN"


def test_a_name_changes_every_thirty_days_and_nothing_else_is_half_done(server: Server) -> None:
    browser = coming_in(server, "restless")
    assert browser.patch("/me", {"name": "restless-two"}).status == 200
    reply = browser.patch("/me", {"name": "restless-three", "bio": "Lost."})
    assert (reply.status, reply.code) == (429, "RENAMED_LATELY")
    assert reply.headers["retry-after"] == str(30 * 86_400)
    assert browser.get("/me").json["bio"] == ""


# The password


def test_a_new_password_ends_all_else_and_the_letter_says_so(server: Server) -> None:
    here = coming_in(server, "careful", "Editor")
    there, bearer = signing_in(server, "careful"), program(server, "careful")
    wish = {"name": "mine", "scopes": ["read"]}
    personal = server.program(here.post("/me/tokens", wish).json["token"])
    assert [one.get("/me").status for one in (here, there, bearer, personal)] == [200] * 4
    copy = server.anonymous()
    copy.cookies.update(here.cookies)
    reply = here.post("/me/password", {"current": PASSWORD, "password": NEWER})
    assert reply.status == 204
    ended = (there, copy, bearer, personal)
    assert [one.get("/me").status for one in (here, *ended)] == [200] + [401] * 4
    assert letters(server, "careful@example.org") == ["password_changed"]
    assert signing_in(server, "careful", NEWER).get("/me").status == 200


@pytest.mark.parametrize(
    ("current", "password", "status", "code"),
    [
        (WRONG, NEWER, 403, "WRONG_PASSWORD"),
        (PASSWORD, PASSWORD, 409, "SAME_PASSWORD"),
        (PASSWORD, "short", 422, "INVALID"),
        (PASSWORD, "stubborn@example.org", 422, "INVALID"),
        ("x" * 1000, NEWER, 422, "INVALID"),
    ],
)
def test_a_password_that_cant_be_changed_stays(
    server: Server, current: str, password: str, status: int, code: str
) -> None:
    if server.database.reader.value("SELECT 1 FROM users WHERE name = 'stubborn'") is None:
        joined(server, "stubborn")
    browser = signing_in(server, "stubborn")
    reply = browser.post("/me/password", {"current": current, "password": password})
    assert (reply.status, reply.code) == (status, code)
    assert signing_in(server, "stubborn").get("/me").status == 200


def test_a_borrowed_session_runs_out_of_guesses(server: Server) -> None:
    browser = coming_in(server, "borrowed")
    sent = {"current": WRONG, "password": NEWER}
    told = [browser.post("/me/password", sent).status for _ in range(11)]
    assert told == [403] * 10 + [429]


def test_a_form_with_a_wrong_password_stays_on_its_page(server: Server) -> None:
    browser = coming_in(server, "formal")
    reply = browser.submit("/me/password", current=WRONG, password=NEWER, next="/account/")
    assert reply.headers["location"] == "/posts/hello/"
    assert notice(reply) == "error This isn't your password."
    reply = browser.submit("/me/password", current=PASSWORD, password=NEWER, next="/account/")
    assert reply.headers["location"] == "/account/"
    assert notice(reply) == "ok Your password is changed."


# The address


def test_an_address_changes_once_the_new_one_is_confirmed(server: Server) -> None:
    browser = coming_in(server, "mover")
    sent = {"email": "moved@example.org", "password": PASSWORD}
    assert browser.post("/me/email", sent).status == 202
    assert browser.get("/me").json["email"] == "mover@example.org"
    assert letters(server, "mover@example.org") == ["email_notice"]
    token = token_for(server, "moved@example.org", "email")
    assert server.anonymous().post("/auth/confirm", {"token": token}).json == {"name": "mover"}
    assert browser.get("/me").json["email"] == "moved@example.org"
    assert letters(server, "mover@example.org") == ["email_notice", "email_changed"]


@pytest.mark.parametrize(
    ("email", "password", "status", "code"),
    [
        ("new@example.org", WRONG, 403, "WRONG_PASSWORD"),
        ("nowhere", PASSWORD, 422, "INVALID"),
        ("SETTLED@example.org", PASSWORD, 409, "SAME_ADDRESS"),
    ],
)
def test_an_address_that_cant_be_changed_stays(
    server: Server, email: str, password: str, status: int, code: str
) -> None:
    if server.database.reader.value("SELECT 1 FROM users WHERE name = 'settled'") is None:
        joined(server, "settled")
    browser = signing_in(server, "settled")
    reply = browser.post("/me/email", {"email": email, "password": password})
    assert (reply.status, reply.code) == (status, code)
    assert browser.get("/me").json["email"] == "settled@example.org"


def test_who_asks_for_anothers_address_learns_nothing(server: Server) -> None:
    joined(server, "neighbour")
    browser = coming_in(server, "nosy")
    told = [
        browser.post("/me/email", {"email": f"{who}@example.org", "password": PASSWORD})
        for who in ("neighbour", "unheard-of")
    ]
    assert told[0].status == 202
    assert told[0].body == told[1].body
    assert letters(server, "neighbour@example.org") == ["known_address"]


# The way out


def test_who_deactivates_is_out_until_an_administrator_lets_them_in(server: Server) -> None:
    browser = coming_in(server, "resting")
    bearer, admin = program(server, "resting"), coming_in(server, "opener", "Administrator")
    assert browser.post("/me/deactivate", {"password": WRONG}).code == "WRONG_PASSWORD"
    reply = browser.post("/me/deactivate", {"password": PASSWORD})
    assert (reply.status, "sid" in browser.cookies) == (204, False)
    assert bearer.get("/me").status == 401
    assert server.anonymous().get("/users/resting").status == 410
    assert admin.patch("/admin/users/resting", {"status": "active"}).status == 200
    assert signing_in(server, "resting").get("/me").status == 200


@pytest.mark.parametrize(
    ("choice", "state", "body"), [("anonymise", "approved", "Mine"), ("remove", "deleted", "")]
)
def test_who_leaves_says_what_becomes_of_their_comments(
    server: Server, choice: str, state: str, body: str
) -> None:
    who = joined(server, f"goes-{choice}")
    browser, number = signing_in(server, who.name), commented(server, who.id)
    sent = {"password": PASSWORD, "comments": choice}
    assert browser.delete("/me", sent | {"password": WRONG}).code == "WRONG_PASSWORD"
    assert browser.delete("/me", {"password": PASSWORD}).code == "INVALID"
    assert browser.delete("/me", sent).status == 204
    row = server.database.reader.one(
        lambda *row: row, "SELECT user_id, state, body FROM comments WHERE id = :id", id=number
    )
    assert row == (None, state, body)
    assert server.anonymous().get(f"/users/{who.name}").status == 410
    assert letters(server, f"{who.name}@example.org") == ["deleted"]


def test_a_plain_form_leaves_too(server: Server) -> None:
    browser = coming_in(server, "formleaver")
    fields = {"password": PASSWORD, "comments": "remove", "next": "/"}
    reply = browser.submit("/me/delete", **fields)
    assert (reply.status, reply.headers["location"]) == (303, "/")
    assert notice(reply) == "ok Your account is closed for good."
    assert "sid" not in browser.cookies


def test_what_needs_the_password_takes_no_token(server: Server) -> None:
    bearer = program(server, joined(server, "machine").name)
    both = {"password": NEWER, "current": PASSWORD}
    assert bearer.post("/me/password", both).code == "SESSION_ONLY"
    assert bearer.post("/me/email", {"email": "a@b.org", **both}).code == "SESSION_ONLY"
    assert bearer.post("/me/deactivate", both).code == "SESSION_ONLY"
    assert bearer.delete("/me", both).code == "SESSION_ONLY"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/me"), ("PATCH", "/me"), ("POST", "/me"), ("DELETE", "/me"),
        ("POST", "/me/delete"), ("POST", "/me/deactivate"), ("POST", "/me/password"),
        ("POST", "/me/email"), ("GET", "/me/sessions"), ("DELETE", "/me/sessions"),
        ("POST", "/me/sessions/end"), ("GET", "/me/tokens"), ("POST", "/me/tokens"),
    ],
)  # fmt: skip
def test_nobody_has_no_account(nobody: Browser, method: str, path: str) -> None:
    assert nobody.send(method, path, {}).code == "NOT_SIGNED_IN"
