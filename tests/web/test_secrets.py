"""Passwords and tokens pass through, and stay in no log, no answer but their own, and no file."""

import logging
from pathlib import Path

import pytest

from tests.support.serving import Reply, Server, serving
from tests.web.joined import NEWER, token_for

PASSWORD = "a canary that sings 4 times"


class Walk:
    """Somebody's whole way through the service, noting each secret and each answer."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.browser = server.anonymous()
        self.secrets = {PASSWORD, NEWER, "not the canary at all"}
        self.replies: list[Reply] = []

    def post(self, path: str, **sent: object) -> Reply:
        self.replies.append(self.browser.post(path, sent))
        return self.replies[-1]

    def letter(self, template: str, to: str = "ada@example.org") -> str:
        token = token_for(self.server, to, template)
        self.secrets.add(token)
        return token

    def go(self) -> None:
        self.post("/auth/register", name="ada", email="ada@example.org", password=PASSWORD)
        self.post("/auth/confirm", token=self.letter("confirm"))
        self.post("/auth/login", login="ada", password="not the canary at all")
        self.post("/auth/login", login="ada", password=PASSWORD, more=PASSWORD)
        self.post("/auth/login", login="ada", password=PASSWORD)
        self.secrets.add(self.browser.cookies["sid"])
        self.server.database.write_now(lambda tx: tx.run("UPDATE users SET role_id = 4"))
        personal = self.browser.post("/me/tokens", {"name": "a", "scopes": ["read"]}).json["token"]
        pair = self.browser.post("/auth/token", {"login": "ada", "password": PASSWORD}).json
        renewed = self.browser.post(
            "/auth/token/refresh", {"refresh_token": pair["refresh_token"]}
        ).json
        texts = {one[f"{kind}_token"] for one in (pair, renewed) for kind in ("access", "refresh")}
        self.secrets |= {personal, *texts}
        for text in sorted(texts):
            self.replies.append(self.server.program(text).get("/me"))
            self.post("/auth/token/refresh", refresh_token=text)
        self.post("/me/email", email="new@example.org", password=PASSWORD)
        self.post("/auth/confirm", token=self.letter("email", "new@example.org"))
        self.post("/auth/password-reset", email="new@example.org")
        self.post(
            "/auth/password-reset/confirm",
            token=self.letter("reset", "new@example.org"),
            password="short",
        )
        self.post("/me/password", current=PASSWORD, password=NEWER)
        self.secrets.add(self.browser.cookies["sid"])
        self.replies.append(self.browser.delete("/me", {"password": NEWER, "comments": "nothing"}))


def test_what_is_secret_stays_so(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with serving(tmp_path) as server:
        walked = Walk(server)
        walked.go()
    secrets = sorted(walked.secrets)
    assert len(secrets) == 13
    assert "POST /auth/login: 401" in caplog.text
    assert [one for one in secrets if one in caplog.text] == []
    said = b"\n".join(reply.body for reply in walked.replies).decode()
    assert [one for one in secrets if one in said] == []
    stored = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"users.password" in stored
    assert [one for one in secrets if one.encode() in stored] == []
