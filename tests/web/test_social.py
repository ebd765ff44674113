"""Likes, follows and blocks over HTTP: the ordinary journey, and each refusal."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from interact_api.accounts.actor import Actor
from interact_api.social import blocks
from tests.support.service import member, page
from tests.support.serving import Browser, Reply, Server, serving

WRITES = [
    ("PUT", "/pages/a/like"),
    ("DELETE", "/pages/a/like"),
    ("PUT", "/users/bob/follow"),
    ("DELETE", "/users/bob/follow"),
    ("PUT", "/users/bob/block"),
    ("DELETE", "/users/bob/block"),
]
FORMS = ["/pages/a/like", "/users/bob/follow", "/users/bob/block"]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with serving(tmp_path) as running:
        page(running.database, "a")
        yield running


@pytest.fixture
def ann(server: Server) -> Browser:
    return server.sign_in(member(server.database, "ann"))


@pytest.fixture
def bob(server: Server) -> Browser:
    return server.sign_in(member(server.database, "bob"))


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Yield a server that nothing changes: every test of it is refused."""
    with serving(tmp_path_factory.mktemp("service")) as running:
        page(running.database, "a")
        for name in ("ann", "bob"):
            member(running.database, name)
        member(running.database, "guest", "Guest")
        yield running


def notice(reply: Reply) -> str:
    return next(
        unquote(one.partition(";")[0].removeprefix("notice="))
        for one in reply.cookies
        if one.startswith("notice=")
    )


def signed_in(server: Server, name: str) -> Browser:
    """Return a browser of somebody who is there."""
    found = server.database.reader.one(
        Actor,
        "SELECT u.id, u.name, r.name, '' FROM users AS u JOIN roles AS r ON r.id = u.role_id"
        " WHERE u.name = :name",
        name=name,
    )
    assert found is not None
    return server.sign_in(found)


def everything(browser: Browser, path: str, limit: int = 1) -> list[dict[str, Any]]:
    """Return all items of a list, read part by part."""
    found, cursor = [], ""
    while True:
        told = browser.get(f"{path}?limit={limit}{cursor}").json
        found += told["items"]
        if told["next"] is None:
            return found
        cursor = f"&cursor={told['next']}"


def test_a_page_is_liked_and_no_longer(ann: Browser) -> None:
    assert ann.put("/pages/a/like").json == {"likes": 1, "liked": True}
    assert ann.put("/pages/a/like").json == {"likes": 1, "liked": True}
    assert ann.get("/pages/a").json["liked"] is True
    assert ann.delete("/pages/a/like").json == {"likes": 0, "liked": False}
    assert ann.delete("/pages/a/like").json == {"likes": 0, "liked": False}


def test_who_likes_a_page_is_told_part_by_part(server: Server) -> None:
    for name in ("ann", "bob", "cy"):
        server.sign_in(member(server.database, name)).put("/pages/a/like")
    found = everything(server.anonymous(), "/pages/a/likes", limit=2)
    assert [one["name"] for one in found] == ["cy", "bob", "ann"]
    assert found[0] == {"name": "cy", "display": "", "since": "2026-09-21T14:13:20Z"}


def test_whoever_hides_their_likes_is_seen_by_nobody_else(ann: Browser, bob: Browser) -> None:
    ann.put("/pages/a/like")
    assert ann.patch("/me", {"hide_likes": True}).status == 200
    assert bob.get("/pages/a/likes").json["items"] == []
    assert [one["name"] for one in ann.get("/pages/a/likes").json["items"]] == ["ann"]
    assert (bob.get("/users/ann/likes").status, bob.get("/users/ann/likes").code) == (
        403,
        "LIKES_HIDDEN",
    )
    assert [one["page"] for one in ann.get("/users/ann/likes").json["items"]] == ["a"]


def test_what_somebody_likes_is_told_part_by_part(server: Server, ann: Browser) -> None:
    for name in ("b", "c"):
        page(server.database, name)
    for name in ("a", "b", "c"):
        ann.put(f"/pages/{name}/like")
    found = everything(server.anonymous(), "/users/ann/likes", limit=2)
    assert [(one["page"], one["url"], one["title"]) for one in found] == [
        ("c", "/posts/c/", "C"),
        ("b", "/posts/b/", "B"),
        ("a", "/posts/a/", "A"),
    ]


def test_what_somebody_wrote_is_told_part_by_part(server: Server) -> None:
    db = server.database
    member(db, "ann")
    names = {"p1": '["ann"]', "p2": '["bob", "ann"]', "p3": '["annabel"]', "p4": '["ann"]'}
    for name, authors in names.items():
        page(db, name, authors=authors)
    sql = "UPDATE pages SET published = unicode(substr(id, 2)), hidden = (id = 'p4')"
    db.write_now(lambda tx: tx.run(sql))
    found = everything(server.anonymous(), "/users/ann/posts")
    assert [(one["page"], one["kind"]) for one in found] == [("p2", "post"), ("p1", "post")]


def test_somebody_is_followed_and_no_longer(ann: Browser, bob: Browser) -> None:
    assert bob.get("/users/ann/follow").json == {
        "following": False,
        "follows_you": False,
        "blocked": False,
    }
    assert ann.put("/users/bob/follow").json == {"followers": 1, "following": True}
    assert ann.get("/users/bob/follow").json["following"] is True
    assert bob.get("/users/ann/follow").json["follows_you"] is True
    assert ann.delete("/users/bob/follow").json == {"followers": 0, "following": False}


