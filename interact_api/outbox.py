"""
The outbox: letters that wait to be sent, written in the transaction of what they tell.

A letter has its Message-ID from the start, so if one leaves twice, its reader's mail program knows.
Nothing secret waits here: of a token only the seed, which is worth nothing without the service's
secret. Whatever strangers can cause is limited per address; what tells people about their own
account isn't, for an attacker could use the limit up. News of what others do leaves once an hour:
what comes meanwhile is counted in the letter that waits, so a storm of answers is one letter.
"""

import json
from typing import NamedTuple

from .db import Reader, Tx

SECOND = 1_000
HOUR = 3_600 * SECOND
DAY = 24 * HOUR
PER_HOUR, PER_DAY = 3, 10
LEASE = 10 * 60 * SECOND  # how long a letter is left alone after somebody began to send it
KEEP_TRYING = 3 * DAY
FIRST_WAIT, LONGEST_WAIT = 30 * SECOND, 6 * HOUR
KEPT = 30 * DAY
# What follows from an act of one's own, behind one's password.
OWN = ("welcome", "password_changed", "email_notice", "email_changed", "deleted")
NEWS = ("comment", "reply", "mention", "follow")
DESK = ("reported", "contact", "error")  # to those who look after the site
_COUNTS = f"""
SELECT count(*) FILTER (WHERE created_at > :now - {HOUR}), count(*) FROM outbox
WHERE lower(recipient) = lower(:to) AND created_at > :now - {DAY} AND template NOT IN {OWN + NEWS}
    AND (template IN {DESK}) = (:template IN {DESK})
"""  # noqa: S608 - the names are ours


_LAST = f"""
SELECT id, state = 'waiting' AND attempts = 0, coalesce(sent_at, next_at), context FROM outbox
WHERE lower(recipient) = lower(:to) AND created_at > :day AND template IN {NEWS}
ORDER BY created_at DESC, id DESC LIMIT 1
"""  # noqa: S608 - the names are ours


_WAITING = """
SELECT id, context FROM outbox WHERE state = 'waiting' AND attempts = 0
    AND (context ->> 'about' = :about OR context ->> 'by' = :by)
    AND (:reader = '' OR context ->> 'reader' = :reader)
"""
TAKEN_BACK = {"author": "Somebody", "quote": "", "about": "", "by": "", "path": "/"}


class _Row(NamedTuple):
    id: int
    context: str


class _Counts(NamedTuple):
    hour: int
    day: int


class _Last(NamedTuple):
    """The last letter of news: whether it may still grow, and when it left or is to leave."""

    id: int
    can_grow: int
    at: int
    context: str


class Letter(NamedTuple):
    """A letter whose turn has come; *attempts* counts this one too."""

    id: int
    message_id: str
    recipient: str
    template: str
    context: dict[str, str]
    attempts: int
    created_at: int


def post(tx: Tx, recipient: str, template: str, **context: str) -> bool:
    """
    Let a letter leave once this is saved.

    Args:
        tx: the change that the letter tells of.
        recipient: one address, as `accounts.addresses` checked it.
        template: a name in `notices/templates`.
        context: what its template shows, as plain text; a `path` is one of this site.

    Returns:
        False if the address has had enough letters for now; then nothing is written.
    """
    if not has_room(tx, recipient, template):
        return False
    _add(tx, recipient, template, context, tx.now)
    return True


def tell(tx: Tx, recipient: str, template: str, **context: str) -> None:
    """
    Let a letter of `NEWS` leave, as `post` does, but an hour after the last one.

    While one waits, this is counted in it as one `more`. *context* says what it is `about`, `by`
    whom and to which `reader`, so that `withdraw` can take it back.
    """
    last = tx.one(_Last, _LAST, to=recipient, day=tx.now - DAY)
    if last is not None and last.can_grow:
        known = json.loads(last.context)
        _rewrite(tx, last.id, known | {"more": str(int(known["more"] or 0) + 1)})
        return
    due = tx.now if last is None else max(tx.now, last.at + HOUR)
    _add(tx, recipient, template, {"more": "", **context}, due)


def withdraw(tx: Tx, *, about: str = "", by: int = 0, reader: int = 0) -> None:
    """
    Let no letter of news tell of what isn't to be told any more, unless it is on its way.

    Args:
        tx: the change that takes it back.
        about: what is taken away.
        by: whose doing is, whatever it was.
        reader: who isn't to hear; everybody, if it isn't said.
    """
    rows = tx.all(_Row, _WAITING, about=about, by=str(by), reader=str(reader or ""))
    for number, context in rows:
        known = json.loads(context)
        if known["more"]:  # what else it counts is still news
            _rewrite(tx, number, known | TAKEN_BACK)
        else:
            tx.run("DELETE FROM outbox WHERE id = :id", id=number)


