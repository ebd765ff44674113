"""The stream of facts: who may have it, what it costs, and that the builder can build with it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from interact_api import facts
from interact_api.numbers import rankings
from interact_api.settings import Moderation
from interact_api.values import line
from interact_api.wire import encode
from streamly_ssg.api import Options, Site
from streamly_ssg.inputs.facts import TYPES, read_fact
from streamly_ssg.values import from_json
from tests.numbers.writing import age, comment, like, run
from tests.support.folder import fresh_folder
from tests.support.lean import document, site
from tests.support.service import member, page
from tests.support.serving import Browser, Server, serving

NOW = datetime(2026, 9, 21, 15, tzinfo=UTC)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with serving(tmp_path) as running:
        page(running.database, "posts.a")
        yield running


@pytest.fixture
def admin(server: Server) -> Browser:
    return server.sign_in(member(server.database, "root", "Administrator"))


def touch(server: Server, *keys: str) -> None:
    for key in keys:
        server.database.write_now(partial(facts.touch, key=key))


def lines(body: bytes) -> list[Any]:
    return [json.loads(line) for line in body.splitlines()]


@pytest.mark.parametrize("role", ["User", "Moderator", "Editor"])
def test_only_administrators_have_all_of_it(server: Server, role: str) -> None:
    assert server.sign_in(member(server.database, "ann", role)).get("/facts").status == 403


def test_strangers_have_to_sign_in(server: Server) -> None:
    assert server.anonymous().get("/facts").status == 401


def test_each_change_is_a_line(server: Server, admin: Browser) -> None:
    touch(server, "likes/posts.a", "comments/posts.a", "likes/nowhere")
    told = admin.get("/facts")
    assert told.headers["content-type"] == "application/x-ndjson"
    assert told.headers["streamly-seq"] == "3"
    first, second, third = lines(told.body)
    assert (first["key"], first["value"], first["seq"]) == ("likes/posts.a", {"count": 0}, 1)
    assert second["value"] == {"count": 0, "items": []}
    assert third["value"] is None


def test_only_what_changed_is_told(server: Server, admin: Browser) -> None:
    touch(server, "likes/posts.a", "views/posts.a", "likes/posts.a")
    assert [one["key"] for one in lines(admin.get("/facts?since=2").body)] == ["likes/posts.a"]


def test_nothing_new_is_an_empty_answer_with_the_same_number(
    server: Server, admin: Browser
) -> None:
    touch(server, "likes/posts.a")
    told = admin.get("/facts?since=1")
    assert (told.status, told.body, told.headers["streamly-seq"]) == (200, b"", "1")


def test_many_changes_come_in_parts(server: Server, admin: Browser) -> None:
    touch(server, *(f"likes/p{number}" for number in range(5)))
    seen, since, parts = [], "0", 0
    while True:
        told = admin.get(f"/facts?since={since}&limit=2")
        seen += [one["key"] for one in lines(told.body)]
        since, parts = told.headers["streamly-seq"], parts + 1
        if "link" not in told.headers:
            break
    assert (len(set(seen)), parts) == (5, 3)


def test_a_digest_tells_whether_a_value_is_another(server: Server, admin: Browser) -> None:
    def digest() -> str:
        touch(server, "likes/posts.a")
        return str(lines(admin.get("/facts").body)[-1]["digest"])

    first, same = digest(), digest()
    run(server.database, "UPDATE pages SET likes = 5")
    assert first == same != digest()


def test_an_answer_of_many_pieces_is_whole(server: Server, admin: Browser) -> None:
    ann = member(server.database, "ann")
    for name in ("b", "c", "d"):
        page(server.database, name)
        comment(server.database, ann, name, text="x" * 50_000)
        touch(server, f"comments/{name}")
    told = lines(admin.get("/facts").body)
    assert [len(one["value"]["items"][0]["html"]) for one in told] == [50_007] * 3


def told(server: Server, since: int) -> tuple[list[str], int]:
    """Return the keys of what changed, and how much SQLite works to tell them, in its steps."""
    count = 0

    def tick() -> int:
        nonlocal count
        count += 1
        return 0

    reader = server.database.reader
    reader.connection.set_progress_handler(tick, 1)
    changes = facts.since(reader, since, 1_000)
    for change in changes:
        line(reader, change)
    reader.connection.set_progress_handler(None, 0)
    return [one.key for one in changes], count


def test_telling_one_change_costs_the_same_after_many_others(server: Server) -> None:
    touch(server, "likes/posts.a")
    keys, small = told(server, 0)
    touch(server, *(f"likes/p{number}" for number in range(3_000)), "likes/posts.a")
    again, large = told(server, facts.last(server.database.reader) - 1)
    assert keys == again == ["likes/posts.a"]
    assert large <= small + 5


def test_every_line_is_what_the_builder_reads(server: Server, admin: Browser) -> None:
    db = server.database
    ann, bob = member(db, "ann"), member(db, "bob")
    age(db, ann, 30)
    like(db, ann, "posts.a")
    comment(db, bob, "posts.a", parent=comment(db, ann, "posts.a"))
    rankings.refresh(db)
    touch(server, *(f"{kind}/posts.a" for kind in ("likes", "views", "comments", "settings")))
    touch(server, "profile/ann", "follows/ann", "likes/gone")
    for text in admin.get("/facts").body.splitlines():
        fact = read_fact(text)
        given = json.loads(text)["value"]
        kind = TYPES[fact.key.partition("/")[0]]
        if given is not None:
            assert set(given) == set(kind.__struct_fields__), fact.key
            assert json.loads(encode(from_json(encode(given), kind))) == given


def test_a_site_is_built_from_what_people_did(tmp_path: Path) -> None:
    rules = Moderation(first_comments=0)
    with serving(tmp_path, moderation=rules) as server:
        page(server.database, "posts.a")
        ann = member(server.database, "ann")
        age(server.database, ann, 30)
        browser = server.sign_in(ann)
        browser.put("/pages/posts.a/like")
        browser.post("/pages/posts.a/comments", {"body": "A *word* of hers"})
        browser.patch("/me", {"display": "Ann A.", "bio": "Writes letters."})
        rankings.refresh(server.database)
        root = server.sign_in(member(server.database, "root", "Administrator"))
        stream = root.get("/facts").body.decode()
    sources = site({"content/posts/a.md": document("Text", title="A", date="2026-01-01")})
    with fresh_folder({**sources, "facts.ndjson": stream}) as folder:
        report = Site(folder.root, Options(now=NOW)).build()
        assert (report.exit_code, report.problems) == (0, [])
        post = folder.read("public/posts/a/index.html")
        assert '<pre id="likes" title="1">' in post
        assert "A &lt;em&gt;word&lt;/em&gt; of hers" in post
        assert "Ann A." in post
        assert "Writes letters." in folder.read("public/users/ann/index.html")
        assert "/posts/a/" in folder.read("public/trending/week/index.html")
