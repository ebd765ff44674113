"""A fresh database with people and pages in it: what tests of the service begin with."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from interact_api import schema
from interact_api.accounts.actor import Actor
from interact_api.db import Database

NOON = 1_790_000_000_000  # a moment in September 2026


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self, now: int = NOON) -> None:
        self.now = now

    def __call__(self) -> int:
        """Return the time in milliseconds."""
        return self.now

    def pass_by(self, *, seconds: float = 0, days: float = 0) -> None:
        """Move on."""
        self.now += int((seconds + days * 86_400) * 1000)


@contextmanager
def database(folder: Path, clock: Clock | None = None) -> Iterator[Database]:
    """Open a new database in *folder*, for as long as the block runs."""
    path = folder / "streamly.db"
    schema.upgrade(path)
    made = Database(path, clock=clock or Clock())
    try:
        yield made
    finally:
        made.close()


def member(db: Database, name: str, role: str = "User") -> Actor:
    """Add somebody with a confirmed address, and return them as an actor."""
    role_id = db.reader.value("SELECT id FROM roles WHERE name = :role", role=role)
    added = db.write_now(
        lambda tx: tx.insert(
            "users",
            name=name,
            email=f"{name}@example.org",
            email_key=f"{name}@example.org",
            role_id=role_id,
            created_at=tx.now,
            confirmed_at=tx.now,
        )
    )
    known = list(schema.ROLES)
    permissions = {one for above in known[: known.index(role) + 1] for one in schema.ROLES[above]}
    return Actor(added, name, role, frozenset(permissions))


def page(db: Database, name: str, policy: str = "open", authors: str = "[]") -> str:
    """Add a page, as the manifest would, and return its id."""
    row = {"url": f"/posts/{name}/", "kind": "post", "title": name.title()}
    db.write_now(lambda tx: tx.insert("pages", id=name, policy=policy, authors=authors, **row))
    return name
