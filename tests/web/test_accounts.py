from pathlib import Path
from urllib.parse import unquote

import pytest

from interact_api.errors import Forbidden, NotSignedIn
from interact_api.settings import Accounts
from interact_api.web.forms import after_refusal
from tests.support.serving import Browser, Reply, Server, serving
from tests.web.joined import (
    NEWER,
    PASSWORD,
    coming_in,
    joined,
    letters,
    signing_in,
    token_for,
)
from tests.web.test_forms import ELSEWHERE


def register(browser: Browser, who: str, **changes: object) -> Reply:
    sent = {"name": who, "email": f"{who}@example.org", "password": PASSWORD}
    return browser.post("/auth/register", sent | changes)


def notice(reply: Reply) -> str:
    value = next(one for one in reply.cookies if one.startswith("notice="))
    return unquote(value.partition(";")[0].removeprefix("notice="))


def sid(browser: Browser) -> str:
    return browser.cookies.get("sid", "")


# Coming in


def test_somebody_registers_confirms_signs_in_and_out(server: Server, nobody: Browser) -> None:
    assert register(nobody, "ann").status == 202
    credentials = {"login": "ann", "password": PASSWORD}
    assert nobody.post("/auth/login", credentials).code == "NOT_CONFIRMED"
    token = token_for(server, "ann@example.org", "confirm")
    assert nobody.post("/auth/confirm", {"token": token}).json == {"name": "ann"}
    assert not nobody.cookies
    assert nobody.post("/auth/login", credentials).json == {"name": "ann"}
    assert nobody.get("/auth/status").json["name"] == "ann"
    assert nobody.post("/auth/logout").status == 204
    assert not nobody.get("/auth/status").json["signed_in"]
    assert letters(server, "ann@example.org") == ["confirm", "welcome"]


def test_plain_forms_do_the_same(server: Server, nobody: Browser) -> None:
    sent = {"name": "abe", "email": "abe@example.org", "password": PASSWORD}
    steps = [("/auth/register", sent, "ok Look into your mailbox: a letter says how to go on.")]
    told = [nobody.submit(path, **fields) for path, fields, _ in steps]
    token = token_for(server, "abe@example.org", "confirm")
    told.append(nobody.submit("/auth/confirm", token=token, next="/login/"))
    told.append(nobody.submit("/auth/login", login="abe", password=PASSWORD, remember="on"))
    assert nobody.get("/me").json["name"] == "abe"
    told.append(nobody.submit("/auth/logout", next="/"))
    assert [reply.status for reply in told] == [303] * 4
    assert [reply.headers["location"] for reply in told] == [
        "/posts/hello/",
        "/login/",
        "/posts/hello/",
        "/",
    ]
    assert [notice(reply) for reply in told] == [
        steps[0][2], "ok Your address is confirmed.", "ok You are signed in.",
        "ok You are signed out.",
    ]  # fmt: skip
    assert nobody.get("/me").status == 401


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"name": "a"}, "INVALID", "name"),
        ({"name": "admin"}, "INVALID", "name"),
        ({"name": "bo/b"}, "INVALID", "name"),
        ({"name": "x" * 61}, "INVALID", "name"),
        ({"email": "nowhere"}, "INVALID", "email"),
        ({"email": "a@example.org\nbcc: b@example.org"}, "INVALID", "email"),
        ({"password": "short"}, "INVALID", "password"),
        ({"password": "password123"}, "INVALID", "password"),
        ({"password": "refused@example.org"}, "INVALID", "password"),
        ({"password": "x" * 2000}, "INVALID", "password"),
        ({"password": None}, "INVALID", "password"),
        ({"role": "Administrator"}, "INVALID", "body"),
    ],
)
def test_who_cant_be_is_told_why(
    nobody: Browser, changes: dict[str, object], code: str, field: str
) -> None:
    reply = register(nobody, "refused", **changes)
    assert (reply.status, reply.code) == (422, code)
    assert [fault["field"] for fault in reply.json["errors"]] == [field]


