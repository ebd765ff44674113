from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.service import member
from tests.support.serving import Browser, Server, serving
from tests.web.joined import coming_in, joined, letters, signing_in
from tests.web.test_accounts import register


@pytest.fixture(scope="module")
def root(server: Server) -> Browser:
    """Return the browser of an administrator."""
    return coming_in(server, "root-one", "Administrator")


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Server]:
    """Serve with an empty database."""
    with serving(tmp_path) as made:
        yield made


# What everybody sees


def test_everybody_sees_a_profile_and_nothing_private(server: Server, nobody: Browser) -> None:
    owner = coming_in(server, "shown")
    links = [{"label": "Code", "url": "https://example.org/"}]
    owner.patch("/me", {"display": "Ada", "bio": "Counts.", "links": links})
    profile = nobody.get("/users/shown").json
    assert (profile["name"], profile["display"], profile["links"]) == ("shown", "Ada", links)
    assert (profile["last_seen"], profile["online"]) == (None, False)
    assert not {"email", "id", "status", "permissions"} & set(profile)
    assert "@example.org" not in nobody.get("/users/shown").body.decode()


def test_a_card_is_a_profile_in_a_few_words(server: Server, nobody: Browser) -> None:
    coming_in(server, "carded").patch("/me", {"bio": "Few words."})
    card = nobody.get("/users/carded/card").json
    assert (card["name"], card["bio"], card["role"]) == ("carded", "Few words.", "User")
    assert set(card) <= set(nobody.get("/users/carded").json)


def test_people_who_are_signed_in_see_who_is_here_unless_they_hide(
    server: Server, ada: Browser
) -> None:
    owner = coming_in(server, "present")
    seen = ada.get("/users/present").json
    assert (seen["online"], seen["last_seen"]) == (True, "2026-09-21T14:13:20Z")
    owner.patch("/me", {"hide_last_seen": True})
    for rest in ("", "/card"):
        assert ada.get(f"/users/present{rest}").json["online"] is False
    assert ada.get("/users/present").json["last_seen"] is None


def test_another_spelling_leads_to_the_one_name(server: Server, nobody: Browser) -> None:
    joined(server, "spelled")
    reply = nobody.get("/users/SPELLED")
    assert (reply.status, reply.headers["location"]) == (308, "/api/v1/users/spelled")


@pytest.mark.parametrize("name", ["nobody-known", "a", "x" * 300, "%2e%2e", "%00", "%D9%A1"])
def test_who_isnt_there_isnt_found(nobody: Browser, name: str) -> None:
    assert [nobody.get(f"/users/{name}{rest}").status for rest in ("", "/card")] == [404, 404]


def test_who_hasnt_confirmed_isnt_there_yet(nobody: Browser) -> None:
    register(nobody, "waiting")
    assert nobody.get("/users/waiting").status == 404


# Accounts, for those who manage them


def test_accounts_are_listed_by_name_page_by_page(alone: Server) -> None:
    root = coming_in(alone, "zoe", "Administrator")
    for name in ("cy", "amy", "bob", "dan"):
        member(alone.database, name)
    found: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        part = root.get(f"/admin/users?limit=2&cursor={cursor}").json
        found += [one["name"] for one in part["items"]]
        cursor = part["next"]
    assert found == ["amy", "bob", "cy", "dan", "zoe"]
    only = root.get("/admin/users?role=administrator&status=active").json["items"]
    assert [(one["name"], one["email"]) for one in only] == [("zoe", "zoe@example.org")]


def test_a_cursor_is_good_for_its_own_list(alone: Server) -> None:
    root = coming_in(alone, "zoe", "Administrator")
    member(alone.database, "amy")
    cursor = root.get("/admin/users?limit=1").json["next"]
    assert root.get(f"/admin/users?role=User&cursor={cursor}").code == "INVALID"
    assert root.get(f"/admin/users?cursor={cursor[:-2]}AA").code == "INVALID"
    assert root.get("/admin/users?status=asleep").code == "INVALID"


