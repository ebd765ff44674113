"""
Blocks: whom somebody doesn't want to meet.

A block ends follows both ways and keeps either from following, answering, liking or mentioning the
other. The one who blocked doesn't see what the other writes; the other isn't told.
"""

from interact_api import audit, outbox
from interact_api.accounts import names
from interact_api.accounts.actor import Actor
from interact_api.db import Reader, Tx
from interact_api.errors import Forbidden, invalid

from . import follows, people
from .people import Person

MOST = 1000  # people that one person can block


def block(tx: Tx, actor: Actor, name: str) -> bool:
    """Let *actor* and the person called *name* not meet; return False if that was so already."""
    actor.must("create_comments")
    other = people.named(tx, name, actor)
    if other.id == actor.id:
        raise invalid("name", "is your own")
    if tx.value("SELECT count(*) FROM blocks WHERE blocker_id = :id", id=actor.id) >= MOST:
        raise Forbidden(f"Nobody can block more than {MOST:,} people.", code="TOO_MANY_BLOCKS")
    added = tx.insert_or_ignore("blocks", blocker_id=actor.id, blocked_id=other.id, at=tx.now)
    if added:
        follows.sever(tx, actor.id, other.id)
        outbox.withdraw(tx, by=other.id, reader=actor.id)
        outbox.withdraw(tx, by=actor.id, reader=other.id)
        audit.record(tx, actor.id, actor.name, "users.block", f"user:{other.id}")
    return added


def unblock(tx: Tx, actor: Actor, name: str) -> bool:
    """Take a block back; return False if there was none. Follows don't come back."""
    actor.must("create_comments")
    other = names.holder(tx, name)
    sql = "DELETE FROM blocks WHERE blocker_id = :id AND blocked_id = :other"
    return other is not None and bool(tx.run(sql, id=actor.id, other=other.user_id))


def of(reader: Reader, actor: Actor, after: int = 0, limit: int = 50) -> list[Person]:
    """Return whom *actor* has blocked, by id."""
    return reader.all(
        Person,
        "SELECT u.id, u.name, u.display FROM blocks AS b JOIN users AS u ON u.id = b.blocked_id"
        " WHERE b.blocker_id = :id AND b.blocked_id > :after ORDER BY b.blocked_id LIMIT :limit",
        id=actor.id,
        after=after,
        limit=limit,
    )


def ids(reader: Reader, user_id: int) -> frozenset[int]:
    """Return whom somebody has blocked."""
    return frozenset(
        reader.all(int, "SELECT blocked_id FROM blocks WHERE blocker_id = :id", id=user_id)
    )
