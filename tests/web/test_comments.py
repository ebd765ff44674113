"""Comments over HTTP: the ordinary journey, and each refusal."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from interact_api.settings import Comments, Moderation
from tests.support.service import Clock, member, page
from tests.support.serving import Browser, Reply, Server, serving

OPEN = Moderation(first_comments=0)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server(tmp_path: Path, clock: Clock) -> Iterator[Server]:
    with serving(tmp_path, clock=clock, moderation=OPEN) as running:
        page(running.database, "a", authors='["olga"]')
        yield running


@pytest.fixture
def ann(server: Server) -> Browser:
    return server.sign_in(member(server.database, "ann"))


@pytest.fixture
def bob(server: Server) -> Browser:
    return server.sign_in(member(server.database, "bob"))


@pytest.fixture
def mod(server: Server) -> Browser:
    return server.sign_in(member(server.database, "mod", "Moderator"))


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Yield a server with one comment, which nothing changes: every test of it is refused."""
    with serving(tmp_path_factory.mktemp("service"), moderation=OPEN) as running:
        page(running.database, "a")
        assert say(running.sign_in(member(running.database, "writer"))) == "1"
        yield running


@pytest.fixture(scope="module")
def reader(standing: Server) -> Browser:
    """Return the browser of somebody who is refused all the time."""
    return standing.sign_in(member(standing.database, "reader"))


@pytest.fixture(scope="module")
def guest(standing: Server) -> Browser:
    """Return the browser of somebody who may read and nothing else."""
    return standing.sign_in(member(standing.database, "guest", "Guest"))


def say(browser: Browser, body: str = "Well said.", parent: str = "") -> str:
    """Comment, and return the comment's id."""
    reply = browser.post("/pages/a/comments", {"body": body, "parent": parent})
    assert reply.status == 201, reply.body
    return str(reply.json["id"])


def thread(browser: Browser, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = browser.get(f"/pages/a/comments?{query}").json["items"]
    return found


def notice(reply: Reply) -> str:
    return next(
        unquote(one.partition(";")[0].removeprefix("notice="))
        for one in reply.cookies
        if one.startswith("notice=")
    )


def test_a_comment_is_told_as_it_was_written(ann: Browser) -> None:
    reply = ann.post("/pages/a/comments", {"body": "I *agree*."})
    made = reply.json
    assert (reply.status, reply.headers["location"]) == (201, f"/api/v1/comments/{made['id']}")
    assert made == {
        "id": made["id"],
        "page": "a",
        "url": f"/posts/a/#comment-{made['id']}",
        "parent": None,
        "depth": 0,
        "author": "ann",
        "name": "",
        "html": "<p>I <em>agree</em>.</p>",
        "body": "I *agree*.",
        "state": "approved",
        "likes": 0,
        "liked": False,
        "mentions": [],
        "replies": 0,
        "pinned": False,
        "at": "2026-09-21T14:13:20Z",
        "edited": None,
        "editable": True,
    }
    assert ann.get(f"/comments/{made['id']}").json == made


def test_others_read_it_without_what_is_for_its_writer(server: Server, ann: Browser) -> None:
    say(ann)
    (read,) = thread(server.anonymous())
    assert (read["author"], read["html"]) == ("ann", "<p>Well said.</p>")
    assert (read["body"], read["editable"], read["liked"]) == (None, False, None)


def test_a_thread_tells_how_many_there_are_and_whether_it_is_open(
    server: Server, ann: Browser
) -> None:
    say(ann)
    told = server.anonymous().get("/pages/a/comments").json
    assert (told["count"], told["open"], told["next"]) == (1, True, None)


@pytest.mark.parametrize(
    ("sort", "wanted"), [("oldest", "abcd"), ("newest", "dcba"), ("best", "bdca")]
)
def test_a_thread_is_read_part_by_part(
    server: Server, ann: Browser, bob: Browser, sort: str, wanted: str
) -> None:
    ids = [say(ann, letter) for letter in "abcd"]
    bob.put(f"/comments/{ids[1]}/like")
    anybody, found = server.anonymous(), ""
    cursor: str | None = ""
    while cursor is not None:
        told = anybody.get(f"/pages/a/comments?sort={sort}&limit=2&cursor={cursor}").json
        found += "".join(one["html"][3] for one in told["items"])
        cursor = told["next"]
    assert found == wanted


def test_replies_hang_below_what_they_answer(ann: Browser, bob: Browser) -> None:
    first = say(ann)
    reply = say(bob, "No.", parent=first)
    say(ann, "Elsewhere.")
    found = thread(ann, f"parent={first}")
    assert [(one["id"], one["parent"], one["depth"]) for one in found] == [(reply, first, 1)]
    assert thread(ann)[0]["replies"] == 1


def test_a_part_of_a_thread_leads_to_no_other_thread(ann: Browser) -> None:
    for letter in "abc":
        say(ann, letter)
    cursor = ann.get("/pages/a/comments?limit=2").json["next"]
    assert ann.get(f"/pages/a/comments?sort=newest&cursor={cursor}").status == 422


def test_the_best_replies_are_not_asked_for(reader: Browser) -> None:
    reply = reader.get("/pages/a/comments?sort=best&parent=1")
    assert reply.json["errors"][0]["field"] == "sort"


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"body": ""},
        {"body": "   "},
        {"body": "x" * 10_001},
        {"body": "a\u0007b"},
        {"body": "ok", "parent": "99"},
        {"body": "ok", "parent": "x"},
        {"body": "ok", "parent": "007"},
        {"body": "ok", "html": "<p>"},
        {"body": 1},
    ],
)
def test_what_is_no_comment_is_refused(reader: Browser, sent: dict[str, Any]) -> None:
    reply = reader.post("/pages/a/comments", sent)
    assert reply.status == 422
    assert len(thread(reader)) == 1