def test_an_administrator_sees_one_account(server: Server, root: Browser) -> None:
    joined(server, "looked-at")
    account = root.get("/admin/users/looked-at").json
    assert (account["email"], account["status"]) == ("looked-at@example.org", "active")
    assert root.get("/admin/users/nobody-known").status == 404


def test_a_role_changes_at_once_and_what_it_may(server: Server, root: Browser) -> None:
    browser = coming_in(server, "rising")
    wish = {"name": "a", "scopes": ["read"]}
    assert browser.post("/me/tokens", wish).status == 403
    assert root.patch("/admin/users/rising", {"role": "editor"}).json["role"] == "Editor"
    program = server.program(browser.post("/me/tokens", wish).json["token"])
    assert program.get("/me").json["role"] == "Editor"
    assert root.patch("/admin/users/rising", {"role": "User"}).status == 200
    assert program.get("/me").code == "TOKEN_INVALID"


def test_an_account_is_confirmed_by_hand(server: Server, root: Browser, nobody: Browser) -> None:
    register(nobody, "unsure")
    assert root.patch("/admin/users/unsure", {"confirmed": True}).json["confirmed"] is not None
    assert signing_in(server, "unsure").get("/me").json["email"] == "unsure@example.org"
    assert root.patch("/admin/users/unsure", {"confirmed": True}).code == "CONFLICT"


def test_an_account_is_closed_and_opened(server: Server, root: Browser) -> None:
    browser = coming_in(server, "paused")
    assert root.patch("/admin/users/paused", {"status": "deactivated"}).status == 200
    assert browser.get("/me").status == 401
    assert root.patch("/admin/users/paused", {"status": "active"}).json["status"] == "active"
    assert signing_in(server, "paused").get("/me").status == 200


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        ({"role": "Emperor"}, 404, "NOT_FOUND"),
        ({"role": "Guest"}, 403, "FORBIDDEN"),
        ({"role": ""}, 422, "INVALID"),
        ({"status": "banned"}, 422, "INVALID"),
        ({"confirmed": False}, 422, "INVALID"),
        ({"name": "other"}, 422, "INVALID"),
        ({"role": "Editor", "status": "deactivated", "confirmed": True}, 409, "CONFLICT"),
    ],
)
def test_a_change_that_makes_no_sense_changes_nothing(
    server: Server, root: Browser, sent: dict[str, object], status: int, code: str
) -> None:
    if server.database.reader.value("SELECT 1 FROM users WHERE name = 'steady'") is None:
        joined(server, "steady")
    before = root.get("/admin/users/steady").json
    reply = root.patch("/admin/users/steady", sent)
    assert (reply.status, reply.code) == (status, code)
    assert root.get("/admin/users/steady").json == before


def test_nobody_changes_or_removes_their_own_account_there(server: Server, root: Browser) -> None:
    coming_in(server, "root-two", "Administrator")
    for sent in ({"role": "User"}, {"status": "deactivated"}):
        assert root.patch("/admin/users/root-one", sent).code == "FORBIDDEN"
    assert root.delete("/admin/users/root-one", {"comments": "remove"}).code == "FORBIDDEN"
    assert root.get("/me").status == 200


def test_the_last_administrator_stays(alone: Server) -> None:
    root = coming_in(alone, "root-last", "Administrator")
    sent = {"password": "correct horse battery", "comments": "remove"}
    assert root.post("/me/deactivate", {"password": sent["password"]}).code == "LAST_ADMIN"
    assert root.delete("/me", sent).code == "LAST_ADMIN"
    coming_in(alone, "root-next", "Administrator")
    assert root.delete("/me", sent).status == 204


def test_nobody_touches_those_who_may_more(alone: Server) -> None:
    root = coming_in(alone, "root-top", "Administrator")
    granted = ["edit_all_posts", "manage_categories", "api_access", "manage_users"]
    assert root.put("/admin/roles/Editor", {"permissions": granted}).status == 200
    coming_in(alone, "root-other", "Administrator")
    editor = coming_in(alone, "editor-a", "Editor")
    for sent in ({"role": "User"}, {"status": "deactivated"}):
        assert editor.patch("/admin/users/root-other", sent).code == "FORBIDDEN"
    assert editor.delete("/admin/users/root-other", {"comments": "remove"}).code == "FORBIDDEN"
    member(alone.database, "lowly")
    assert editor.patch("/admin/users/lowly", {"role": "Administrator"}).code == "FORBIDDEN"
    assert editor.patch("/admin/users/lowly", {"role": "Editor"}).status == 200


