"""Keeping order over HTTP: the queue, reports, bans, pages and the log."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from interact_api.settings import Moderation
from tests.support.service import member, page
from tests.support.serving import Browser, Reply, Server, serving

LOOKED_AT = Moderation(first_comments=1)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with serving(tmp_path, moderation=LOOKED_AT) as running:
        page(running.database, "a")
        yield running


@pytest.fixture
def ann(server: Server) -> Browser:
    return server.sign_in(member(server.database, "ann"))


@pytest.fixture
def mod(server: Server) -> Browser:
    return server.sign_in(member(server.database, "mod", "Moderator"))


@pytest.fixture
def editor(server: Server) -> Browser:
    return server.sign_in(member(server.database, "editor", "Editor"))


@pytest.fixture
def admin(server: Server) -> Browser:
    return server.sign_in(member(server.database, "admin", "Administrator"))


def say(browser: Browser, body: str = "Hello.") -> str:
    return str(browser.post("/pages/a/comments", {"body": body}).json["id"])


def waiting(browser: Browser, state: str = "pending") -> list[str]:
    return [one["id"] for one in browser.get(f"/admin/comments?state={state}").json["items"]]


def shown(server: Server) -> list[str]:
    return [one["id"] for one in server.anonymous().get("/pages/a/comments").json["items"]]


def actions(browser: Browser, query: str = "") -> list[str]:
    return [one["action"] for one in browser.get(f"/admin/audit?{query}").json["items"]]


def notice(reply: Reply) -> str:
    return next(
        unquote(one.partition(";")[0].removeprefix("notice="))
        for one in reply.cookies
        if one.startswith("notice=")
    )


def test_what_waits_tells_why_and_all_that_decides(ann: Browser, mod: Browser) -> None:
    comment = say(ann, "**Hello**")
    (item,) = mod.get("/admin/comments").json["items"]
    assert item == {
        "id": comment,
        "page": "a",
        "url": f"/posts/a/#comment-{comment}",
        "parent": None,
        "author": "ann",
        "author_status": "active",
        "html": "<p><strong>Hello</strong></p>",
        "body": "**Hello**",
        "state": "pending",
        "held": "first comments",
        "likes": 0,
        "replies": 0,
        "at": "2026-09-21T14:13:20Z",
        "edited": None,
        "reports": [],
    }


@pytest.mark.parametrize(
    ("verb", "state"), [("approve", "approved"), ("reject", "rejected"), ("spam", "spam")]
)
def test_a_decision_is_made_and_undone(
    server: Server, ann: Browser, mod: Browser, verb: str, state: str
) -> None:
    comment = say(ann)
    assert mod.post(f"/comments/{comment}/{verb}").json["state"] == state
    assert shown(server) == ([comment] if verb == "approve" else [])
    assert mod.post(f"/comments/{comment}/{verb}").json["state"] == state
    undone = mod.post(f"/comments/{comment}/undo").json
    assert (undone["state"], undone["held"]) == ("pending", "first comments")
    assert waiting(mod) == [comment]
    assert mod.post(f"/comments/{comment}/undo").code == "NOTHING_TO_UNDO"


@pytest.mark.parametrize("state", ["rejected", "spam"])
def test_the_queue_has_parts(ann: Browser, mod: Browser, state: str) -> None:
    first, second = say(ann), say(ann)
    mod.post(f"/comments/{first}/{'reject' if state == 'rejected' else 'spam'}")
    assert (waiting(mod), waiting(mod, state)) == ([second], [first])


def test_the_queue_is_read_part_by_part(ann: Browser, mod: Browser) -> None:
    ids = [say(ann, str(number)) for number in range(3)]
    first = mod.get("/admin/comments?limit=2").json
    rest = mod.get(f"/admin/comments?limit=2&cursor={first['next']}").json
    assert [one["id"] for one in first["items"] + rest["items"]] == ids
    assert rest["next"] is None


def test_what_was_taken_away_is_not_decided(ann: Browser, mod: Browser) -> None:
    comment = say(ann)
    ann.delete(f"/comments/{comment}")
    assert mod.post(f"/comments/{comment}/approve").status == 410


@pytest.mark.parametrize("verb", ["approve", "reject", "spam", "undo"])
def test_what_is_not_there_is_not_decided(standing: Server, verb: str) -> None:
    mod = standing.sign_in(member(standing.database, f"mod-{verb}", "Moderator"))
    assert mod.post(f"/comments/99/{verb}").status == 404


def test_many_are_decided_at_once_and_each_tells_what_came_of_it(
    server: Server, ann: Browser, mod: Browser
) -> None:
    first, second = say(ann), say(ann)
    told = mod.post("/admin/comments", {"act": "approve", "ids": [first, "99", second]}).json
    assert told["done"] == 2
    assert [(one["id"], one["code"]) for one in told["items"]] == [
        (first, ""),
        ("99", "NOT_FOUND"),
        (second, ""),
    ]
    assert shown(server) == [first, second]
    assert mod.post("/admin/comments", {"act": "undo", "ids": [first]}).json["done"] == 1
    assert mod.post("/admin/comments", {"act": "delete", "ids": [second]}).json["done"] == 1
    assert shown(server) == []


@pytest.mark.parametrize("ticked", [1, 2])
def test_a_plain_form_decides_what_was_ticked(
    server: Server, ann: Browser, mod: Browser, ticked: int
) -> None:
    ids = [say(ann) for _ in range(ticked)]
    headers = mod.headers("GET") | {"origin": server.origin}
    form = "act=approve&next=/admin/&" + "&".join(f"ids={one}" for one in ids)
    headers |= {"content-type": "application/x-www-form-urlencoded"}
    reply = mod.send("POST", "/admin/comments", form.encode(), headers)
    assert (reply.status, reply.headers["location"]) == (303, "/admin/")
    assert shown(server) == ids


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"act": "approve"},
        {"act": "approve", "ids": []},
        {"act": "burn", "ids": ["1"]},
        {"act": "approve", "ids": ["x"]},
        {"act": "approve", "ids": [1]},
        {"act": "approve", "ids": ["1"] * 101},
    ],
)
def test_a_bulk_that_says_nothing_is_refused(standing: Server, sent: dict[str, Any]) -> None:
    mod = standing.sign_in(
        member(standing.database, f"mod-{sum(map(ord, str(sent)))}", "Moderator")
    )
    assert mod.post("/admin/comments", sent).status == 422


def test_a_report_comes_with_its_comment_and_ends_with_the_decision(
    server: Server, ann: Browser, mod: Browser
) -> None:
    comment = say(ann)
    mod.post(f"/comments/{comment}/approve")
    bob = server.sign_in(member(server.database, "bob"))
    bob.post(f"/comments/{comment}/report", {"reason": "abuse", "text": "Rude <b>."})
    (item,) = mod.get("/admin/comments?state=reported").json["items"]
    (report,) = item["reports"]
    assert (report["by"], report["reason"], report["text"]) == ("bob", "abuse", "Rude <b>.")
    assert mod.get("/admin/reports").json["items"] == [report]
    mod.post(f"/comments/{comment}/reject")
    assert mod.get("/admin/reports").json["items"] == []


def test_a_report_is_closed_and_the_comment_stays(
    server: Server, ann: Browser, mod: Browser, admin: Browser
) -> None:
    comment = say(ann)
    mod.post(f"/comments/{comment}/approve")
    bob = server.sign_in(member(server.database, "bob"))
    bob.post(f"/comments/{comment}/report", {"reason": "spam"})
    report = mod.get("/admin/reports").json["items"][0]["id"]
    assert mod.post(f"/admin/reports/{report}/close").status == 204
    assert mod.post(f"/admin/reports/{report}/close").status == 204
    assert mod.post("/admin/reports/99/close").status == 404
    assert (mod.get("/admin/reports").json["items"], shown(server)) == ([], [comment])
    assert actions(admin, "action=reports.close") == ["reports.close"]


def test_who_is_banned_is_out_until_the_ban_is_lifted(
    server: Server, ann: Browser, mod: Browser
) -> None:
    ann.put("/pages/a/like")
    reason = {"kind": "banned", "reason": "rude"}
    assert mod.put("/admin/users/ann/ban", reason).status == 204
    assert ann.get("/me").status == 401
    assert server.anonymous().get("/pages/a").json["likes"] == 0
    assert mod.delete("/admin/users/ann/ban").status == 204
    assert server.anonymous().get("/pages/a").json["likes"] == 1


def test_who_is_shadowed_is_heard_by_nobody_and_sees_nothing_of_it(
    server: Server, ann: Browser, mod: Browser
) -> None:
    assert mod.put("/admin/users/ann/ban", {"kind": "shadowed"}).status == 204
    made = ann.post("/pages/a/comments", {"body": "Hear me."}).json
    assert made["state"] == "approved"
    assert ann.get(f"/comments/{made['id']}").json == made
    assert ann.get("/pages/a/comments").json["items"] == [made]
    assert ann.put("/pages/a/like").json == {"likes": 1, "liked": True}
    assert shown(server) == waiting(mod) == []
    assert server.anonymous().get("/pages/a").json["likes"] == 0
    mod.delete("/admin/users/ann/ban")
    assert shown(server) == [made["id"]]


def test_a_shadow_finds_its_own_doing_in_every_number(
    server: Server, ann: Browser, mod: Browser
) -> None:
    above = mod.post("/pages/a/comments", {"body": "Above."}).json["id"]
    mod.put("/admin/users/ann/ban", {"kind": "shadowed"})
    ann.post("/pages/a/comments", {"body": "Below.", "parent": above})
    for path in ("/pages/a/like", f"/comments/{above}/like", "/users/mod/follow"):
        assert ann.put(path).status == 200

    def numbers(browser: Browser) -> list[int]:
        told, thread = browser.get("/pages/a").json, browser.get("/pages/a/comments").json
        first = thread["items"][0]
        follows = [browser.get(f"/users/mod{rest}").json["followers"] for rest in ("", "/card")]
        found = [told["likes"], told["comments"], thread["count"], first["likes"], first["replies"]]
        return found + follows

    assert numbers(ann) == [1, 2, 2, 1, 1, 1, 1]
    assert numbers(server.anonymous()) == numbers(mod) == [0, 1, 1, 0, 0, 0, 0]


def test_a_ban_may_take_everything_for_spam(server: Server, ann: Browser, mod: Browser) -> None:
    comment = say(ann)
    mod.post(f"/comments/{comment}/approve")
    mod.put("/admin/users/ann/ban", {"spam": True})
    assert (shown(server), waiting(mod, "spam")) == ([], [comment])


@pytest.mark.parametrize(
    ("name", "status"), [("nobody", 404), ("mod", 403), ("editor", 403), ("admin", 403)]
)
@pytest.mark.usefixtures("editor", "admin")
def test_not_everybody_can_be_banned_by_a_moderator(mod: Browser, name: str, status: int) -> None:
    assert mod.put(f"/admin/users/{name}/ban", {}).status == status


def test_what_moderators_do_to_comments_is_in_the_log(
    ann: Browser, mod: Browser, admin: Browser
) -> None:
    comment = say(ann)
    mod.post(f"/comments/{comment}/approve")
    for method, path, body in [
        ("PATCH", "", {"body": "[cut]"}),
        ("PUT", "/pin", None),
        ("DELETE", "/pin", None),
        ("DELETE", "", None),
    ]:
        headers = {"x-request-id": f"request{path or method}".replace("/", "-")}
        assert mod.send(method, f"/comments/{comment}{path}", body, headers).status < 300
    log = admin.get(f"/admin/audit?target=comment:{comment}").json["items"]
    assert [(one["action"].partition(".")[2], one["request_id"]) for one in log[:4]] == [
        ("delete", "requestDELETE"),
        ("unpin", "request-pin"),
        ("pin", "request-pin"),
        ("edit", "requestPATCH"),
    ]


def test_a_plain_form_bans_and_lifts(ann: Browser, mod: Browser) -> None:
    assert notice(mod.submit("/admin/users/ann/ban", kind="banned")) == "ok They are banned."
    assert ann.get("/me").status == 401
    assert notice(mod.submit("/admin/users/ann/ban", undo="1")) == "ok The ban is lifted."


def test_a_thread_is_closed_by_moderators(ann: Browser, mod: Browser) -> None:
    assert mod.patch("/admin/pages/a", {"closed": True}).json["closed"] is True
    assert ann.post("/pages/a/comments", {"body": "Late."}).code == "THREAD_CLOSED"
    assert mod.patch("/admin/pages/a", {}).json["closed"] is True
    assert notice(mod.submit("/admin/pages/a", closed="false")) == "ok Done."
    assert ann.get("/pages/a").json["open"] is True


@pytest.mark.parametrize("what", ["hidden", "featured"])
def test_a_page_is_hidden_and_featured_by_editors_alone(
    mod: Browser, editor: Browser, what: str
) -> None:
    assert mod.patch("/admin/pages/a", {what: True}).code == "FORBIDDEN"
    assert editor.patch("/admin/pages/a", {what: True}).json[what] is True


def test_a_hidden_page_is_there_for_moderators_alone(
    server: Server, mod: Browser, editor: Browser
) -> None:
    editor.patch("/admin/pages/a", {"hidden": True})
    anybody = server.anonymous()
    for path in ("/pages/a", "/pages/a/likes", "/pages/a/comments"):
        assert anybody.get(path).status == 404
    assert mod.get("/admin/pages/a").json["hidden"] is True


def test_pages_are_listed_all_or_those_that_were_changed(server: Server, mod: Browser) -> None:
    for name in ("b", "c"):
        page(server.database, name)
    mod.patch("/admin/pages/b", {"closed": True})
    first = mod.get("/admin/pages?limit=2").json
    rest = mod.get(f"/admin/pages?limit=2&cursor={first['next']}").json
    assert [one["id"] for one in first["items"] + rest["items"]] == ["a", "b", "c"]
    assert [one["id"] for one in mod.get("/admin/pages?changed=true").json["items"]] == ["b"]


def test_a_page_that_is_not_there_is_not_changed(mod: Browser) -> None:
    assert mod.patch("/admin/pages/nowhere", {"closed": True}).status == 404
    assert mod.get("/admin/pages/nowhere").status == 404


def test_the_log_tells_who_did_what_to_whom(ann: Browser, mod: Browser, admin: Browser) -> None:
    comment = say(ann)
    mod.post(f"/comments/{comment}/approve", X_Request_Id="request-of-mod")
    mod.put("/admin/users/ann/ban", {"reason": "rude"})
    (entry,) = admin.get(f"/admin/audit?target=comment:{comment}").json["items"]
    assert (entry["actor"], entry["action"]) == ("mod", "comments.approve")
    assert (entry["details"]["to"], entry["request_id"]) == ("approved", "request-of-mod")
    assert actions(admin) == ["users.ban", "comments.approve"]
    assert actions(admin, "actor=ann") == []
    first = admin.get("/admin/audit?limit=1").json
    rest = admin.get(f"/admin/audit?limit=1&cursor={first['next']}").json
    assert [one["action"] for one in rest["items"]] == ["comments.approve"]
    assert rest["next"] is None


ROUTES = [
    ("GET", "/admin/comments"),
    ("POST", "/admin/comments"),
    ("POST", "/comments/1/approve"),
    ("POST", "/comments/1/reject"),
    ("POST", "/comments/1/spam"),
    ("POST", "/comments/1/undo"),
    ("GET", "/admin/reports"),
    ("POST", "/admin/reports/1/close"),
    ("PUT", "/admin/users/ann/ban"),
    ("DELETE", "/admin/users/ann/ban"),
    ("POST", "/admin/users/ann/ban"),
    ("GET", "/admin/pages"),
    ("GET", "/admin/pages/a"),
    ("PATCH", "/admin/pages/a"),
    ("POST", "/admin/pages/a"),
    ("GET", "/admin/audit"),
]


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Yield a server that nothing changes: every test of it is refused."""
    with serving(tmp_path_factory.mktemp("service"), moderation=LOOKED_AT) as running:
        page(running.database, "a")
        say(running.sign_in(member(running.database, "ann")))
        yield running


@pytest.fixture(scope="module")
def user(standing: Server) -> Browser:
    return standing.sign_in(member(standing.database, "user"))


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_nobody_keeps_order_without_being_a_moderator(
    standing: Server, user: Browser, method: str, path: str
) -> None:
    body: dict[str, str] | None = (
        {} if method in {"PUT", "PATCH"} or path == "/admin/comments" else None
    )
    assert standing.anonymous().send(method, path, body).status == 401
    assert user.send(method, path, body).code == "FORBIDDEN"


def test_moderators_do_not_read_the_log_of_all(standing: Server) -> None:
    mod = standing.sign_in(member(standing.database, "mod", "Moderator"))
    assert mod.get("/admin/audit").code == "FORBIDDEN"
