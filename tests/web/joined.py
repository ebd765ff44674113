"""People with passwords, and the letters that they are sent: what tests of accounts begin with."""

import json

from interact_api.accounts import tokens
from interact_api.accounts.actor import Actor
from tests.support.service import member
from tests.support.serving import Browser, Server

PASSWORD = "correct horse battery"
NEWER = "another staple 77 window"


def joined(server: Server, name: str, role: str = "User", password: str = PASSWORD) -> Actor:
    """Add somebody who knows their password."""
    actor = member(server.database, name, role)
    kept = server.service.hasher.hash_now(password)
    sql = "UPDATE users SET password = :kept WHERE id = :id"
    server.database.write_now(lambda tx: tx.run(sql, kept=kept, id=actor.id))
    return actor


def signing_in(server: Server, name: str, password: str = PASSWORD) -> Browser:
    """Return a browser in which somebody has signed in as people do."""
    browser = server.anonymous()
    reply = browser.post("/auth/login", {"login": name, "password": password})
    assert reply.status == 200, reply.body
    return browser


def coming_in(server: Server, name: str, role: str = "User") -> Browser:
    """Add somebody, and return a browser in which they have signed in."""
    joined(server, name, role)
    return signing_in(server, name)


def letters(server: Server, to: str) -> list[str]:
    """Return which letters somebody was sent, oldest first."""
    sql = "SELECT template FROM outbox WHERE recipient = :to ORDER BY id"
    return server.database.reader.all(str, sql, to=to)


def token_for(server: Server, to: str, template: str) -> str:
    """Return the token in the last letter of a kind that somebody was sent."""
    sql = "SELECT context FROM outbox WHERE recipient = :to AND template = :template"
    context = server.database.reader.value(f"{sql} ORDER BY id DESC", to=to, template=template)
    return tokens.from_seed(server.service.secret, json.loads(context)["seed"]).text