def test_a_taken_name_is_told(server: Server, nobody: Browser) -> None:
    joined(server, "taken")
    assert register(nobody, "TAKEN", email="other@example.org").code == "NAME_TAKEN"


def test_a_form_that_is_refused_leads_back_to_itself(nobody: Browser) -> None:
    reply = nobody.submit("/auth/register", name="a", email="a@b.org", password="x", next="/hi/")
    assert (reply.status, reply.headers["location"]) == (303, "/posts/hello/")
    assert notice(reply).startswith("error name: ")


def test_nobody_registers_where_it_is_closed(tmp_path: Path) -> None:
    with serving(tmp_path, accounts=Accounts(registration="closed")) as closed:
        assert register(closed.anonymous(), "ann").code == "REGISTRATION_CLOSED"


@pytest.mark.parametrize("token", ["", "x", "st_mail_" + "a" * 43, "x" * 200])
def test_what_is_no_token_confirms_and_resets_nothing(nobody: Browser, token: str) -> None:
    assert nobody.post("/auth/confirm", {"token": token}).code == "TOKEN_SPENT"
    reply = nobody.post("/auth/password-reset/confirm", {"token": token, "password": NEWER})
    assert (reply.status, reply.code) == (410, "TOKEN_SPENT")


def test_a_letter_comes_again_and_voids_the_one_before(server: Server, nobody: Browser) -> None:
    register(nobody, "again")
    first = token_for(server, "again@example.org", "confirm")
    again = {"email": "AGAIN@example.org"}
    assert nobody.post("/auth/resend-confirmation", again).status == 202
    assert nobody.post("/auth/confirm", {"token": first}).status == 410
    second = token_for(server, "again@example.org", "confirm")
    assert nobody.post("/auth/confirm", {"token": second}).status == 200
    assert nobody.post("/auth/confirm", {"token": second}).status == 200


# Passwords


def test_who_forgot_their_password_chooses_another(server: Server, nobody: Browser) -> None:
    browser = coming_in(server, "forgetful")
    asked = nobody.post("/auth/password-reset", {"email": "forgetful@example.org"})
    token = token_for(server, "forgetful@example.org", "reset")
    sent = {"token": token, "password": NEWER}
    assert asked.status == 202
    weak = nobody.post("/auth/password-reset/confirm", sent | {"password": "forgetful"})
    assert weak.json["errors"][0]["field"] == "password"
    assert nobody.post("/auth/password-reset/confirm", sent).status == 204
    assert nobody.post("/auth/password-reset/confirm", sent).code == "TOKEN_SPENT"
    assert browser.get("/me").status == 401
    assert signing_in(server, "forgetful", NEWER).get("/me").status == 200
    assert letters(server, "forgetful@example.org") == ["reset", "password_changed"]


def test_a_reset_by_form_leads_to_the_sign_in(server: Server, nobody: Browser) -> None:
    joined(server, "former")
    nobody.submit("/auth/password-reset", email="former@example.org")
    token = token_for(server, "former@example.org", "reset")
    path = "/auth/password-reset/confirm"
    reply = nobody.submit(path, token=token, password=NEWER, next="/login/")
    assert (reply.status, reply.headers["location"]) == (303, "/login/")
    assert notice(reply) == "ok Your password is changed; sign in with it."


def test_a_wrong_password_is_refused_as_json_and_as_a_form(server: Server, nobody: Browser) -> None:
    joined(server, "wary")
    wrong = {"login": "wary", "password": "wrong horse battery"}
    reply = nobody.post("/auth/login", wrong)
    assert (reply.status, reply.code) == (401, "INVALID_CREDENTIALS")
    reply = nobody.submit("/auth/login", **wrong, next="/feed/?a=b")
    assert reply.headers["location"] == "/login/?next=/feed/%3Fa%3Db"
    assert notice(reply) == "error The name or the password is wrong."
    assert not nobody.cookies.get("sid")