def test_who_follows_whom_is_told_part_by_part(server: Server) -> None:
    people = {one: server.sign_in(member(server.database, one)) for one in ("ann", "bob", "cy")}
    for name in ("ann", "bob"):
        people[name].put("/users/cy/follow")
    people["cy"].put("/users/ann/follow")
    anybody = server.anonymous()
    assert [one["name"] for one in everything(anybody, "/users/cy/followers")] == ["bob", "ann"]
    assert [one["name"] for one in everything(anybody, "/users/cy/following")] == ["ann"]


def test_an_old_name_still_means_the_same_person(ann: Browser, bob: Browser) -> None:
    """A page that was built before still holds the old name."""
    assert bob.patch("/me", {"name": "robert"}).status == 200
    assert ann.put("/users/bob/follow").json["followers"] == 1
    assert [one["name"] for one in ann.get("/users/bob/followers").json["items"]] == ["ann"]
    assert ann.delete("/users/Bob/follow").json["followers"] == 0
    ann.put("/users/bob/block")
    assert [one["name"] for one in ann.get("/me/blocks").json["items"]] == ["robert"]
    assert ann.delete("/users/bob/block").status == 204
    assert ann.get("/me/blocks").json["items"] == []


def test_mutual_follows_and_suggestions_are_told(server: Server) -> None:
    """Ann follows bob and cy, who both follow dan: he is suggested to her, once, as known by two."""
    people = {
        one: server.sign_in(member(server.database, one)) for one in ("ann", "bob", "cy", "dan")
    }
    for follower, followed in [("ann", "bob"), ("ann", "cy"), ("bob", "dan"), ("cy", "dan")]:
        people[follower].put(f"/users/{followed}/follow")
    ann = people["ann"]
    assert [one["name"] for one in everything(ann, "/users/dan/mutual")] == ["bob", "cy"]
    assert ann.get("/users/suggestions").json == {
        "items": [{"name": "dan", "display": "", "mutual": 2}],
        "next": None,
    }


def test_a_block_ends_follows_and_keeps_apart(ann: Browser, bob: Browser) -> None:
    bob.put("/users/ann/follow")
    assert ann.put("/users/bob/block").status == 204
    assert ann.get("/users/bob/follow").json == {
        "following": False,
        "follows_you": False,
        "blocked": True,
    }
    assert bob.put("/users/ann/follow").code == "BLOCKED"
    assert bob.get("/users/ann/follow").json["blocked"] is False
    assert ann.delete("/users/bob/block").status == 204
    assert bob.put("/users/ann/follow").status == 200


def test_whom_one_blocks_is_for_oneself_part_by_part(server: Server, ann: Browser) -> None:
    for name in ("bob", "cy", "dan"):
        member(server.database, name)
        ann.put(f"/users/{name}/block")
    assert [one["name"] for one in everything(ann, "/me/blocks", limit=2)] == ["bob", "cy", "dan"]


@pytest.mark.usefixtures("bob")
def test_blocks_have_an_end(ann: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "MOST", 0)
    assert ann.put("/users/bob/block").code == "TOO_MANY_BLOCKS"


@pytest.mark.parametrize(
    ("path", "done", "undone"),
    [
        ("/pages/a/like", "You like this page.", "You no longer like this page."),
        ("/users/bob/follow", "You follow this person.", "You no longer follow this person."),
        ("/users/bob/block", "You block this person.", "You no longer block this person."),
    ],
)
@pytest.mark.usefixtures("bob")
def test_plain_forms_do_and_undo(ann: Browser, path: str, done: str, undone: str) -> None:
    first = ann.submit(path)
    assert (first.status, first.headers["location"]) == (303, "/posts/hello/")
    assert notice(first) == f"ok {done}"
    assert notice(ann.submit(path, undo="1")) == f"ok {undone}"
    assert ann.get("/pages/a").json["likes"] == 0
    assert ann.get("/users/bob/follow").json["following"] is False
    assert ann.get("/me/blocks").json["items"] == []


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_nobody_writes_without_signing_in(standing: Server, method: str, path: str) -> None:
    assert standing.anonymous().send(method, path).status == 401


@pytest.mark.parametrize("path", FORMS)
def test_a_form_without_signing_in_leads_to_the_sign_in(standing: Server, path: str) -> None:
    reply = standing.anonymous().submit(path)
    assert reply.headers["location"] == "/login/?next=/posts/hello/"


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_who_may_not_comment_may_not_write(standing: Server, method: str, path: str) -> None:
    reply = signed_in(standing, "guest").send(method, path)
    assert (reply.status, reply.code) == (403, "FORBIDDEN")


@pytest.mark.parametrize("path", ["/users/suggestions", "/me/blocks", "/users/ann/mutual"])
def test_what_is_about_oneself_is_told_to_nobody_else(standing: Server, path: str) -> None:
    assert standing.anonymous().get(path).status == 401


@pytest.mark.parametrize(
    "path",
    ["/pages/a/likes", "/users/ann/likes", "/users/ann/followers", "/users/ann/mutual"],
)
def test_a_cursor_that_was_made_up_is_refused(standing: Server, path: str) -> None:
    ann = signed_in(standing, "ann")
    assert ann.get(f"{path}?cursor=AAAA").status == 422
    assert ann.get(f"{path}?limit=0").status == 422


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/users/ann/follow", 422),
        ("/users/ann/block", 422),
        ("/users/nobody/follow", 404),
        ("/users/nobody/block", 404),
        ("/pages/nowhere/like", 404),
    ],
)
def test_what_cannot_be_is_refused(standing: Server, path: str, status: int) -> None:
    assert signed_in(standing, "ann").put(path).status == status


@pytest.mark.parametrize("what", ["followers", "following", "likes", "mutual", "follow", "posts"])
def test_nothing_is_told_of_whom_there_isnt(standing: Server, what: str) -> None:
    assert signed_in(standing, "ann").get(f"/users/nobody/{what}").code == "NOT_FOUND"
