"""What the worker did, for those who look after the site."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from interact_api.db import Database, Tx
from interact_api.rebuild import aside, builds, lease
from interact_api.rebuild.aside import Aside
from interact_api.rebuild.builds import Build
from tests.support.service import member
from tests.support.serving import Browser, Server, serving


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """Yield a server of a test's own: others have builds too."""
    with serving(tmp_path) as running:
        yield running


@pytest.fixture
def admin(server: Server) -> Browser:
    return server.sign_in(member(server.database, "root", "Administrator"))


def build(db: Database, *made: Build) -> None:
    """Write builds down, as a worker would."""

    def record(tx: Tx) -> None:
        number = lease.take(tx, "somebody", lease.read(tx))
        for one in made:
            builds.record(tx, number, one)

    db.write_now(record)


def test_before_the_first_build_there_is_none(admin: Browser) -> None:
    assert admin.get("/admin/builds").json == {
        "facts": 0, "live": 0, "items": [], "aside": [], "next": None,
    }  # fmt: skip


def test_builds_are_told_the_newest_first(server: Server, admin: Browser) -> None:
    problem = "content/posts/a.md:3:1: FRONT_MATTER unknown field"
    build(
        server.database,
        Build("live", "start", seq=4, release=1, made=3, pages=["a: is new"], build_ms=12),
        Build("failed", "facts changed", problems=[problem]),
    )
    told = admin.get("/admin/builds").json
    assert told["live"] == 4
    last, first = told["items"]
    assert (last["number"], last["state"], last["problems"]) == (2, "failed", [problem])
    assert (first["reason"], first["release"], first["pages"]) == ("start", 1, ["a: is new"])
    assert (first["made"], first["build_ms"], first["seq"]) == (3, 12, 4)


def test_a_list_of_builds_goes_on(server: Server, admin: Browser) -> None:
    build(server.database, *(Build("same", str(number)) for number in range(5)))
    seen, path = [], "/admin/builds?limit=2"
    while path:
        told = admin.get(path).json
        seen += [one["reason"] for one in told["items"]]
        path = f"/admin/builds?limit=2&cursor={told['next']}" if told["next"] else ""
    assert seen == ["4", "3", "2", "1", "0"]


def test_what_is_set_aside_is_told(server: Server, admin: Browser) -> None:
    build(server.database)
    one = Aside("likes/a", b"x", None, "posts/a can't be made")
    server.database.write_now(lambda tx: aside.add(tx, 1, one))
    (told,) = admin.get("/admin/builds").json["aside"]
    assert (told["key"], told["problem"]) == ("likes/a", "posts/a can't be made")
