from collections.abc import Iterator
from pathlib import Path

import pytest

from interact_api.accounts.actor import Actor
from interact_api.settings import Moderation
from interact_api.web.app import TABLE
from interact_api.web.headers import is_known
from interact_api.web.routing import Route
from tests.support.service import member, page
from tests.support.serving import Browser, Server, serving
from tests.web import desk

ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-site",
    "vary": "Origin",
}
EVERY_KIND = (
    ("GET", "/version"), ("GET", "/numbers"), ("GET", "/nothing"), ("GET", "/err"), ("GET", "/stream"),
    ("GET", "/mine"), ("OPTIONS", "/version"), ("HEAD", "/version"), ("PUT", "/version"), ("GET", "/docs"),
    ("POST", "/things"), ("GET", "/openapi.json"), ("GET", "/metrics"), ("GET", "/refuse/gone"),
)  # fmt: skip


@pytest.mark.parametrize(("method", "path"), EVERY_KIND)
def test_every_answer_is_harmless_in_a_browser(nobody: Browser, method: str, path: str) -> None:
    headers = nobody.send(method, path).headers
    assert {name: headers[name] for name in ALWAYS} == ALWAYS
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert headers["cache-control"] in {"no-store", "public, max-age=0, must-revalidate"}
    assert "strict-transport-security" not in headers


def test_over_https_browsers_are_told_to_stay_there(tmp_path: Path) -> None:
    with serving(tmp_path, base_url="https://example.org") as server:
        for path in ("/version", "/nothing"):
            told = server.anonymous().get(path).headers["strict-transport-security"]
            assert told == "max-age=63072000; includeSubDomains"


def test_what_is_public_is_sent_again_only_if_it_changed(nobody: Browser) -> None:
    first = nobody.get("/numbers")
    etag = first.headers["etag"]
    again = nobody.get("/numbers", if_none_match=etag)
    assert (again.status, again.body) == (304, b"")
    assert again.headers["etag"] == etag
    assert again.headers["cache-control"] == "public, max-age=0, must-revalidate"
    assert nobody.get("/numbers?limit=3", if_none_match=etag).status == 200


@pytest.mark.parametrize("header", ['"x", {}', "W/{}", "*", '"a",{} , "b"'])
def test_if_none_match_is_read_as_http_has_it(nobody: Browser, header: str) -> None:
    etag = nobody.get("/numbers").headers["etag"]
    assert nobody.get("/numbers", if_none_match=header.replace("{}", etag)).status == 304


def test_a_part_of_an_etag_is_another_one() -> None:
    assert not is_known(b'"abc"', b'"ab"')
    assert not is_known(b'"abc"', None)


def test_what_isnt_public_is_kept_by_nobody(nobody: Browser) -> None:
    headers = nobody.get("/others").headers
    assert headers["cache-control"] == "no-store"
    assert "etag" not in headers


def test_refusals_of_public_routes_are_kept_by_nobody(nobody: Browser) -> None:
    assert nobody.get("/things/404").headers["cache-control"] == "no-store"


def test_no_public_answer_depends_on_who_asks(server: Server, ada: Browser) -> None:
    paths = [one.path for one in (*desk.TABLE, *TABLE) if one.public and "{" not in one.path]
    assert paths
    for path in paths:
        mine = ada.get(path, x_request_id="the-same-id")
        assert mine.body == server.anonymous().get(path, x_request_id="the-same-id").body
        assert not mine.cookies


SHARED = [route for route in TABLE if route.shared]


def filled(path: str, ada: Browser) -> str:
    """Return a path of something that is there."""
    written = ada.post("/pages/hello/comments", {"body": "Here."}).json
    found = path.replace("{page}", "hello").replace("{name}", "ada")
    return found.replace("{comment}", written["id"])


@pytest.mark.parametrize("route", SHARED, ids=lambda route: route.name)
def test_what_strangers_share_is_sent_again_only_if_it_changed(
    approving: Server, route: Route
) -> None:
    ada = approving.sign_in(Actor(1, "ada", "User", frozenset()))
    path = filled(route.path, ada)
    first = approving.anonymous().get(path)
    assert first.status == 200
    assert first.headers["cache-control"] == "public, max-age=0, must-revalidate"
    assert "Cookie" in first.headers["vary"]
    again = approving.anonymous().get(path, if_none_match=first.headers["etag"])
    assert (again.status, again.body) == (304, b"")


@pytest.mark.parametrize("route", SHARED, ids=lambda route: route.name)
def test_what_is_somebodys_own_is_kept_by_nobody(approving: Server, route: Route) -> None:
    ada = approving.sign_in(Actor(1, "ada", "User", frozenset()))
    path = filled(route.path, ada)
    etag = approving.anonymous().get(path).headers["etag"]
    for browser in (ada, approving.anonymous()):
        browser.cookies.setdefault("sid", "of-nobody-any-more")
        mine = browser.get(path, if_none_match=etag)
        assert (mine.status, mine.headers["cache-control"]) == (200, "no-store")
        assert "etag" not in mine.headers


@pytest.fixture(scope="module")
def approving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return a server that shows comments at once, to which only ada belongs."""
    folder = tmp_path_factory.mktemp("approving")
    with serving(folder, moderation=Moderation(first_comments=0)) as made:
        page(made.database, "hello")
        member(made.database, "ada")
        yield made


def test_a_stream_comes_in_pieces(nobody: Browser) -> None:
    reply = nobody.get("/stream")
    assert reply.body == b"0\n1\n2\n"
    assert reply.headers["transfer-encoding"] == "chunked"
