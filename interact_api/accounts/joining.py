"""
Joining: registering, confirming the address, and asking for either letter again.

The answers are the same whether an address is known or not; only its owner's mailbox tells.
"""

from typing import NamedTuple

from interact_api import audit, outbox
from interact_api.db import Tx
from interact_api.errors import Conflict

from . import addresses, letters, names, users
from .actor import Actor
from .addresses import Address
from .tokens import MailToken


class Wish(NamedTuple):
    """What somebody wants to be; *password* is hashed."""

    name: str
    address: Address
    password: str
    display: str = ""


def register(tx: Tx, wish: Wish, token: MailToken, life: int = 0) -> None:
    """Add an account that waits for its address to be confirmed."""
    user_id = users.add(tx, wish.name, wish.password, display=wish.display)
    owner = _owner(tx, wish.address)
    if owner is None:
        letters.write(tx, user_id, letters.CONFIRM, wish.address.shown, token, life)
    else:
        # The name is taken all the same: that it stays free would tell that the address is known.
        outbox.post(tx, str(owner.email), "known_address", name=owner.name)
    audit.record(tx, user_id, names.checked(wish.name), "users.register", f"user:{user_id}")


def confirm(tx: Tx, token: str) -> str:
    """
    Take the address that *token* was sent to as confirmed; it signs nobody in.

    Returns:
        the name of the account; also if it was confirmed with this token before.
    """
    before = letters.was_used_by(tx, token)
    if before is not None:
        return users.by_id(tx, before).name
    letter = letters.use(tx, token, letters.CONFIRM, letters.EMAIL)
    user = users.by_id(tx, letter.user_id)
    if user.status == users.DELETED:
        raise letters.spent()
    users.claim(tx, user.id, addresses.checked(letter.address))
    if letter.purpose == letters.CONFIRM:
        outbox.post(tx, letter.address, "welcome", name=user.name, path=f"/users/{user.name}/")
    else:
        letters.void(tx, user.id, letters.RESET)
        if user.email is not None:
            outbox.post(tx, user.email, "email_changed", name=user.name)
    audit.record(tx, user.id, user.name, "users.confirm", f"user:{user.id}")
    return user.name


def send_again(tx: Tx, address: Address, token: MailToken, life: int = 0) -> None:
    """Send the letter that confirms *address* again, if somebody waits for it."""
    user_id = letters.waiting_for(tx, address.key)
    if user_id is not None and _owner(tx, address) is None:
        # As they wrote it: to some servers, another spelling is somebody else.
        known = letters.address_of(tx, user_id) or address.shown
        letters.write(tx, user_id, letters.CONFIRM, known, token, life)


def ask_for_reset(tx: Tx, address: Address, token: MailToken, life: int = 0) -> None:
    """Send whoever has *address* a letter with which they can choose a new password."""
    owner = _owner(tx, address)
    if owner is None or owner.status == users.DELETED:
        return
    if letters.write(tx, owner.id, letters.RESET, str(owner.email), token, life):
        audit.record(tx, None, "nobody", "users.reset_asked", f"user:{owner.id}")


def reset(tx: Tx, token: str, password: str) -> str:
    """Keep the hashed *password* for whoever was sent *token*; return their name."""
    letter = letters.use(tx, token, letters.RESET)
    users.set_password(tx, letter.user_id, password)
    user = users.by_id(tx, letter.user_id)
    audit.record(tx, user.id, user.name, "users.reset", f"user:{user.id}")
    return user.name


def change_address(tx: Tx, actor: Actor, address: Address, token: MailToken, life: int = 0) -> None:
    """Ask the new address to confirm, and tell the old one; until then nothing changes."""
    user = users.by_id(tx, actor.id)
    if user.email is not None and addresses.key_of(user.email) == address.key:
        raise Conflict("This is your address already.", code="SAME_ADDRESS")
    owner = _owner(tx, address)
    if owner is None:
        letters.write(tx, user.id, letters.EMAIL, address.shown, token, life)
    else:
        outbox.post(tx, str(owner.email), "known_address", name=owner.name)
    if user.email is not None:
        outbox.post(tx, user.email, "email_notice", name=user.name)
    audit.record(tx, user.id, user.name, "users.email_asked", f"user:{user.id}")


def _owner(tx: Tx, address: Address) -> users.User | None:
    found = tx.value("SELECT id FROM users WHERE email_key = :key", key=address.key)
    return None if found is None else users.by_id(tx, found)