def test_a_page_that_is_not_there_has_no_comments(reader: Browser) -> None:
    assert reader.get("/pages/nowhere/comments").code == "NOT_FOUND"
    assert reader.post("/pages/nowhere/comments", {"body": "ok"}).code == "NOT_FOUND"


@pytest.mark.parametrize(
    ("policy", "read", "write"), [("closed", "", "THREAD_CLOSED"), ("off", *["COMMENTS_OFF"] * 2)]
)
def test_a_thread_may_be_closed_or_off(
    server: Server, ann: Browser, policy: str, read: str, write: str
) -> None:
    page(server.database, "b", policy=policy)
    assert ann.get("/pages/b/comments").code == read
    assert ann.post("/pages/b/comments", {"body": "ok"}).code == write


def test_nobody_answers_on_another_page(server: Server, ann: Browser) -> None:
    page(server.database, "b")
    reply = ann.post("/pages/b/comments", {"body": "ok", "parent": say(ann)})
    assert reply.json["errors"][0]["field"] == "parent"


def test_a_preview_is_what_the_comment_will_be(ann: Browser) -> None:
    source = {"body": "**A** <script>alert(1)</script>"}
    drawn = ann.post("/comments/preview", source).json["html"]
    assert drawn == ann.post("/pages/a/comments", source).json["html"]
    assert ann.post("/comments/preview", {"body": " "}).status == 422


def test_a_comment_is_changed_for_a_while(ann: Browser, clock: Clock) -> None:
    comment = say(ann)
    changed = ann.patch(f"/comments/{comment}", {"body": "Not quite."})
    assert (changed.status, changed.json["html"]) == (200, "<p>Not quite.</p>")
    assert changed.json["edited"] == "2026-09-21T14:13:20Z"
    clock.pass_by(seconds=Comments().edit_minutes * 60 + 1)
    assert ann.get(f"/comments/{comment}").json["editable"] is False
    assert ann.patch(f"/comments/{comment}", {"body": "Well."}).code == "TOO_LATE"


