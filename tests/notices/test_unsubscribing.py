"""The way out of letters: one click in a mail program, or a form behind the link."""

import base64
import json
import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import html5lib
import pytest

from interact_api.accounts import subscriptions, tokens
from interact_api.accounts.actor import Actor
from interact_api.accounts.subscriptions import Subscription
from interact_api.errors import Gone
from interact_api.web.routes import letters
from interact_api.web.routing import PREFIX
from tests.support.service import member, page
from tests.support.serving import SECRET, Reply, Server, serving


@pytest.mark.parametrize(
    "token",
    ["", "1.reply", "1.reply.", "1.reply.AAAAAAAAAAAAAAAAAAAAAA", "2.{0}", "{0}x", "x.{0}", "1.all.{1}"],
)  # fmt: skip
def test_a_token_that_wasnt_sent_ends_nothing(token: str) -> None:
    _, kind, signature = subscriptions.token(SECRET, Subscription(1, "reply")).split(".")
    with pytest.raises(Gone):
        subscriptions.opened(SECRET, token.format(f"{kind}.{signature}", signature))


def test_a_token_of_another_site_ends_nothing() -> None:
    made = subscriptions.token(SECRET, Subscription(1, "reply"))
    assert subscriptions.opened(SECRET, made) == Subscription(1, "reply")
    with pytest.raises(Gone):
        subscriptions.opened(b"another" * 6, made)


def _token(who: Actor, kind: str) -> str:
    return subscriptions.token(SECRET, Subscription(who.id, kind))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with serving(tmp_path) as made:
        yield made


def one_click(server: Server, token: str, form: str = "List-Unsubscribe=One-Click") -> Reply:
    """Do as the server of a mail program does: no cookie, no origin, a form of one field."""
    program = server.program()
    headers = {"content-type": "application/x-www-form-urlencoded"}
    return program.send("POST", f"/unsubscribe?token={token}", form.encode(), headers)


def settings_now(server: Server, who: Actor) -> dict[str, bool]:
    sql = "SELECT settings FROM users WHERE id = :id"
    found: dict[str, bool] = json.loads(server.database.reader.value(sql, id=who.id))
    return found


def test_one_click_of_a_mail_program_ends_letters_of_one_kind(server: Server) -> None:
    ann = member(server.database, "ann")
    reply = one_click(server, _token(ann, "reply"))
    assert (reply.status, reply.headers.get("location")) == (204, None)
    assert settings_now(server, ann) == {"mail_replies": False}
    mine = server.sign_in(ann).get("/me").json
    assert (mine["mail_replies"], mine["mail_mentions"]) == (False, True)


def test_looking_at_the_link_ends_nothing(server: Server) -> None:
    ann = member(server.database, "ann")
    reply = server.anonymous().get(f"/unsubscribe?token={_token(ann, 'mention')}")
    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    assert b"writes to you about comments that mention you" in reply.body
    assert settings_now(server, ann) == {}


def test_the_page_behind_the_link_is_whole_and_loads_nothing(tmp_path: Path) -> None:
    with serving(tmp_path, title="Ada & <Co>") as server:
        ann = member(server.database, "ann")
        reply = server.anonymous().get(f"/unsubscribe?token={_token(ann, 'follow')}")
    html5lib.HTMLParser(strict=True).parse(reply.body)
    text = reply.body.decode()
    assert "Ada &amp; &lt;Co&gt;" in text
    assert not re.search(r"<(script|img|link|iframe|object)\b|\b(src|style)=|url\(|@import", text)
    style = re.search("<style>(.*?)</style>", text, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(sha256(style[1].encode()).digest()).decode()
    policy = reply.headers["content-security-policy"]
    assert f"style-src 'sha256-{digest}'" in policy
    assert "form-action 'self'" in policy


def test_the_link_in_letters_is_the_routes() -> None:
    known = {PREFIX + route.path for route in letters.ROUTES}
    assert known == {subscriptions.PATH}


@pytest.mark.parametrize("is_signed_in", [True, False])
def test_the_forms_behind_the_link_end_all_of_it(server: Server, is_signed_in: bool) -> None:
    ann = member(server.database, "ann")
    browser = server.sign_in(ann) if is_signed_in else server.anonymous()
    reply = browser.submit(f"/unsubscribe?token={_token(ann, 'reply')}&every=true")
    assert (reply.status, reply.headers["location"]) == (303, "/")
    assert set(settings_now(server, ann)) == set(subscriptions.SETTINGS.values())
    assert not any(settings_now(server, ann).values())


def test_a_page_of_another_site_ends_nothing(server: Server) -> None:
    ann = member(server.database, "ann")
    path = f"/unsubscribe?token={_token(ann, 'reply')}"
    reply = server.program().send("POST", path, b"", {"origin": "https://evil.example"})
    assert reply.code == "ORIGIN_REFUSED"
    assert settings_now(server, ann) == {}


def test_a_token_is_good_for_its_person_alone(server: Server) -> None:
    ann, bob = member(server.database, "ann"), member(server.database, "bob")
    token = _token(ann, "reply").replace(f"{ann.id}.", f"{bob.id}.", 1)
    assert one_click(server, token).code == "TOKEN_SPENT"
    assert settings_now(server, bob) == {}


def test_letters_begin_again_when_somebody_wants_them(server: Server) -> None:
    ann = member(server.database, "ann")
    one_click(server, _token(ann, "reply"))
    assert server.sign_in(ann).patch("/me", {"mail_replies": True}).json["mail_replies"] is True


def test_a_form_of_a_program_without_an_origin_is_refused_as_such(server: Server) -> None:
    ann = member(server.database, "ann")
    page(server.database, "hello")
    program = server.program(_access(server, ann))
    reply = program.send("POST", "/pages/hello/like", form={"undo": "false"})
    assert reply.code == "UNSUPPORTED_MEDIA_TYPE"


def _access(server: Server, who: Actor) -> str:
    text_of_token = tokens.new(tokens.ACCESS)
    row = {"user_id": who.id, "kind": "access", "scopes": "read write"}
    now = server.service.now
    server.database.write_now(
        lambda tx: tx.insert(
            "tokens",
            token=tokens.digest(text_of_token),
            created_at=now,
            expires_at=now + 9**6,
            **row,
        )
    )
    return text_of_token