def has_room(tx: Tx, recipient: str, template: str) -> bool:
    """Tell whether *recipient* may get another letter like this one."""
    if template in OWN:
        return True
    counted = tx.one(_Counts, _COUNTS, to=recipient, now=tx.now, template=template)
    hour, day = counted or (0, 0)
    return bool(hour < PER_HOUR and day < PER_DAY)


def next_due(reader: Reader) -> int | None:
    """Return when the next letter has its turn, or None if none waits."""
    due = reader.value("SELECT min(next_at) FROM outbox WHERE state = 'waiting'")
    return None if due is None else int(due)


def take(tx: Tx) -> Letter | None:
    """Return the letter that is due longest; nobody else is given it for a while."""
    return tx.one(
        _letter,
        "UPDATE outbox SET attempts = attempts + 1, next_at = :later WHERE id ="
        " (SELECT id FROM outbox WHERE state = 'waiting' AND next_at <= :now"
        " ORDER BY next_at, id LIMIT 1)"
        " RETURNING id, message_id, recipient, template, context, attempts, created_at",
        now=tx.now,
        later=tx.now + LEASE,
    )


def note_sent(tx: Tx, letter: Letter) -> None:
    """Note that a server has taken *letter*; what it said is forgotten."""
    tx.run(
        "UPDATE outbox SET state = 'sent', sent_at = :now, context = '{}', error = ''"
        " WHERE id = :id",
        now=tx.now,
        id=letter.id,
    )


def note_failure(tx: Tx, letter: Letter, error: str, *, is_final: bool, chance: float) -> bool:
    """
    Note that *letter* couldn't be sent, and when it is tried again.

    Args:
        tx: the change.
        letter: as `take` returned it.
        error: what went wrong, for the operator.
        is_final: trying again is no use.
        chance: between 0 and 1; spreads the attempts, so that not all come at once.

    Returns:
        True if it is a dead letter now: kept, and not tried again.
    """
    wait = min(FIRST_WAIT * 2 ** (letter.attempts - 1), LONGEST_WAIT)
    again = tx.now + int(wait * (0.5 + chance / 2))
    is_dead = is_final or again > letter.created_at + KEEP_TRYING
    tx.run(
        "UPDATE outbox SET state = :state, next_at = :again, error = :error WHERE id = :id",
        state="dead" if is_dead else "waiting",
        again=again,
        error=error[:500],
        id=letter.id,
    )
    return is_dead


def counts(reader: Reader) -> dict[str, int]:
    """Return how many letters wait, were sent and are dead."""
    rows = reader.all(
        lambda state, count: (state, count), "SELECT state, count(*) FROM outbox GROUP BY state"
    )
    return {"waiting": 0, "sent": 0, "dead": 0} | dict(rows)


def forget(tx: Tx, recipient: str) -> None:
    """Remove every letter to *recipient*, who has left."""
    tx.run("DELETE FROM outbox WHERE lower(recipient) = lower(:to)", to=recipient)


def prune(tx: Tx) -> int:
    """Remove what was settled a month ago; return how many letters these were."""
    return tx.run(
        "DELETE FROM outbox WHERE state <> 'waiting' AND created_at < :before", before=tx.now - KEPT
    )


def _letter(  # noqa: PLR0917 - the columns
    identity: int,
    message_id: str,
    recipient: str,
    template: str,
    context: str,
    attempts: int,
    created_at: int,
) -> Letter:
    known: dict[str, str] = json.loads(context)
    return Letter(identity, message_id, recipient, template, known, attempts, created_at)


def _add(tx: Tx, recipient: str, template: str, context: dict[str, str], due: int) -> None:
    number = int(tx.value("SELECT coalesce(max(id), 0) + 1 FROM outbox"))
    tx.insert(
        "outbox",
        id=number,
        message_id=f"{number}.{tx.now}",
        recipient=recipient,
        template=template,
        context=_kept(context),
        next_at=due,
        created_at=tx.now,
    )


def _rewrite(tx: Tx, number: int, context: dict[str, str]) -> None:
    tx.run("UPDATE outbox SET context = :context WHERE id = :id", context=_kept(context), id=number)


def _kept(context: dict[str, str]) -> str:
    return json.dumps(context, ensure_ascii=False, sort_keys=True)