def test_nobody_changes_what_others_wrote_but_moderators(
    ann: Browser, bob: Browser, mod: Browser
) -> None:
    comment = say(ann)
    assert bob.patch(f"/comments/{comment}", {"body": "Mine."}).code == "FORBIDDEN"
    assert mod.patch(f"/comments/{comment}", {"body": "[cut]"}).status == 200


def test_a_comment_with_replies_leaves_a_tombstone(ann: Browser, bob: Browser) -> None:
    comment = say(ann)
    say(bob, "No.", parent=comment)
    assert ann.delete(f"/comments/{comment}").status == 204
    first = thread(bob)[0]
    assert (first["id"], first["state"], first["html"]) == (comment, "deleted", "")
    assert (first["author"], first["name"]) == (None, None)
    assert ann.delete(f"/comments/{comment}").code == "GONE"
    assert bob.get(f"/comments/{comment}").status == 410


def test_a_comment_without_replies_is_not_there_any_more(ann: Browser) -> None:
    comment = say(ann)
    ann.delete(f"/comments/{comment}")
    assert ann.get(f"/comments/{comment}").status == 404
    assert thread(ann) == []


def test_the_author_of_the_page_takes_comments_away(
    server: Server, ann: Browser, bob: Browser
) -> None:
    first, second = say(ann), say(ann)
    assert bob.delete(f"/comments/{first}").code == "FORBIDDEN"
    olga = server.sign_in(member(server.database, "olga"))
    assert olga.delete(f"/comments/{first}").status == 204
    assert [one["id"] for one in thread(bob)] == [second]


@pytest.mark.parametrize("wrong", ["0", "99", "x", "-1", "1e3", "007", "9" * 19, "%00", "%D9%A1"])
@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_a_comment_has_one_address(reader: Browser, method: str, wrong: str) -> None:
    body = {"body": "x"} if method == "PATCH" else None
    assert reader.send(method, f"/comments/{wrong}", body).status == 404


def test_a_comment_is_liked_and_no_longer(ann: Browser, bob: Browser) -> None:
    comment = say(ann)
    assert bob.put(f"/comments/{comment}/like").json == {"likes": 1, "liked": True}
    assert bob.put(f"/comments/{comment}/like").json == {"likes": 1, "liked": True}
    assert [(one["likes"], one["liked"]) for one in thread(bob)] == [(1, True)]
    assert [(one["likes"], one["liked"]) for one in thread(ann)] == [(1, False)]
    assert bob.delete(f"/comments/{comment}/like").json == {"likes": 0, "liked": False}


def test_who_likes_a_comment_is_told_part_by_part(
    server: Server, ann: Browser, bob: Browser, mod: Browser
) -> None:
    comment = say(ann)
    for browser in (bob, mod):
        browser.put(f"/comments/{comment}/like")
    path = f"/comments/{comment}/likes?limit=1"
    first = server.anonymous().get(path).json
    rest = server.anonymous().get(f"{path}&cursor={first['next']}").json
    assert [one["name"] for one in first["items"] + rest["items"]] == ["mod", "bob"]
    assert rest["next"] is None
    mod.patch("/me", {"hide_likes": True})
    assert [one["name"] for one in ann.get(f"/comments/{comment}/likes").json["items"]] == ["bob"]


def test_nobody_learns_who_likes_what_they_cannot_read(reader: Browser) -> None:
    assert reader.get("/comments/99/likes").status == 404


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
@pytest.mark.parametrize("what", ["like", "pin"])
def test_what_is_not_there_is_neither_liked_nor_pinned(
    reader: Browser, method: str, what: str
) -> None:
    assert reader.send(method, f"/comments/99/{what}").code == "NOT_FOUND"


