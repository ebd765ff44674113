"""
Names of people: what one may be, who has it, and who had it before.

A name is an address (``/users/NAME/``) and a folder, so it is plain ASCII in lower case, which also
leaves nothing to confuse. A name that was given up stays with whoever had it: links to it go on to
the new one, and nobody else can take it.
"""

import re
from typing import NamedTuple

from interact_api import audit, facts
from interact_api.db import Reader, Tx
from interact_api.errors import Conflict, Invalid, TooMany, invalid

from .actor import Actor

SHORTEST, LONGEST = 3, 25
PATTERN = "[a-z0-9][a-z0-9_-]{2,24}"
BETWEEN_CHANGES = 30 * 86_400_000
FOREVER = 2**62
_NAME = re.compile(PATTERN)

RESERVED = frozenset(
    """
    about abuse account accounts activity admin administrator administrators anonymous api app
    archive archives asset assets atom auth author authors billing blog bot categories category
    comment comments config confirm contact css daemon dashboard default delete deleted demo deny
    developer docs documentation download edit email error errors everybody everyone export facts
    favicon feed feeds file files follow follower followers following forum ftp guest guests health
    help home host hostmaster html http https image images img imprint index info inbox internal
    javascript json legal like likes link localhost login logout mail mailer-daemon manifest media
    member members message messages metrics moderator moderators mutual myself name news newsletter
    nobody none noreply no-reply not-found note notes notifications null oauth official openapi
    operator owner page pages password popular post postmaster posts preview privacy private profile
    public ready recent register reset-password robots role roles root rss save script search
    security self series service session sessions settings setup shop signin signout signup sitemap
    site someone spam staff static statistics stats status store streamly style styles subscribe
    suggestions support sysadmin system tag tags team terms test theme themes token tokens trending
    undefined unknown update upload uploads user username users verify version void webmaster
    well-known who www you xmlrpc card builds audit jobs
    aux con nul prn com0 com1 com2 com3 com4 com5 com6 com7 com8 com9
    lpt0 lpt1 lpt2 lpt3 lpt4 lpt5 lpt6 lpt7 lpt8 lpt9
    """.split()
)


class Holder(NamedTuple):
    """Whom a name leads to; *is_old* if they go by another one now."""

    user_id: int
    name: str
    is_old: bool


def checked(text: str) -> str:
    """Return the name that *text* is, or refuse it with what to write instead."""
    name = text.lower()
    if not SHORTEST <= len(name) <= LONGEST:
        raise invalid("name", f"takes {SHORTEST} to {LONGEST} characters")
    if not text.isascii() or not _NAME.fullmatch(name):
        raise invalid("name", "takes a-z, 0-9, - and _, and begins with a letter or a digit")
    if name in RESERVED:
        raise invalid("name", "is reserved")
    return name


def is_one(text: str) -> bool:
    """Tell whether *text* could be somebody's name."""
    try:
        checked(text)
    except Invalid:
        return False
    return True


def holder(reader: Reader, text: str) -> Holder | None:
    """Return whom the name *text* leads to, now or from before."""
    name = text.lower()
    return reader.one(
        Holder, "SELECT id, name, 0 FROM users WHERE name = :name", name=name
    ) or reader.one(
        Holder,
        "SELECT u.id, u.name, 1 FROM names AS n JOIN users AS u ON u.id = n.user_id"
        " WHERE n.name = :name AND n.until > 0",
        name=name,
    )


def must_be_free(reader: Reader, name: str, taker: int = 0) -> None:
    """Refuse unless *taker* may have *name*."""
    found = holder(reader, name)
    if found is not None and found.user_id != taker:
        raise Conflict("This name is taken.", code="NAME_TAKEN")


def rename(tx: Tx, actor: Actor, text: str) -> str:
    """Give the actor a new name; the old one stays theirs and leads to the new one."""
    name = checked(text)
    if name == actor.name:
        return name
    must_be_free(tx, name, actor.id)
    _must_be_time(tx, actor)
    tx.run("UPDATE users SET renamed_at = :now WHERE id = :id", now=tx.now, id=actor.id)
    change(tx, actor, Holder(actor.id, actor.name, is_old=False), name)
    return name


def change(tx: Tx, actor: Actor, holder: Holder, name: str) -> None:
    """Let *holder* go by *name*, as *actor* wants it; whoever calls this has asked if they may."""
    must_be_free(tx, name, holder.user_id)
    tx.run("DELETE FROM names WHERE name = :name", name=name)
    tx.insert("names", name=holder.name, user_id=holder.user_id, until=FOREVER)
    tx.run("UPDATE users SET name = :name WHERE id = :id", name=name, id=holder.user_id)
    target, details = f"user:{holder.user_id}", {"from": holder.name, "to": name}
    who = name if actor.id == holder.user_id else actor.name
    audit.record(tx, actor.id or None, who, "users.rename", target, details)
    _touch(tx, holder.user_id, holder.name, name)


def _must_be_time(tx: Tx, actor: Actor) -> None:
    last = tx.value("SELECT renamed_at FROM users WHERE id = :id", id=actor.id)
    if last is not None and tx.now - last < BETWEEN_CHANGES:
        wait = (last + BETWEEN_CHANGES - tx.now) / 1000
        raise TooMany("A name can change every 30 days.", code="RENAMED_LATELY", retry_after=wait)


def _touch(tx: Tx, user_id: int, old: str, new: str) -> None:
    """Say that everything public that shows the name has changed."""
    for name in (old, new):
        facts.touch(tx, f"profile/{name}")
        facts.touch(tx, f"follows/{name}")
    touch_friends(tx, user_id)
    touch_pages(tx, user_id)


def touch_friends(tx: Tx, user_id: int) -> None:
    """Say that the lists of followers in which somebody appears have changed."""
    near = tx.all(
        str,
        "SELECT u.name FROM follows AS f JOIN users AS u ON u.id = f.followed_id"
        " WHERE f.follower_id = :id UNION SELECT u.name FROM follows AS f"
        " JOIN users AS u ON u.id = f.follower_id WHERE f.followed_id = :id",
        id=user_id,
    )
    for name in near:
        facts.touch(tx, f"follows/{name}")


def touch_pages(tx: Tx, user_id: int) -> None:
    """Say that the threads in which somebody wrote have changed."""
    pages = "SELECT DISTINCT page FROM comments WHERE user_id = :id AND state = 'approved'"
    for page in tx.all(str, pages, id=user_id):
        facts.touch(tx, f"comments/{page}")


def touch_all(tx: Tx, user_id: int) -> None:
    """Say that everything public that shows somebody has changed."""
    name = str(tx.value("SELECT name FROM users WHERE id = :id", id=user_id))
    _touch(tx, user_id, name, name)
