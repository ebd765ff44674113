import time
from pathlib import Path

import pytest

from interact_api.accounts import grants, sessions, tokens
from interact_api.accounts.actor import Actor
from interact_api.web.app import TABLE
from interact_api.web.auth import cookie_value, no_session_cookie, session_cookie
from interact_api.web.problems import LongHeaders, Malformed
from tests.support.service import NOON, Clock, member, page
from tests.support.serving import Browser, Server, serving, settings_of

SECONDS = 0.05  # that a hostile cookie may cost


def token_of(server: Server, actor: Actor, kind: str, scopes: str = "read write") -> str:
    """Return a token of *kind* that is good."""
    text = tokens.new(kind)
    if kind == tokens.SESSION:
        digest = tokens.digest(text)
        server.database.write_now(lambda tx: sessions.start(tx, actor.id, digest, remember=False))
    elif kind in {tokens.ACCESS, tokens.REFRESH}:
        pair = grants.new_pair()
        server.database.write_now(
            lambda tx: grants.issue(tx, actor.id, scopes, pair, grants.Lives())
        )
        text = pair.access if kind == tokens.ACCESS else pair.refresh
    elif kind == tokens.PERSONAL:
        row = {"user_id": actor.id, "kind": "personal", "scopes": scopes}
        row |= {"created_at": NOON, "expires_at": NOON * 2}
        digest = tokens.digest(text)
        server.database.write_now(lambda tx: tx.insert("tokens", token=digest, **row))
    return text


@pytest.fixture(scope="module")
def grace(server: Server) -> Actor:
    return member(server.database, "grace", "Editor")


def mine(server: Server, **headers: str) -> int:
    """Ask for what a session alone may see."""
    return server.program().get("/mine", **headers).status


def things(server: Server, **headers: str) -> int:
    """Ask to write something."""
    return server.program().post("/things", {"text": "a"}, **headers).status


# Cookies


def raw_cookie(server: Server, value: bytes) -> tuple[bytes, float]:
    began = time.process_time()
    head = b"GET /api/v1/mine HTTP/1.1\r\nhost: %b\r\nconnection: close\r\n" % server.host.encode()
    reply = server.raw(head + value + b"\r\n\r\n")
    return reply.split(b" ")[1], time.process_time() - began


def cookies_of(server: Server, grace: Actor) -> dict[str, tuple[bytes, bytes]]:
    good = token_of(server, grace, tokens.SESSION).encode()
    return {
        "good": (b"cookie: sid=" + good, b"204"),
        "good, among others": (b"cookie: a=b; sid=" + good + b"; c=d; =; ;;", b"204"),
        "twice": (b"cookie: sid=" + good + b"; sid=" + good, b"400"),
        "twice, one empty": (b"cookie: sid=" + good + b"; sid=", b"400"),
        "in two headers": (b"cookie: sid=" + good + b"\r\ncookie: a=b", b"400"),
        "quoted": (b'cookie: sid="' + good + b'"', b"401"),
        "with escapes": (b'cookie: sid="\\163' + good[1:] + b'"', b"401"),
        "another name": (b"cookie: SID=" + good, b"401"),
        "the secure name": (b"cookie: __Host-sid=" + good, b"401"),
        "cut off": (b"cookie: sid=" + good[:-1], b"401"),
        "another case": (b"cookie: sid=" + good.swapcase(), b"401"),
        "empty": (b"cookie: sid=", b"401"),
        "no cookie at all": (b"cookie: ", b"401"),
        "4 KB of quotes": (b'cookie: sid="' + b'\\"' * 2000 + b'"', b"401"),
        "5 KB": (b"cookie: a=" + b"b" * 5000, b"431"),
        "60 KB of quotes": (b'cookie: sid="' + b'\\"' * 30_000 + b'"', b"431"),
        "64 KB": (b"cookie: a=" + b"b" * 65_536, b"431"),
        "4,000 names": (b"cookie: " + b"a;" * 2000, b"401"),
        "NUL": (b"cookie: sid=a\0b", b"400"),
        "not ASCII": (b"cookie: sid=" + b"\xff" * 40, b"401"),
    }


def test_a_cookie_is_good_or_isnt_and_never_costs_anything(server: Server, grace: Actor) -> None:
    told, slow = {}, {}
    expected = cookies_of(server, grace)
    for name, (header, _) in expected.items():
        told[name], slow[name] = raw_cookie(server, header)
    assert told == {name: status for name, (_, status) in expected.items()}
    assert max(slow.values()) <= SECONDS


def test_a_cookie_is_found_by_its_whole_name() -> None:
    assert cookie_value(b"xsid=1; sidx=2; sid=3", b"sid") == b"3"
    assert cookie_value(b"a=sid=3", b"sid") is None


def test_two_cookies_or_a_long_header_are_refused() -> None:
    with pytest.raises(Malformed):
        cookie_value(b"sid=1;sid=1", b"sid")
    with pytest.raises(LongHeaders):
        cookie_value(b"a" * 4097, b"sid")


def test_over_https_the_cookie_is_bound_to_the_host(tmp_path: Path) -> None:
    with serving(tmp_path, base_url="https://example.org") as secure:
        browser = secure.sign_in(member(secure.database, "ada"))
        assert list(browser.cookies) == ["__Host-sid"]
        assert browser.get("/auth/csrf").json["token"]
        text = browser.cookies["__Host-sid"]
        assert not secure.program().get("/auth/csrf", cookie=f"sid={text}").json["token"]


