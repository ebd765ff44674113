"""
Tokens that travel by mail: to confirm an address, to choose a new password, to change the address.

Each works once, for one purpose and for a while; a new one voids the one before. The database keeps
digests; the outbox keeps a seed, of which only the service can make the token.
"""

from typing import NamedTuple

from interact_api import outbox
from interact_api.db import Reader, Tx
from interact_api.errors import Gone

from .tokens import MailToken, digest

CONFIRM, RESET, EMAIL = "confirm", "reset", "email"
MINUTE = 60_000
LIVES = {CONFIRM: 24 * 60 * MINUTE, RESET: 30 * MINUTE, EMAIL: 24 * 60 * MINUTE}


class Letter(NamedTuple):
    """What a token was sent for."""

    user_id: int
    purpose: str
    address: str


def write(  # noqa: PLR0917 - whom, what for, where, with what
    tx: Tx, user_id: int, purpose: str, address: str, token: MailToken, life: int = 0
) -> bool:
    """
    Send somebody a token, and void what they were sent before.

    Returns:
        False if the address has had enough letters for now; then the one before still works.
    """
    if not outbox.has_room(tx, address, purpose):
        return False
    name = tx.value("SELECT name FROM users WHERE id = :id", id=user_id)
    life = life or LIVES[purpose]
    void(tx, user_id, purpose)
    tx.insert(
        "letters",
        user_id=user_id,
        purpose=purpose,
        token=digest(token.text),
        address=address,
        created_at=tx.now,
        expires_at=tx.now + life,
    )
    within = _spoken(life // MINUTE)
    return outbox.post(tx, address, purpose, name=name, seed=token.seed, within=within)


def _spoken(minutes: int) -> str:
    """Return a while as people say it: ``30 minutes``, ``24 hours``, ``2 days``."""
    for size, unit in ((1440, "day"), (60, "hour"), (1, "minute")):
        count, rest = divmod(minutes, size)
        if not rest and (count > 1 or unit == "minute"):
            break
    return f"{count} {unit}{'' if count == 1 else 's'}"


def open_one(reader: Reader, token: str, now: int) -> Letter:
    """Return what *token* was sent for, or refuse it; it can still be used."""
    found = reader.one(
        Letter,
        "SELECT user_id, purpose, address FROM letters"
        " WHERE token = :token AND used_at IS NULL AND expires_at > :now",
        token=digest(token),
        now=now,
    )
    if found is None:
        raise spent()
    return found


def use(tx: Tx, token: str, *purposes: str) -> Letter:
    """Use *token* up for one of *purposes*, or refuse it."""
    found = open_one(tx, token, tx.now)
    if found.purpose not in purposes:
        raise spent()
    tx.run(
        "UPDATE letters SET used_at = :now WHERE token = :token", now=tx.now, token=digest(token)
    )
    return found


def was_used_by(reader: Reader, token: str) -> int | None:
    """Return who has confirmed with *token* before, or None."""
    found = reader.value(
        "SELECT user_id FROM letters WHERE token = :token AND used_at IS NOT NULL"
        " AND purpose IN ('confirm', 'email')",
        token=digest(token),
    )
    return None if found is None else int(found)


def void(tx: Tx, user_id: int, *purposes: str) -> None:
    """Take away what somebody was sent for *purposes* and hasn't used."""
    for purpose in purposes:
        tx.run(
            "DELETE FROM letters WHERE user_id = :id AND purpose = :purpose AND used_at IS NULL",
            id=user_id,
            purpose=purpose,
        )


def waiting_for(reader: Reader, address: str) -> int | None:
    """Return who asked last to have *address* confirmed and hasn't yet, or None."""
    found = reader.value(
        "SELECT l.user_id FROM letters AS l JOIN users AS u ON u.id = l.user_id"
        " WHERE lower(l.address) = lower(:address) AND l.purpose = 'confirm'"
        " AND l.used_at IS NULL AND u.confirmed_at IS NULL AND u.status <> 'deleted'"
        " ORDER BY l.id DESC LIMIT 1",
        address=address,
    )
    return None if found is None else int(found)


def address_of(reader: Reader, user_id: int) -> str | None:
    """Return where somebody's last letter to confirm an address went, or None."""
    found = reader.value(
        "SELECT address FROM letters WHERE user_id = :id AND purpose = 'confirm'"
        " ORDER BY id DESC LIMIT 1",
        id=user_id,
    )
    return None if found is None else str(found)


def spent() -> Gone:
    """Return the refusal of a token that doesn't work."""
    return Gone("This link has expired or was used already. Ask for a new one.", code="TOKEN_SPENT")


def prune(tx: Tx) -> int:
    """Forget what expired a week ago; return how many these were."""
    before = tx.now - 7 * LIVES[CONFIRM]
    return tx.run("DELETE FROM letters WHERE expires_at < :before", before=before)
