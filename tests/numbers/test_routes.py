"""Pages, trending, members, beacons and letters over HTTP."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from interact_api.numbers import rankings
from interact_api.settings import Mail, Views
from tests.numbers.writing import age, like, run
from tests.support.service import member, page
from tests.support.serving import Reply, Server, serving

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SENT_BY_BEACON = {"content-type": "text/plain;charset=UTF-8"}
LETTER = {"name": "Ann", "email": "ann@example.org", "message": "I like your site."}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with serving(tmp_path) as running:
        page(running.database, "a")
        yield running


def see(server: Server, name: str = "a", **headers: str) -> Reply:
    return server.anonymous().post(
        "/events/view", {"page": name}, **({"user_agent": BROWSER} | headers)
    )


def views_of(server: Server, name: str = "a") -> int:
    asyncio.run(server.service.views.flush())
    return int(
        server.database.reader.value("SELECT views FROM pages WHERE id = :name", name=name) or 0
    )


def letters(server: Server) -> list[str]:
    return server.database.reader.all(str, "SELECT body FROM contact")


def test_a_page_tells_its_numbers_and_what_may_be_done(server: Server) -> None:
    run(server.database, "UPDATE pages SET views = 1234")
    assert server.anonymous().get("/pages/a").json == {
        "id": "a",
        "likes": 0,
        "comments": 0,
        "views": 1200,
        "open": True,
        "policy": "open",
        "featured": False,
        "closed": False,
        "hidden": False,
        "liked": None,
    }


def test_somebody_learns_whether_they_like_a_page(server: Server) -> None:
    ann, bob = member(server.database, "ann"), member(server.database, "bob")
    like(server.database, ann, "a")
    assert server.sign_in(ann).get("/pages/a").json["liked"] is True
    assert server.sign_in(bob).get("/pages/a").json["liked"] is False


@pytest.mark.parametrize(("role", "status"), [("User", 404), ("Editor", 200)])
def test_a_hidden_page_is_there_for_editors(server: Server, role: str, status: int) -> None:
    run(server.database, "UPDATE pages SET hidden = 1")
    actor = member(server.database, "ann", role)
    assert server.sign_in(actor).get("/pages/a").status == status


def test_a_page_that_is_not_there_is_not_found(server: Server) -> None:
    assert server.anonymous().get("/pages/nowhere").status == 404


def test_many_pages_are_told_in_the_order_asked_for(server: Server) -> None:
    page(server.database, "b")
    told = server.anonymous().get("/pages/stats?ids=b,nowhere,a,b")
    assert [one["id"] for one in told.json["items"]] == ["b", "a"]
    assert "etag" in told.headers


def test_at_most_a_hundred_pages_are_told_at_once(server: Server) -> None:
    ids = ",".join(f"p{number}" for number in range(101))
    assert server.anonymous().get(f"/pages/stats?ids={ids}").status == 422


def test_a_visitor_who_knows_the_numbers_is_told_so(server: Server) -> None:
    first = server.anonymous().get("/pages/stats?ids=a")
    again = server.anonymous().get("/pages/stats?ids=a", if_none_match=first.headers["etag"])
    assert (again.status, again.body) == (304, b"")


@pytest.mark.parametrize("window", ["day", "week", "month", "popular"])
def test_what_is_trending_is_told(server: Server, window: str) -> None:
    ann = member(server.database, "ann")
    age(server.database, ann, 30)
    like(server.database, ann, "a")
    rankings.refresh(server.database)
    told = server.anonymous().get(f"/trending?window={window}").json
    assert told["as_of"] == "2026-09-21T14:13:20Z"
    assert [(one["page"], one["url"], one["likes"]) for one in told["items"]] == [
        ("a", "/posts/a/", 1)
    ]


def test_nothing_is_trending_before_it_was_counted(server: Server) -> None:
    assert server.anonymous().get("/trending").json == {"as_of": None, "items": []}


@pytest.mark.parametrize("headers", [{}, {"content_type": "text/plain;charset=UTF-8"}])
def test_a_beacon_counts_as_json_and_as_text(server: Server, headers: dict[str, str]) -> None:
    assert see(server, **headers).status == 204
    assert views_of(server) == 1


def test_a_beacon_of_somebody_signed_in_needs_no_token(server: Server) -> None:
    browser = server.sign_in(member(server.database, "ann"))
    sent = {"user-agent": BROWSER, "x-csrf-token": "", **SENT_BY_BEACON}
    assert browser.send("POST", "/events/view", b'{"page":"a"}', sent).status == 204
    assert views_of(server) == 1


@pytest.mark.parametrize(
    "headers",
    [{"dnt": "1"}, {"sec_gpc": "1"}, {"user_agent": "curl/8"}, {"sec_purpose": "prefetch"}],
)
def test_who_does_not_count_is_answered_alike(server: Server, headers: dict[str, str]) -> None:
    assert see(server, **headers).status == 204
    assert views_of(server) == 0


def test_authors_do_not_count_on_their_own_pages(server: Server) -> None:
    page(server.database, "hers", authors='["ann"]')
    browser = server.sign_in(member(server.database, "ann"))
    for name in ("hers", "a"):
        browser.post("/events/view", {"page": name}, user_agent=BROWSER)
    assert (views_of(server, "hers"), views_of(server, "a")) == (0, 1)


def test_a_page_that_is_not_there_is_not_told_apart(server: Server) -> None:
    assert see(server, "nowhere").status == 204


@pytest.mark.parametrize("body", [{}, {"page": ""}, {"page": "x" * 201}, {"page": "a", "x": 1}])
def test_a_beacon_that_says_nothing_is_refused(server: Server, body: dict[str, Any]) -> None:
    told = server.anonymous().post("/events/view", body, user_agent=BROWSER)
    assert told.status == 422


def test_counting_can_be_switched_off(tmp_path: Path) -> None:
    with serving(tmp_path, views=Views(count=False)) as server:
        page(server.database, "a")
        assert see(server).status == 204
        assert views_of(server) == 0


def test_members_come_by_how_many_follow_them(server: Server) -> None:
    for number, name in enumerate(["ann", "bob", "cy"]):
        member(server.database, name)
        sql = "UPDATE users SET followers = :n WHERE name = :name"
        run(server.database, sql, n=number % 2, name=name)
    anybody = server.anonymous()
    names, path = [], "/users?limit=1"
    while path:
        told = anybody.get(path).json
        names += [one["name"] for one in told["items"]]
        path = f"/users?limit=1&cursor={told['next']}" if told["next"] else ""
    assert names == ["bob", "ann", "cy"]


def test_the_newest_members_come_first(server: Server) -> None:
    for name in ("ann", "bob", "cy"):
        member(server.database, name)
    first = server.anonymous().get("/users?sort=newest&limit=2").json
    rest = server.anonymous().get(f"/users?sort=newest&cursor={first['next']}").json
    assert [one["name"] for one in first["items"] + rest["items"]] == ["cy", "bob", "ann"]


@pytest.mark.parametrize("status", ["banned", "shadowed", "deactivated", "deleted"])
def test_members_who_are_not_active_are_not_listed(server: Server, status: str) -> None:
    member(server.database, "ann")
    run(server.database, "UPDATE users SET status = :status", status=status)
    assert server.anonymous().get("/users").json == {"items": [], "next": None}


def test_a_list_of_members_tells_no_address(server: Server) -> None:
    member(server.database, "ann")
    assert b"@" not in server.anonymous().get("/users").body


def test_a_letter_is_kept_and_the_operator_is_told(tmp_path: Path) -> None:
    with serving(tmp_path, mail=Mail(backend="file", operator="op@example.org")) as server:
        assert server.anonymous().post("/contact", LETTER).status == 204
        assert letters(server) == [LETTER["message"]]
        sql = "SELECT recipient FROM outbox WHERE template = 'contact'"
        assert server.database.reader.all(str, sql) == ["op@example.org"]


def test_a_letter_is_kept_without_an_operator(server: Server) -> None:
    assert server.anonymous().post("/contact", LETTER).status == 204
    assert len(letters(server)) == 1


def test_a_program_that_fills_in_everything_is_thanked_and_forgotten(server: Server) -> None:
    sent = LETTER | {"website": "https://example.com/"}
    assert server.anonymous().post("/contact", sent).status == 204
    assert letters(server) == []


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"email": "ann"}, {"message": "short"}, {"message": "x" * 5001}]
)
def test_a_letter_that_cannot_be_answered_is_refused(server: Server, wrong: dict[str, str]) -> None:
    assert server.anonymous().post("/contact", LETTER | wrong).status == 422
    assert letters(server) == []


def test_a_letter_may_come_from_a_plain_form(server: Server) -> None:
    told = server.anonymous().submit("/contact", **LETTER, website="", next="/contact/")
    assert (told.status, told.headers["location"]) == (303, "/contact/")
    assert letters(server) == [LETTER["message"]]