def test_a_session_that_ended_is_nobodys_at_once(server: Server, grace: Actor) -> None:
    browser = server.sign_in(grace)
    assert browser.get("/mine").status == 204
    server.database.write_now(lambda tx: sessions.end_all(tx, grace.id))
    assert browser.get("/mine").status == 401


def test_the_use_of_a_session_is_noted_once_a_minute(tmp_path: Path) -> None:
    clock = Clock()
    with serving(tmp_path, clock=clock) as made:
        browser = made.sign_in(member(made.database, "ada"))
        for seconds, used in ((30, 0), (31, 61), (10, 61)):
            clock.pass_by(seconds=seconds)
            browser.get("/auth/csrf")
            at = made.database.reader.value("SELECT used_at - created_at FROM sessions")
            assert at == used * 1000


# Tokens


CONFUSED = [
    (tokens.SESSION, 401), (tokens.REFRESH, 401), (tokens.MAIL, 401),
    (tokens.PERSONAL, 201), (tokens.ACCESS, 201),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "status"), CONFUSED)
def test_only_tokens_of_programs_work_as_bearer(
    server: Server, grace: Actor, kind: str, status: int
) -> None:
    text = token_of(server, grace, kind)
    assert things(server, authorization=f"Bearer {text}") == status


@pytest.mark.parametrize("kind", tokens.KINDS)
def test_only_tokens_of_sessions_work_as_cookies(server: Server, grace: Actor, kind: str) -> None:
    text = token_of(server, grace, kind)
    assert mine(server, cookie=f"sid={text}") == (204 if kind == tokens.SESSION else 401)


@pytest.mark.parametrize("kind", [tokens.PERSONAL, tokens.ACCESS])
def test_a_token_that_calls_itself_another_is_none(server: Server, grace: Actor, kind: str) -> None:
    rest = token_of(server, grace, kind).removeprefix(kind)
    for other in tokens.KINDS:
        if other != kind:
            assert things(server, authorization=f"Bearer {other}{rest}") == 401


@pytest.mark.parametrize(
    "given",
    ["", "Bearer", "Bearer ", "Basic YWRhOmFkYQ==", "Bearer  {}", "Token {}", "Bearer {}x", "{}",
     "Bearer {} {}", "Bearer\t{}", "Bearer " + "a" * 10_000, 'Bearer "{}"', "Bearer {},Bearer {}"],
)  # fmt: skip
def test_an_authorization_that_isnt_good_is_refused(
    server: Server, grace: Actor, given: str
) -> None:
    text = token_of(server, grace, tokens.PERSONAL)
    header = given.replace("{}", text)
    assert things(server, authorization=header) == 401


def test_a_bad_token_isnt_saved_by_a_good_cookie(server: Server, grace: Actor) -> None:
    cookie = f"sid={token_of(server, grace, tokens.SESSION)}"
    assert mine(server, cookie=cookie) == 204
    assert mine(server, cookie=cookie, authorization="Bearer " + "x" * 40) == 401


def test_a_route_for_sessions_takes_no_token(server: Server, grace: Actor) -> None:
    text = token_of(server, grace, tokens.PERSONAL, "read write moderate admin")
    reply = server.program(text).get("/mine")
    assert (reply.status, reply.code) == (403, "SESSION_ONLY")


def test_a_token_does_what_its_scopes_say(server: Server, grace: Actor) -> None:
    program = server.program(token_of(server, grace, tokens.PERSONAL, "read"))
    assert program.get("/numbers").status == 200
    reply = program.post("/things", {"text": "a"})
    assert (reply.status, reply.code) == (403, "SCOPE_MISSING")


def test_a_scope_gives_nothing_that_its_owner_hasnt(server: Server) -> None:
    hugo = member(server.database, "hugo")
    program = server.program(token_of(server, hugo, tokens.ACCESS, "read write moderate admin"))
    reply = program.get("/desk")
    assert (reply.status, reply.code) == (403, "FORBIDDEN")


def test_who_isnt_signed_in_is_asked_to(nobody: Browser) -> None:
    reply = nobody.post("/things", {"text": "a"})
    assert (reply.status, reply.code) == (401, "NOT_SIGNED_IN")
    assert reply.headers["www-authenticate"] == 'Bearer realm="streamly"'


def test_settings_decide_the_cookies_flags(tmp_path: Path) -> None:
    secure = settings_of(tmp_path, base_url="https://example.org")
    assert session_cookie(secure, "t", seconds=60) == (
        "__Host-sid=t; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=60"
    )
    assert no_session_cookie(settings_of(tmp_path)) == (
        "sid=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"
    )


def test_who_asked_a_moment_ago_is_asked_again_in_the_transaction(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        page(server.database, "hello")
        ada = server.sign_in(member(server.database, "ada"))
        member(server.database, "bob")
        pair = grants.new_pair()
        issue = lambda tx: grants.issue(tx, 2, "read write", pair, grants.Lives())  # noqa: E731
        server.database.write_now(issue)
        program = server.program(pair.access)
        both = (ada, program)
        assert [one.put("/pages/hello/like").status for one in both] == [200, 200]
        server.database.write_now(lambda tx: tx.run("UPDATE users SET status = 'banned'"))
        assert [one.put("/pages/hello/like").status for one in both] == [401, 401]
        body = {"body": "Am I still here?"}
        assert [one.post("/pages/hello/comments", body).status for one in both] == [401, 401]
        assert server.database.reader.value("SELECT count(*) FROM comments") == 0


def test_a_route_may_go_by_a_moment_ago_only_if_it_writes() -> None:
    wrong = [one.name for one in TABLE if one.asks_again and not (one.writes and one.signed_in)]
    assert wrong == []