def test_too_many_wrong_passwords_have_to_wait(server: Server, nobody: Browser) -> None:
    joined(server, "guessed")
    told = [
        nobody.post("/auth/login", {"login": "guessed", "password": f"guess number {n}"})
        for n in range(11)
    ]
    assert [reply.status for reply in told] == [401] * 10 + [429]
    assert told[-1].headers["retry-after"] == "60"
    reply = nobody.submit("/auth/login", login="guessed", password="guess", next="/feed/")
    assert notice(reply) == "error Too many attempts. Wait, or ask for a new password."


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("banned", "ACCOUNT_BANNED"),
        ("deactivated", "ACCOUNT_DEACTIVATED"),
        ("deleted", "INVALID_CREDENTIALS"),
    ],
)
def test_a_closed_account_lets_nobody_in(
    server: Server, nobody: Browser, status: str, code: str
) -> None:
    who = joined(server, f"was-{status}")
    sql = "UPDATE users SET status = :status WHERE id = :id"
    server.database.write_now(lambda tx: tx.run(sql, status=status, id=who.id))
    for path in ("/auth/login", "/auth/token"):
        reply = nobody.post(path, {"login": who.name, "password": PASSWORD})
        assert reply.code == code


# Where a sign-in leads


@pytest.mark.parametrize("path", ELSEWHERE)
def test_a_sign_in_leads_nowhere_else(server: Server, path: str) -> None:
    if server.database.reader.value("SELECT 1 FROM users WHERE name = 'led'") is None:
        joined(server, "led")
    browser = server.anonymous()
    reply = browser.submit("/auth/login", login="led", password=PASSWORD, next=path)
    assert (reply.status, reply.headers["location"]) == (303, "/posts/hello/")
    wrong = {"login": f"nemo{len(path)}", "password": PASSWORD}
    refused = browser.submit("/auth/login", **wrong, next=path)
    assert refused.headers["location"] in {"/posts/hello/", "/login/?next=/posts/hello/"}


def test_a_sign_in_that_is_refused_keeps_where_it_leads() -> None:
    wrong, closed = NotSignedIn("Wrong."), Forbidden("Closed.")
    assert after_refusal(wrong, "/login/", "/feed/?a=b")[0] == "/login/?next=/feed/%3Fa%3Db"
    assert after_refusal(closed, "/login/", "/feed/")[0] == "/login/?next=/feed/"
    assert after_refusal(wrong, "/login/", "//evil.example")[0] == "/login/"
    assert after_refusal(closed, "/account/", "/feed/")[0] == "/account/"


@pytest.mark.parametrize("path", ["/feed/", "/posts/a/?x=1&y=//evil.example#c", "/", "/@a"])
def test_a_sign_in_leads_on(server: Server, path: str) -> None:
    if server.database.reader.value("SELECT 1 FROM users WHERE name = 'onward'") is None:
        joined(server, "onward")
    reply = server.anonymous().submit("/auth/login", login="onward", password=PASSWORD, next=path)
    assert reply.headers["location"] == path


# Sessions that somebody else chose


def test_a_sign_in_never_takes_the_session_that_the_browser_brought(server: Server) -> None:
    joined(server, "fixed")
    browser = server.anonymous()
    browser.cookies["sid"] = planted = "st_sess_" + "a" * 43
    browser.post("/auth/login", {"login": "fixed", "password": PASSWORD})
    assert sid(browser) not in {"", planted}
    planted_one = server.anonymous()
    planted_one.cookies["sid"] = planted
    assert planted_one.get("/me").status == 401


PLANTED = ("made up", "a stranger's own", "the victim's, from before", "with the name of a token")
WAYS_IN = ("json", "form", "password", "reset")


