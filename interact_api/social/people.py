"""Other people, as those who follow, like and block meet them."""

from typing import NamedTuple

from interact_api.accounts import names
from interact_api.accounts.actor import Actor
from interact_api.db import Reader
from interact_api.errors import NotFound

HIDDEN = ("banned", "shadowed")  # status of those whose likes and follows don't count
LEFT = ("deactivated", "deleted")  # status of those who are named no longer
PRESENT = ("active", "shadowed")  # status of those who may come in


class Person(NamedTuple):
    """Somebody, as everybody may see them."""

    id: int
    name: str
    display: str


class Author(NamedTuple):
    """Somebody who writes, as they are shown and judged."""

    name: str
    display: str
    status: str
    comments: int  # that are public
    created_at: int


class Connection(NamedTuple):
    """Somebody, and since when."""

    id: int
    name: str
    display: str
    at: int


def named(reader: Reader, name: str, viewer: Actor) -> Person:
    """Return the person called *name*, now or before, or refuse if *viewer* can't know of one."""
    holder = names.holder(reader, name)
    found = holder and reader.one(
        Person,
        "SELECT id, name, display FROM users WHERE id = :id"
        " AND (status = 'active' OR id = :viewer)",
        id=holder.user_id,
        viewer=viewer.id,
    )
    if not found:
        raise unknown(name)
    return found


def author(reader: Reader, actor: Actor) -> Author:
    """Return *actor* as one who writes."""
    found = reader.one(
        Author,
        "SELECT name, display, status, comments, created_at FROM users WHERE id = :id",
        id=actor.id,
    )
    if found is None:
        raise unknown(actor.name)
    return found


def unknown(name: str) -> NotFound:
    """Return the refusal of a name that nobody has."""
    return NotFound(f'There is nobody called "{name[:25]}".')


def hides_likes(reader: Reader, user_id: int) -> bool:
    """Tell whether somebody keeps to themselves what they like."""
    return bool(
        reader.value(
            "SELECT coalesce(settings ->> 'hide_likes', 0) FROM users WHERE id = :id", id=user_id
        )
    )