@pytest.mark.parametrize("choice", ["anonymise", "remove"])
def test_an_administrator_closes_an_account_for_good(
    server: Server, root: Browser, nobody: Browser, choice: str
) -> None:
    browser = coming_in(server, f"closed-{choice}")
    path = f"/admin/users/closed-{choice}"
    assert root.delete(path, {"comments": "keep"}).code == "INVALID"
    assert root.delete(path, {"comments": choice}).status == 204
    assert root.delete(path, {"comments": choice}).code == "CONFLICT"
    assert browser.get("/me").status == 401
    assert nobody.get(f"/users/closed-{choice}").status == 410
    assert letters(server, f"closed-{choice}@example.org") == ["deleted"]


# Roles


def test_roles_are_listed_with_what_they_may(root: Browser) -> None:
    items = root.get("/admin/roles").json["items"]
    assert [one["name"] for one in items] == [
        "Guest", "User", "Moderator", "Editor", "Administrator",
    ]  # fmt: skip
    assert [one["parent"] for one in items] == [None, "Guest", "User", "Moderator", "Editor"]
    assert len(items[-1]["permissions"]) == 20


def test_a_role_is_changed_and_those_above_with_it(alone: Server) -> None:
    root, reader = coming_in(alone, "zoe", "Administrator"), coming_in(alone, "ann", "Moderator")
    own = ["edit_all_comments", "delete_all_comments", "moderate_comments", "api_access"]
    changed = root.put("/admin/roles/moderator", {"permissions": own}).json
    assert changed["own"] == sorted(own)
    may = reader.get("/auth/status").json["permissions"]
    assert ("api_access" in may, "view_analytics" in may) == (True, False)
    audited = "SELECT count(*) FROM audit WHERE action IN ('roles.grant', 'roles.revoke')"
    assert alone.database.reader.value(audited) == 2


@pytest.mark.parametrize(
    ("role", "permissions", "status", "code"),
    [
        ("Emperor", ["read_posts"], 404, "NOT_FOUND"),
        ("Guest", ["read_posts", "create_posts"], 403, "FORBIDDEN"),
        ("Editor", ["fly"], 422, "INVALID"),
        ("Administrator", ["delete_all_posts", "send_notifications"], 403, "FORBIDDEN"),
        ("Editor", "read_posts", 422, "INVALID"),
    ],
)
def test_a_role_that_makes_no_sense_stays(
    root: Browser, role: str, permissions: object, status: int, code: str
) -> None:
    before = root.get("/admin/roles").json
    reply = root.put(f"/admin/roles/{role}", {"permissions": permissions})
    assert (reply.status, reply.code) == (status, code)
    assert root.get("/admin/roles").json == before


@pytest.mark.parametrize("role", ["User", "Moderator", "Editor"])
def test_only_administrators_see_the_desk(server: Server, role: str) -> None:
    browser = coming_in(server, f"not-{role.lower()}", role)
    told = [
        browser.get("/admin/users"),
        browser.get("/admin/users/ada"),
        browser.patch("/admin/users/ada", {"role": role}),
        browser.delete("/admin/users/ada", {"comments": "remove"}),
        browser.get("/admin/roles"),
        browser.put("/admin/roles/User", {"permissions": ["manage_roles"]}),
    ]
    assert [(one.status, one.code) for one in told] == [(403, "FORBIDDEN")] * 6


def test_the_desk_of_administrators_needs_a_token_with_that_scope(server: Server) -> None:
    joined(server, "root-bot", "Administrator")
    statuses = {}
    for scope in ("read", "admin"):
        sent = {"login": "root-bot", "password": "correct horse battery", "scopes": [scope]}
        token = server.program().post("/auth/token", sent).json["access_token"]
        statuses[scope] = server.program(token).get("/admin/users").status
    assert statuses == {"read": 403, "admin": 200}