def test_a_comment_is_reported_once_and_never_by_its_writer(ann: Browser, bob: Browser) -> None:
    comment = say(ann)
    told = {"reason": "abuse", "text": "Rude."}
    assert bob.post(f"/comments/{comment}/report", told).status == 204
    assert bob.post(f"/comments/{comment}/report", told).status == 204
    assert ann.post(f"/comments/{comment}/report", told).status == 422


@pytest.mark.parametrize("wrong", [{}, {"reason": "dull"}, {"reason": "spam", "text": "x" * 1001}])
def test_a_report_has_a_reason(reader: Browser, wrong: dict[str, str]) -> None:
    assert reader.post("/comments/1/report", wrong).status == 422


def test_what_is_not_there_is_not_reported(reader: Browser) -> None:
    assert reader.post("/comments/99/report", {"reason": "spam"}).status == 404


def test_a_pinned_comment_stands_on_top_of_the_first_part(ann: Browser, mod: Browser) -> None:
    first, second = say(ann), say(ann)
    assert mod.put(f"/comments/{second}/pin").json["pinned"] is True
    told = ann.get("/pages/a/comments").json
    assert [one["id"] for one in told["pinned"]] == [second]
    assert [one["id"] for one in told["items"]] == [first]
    assert mod.delete(f"/comments/{second}/pin").json["pinned"] is False


def test_a_reply_is_not_pinned_nor_anything_by_anybody(ann: Browser, mod: Browser) -> None:
    first = say(ann)
    reply = say(ann, parent=first)
    assert mod.put(f"/comments/{reply}/pin").code == "CONFLICT"
    assert ann.put(f"/comments/{first}/pin").code == "FORBIDDEN"


def test_a_held_comment_is_read_by_its_writer_and_moderators_alone(tmp_path: Path) -> None:
    with serving(tmp_path, moderation=Moderation(first_comments=1)) as server:
        page(server.database, "a")
        ann = server.sign_in(member(server.database, "ann"))
        made = ann.post("/pages/a/comments", {"body": "Hello."}).json
        assert made["state"] == "pending"
        assert [one["state"] for one in thread(ann)] == ["pending"]
        assert thread(server.anonymous()) == []
        assert server.anonymous().get(f"/comments/{made['id']}").status == 404
        mod = server.sign_in(member(server.database, "mod", "Moderator"))
        assert mod.get(f"/comments/{made['id']}").json["html"] == "<p>Hello.</p>"
        assert notice(ann.submit("/pages/a/comments", body="More.")).startswith(
            "ok Your comment waits"
        )


def test_whom_one_blocks_keeps_their_place_without_their_words(ann: Browser, bob: Browser) -> None:
    comment = say(bob, "Hear me.")
    ann.put("/users/bob/block")
    assert [(one["state"], one["html"]) for one in thread(ann)] == [("blocked", "")]
    assert ann.get(f"/comments/{comment}").json["state"] == "blocked"
    assert ann.put(f"/comments/{comment}/like").code == "BLOCKED"
    assert [one["state"] for one in thread(bob)] == ["approved"]


@pytest.mark.usefixtures("bob")
def test_who_is_mentioned_is_told(ann: Browser) -> None:
    say(ann, "@bob and @nobody and `@ann`")
    assert thread(ann)[0]["mentions"] == ["bob"]


@pytest.mark.parametrize("blocker", ["ann", "bob"])
def test_whoever_keeps_apart_is_not_mentioned(ann: Browser, bob: Browser, blocker: str) -> None:
    (ann if blocker == "ann" else bob).put(f"/users/{'bob' if blocker == 'ann' else 'ann'}/block")
    say(ann, "@bob")
    assert thread(ann)[0]["mentions"] == []


def test_whoever_knows_a_thread_already_is_told_so(server: Server, ann: Browser) -> None:
    anybody = server.anonymous()
    say(ann)
    etag = anybody.get("/pages/a/comments").headers["etag"]
    again = anybody.get("/pages/a/comments", if_none_match=etag)
    assert (again.status, again.body) == (304, b"")
    assert "Cookie" in again.headers["vary"]
    say(ann)
    assert anybody.get("/pages/a/comments", if_none_match=etag).status == 200


