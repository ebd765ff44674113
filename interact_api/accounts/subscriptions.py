"""
Subscriptions: what people are written about, and the link in each letter that ends it.

The link holds a signature instead of a row, so it works as long as the account does, and shows
nobody who isn't sent it how to silence others.
"""

import hmac
import json
from base64 import urlsafe_b64encode
from typing import NamedTuple

from interact_api import audit
from interact_api.db import Tx
from interact_api.errors import Gone

# Each kind of letter, and the setting that says whether somebody wants it; all do at first.
SETTINGS = {
    "comment": "mail_comments",
    "reply": "mail_replies",
    "mention": "mail_mentions",
    "follow": "mail_follows",
}
SIGNATURE = 16  # bytes
PATH = "/api/v1/unsubscribe"


class Subscription(NamedTuple):
    """Letters of one kind to somebody."""

    user_id: int
    kind: str


def wants(settings: dict[str, bool], kind: str) -> bool:
    """Tell whether somebody with these *settings* is to be written to about *kind*."""
    return settings.get(SETTINGS[kind], True)


def link(base_url: str, secret: bytes, of: Subscription) -> str:
    """Return the address at which *of* ends."""
    return f"{base_url}{PATH}?token={token(secret, of)}"


def token(secret: bytes, of: Subscription) -> str:
    """Return what proves that somebody was sent a letter of *of*."""
    text = f"{of.user_id}.{of.kind}"
    drawn = hmac.digest(secret, f"unsubscribe\0{text}".encode(), "sha256")[:SIGNATURE]
    return f"{text}.{urlsafe_b64encode(drawn).decode().rstrip('=')}"


def opened(secret: bytes, text: str) -> Subscription:
    """Return what the token *text* was made for, or refuse it."""
    number, _, kind = text.rpartition(".")[0].partition(".")
    if number.isascii() and number.isdigit() and kind in SETTINGS:
        found = Subscription(int(number), kind)
        if hmac.compare_digest(token(secret, found).encode(), text.encode()):
            return found
    raise Gone("This link doesn't work, or not any more.", code="TOKEN_SPENT")


def end(tx: Tx, of: Subscription, *, every: bool = False) -> None:
    """Write to somebody no more about *of*, or *every* kind; a second time changes nothing."""
    row = tx.one(_Settings, "SELECT name, settings FROM users WHERE id = :id", id=of.user_id)
    if row is None:
        return
    names = SETTINGS.values() if every else [SETTINGS[of.kind]]
    before: dict[str, bool] = json.loads(row.settings)
    after = before | dict.fromkeys(names, False)
    if after == before:
        return
    sql = "UPDATE users SET settings = :settings WHERE id = :id"
    tx.run(sql, settings=json.dumps(after), id=of.user_id)
    details = {"kind": "all" if every else of.kind}
    target = f"user:{of.user_id}"
    audit.record(tx, of.user_id, row.name, "users.unsubscribe", target, details)


class _Settings(NamedTuple):
    name: str
    settings: str