@pytest.mark.parametrize("way", WAYS_IN)
@pytest.mark.parametrize("planted", PLANTED)
def test_a_session_that_a_stranger_knows_is_never_the_victims(
    server: Server, planted: str, way: str
) -> None:
    victim, stranger = (f"{kind}-{PLANTED.index(planted)}-{way}" for kind in ("victim", "stranger"))
    before = coming_in(server, victim)
    known = {
        "made up": "st_sess_" + "b" * 43,
        "a stranger's own": sid(coming_in(server, stranger)),
        "the victim's, from before": sid(before),
        "with the name of a token": "st_acc_" + "b" * 43,
    }[planted]
    browser = server.anonymous()
    browser.cookies["sid"] = known
    _come_in(browser, victim, way)
    thief = server.anonymous()
    thief.cookies["sid"] = known
    assert thief.get("/auth/status").json["name"] != victim


def _come_in(browser: Browser, name: str, way: str) -> None:
    """Let somebody come in, or change what lets them in."""
    if way == "form":
        assert browser.submit("/auth/login", login=name, password=PASSWORD).status == 303
        return
    if way == "reset":
        browser.post("/auth/password-reset", {"email": f"{name}@example.org"})
        token = token_for(browser.server, f"{name}@example.org", "reset")
        sent = {"token": token, "password": NEWER}
        assert browser.post("/auth/password-reset/confirm", sent).status == 204
        return
    assert browser.post("/auth/login", {"login": name, "password": PASSWORD}).status == 200
    if way == "password":
        sent = {"current": PASSWORD, "password": NEWER}
        assert browser.post("/me/password", sent).status == 204


def test_each_sign_in_is_a_new_session_and_ends_the_one_before(server: Server) -> None:
    browser = coming_in(server, "twice")
    before, old = sid(browser), server.anonymous()
    old.cookies.update(browser.cookies)
    browser.post("/auth/login", {"login": "twice", "password": PASSWORD})
    assert sid(browser) != before
    assert old.get("/me").status == 401
    assert browser.get("/me").status == 200


def test_who_signs_in_over_another_ends_their_session(server: Server) -> None:
    browser = coming_in(server, "first-one")
    joined(server, "second-one")
    browser.post("/auth/login", {"login": "second-one", "password": PASSWORD})
    assert browser.get("/me").json["name"] == "second-one"
    sql = "SELECT count(*) FROM sessions AS s JOIN users AS u ON u.id = s.user_id WHERE u.name = :n"
    assert server.database.reader.value(sql, n="first-one") == 0


def test_a_sign_out_ends_the_session_on_the_server_too(server: Server) -> None:
    browser = coming_in(server, "leaver")
    copy = server.anonymous()
    copy.cookies.update(browser.cookies)
    reply = browser.post("/auth/logout")
    assert "sid=;" in reply.cookies[0]
    assert "Max-Age=0" in reply.cookies[0]
    assert copy.get("/me").status == 401


def test_a_cookie_stays_as_long_as_was_asked(server: Server, nobody: Browser) -> None:
    joined(server, "staying")
    brief = nobody.post("/auth/login", {"login": "staying", "password": PASSWORD}).cookies[0]
    sent = {"login": "staying", "password": PASSWORD, "remember": True}
    long = nobody.post("/auth/login", sent).cookies[0]
    assert "Max-Age" not in brief
    assert f"Max-Age={90 * 86_400}" in long
    assert all("HttpOnly; SameSite=Lax" in one for one in (brief, long))


def test_a_program_has_no_session_to_sign_in_or_out_of(server: Server) -> None:
    joined(server, "robotic")
    program = server.program()
    pair = program.post("/auth/token", {"login": "robotic", "password": PASSWORD}).json
    bearer = server.program(pair["access_token"])
    for path in ("/auth/login", "/auth/logout", "/auth/register", "/auth/confirm"):
        assert bearer.post(path, {"login": "robotic", "password": PASSWORD}).code == "SESSION_ONLY"
