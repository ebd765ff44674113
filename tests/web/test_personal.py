"""The notice after a form, shown once and to nobody else; a refused form with what was typed."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.support.service import member, page
from tests.support.serving import Browser
from tests.support.sites import Shown, showing

LOGIN = """<main><form action="/api/v1/auth/login"><input name="login"><input name="password" type="password">
<input type="hidden" name="next" value="/"></form></main>"""
POST = """<main><form method="post" action="/api/v1/pages/hello/comments"><textarea name="body"></textarea></form>
<form action="/api/v1/pages/hello/like"><button>Like</button></form></main>"""
FILES = {
    "index.html": "<main>home</main>",
    "404.html": "<main>nothing</main>",
    "login/index.html": LOGIN,
    "posts/hello/index.html": POST,
    "feed.xml": "<main/>",
}
NOTICE = "notice=" + quote("ok It is said.", safe="")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    folder: Path = tmp_path_factory.mktemp("site")
    with showing(folder, FILES) as made:
        page(made.server.database, "hello")
        yield made


@pytest.fixture(scope="module")
def ada(site: Shown) -> Browser:
    return site.server.sign_in(member(site.server.database, "ada"))


@pytest.mark.parametrize("path", ["/", "/nothing"])
def test_a_notice_is_shown_once(site: Shown, path: str) -> None:
    reply = site.get(path, cookie=f"a=b; {NOTICE}; c=d")
    assert b'<p class="notice" role="status">It is said.</p>' in reply.body
    assert reply.cookies == ["notice=; Path=/; Max-Age=0; SameSite=Lax"]
    assert reply.status == site.get(path).status


def test_a_notice_is_kept_by_nobody(site: Shown) -> None:
    known = site.get("/").headers["etag"]
    reply = site.get("/", cookie=NOTICE, if_none_match=known, range="bytes=0-1")
    assert (reply.status, reply.headers["cache-control"]) == (200, "no-store")
    assert not {"etag", "last-modified", "surrogate-key"} & reply.headers.keys()
    assert b"said" not in site.get("/").body


@pytest.mark.parametrize("path", ["/feed.xml", "/login"])
def test_a_notice_waits_for_a_page(site: Shown, path: str) -> None:
    reply = site.get(path, cookie=NOTICE)
    assert b"said" not in reply.body
    assert reply.cookies == []


def test_a_notice_isnt_spent_on_a_guess(site: Shown) -> None:
    assert site.get("/", cookie=NOTICE, sec_purpose="prefetch").cookies == []
    assert site.send("HEAD", "/", cookie=NOTICE).cookies == []


@pytest.mark.parametrize("value", ["", "%", "ok", "%ff%fe", "<script>", "x" * 5000])
def test_a_cookie_of_somebody_else_does_no_harm(site: Shown, value: str) -> None:
    reply = site.get("/", cookie=f"notice={value}")
    assert reply.status == 200
    assert b"<script" not in reply.body
    assert len(reply.body) < 1000


def test_the_sign_in_leads_on_to_where_somebody_was(site: Shown) -> None:
    reply = site.get("/login/?next=/posts/hello/")
    assert b'name="next" value="/posts/hello/"' in reply.body
    assert reply.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["//evil.example", "https://evil.example", "/\\evil"])
def test_the_sign_in_leads_nowhere_else(site: Shown, path: str) -> None:
    body = site.get(f"/login/?next={quote(path, safe='')}").body
    assert b'value="/"' in body
    assert b"evil" not in body


def test_what_was_typed_stands_in_the_form_that_was_refused(ada: Browser) -> None:
    reply = ada.submit("/pages/hello/comments", body="I said <this>.", parent="77")
    assert reply.status == 422
    assert b"I said &lt;this&gt;.</textarea>" in reply.body
    assert b'<p class="notice error" role="alert">' in reply.body
    assert reply.headers["cache-control"] == "no-store"
    assert "script-src 'self'" in reply.headers["content-security-policy"]


def test_a_form_that_was_refused_twice_is_still_on_its_page(site: Shown, ada: Browser) -> None:
    first = ada.submit("/pages/hello/comments", body="x" * 20_000)
    assert first.status == 422
    assert b'<input type="hidden" name="page" value="/posts/hello/">' in first.body
    own = f"{site.server.origin}/api/v1/pages/hello/comments"
    headers = ada.headers("GET") | {"origin": site.server.origin, "referer": own}
    fields = {"body": "y" * 20_000, "page": "/posts/hello/"}
    second = ada.send("POST", "/pages/hello/comments", headers=headers, form=fields)
    assert second.status == 422
    assert b"yyy</textarea>" in second.body
    liked = ada.send("POST", "/pages/hello/like", headers=headers, form={"page": "/posts/hello/"})
    assert (liked.status, liked.headers["location"]) == (303, "/posts/hello/")


def test_what_somebody_typed_before_the_sign_in_is_kept(site: Shown) -> None:
    reply = site.server.anonymous().submit("/pages/hello/comments", body="I said this.")
    assert reply.status == 401
    assert b"I said this.</textarea>" in reply.body
    assert b"Sign in first." in reply.body


def test_a_refused_sign_in_keeps_the_name_and_not_the_password(site: Shown) -> None:
    browser = site.server.anonymous()
    headers = browser.headers("GET") | {
        "origin": site.server.origin,
        "referer": f"{site.server.origin}/login/",
    }
    fields = {"login": "ada", "password": "hunter2 hunter2", "next": "/posts/hello/"}
    reply = browser.send("POST", "/auth/login", headers=headers, form=fields)
    assert reply.status == 401
    assert b'name="login" value="ada"' in reply.body
    assert b'name="next" value="/posts/hello/"' in reply.body
    assert b"hunter2" not in reply.body


def test_a_button_of_somebody_who_isnt_signed_in_leads_to_the_sign_in(site: Shown) -> None:
    reply = site.server.anonymous().submit("/pages/hello/like")
    assert (reply.status, reply.headers["location"]) == (303, "/login/?next=/posts/hello/")


def test_a_form_of_a_page_that_isnt_there_leads_back(tmp_path: Path) -> None:
    with showing(tmp_path, {"index.html": "home"}) as site:
        reply = site.server.anonymous().submit("/pages/hello/comments", body="x")
    assert reply.status == 303