def test_what_is_told_to_somebody_is_kept_nowhere(ann: Browser) -> None:
    say(ann)
    reply = ann.get("/pages/a/comments")
    assert (reply.headers["cache-control"], "etag" in reply.headers) == ("no-store", False)


def test_a_plain_form_leads_to_the_comment(ann: Browser) -> None:
    reply = ann.submit("/pages/a/comments", body="By form.", parent="")
    (made,) = thread(ann)
    assert (reply.status, reply.headers["location"]) == (303, f"/posts/a/#comment-{made['id']}")
    assert notice(reply) == "ok Your comment is there."


def test_a_plain_form_that_names_where_to_leads_there(ann: Browser) -> None:
    reply = ann.submit("/pages/a/comments", body="By form.", next="/b/")
    assert reply.headers["location"] == "/b/"


def test_plain_forms_change_like_pin_report_and_delete(ann: Browser, mod: Browser) -> None:
    comment = say(ann)
    changed = ann.submit(f"/comments/{comment}", body="Changed.")
    assert changed.headers["location"] == f"/posts/a/#comment-{comment}"
    assert notice(mod.submit(f"/comments/{comment}/like")) == "ok You like this comment."
    assert notice(mod.submit(f"/comments/{comment}/pin")) == "ok The comment is pinned."
    told = ann.get("/pages/a/comments").json["pinned"][0]
    assert (told["html"], told["likes"], told["pinned"]) == ("<p>Changed.</p>", 1, True)
    assert "no longer" in notice(mod.submit(f"/comments/{comment}/like", undo="true"))
    assert "any more" in notice(mod.submit(f"/comments/{comment}/pin", undo="true"))
    assert "Thank you" in notice(mod.submit(f"/comments/{comment}/report", reason="spam"))
    assert notice(ann.submit(f"/comments/{comment}/delete")) == "ok The comment is gone."
    assert thread(ann) == []


def test_a_refused_form_leads_back_and_says_why(ann: Browser) -> None:
    reply = ann.submit("/pages/a/comments", body=" ")
    assert (reply.status, reply.headers["location"]) == (303, "/posts/hello/")
    assert notice(reply) == "error body: is empty"


def test_a_comment_sent_twice_with_a_key_is_there_once(ann: Browser) -> None:
    sent = ({"body": "Once."}, {"Idempotency-Key": "k1"})
    first, again = (ann.send("POST", "/pages/a/comments", *sent) for _ in range(2))
    assert (again.status, again.json) == (201, first.json)
    assert len(thread(ann)) == 1


WRITES = [
    ("POST", "/pages/a/comments"),
    ("POST", "/comments/preview"),
    ("PATCH", "/comments/1"),
    ("POST", "/comments/1"),
    ("DELETE", "/comments/1"),
    ("POST", "/comments/1/delete"),
    ("PUT", "/comments/1/like"),
    ("DELETE", "/comments/1/like"),
    ("POST", "/comments/1/like"),
    ("POST", "/comments/1/report"),
    ("PUT", "/comments/1/pin"),
    ("DELETE", "/comments/1/pin"),
    ("POST", "/comments/1/pin"),
]


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_nobody_writes_without_signing_in(standing: Server, method: str, path: str) -> None:
    assert standing.anonymous().send(method, path, {"body": "x"}).status == 401


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_who_may_not_comment_writes_nothing(guest: Browser, method: str, path: str) -> None:
    has_body = not path.endswith(("/delete", "/pin", "/like"))
    assert guest.send(method, path, {"body": "x"} if has_body else None).code == "FORBIDDEN"
    (read,) = thread(guest)
    assert (read["html"], read["likes"], read["pinned"]) == ("<p>Well said.</p>", 0, False)
