"""A site whose facts come from a real database: what people do, and what becomes of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from interact_api import schema
from interact_api.accounts.actor import Actor
from interact_api.db import Database, Tx
from interact_api.social import follows, likes
from interact_api.source import DatabaseFacts
from streamly_ssg.api import Options, Site

from .folder import Folder, fresh_folder
from .lean import document, site
from .rebuild import NOW
from .service import Clock, member, page
from .social import say

NAMES = ("a", "b", "c")
SOURCES = site(
    {
        f"content/posts/{name}.md": document(
            f"Text of {name}", title=name.upper(), date=f"2026-01-0{number}"
        )
        for number, name in enumerate(NAMES, 1)
    }
)


class Joint:
    """A folder with a site, and the database that belongs to it."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self.path = folder / "var/streamly.db"
        schema.upgrade(self.path)
        self.clock = Clock()
        self.database = Database(self.path, clock=self.clock)
        self.people = {name: member(self.database, name) for name in ("ann", "bob", "eve")}
        for name in NAMES:
            page(self.database, f"posts.{name}")

    @property
    def source(self) -> DatabaseFacts:
        """Return the database as a builder reads it."""
        return DatabaseFacts(self.path)

    @property
    def options(self) -> Options:
        """Return what a build is told that takes its facts from here."""
        return Options(now=NOW, source=self.source)

    def kept(self) -> Site:
        """Return the site as a process keeps it."""
        return Site(self.folder.root, self.options)

    def actor(self, name: str) -> Actor:
        return self.people[name]

    def like(self, name: str, where: str) -> None:
        """Let somebody like a post."""
        self.database.write_now(lambda tx: self.like_in(tx, name, where))

    def like_in(self, tx: Tx, name: str, where: str) -> None:
        """Let somebody like a post, together with what else happens in a transaction."""
        likes.like(tx, self.people[name], f"posts.{where}")

    def unlike(self, name: str, where: str) -> None:
        """Let somebody take a like back."""
        self.database.write_now(lambda tx: likes.unlike(tx, self.people[name], f"posts.{where}"))

    def comment(self, name: str, where: str, text: str = "Well said.") -> int:
        """Let somebody comment on a post; return the comment's number."""
        return say(self.database, self.people[name], f"posts.{where}", text).id

    def live_a_little(self) -> None:
        """Let people do a bit of everything."""
        self.like("ann", "a")
        self.like("bob", "a")
        self.like("bob", "b")
        self.comment("ann", "b")
        ann = self.people["ann"]
        self.database.write_now(lambda tx: follows.follow(tx, ann, "bob"))

    def reopen(self) -> None:
        """End the process that writes, and begin another one."""
        self.database.close()
        self.database = Database(self.path, clock=self.clock)

    def put_back(self, copy: Path) -> None:
        """Put a file in the place of the database, as somebody with `cp` would."""
        self.database.close()
        for side in ("-wal", "-shm"):
            self.path.with_name(self.path.name + side).unlink(missing_ok=True)
        self.path.write_bytes(copy.read_bytes())
        self.database = Database(self.path, clock=self.clock)


@contextmanager
def joint() -> Iterator[Joint]:
    """Lend a new site with a new database."""
    with fresh_folder(SOURCES) as folder:
        made = Joint(folder)
        try:
            yield made
        finally:
            made.database.close()
