"""
What one process of the service holds: made once at its start, handed to every request.

Nouns never see it; they take a `Tx` or a `Reader`. Doors (`web`, `cli`) take from it what they
need.
"""

from dataclasses import dataclass

from . import schema
from .accounts import tokens
from .accounts.passwords import Hasher
from .db import Database, Reader
from .numbers.views import Views
from .settings import Settings
from .shared import Shared


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """Settings, the database, and what is expensive to make twice."""

    settings: Settings
    database: Database
    secret: bytes
    hasher: Hasher
    views: Views  # that wait to be saved
    shared: Shared  # with the other processes

    @property
    def reader(self) -> Reader:
        """Return this thread's reader of the database."""
        return self.database.reader

    @property
    def now(self) -> int:
        """Return the time in milliseconds, by the database's clock."""
        return self.database.clock()

    def close(self) -> None:
        """Finish what is waiting, and let go of everything."""
        self.database.close()
        self.hasher.close()


def open_service(settings: Settings, shared: Shared | None = None) -> Service:
    """Open the database, bring it up to date, and make the rest."""
    schema.upgrade(settings.database)
    return make_service(settings, Database(settings.database), shared=shared)


def make_service(
    settings: Settings,
    database: Database,
    hasher: Hasher | None = None,
    shared: Shared | None = None,
) -> Service:
    """Return the service on a database that is open; alone, unless there is something *shared*."""
    shared = shared or Shared()
    return Service(
        settings=settings,
        database=database,
        secret=settings.secret,
        hasher=hasher or Hasher(share=shared.many),
        views=Views(database, tokens.new_salt, shared),
        shared=shared,
    )
