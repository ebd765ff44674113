"""Who may write through a browser: a table of pages that try, for every route that writes."""

from collections.abc import Iterator
from typing import NamedTuple

import pytest

from interact_api.accounts.actor import Actor
from interact_api.web.app import TABLE
from interact_api.web.routing import Route
from tests.support.service import member
from tests.support.serving import Browser, Client, Reply, Server, serving
from tests.web import desk

WRITES = [one for one in (*desk.TABLE, *TABLE) if one.writes]
CODES = {"ORIGIN_MISSING", "ORIGIN_REFUSED", "CROSS_SITE", "CSRF_TOKEN"}
OURS = "http://example.org"


class Case(NamedTuple):
    """What a page makes a browser send besides its cookie; None leaves a header out."""

    name: str
    code: str
    origin: str | None = OURS
    site: str | None = "same-origin"
    csrf: str | None = "right"


# As in §A-07 of the catalogue of attacks.
CASES = (
    Case("our own page", ""),
    Case("our own page, in a browser without fetch metadata", "", site=None),
    Case(
        "a page of a sibling host that we know",
        "",
        origin="http://www.example.org",
        site="same-site",
    ),
    Case("no origin", "ORIGIN_MISSING", origin=None),
    Case("no origin and no metadata", "ORIGIN_MISSING", origin=None, site=None),
    Case("a sandboxed page", "ORIGIN_REFUSED", origin="null"),
    Case("another site", "ORIGIN_REFUSED", origin="https://evil.example", site="cross-site"),
    Case("a host that begins as ours", "ORIGIN_REFUSED", origin="http://example.org.evil.example"),
    Case("a host that ends as ours", "ORIGIN_REFUSED", origin="http://evilexample.org"),
    Case(
        "an unknown sibling", "ORIGIN_REFUSED", origin="http://shop.example.org", site="same-site"
    ),
    Case("another scheme", "ORIGIN_REFUSED", origin="https://example.org"),
    Case("another port", "ORIGIN_REFUSED", origin="http://example.org:8080"),
    Case("another case", "ORIGIN_REFUSED", origin="http://EXAMPLE.org"),
    Case("a slash too many", "ORIGIN_REFUSED", origin="http://example.org/"),
    Case("a name before the host", "ORIGIN_REFUSED", origin="http://me@example.org"),
    Case("our origin twice", "ORIGIN_REFUSED", origin=f"{OURS}, {OURS}"),
    Case("an empty origin", "ORIGIN_REFUSED", origin=""),
    Case("our origin, from another site", "CROSS_SITE", site="cross-site"),
    Case("our origin, typed by hand", "CROSS_SITE", site="none"),
    Case("metadata that nobody knows", "CROSS_SITE", site="x"),
    Case("no token", "CSRF_TOKEN", csrf=None),
    Case("an empty token", "CSRF_TOKEN", csrf=""),
    Case("somebody else's token", "CSRF_TOKEN", csrf="other"),
    Case("a token of the right length", "CSRF_TOKEN", csrf="0" * 64),
    Case("a token that isn't ASCII", "CSRF_TOKEN", csrf="\xff" * 64),
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("csrf")
    table = (*desk.TABLE, *TABLE)
    with serving(folder, table=table, origins=("http://www.example.org",)) as made:
        yield made


@pytest.fixture(scope="module")
def people(server: Server) -> tuple[Actor, Actor]:
    """Return an administrator, and somebody else."""
    return member(server.database, "root", "Administrator"), member(server.database, "eve")


@pytest.fixture
def browsers(server: Server, people: tuple[Actor, Actor]) -> tuple[Browser, Browser]:
    """Return the browsers of both; some writes end a session, so each test has its own."""
    root, other = people
    return server.sign_in(root), server.sign_in(other)


def ask(route: Route, browsers: tuple[Browser, Browser], case: Case) -> Reply:
    browser, other = browsers
    tokens = {"right": browser.csrf, "other": other.csrf}
    given = {
        "cookie": f"sid={browser.cookies['sid']}",
        "origin": case.origin,
        "sec-fetch-site": case.site,
        "x-csrf-token": None if case.csrf is None else tokens.get(case.csrf, case.csrf),
    }
    headers = {name: value for name, value in given.items() if value is not None}
    return Client(browser.server).send(route.method, address(route), {}, headers)


def address(route: Route) -> str:
    return route.path.replace("{", "no-").replace("}", "")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_write_wants_to_know_which_page_asks(
    server: Server, people: tuple[Actor, Actor], browsers: tuple[Browser, Browser], case: Case
) -> None:
    before = _digest(server)
    told = {}
    for route in WRITES:
        # What is let through may sign out.
        both = browsers if case.code else (server.sign_in(people[0]), browsers[1])
        told[route.name] = ask(route, both, case).code
    if case.code == "CSRF_TOKEN":
        told = {name: code for name, code in told.items() if name not in BEACONS}
    if case.code:
        assert told == dict.fromkeys(told, case.code)
        assert _digest(server) == before
    else:
        assert not CODES & set(told.values())


BEACONS = {one.name for one in WRITES if one.limit == "beacon"}  # they count, and set no headers


@pytest.mark.parametrize("route", WRITES, ids=lambda route: route.name)
def test_without_a_session_the_origin_still_counts(server: Server, route: Route) -> None:
    program = server.program()
    told = "ORIGIN_MISSING" if not route.for_programs else "NOT_FOUND" if route.raw else "INVALID"
    assert program.send(route.method, address(route), {}).code == told
    foreign = {"origin": "https://evil.example"}
    assert program.send(route.method, address(route), {}, foreign).code == "ORIGIN_REFUSED"


SIMPLE = {
    "text/plain": b'{"text": "a", "x": "="}',
    "multipart/form-data; boundary=x": b'--x\r\ncontent-disposition: form-data; name="text"\r\n\r\na\r\n--x--',
    "": b'{"text": "a"}',
}


@pytest.mark.parametrize("media", SIMPLE)
def test_what_needs_no_preflight_is_no_json(ada: Browser, media: str) -> None:
    reply = ada.post("/things", SIMPLE[media], content_type=media)
    assert reply.status == 415


def test_a_form_of_our_own_page_needs_no_token(ada: Browser) -> None:
    assert ada.submit("/things", text="from a form").status == 303


def test_a_form_with_a_wrong_token_changes_nothing(ada: Browser) -> None:
    before = _digest(ada.server)
    reply = ada.submit("/things", text="from a form", csrf_token="wrong")
    assert reply.status == 303
    assert "CSRF" in reply.cookies[0]
    assert _digest(ada.server) == before


@pytest.mark.parametrize("origin", ["https://evil.example", "null", None])
def test_a_form_of_another_page_is_refused(ada: Browser, origin: str | None) -> None:
    headers = {"cookie": f"sid={ada.cookies['sid']}"} | ({"origin": origin} if origin else {})
    reply = Client(ada.server).send("POST", "/things", headers=headers, form={"text": "a"})
    assert reply.status == 403


@pytest.mark.parametrize("header", ["x-http-method-override", "x-http-method", "x-method-override"])
def test_a_header_doesnt_change_the_method(ada: Browser, header: str) -> None:
    before = _digest(ada.server)
    reply = ada.send("GET", "/things/1", headers={header: "DELETE"})
    assert reply.status in {200, 404}
    assert _digest(ada.server) == before


def test_the_token_is_the_sessions(server: Server, browsers: tuple[Browser, Browser]) -> None:
    one, other = browsers
    assert one.csrf != other.csrf
    assert one.csrf == one.get("/auth/csrf").json["token"]
    assert server.anonymous().get("/auth/csrf").json == {"token": None}


def test_a_program_with_a_token_has_no_page(server: Server) -> None:
    reply = server.program("x" * 40).post("/things", {"text": "a"}, origin="https://evil.example")
    assert (reply.status, reply.code) == (401, "TOKEN_INVALID")


def _digest(server: Server) -> list[int]:
    """Return how many rows there are of everything that a write could make."""
    names = ("contact", "users", "likes", "comments", "follows", "outbox", "audit", "tokens")
    return [int(server.database.reader.value(f"SELECT count(*) FROM {one}")) for one in names]
