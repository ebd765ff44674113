from pathlib import Path
from urllib.parse import unquote

import pytest

from interact_api.web.forms import safe_path, way_back
from tests.support.service import member
from tests.support.serving import Browser, Reply, Server, serving
from tests.web import desk

ELSEWHERE = (
    "https://evil.example/", "//evil.example", "///evil.example", "/\\evil.example", "\\/evil.example",
    "\\\\evil.example", "/\t/evil.example", "/\n/evil.example", "\t//evil.example", " //evil.example",
    "/ /evil.example", "http:evil.example", "https:/evil.example", "javascript:alert(1)", "JaVaScRiPt:alert(1)",
    "data:text/html,x", "evil.example", "", ".", "../", "?next=/", "#", "/\r\nset-cookie: a=b", "/é", "/a\\..\\b",
    "/\0", "//\u2215evil.example", "/" + "a" * 2000, "x:/a", "/\x7f",
)  # fmt: skip


def notice(reply: Reply) -> str:
    """Return what the next page tells."""
    value = next(one for one in reply.cookies if one.startswith("notice="))
    return unquote(value.partition(";")[0].removeprefix("notice="))


@pytest.mark.parametrize("path", ELSEWHERE)
def test_a_form_leads_nowhere_else(ada: Browser, path: str) -> None:
    assert safe_path(path) == ""
    reply = ada.submit("/things", text="a", next=path)
    assert (reply.status, reply.headers["location"]) == (303, "/posts/hello/")


@pytest.mark.parametrize(
    "path", ["/", "/account/", "/posts/a/?x=1&y=%2F%2Fevil#comment-7", "/@ada"]
)
def test_a_form_leads_where_it_says(ada: Browser, path: str) -> None:
    assert ada.submit("/things", text="a", next=path).headers["location"] == path


def test_a_form_that_worked_says_so_once(ada: Browser) -> None:
    reply = ada.submit("/things", text="a")
    assert notice(reply) == "ok It is said."
    assert "Max-Age=60" in reply.cookies[0]
    assert reply.body == b""


def test_a_form_that_failed_leads_back_and_says_why(ada: Browser) -> None:
    reply = ada.submit("/things", text="")
    assert (reply.status, reply.headers["location"]) == (303, "/posts/hello/")
    assert notice(reply).startswith("error text: ")


def test_a_form_of_somebody_who_isnt_signed_in_leads_to_the_sign_in(nobody: Browser) -> None:
    reply = nobody.submit("/things", text="a", next="/posts/b/?x=1")
    assert reply.headers["location"] == "/login/?next=/posts/hello/"
    assert notice(reply) == "error Sign in first."


def test_a_notice_is_no_header_and_no_markup(ada: Browser) -> None:
    reply = ada.submit("/things", text="a", **{"<script>\r\nx: y": "1"})
    assert "<" not in reply.cookies[0]
    assert notice(reply).startswith("error ")


def test_a_form_may_set_a_cookie(nobody: Browser) -> None:
    reply = nobody.submit("/enter", text="a")
    assert [one.partition("=")[0] for one in reply.cookies] == ["notice", "sid"]


def test_a_page_of_a_friend_is_led_back_to_the_friend(tmp_path: Path) -> None:
    friend = "http://www.example.org"
    with serving(tmp_path, table=desk.TABLE, origins=(friend,)) as server:
        browser = server.sign_in(member(server.database, "ada"))
        headers = browser.headers("POST") | {"origin": friend}
        reply = browser.send("POST", "/things", headers=headers, form={"text": "a", "next": "/a/"})
        assert reply.headers["location"] == friend + "/a/"


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        (b"http://example.org/posts/a/?q=1#x", "/posts/a/"),
        (b"http://evil.example/posts/a/", "/"),
        (b"http://example.org.evil.example/a/", "/"),
        (b"http://example.org//evil.example", "/"),
        (b"http://[broken", "/"),
        (b"\xff", "/"),
        (b"", "/"),
        (None, "/"),
    ],
)
def test_the_way_back_is_the_page_of_the_form(referer: bytes | None, back: str) -> None:
    assert way_back(None, referer, frozenset({b"http://example.org"})) == back


def test_a_form_isnt_taken_where_none_is_expected(server: Server) -> None:
    browser = server.anonymous()
    reply = browser.send("POST", "/program", headers=browser.headers("POST"), form={"text": "a"})
    assert (reply.status, reply.code) == (415, "UNSUPPORTED_MEDIA_TYPE")
