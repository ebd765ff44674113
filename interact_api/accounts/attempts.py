"""
Attempts to sign in: counted before the password is looked at, so that many at once are counted too.

After ten in a row that failed, each next one has to wait, twice as long as the one before, up to
a day. Strangers' attempts are counted per account; those from a place where the person has signed
in before are counted for that place alone. So whoever guesses from elsewhere can't lock the owner
out, and a letter to choose a new password gets in from anywhere. Who is signed in and has to show
their password again is counted apart. What was typed is counted, whether there is such an account
or not.
"""

import hashlib
from typing import NamedTuple

from interact_api.db import Reader, Tx

FREE = 10
FIRST_WAIT = 60_000
DAY = 86_400_000
KEPT = 30 * DAY
KNOWN_FOR = 180 * DAY


class Asked(NamedTuple):
    """An attempt: whom it is about, what is kept of their password, how long it has to wait."""

    user_id: int | None
    password: str | None
    wait: float  # in seconds; then nothing is looked at


def begin(tx: Tx, login: str, user_id: int | None, place: str) -> Asked:
    """Count an attempt as a failure, until `forgive` says otherwise."""
    account = _account(login)
    doors = [f"{account}@{place}"]
    if not is_known(tx, user_id, place):
        doors.append(account)
    wait = max(_waits(tx, door) for door in doors)
    if wait > 0:
        return Asked(user_id, None, wait / 1000)
    for door in doors:
        _count(tx, door)
    kept = tx.value("SELECT password FROM users WHERE id = :id", id=user_id)
    return Asked(user_id, kept, 0)


def again(user_id: int) -> str:
    """Return the login of somebody who is signed in; no stranger can type it, and lock it."""
    return f"\0{user_id}"


def forgive(tx: Tx, user_id: int, place: str) -> None:
    """
    Forget what was counted against somebody who proved who they are, and remember the place.

    Where they have been before, what strangers did elsewhere stays: else each of their sign-ins
    would give the strangers ten more guesses.
    """
    everywhere = not is_known(tx, user_id, place)
    for account in _accounts(tx, user_id):
        _forget(tx, f"{account}@{place}")
        if everywhere:
            _forget(tx, account)
    if not place:
        return
    tx.run(
        "INSERT INTO places (user_id, place, at) VALUES (:id, :place, :now)"
        " ON CONFLICT (user_id, place) DO UPDATE SET at = :now",
        id=user_id,
        place=place,
        now=tx.now,
    )


def clear(tx: Tx, user_id: int) -> int:
    """Forget what was counted against somebody, from anywhere; return how many counts it was."""
    return sum(
        tx.run(
            "DELETE FROM attempts WHERE account = :account"
            " OR (account > :account || '@' AND account < :account || 'A')",
            account=account,
        )
        for account in _accounts(tx, user_id)
    )


def waits(reader: Reader, user_id: int, now: int) -> int | None:
    """Return until when strangers who name somebody have to wait, or None if they needn't."""
    sql = "SELECT open_at FROM attempts WHERE account = :door"
    opens = [reader.value(sql, door=account) or 0 for account in _accounts(reader, user_id)]
    latest = max(opens, default=0)
    return latest if latest > now else None


def is_known(tx: Tx, user_id: int | None, place: str) -> bool:
    """Tell whether somebody has signed in from *place* before."""
    if user_id is None or not place:
        return False
    at = tx.value(
        "SELECT at FROM places WHERE user_id = :id AND place = :place", id=user_id, place=place
    )
    return at is not None and tx.now - int(at) < KNOWN_FOR


def prune(tx: Tx) -> int:
    """Forget what is long past; return how many counts these were."""
    tx.run("DELETE FROM places WHERE at < :before", before=tx.now - KNOWN_FOR)
    return tx.run("DELETE FROM attempts WHERE last_at < :before", before=tx.now - KEPT)


def _account(login: str) -> str:
    """Return what stands for what was typed; an address that nobody has isn't kept."""
    return hashlib.sha256(login.strip().lower().encode("utf-8", "replace")).hexdigest()[:32]


def _accounts(reader: Reader, user_id: int) -> list[str]:
    """Return what stands for each way to name somebody."""
    logins = reader.one(
        lambda *both: both, "SELECT name, email_key FROM users WHERE id = :id", id=user_id
    )
    return [_account(login) for login in (*(logins or ()), again(user_id)) if login]


def _forget(tx: Tx, door: str) -> None:
    tx.run("DELETE FROM attempts WHERE account = :door", door=door)


def _waits(tx: Tx, door: str) -> int:
    opens = tx.value("SELECT open_at FROM attempts WHERE account = :door", door=door)
    return 0 if opens is None else max(0, int(opens) - tx.now)


def _count(tx: Tx, door: str) -> None:
    failures = int(
        tx.value("SELECT failures FROM attempts WHERE account = :door", door=door) or 0
    ) + 1  # fmt: skip
    wait = 0 if failures < FREE else min(FIRST_WAIT * 2 ** min(failures - FREE, 20), DAY)
    tx.run(
        "INSERT INTO attempts (account, failures, last_at, open_at)"
        " VALUES (:door, :failures, :now, :open) ON CONFLICT (account)"
        " DO UPDATE SET failures = :failures, last_at = :now, open_at = :open",
        door=door,
        failures=failures,
        now=tx.now,
        open=tx.now + wait,
    )
