"""Who asks: a person and what they may do, as of this request."""

from functools import lru_cache
from typing import NamedTuple

from interact_api.errors import Forbidden, NotSignedIn


class Actor(NamedTuple):
    """Somebody, with every permission of their role."""

    id: int
    name: str
    role: str
    permissions: frozenset[str]
    is_confirmed: bool = True
    is_shadowed: bool = False
    scopes: frozenset[str] = frozenset()  # of a token; empty for a session

    @property
    def is_somebody(self) -> bool:
        """Tell whether anybody signed in."""
        return self.id > 0

    def may(self, permission: str) -> bool:
        """Tell whether this person has *permission*."""
        return permission in self.permissions

    def must(self, permission: str) -> None:
        """Refuse unless this person has *permission*."""
        if permission in self.permissions:
            return
        if not self.is_somebody:
            raise NotSignedIn("Sign in first.")
        raise Forbidden(f"This needs the permission {permission}.")

    def must_for(self, owner_id: int | None, own: str, every: str) -> None:
        """Refuse unless it is their own and they have *own*, or they have *every*."""
        self.must(own if owner_id == self.id and self.is_somebody else every)


NOBODY = Actor(0, "", "Guest", frozenset({"read_posts"}), is_confirmed=False)


@lru_cache(maxsize=256)
def permission_set(effective: str) -> frozenset[str]:
    """Return the permissions that a role's line names; equal lines share one set."""
    return frozenset(effective.split())
