"""The numbers of pages, as the service knows them this moment; what a built page shows is older."""

from collections.abc import Sequence
from typing import NamedTuple

from interact_api.accounts.actor import Actor
from interact_api.db import Reader
from interact_api.errors import NotFound

from .views import rounded

COLUMNS = "p.id, p.likes, p.comments, p.views, p.policy, p.hidden, p.featured, p.closed"


class PageNumbers(NamedTuple):
    """One page: how often it was liked, commented on and looked at, and who may still comment."""

    id: str
    likes: int
    comments: int
    views: int  # rounded, as everybody is told
    policy: str  # open closed off, as the author decided
    hidden: bool
    featured: bool
    closed: bool  # by a moderator

    @property
    def is_open(self) -> bool:
        """Tell whether anybody may comment now."""
        return self.policy == "open" and not self.closed and not self.hidden


def of_page(reader: Reader, page: str, actor: Actor) -> PageNumbers:
    """Return the numbers of a page; one that is hidden is there for those who may edit it."""
    found = reader.one(
        _numbers,
        f"SELECT {COLUMNS} FROM pages AS p WHERE p.id = :page AND p.removed_at IS NULL",  # noqa: S608 - ours
        page=page,
    )
    if found is None or (found.hidden and not actor.may("edit_all_posts")):
        raise NotFound("There is no such page.")
    return found


def is_liked(reader: Reader, page: str, actor: Actor) -> bool:
    """Tell whether *actor* likes *page*."""
    sql = "SELECT 1 FROM likes WHERE page = :page AND user_id = :user"
    return reader.value(sql, page=page, user=actor.id) is not None


def of_pages(reader: Reader, pages: Sequence[str]) -> list[PageNumbers]:
    """Return the numbers of those *pages* that are there, in the order asked for."""
    found = (
        reader.one(
            _numbers,
            f"SELECT {COLUMNS} FROM pages AS p"  # noqa: S608 - ours
            " WHERE p.id = :page AND p.removed_at IS NULL AND p.hidden = 0",
            page=page,
        )
        for page in dict.fromkeys(pages)
    )
    return [one for one in found if one is not None]


def _numbers(
    name: str, likes: int, comments: int, views: int, policy: str, *flags: int
) -> PageNumbers:
    return PageNumbers(name, likes, comments, rounded(views), policy, *map(bool, flags))
