"""People as they come: who registers, confirms and signs in, and the letters that they get."""

import asyncio
import json

from interact_api.accounts import addresses, joining, proof, tokens
from interact_api.accounts.joining import Wish
from interact_api.accounts.passwords import Hasher
from interact_api.accounts.tokens import MailToken
from interact_api.accounts.users import User
from interact_api.db import Database, Tx

SECRET = b"s" * 32
PASSWORD = "correct horse battery"


def new_token() -> MailToken:
    return tokens.new_for_mail(SECRET)


def register(db: Database, hasher: Hasher, name: str, address: str = "") -> MailToken:
    """Register somebody; return the token that they may have been sent."""
    token = new_token()
    wish = Wish(
        name,
        addresses.checked(address or f"{name}@example.org"),
        hasher.hash_now(f"{PASSWORD} of {name}"),
    )
    db.write_now(lambda tx: joining.register(tx, wish, token))
    return token


def join(db: Database, hasher: Hasher, name: str, address: str = "") -> int:
    """Register somebody who confirms their address; return their number."""
    token = register(db, hasher, name, address)
    db.write_now(lambda tx: joining.confirm(tx, token.text))
    return int(db.reader.value("SELECT id FROM users WHERE name = :name", name=name))


def proven(_tx: Tx, user: User) -> User:
    return user


def sign_in(
    db: Database, hasher: Hasher, login: str, password: str = "", place: str = "192.0.2.0/24"
) -> User:
    """Prove who somebody is."""
    known = password or f"{PASSWORD} of {login.partition('@')[0].lower()}"
    return asyncio.run(proof.prove(db.write, hasher, login, known, place, proven))


def letters(db: Database, to: str = "") -> list[str]:
    """Return which letters wait in the outbox, oldest first."""
    sql = "SELECT template FROM outbox WHERE :to IN ('', recipient) ORDER BY id"
    return db.reader.all(str, sql, to=to)


def seeds(db: Database, to: str) -> list[str]:
    """Return the seeds of the tokens that were sent to an address."""
    sql = "SELECT context FROM outbox WHERE recipient = :to ORDER BY id"
    contexts = [json.loads(text) for text in db.reader.all(str, sql, to=to)]
    return [context["seed"] for context in contexts if "seed" in context]
