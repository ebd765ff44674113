"""
The journal: what each release changed, in one SQLite file beside the trees.

It is written before the trees are touched, so that whoever finds a release half-done knows which
paths may be what. Which release readers see is not decided here but by the link `current`; the
journal follows it. Every writer has drawn a number first, and nobody writes whose number is no
longer the newest.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

UNKNOWN = -1  # what a tree holds that nobody has filled
SCHEMA = """
CREATE TABLE IF NOT EXISTS release (
    number INTEGER PRIMARY KEY, state TEXT NOT NULL, kind TEXT NOT NULL, content INTEGER NOT NULL,
    at INTEGER NOT NULL, cursor TEXT NOT NULL, tree TEXT NOT NULL, claim INTEGER NOT NULL,
    written INTEGER NOT NULL, removed INTEGER NOT NULL, files INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS change (
    release INTEGER, path TEXT, old BLOB, new BLOB, until INTEGER,
    is_forgotten INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (release, path)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS change_old ON change (old) WHERE old IS NOT NULL;
CREATE INDEX IF NOT EXISTS change_path ON change (path);
CREATE TABLE IF NOT EXISTS file (
    path TEXT PRIMARY KEY, digest BLOB NOT NULL, until INTEGER
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS file_until ON file (until) WHERE until IS NOT NULL;
CREATE TABLE IF NOT EXISTS tree (name TEXT PRIMARY KEY, base INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS target (
    name TEXT PRIMARY KEY, address TEXT NOT NULL, release INTEGER NOT NULL, mark TEXT NOT NULL,
    tries INTEGER NOT NULL, due INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS sent (
    target TEXT, path TEXT, digest BLOB, PRIMARY KEY (target, path)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS number (kind TEXT PRIMARY KEY, last INTEGER NOT NULL);
INSERT OR IGNORE INTO tree VALUES ('a', -1), ('b', -1);
INSERT OR IGNORE INTO number VALUES ('claim', 0), ('release', 0);
"""


class Overtaken(Exception):
    """Somebody else has begun a newer release; this one has changed nothing that readers see."""


class Change(NamedTuple):
    """
    What a release does to one path.

    Attributes:
        old: the digest of the file before, None if there was none.
        new: the digest of the file after.
        until: for a file that is no longer part of the site: how long it stays reachable.
    """

    path: str
    old: bytes | None
    new: bytes | None
    until: int | None = None

    @property
    def moves(self) -> bool:
        """Whether the trees have to change, and not only the books."""
        return self.old != self.new


class Release(NamedTuple):
    """One release; *content* is the release whose files it shows, after a rollback an older one."""

    number: int
    state: str
    kind: str
    content: int
    at: int
    cursor: str
    tree: str
    claim: int
    written: int
    removed: int
    files: int


class Target(NamedTuple):
    """
    Another place, and what it is known to have.

    Attributes:
        release: the release that it has as a whole.
        mark: what the target calls that state.
        tries: how often sending failed since.
        due: when to try again.
    """

    name: str
    address: str
    release: int
    mark: str = ""
    tries: int = 0
    due: int = 0


class Journal:
    """The books of the releases in one folder."""

    def __init__(self, path: Path) -> None:
        self._database = sqlite3.connect(
            path, isolation_level=None, timeout=30, check_same_thread=False
        )
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.executescript(SCHEMA)

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    # Reading

    @property
    def live(self) -> Release | None:
        """The release that readers see."""
        sql = "SELECT * FROM release WHERE state = 'live' ORDER BY number DESC LIMIT 1"
        return self._release(sql)

    @property
    def staged(self) -> Release | None:
        """The release that somebody prepares, or prepared when they died."""
        return self._release("SELECT * FROM release WHERE state = 'staged'")

    def releases(self) -> list[Release]:
        """Return the releases that are kept, the newest first."""
        sql = "SELECT * FROM release WHERE state = 'live' ORDER BY number DESC"
        return [Release(*row) for row in self._database.execute(sql)]

    def base(self, tree: str) -> int:
        """Return the last release that *tree* held as a whole."""
        return self._one("SELECT base FROM tree WHERE name = ?", tree)

    def known(self, paths: Iterable[str] | None = None) -> dict[str, tuple[bytes, int | None]]:
        """Return of *paths*, or of all, the digest in the live release, and how long they stay."""
        sql = "SELECT path, digest, until FROM file"
        if paths is None:
            rows = self._database.execute(sql).fetchall()
        else:
            sql += " WHERE path = ?"
            found = (self._database.execute(sql, (path,)).fetchone() for path in paths)
            rows = [row for row in found if row]
        return {path: (content, until) for path, content, until in rows}

    def expired(self, now: int) -> list[tuple[str, bytes]]:
        """Return the files that have been reachable for long enough."""
        sql = "SELECT path, digest FROM file WHERE until IS NOT NULL AND until <= ?"
        return self._database.execute(sql, (now,)).fetchall()

    def dirty(self, base: int) -> dict[str, bytes | None]:
        """Return the paths that releases after *base* touched, as the live release has them."""
        sql = """
            SELECT DISTINCT change.path, file.digest FROM change LEFT JOIN file USING (path)
            WHERE change.release > ? AND (old IS NOT new OR is_forgotten)"""
        return dict(self._database.execute(sql, (base,)).fetchall())

    def changes(self, release: int) -> list[Change]:
        """Return what *release* changed."""
        sql = "SELECT path, old, new, until FROM change WHERE release = ? ORDER BY path"
        return [Change(*row) for row in self._database.execute(sql, (release,))]

    def undone(self, release: int) -> dict[str, bytes | None]:
        """Return the paths that changed after *release*, as they were in it."""
        sql = """
            SELECT path, old FROM change JOIN release ON number = release AND state = 'live'
            WHERE number > ? AND NOT is_forgotten ORDER BY number DESC"""
        return dict(self._database.execute(sql, (release,)).fetchall())

    def behind(self, release: int) -> dict[str, bytes | None] | None:
        """Return what differs from the state of *release*, or None if nobody remembers."""
        return None if release < self._horizon() else self.dirty(release)

    def target(self, name: str) -> Target | None:
        """Return what is known of the target *name*."""
        sql = "SELECT * FROM target WHERE name = ?"
        row = self._database.execute(sql, (name,)).fetchone()
        return Target(*row) if row else None

    def sent(self, name: str) -> dict[str, bytes]:
        """Return what an unfinished attempt has sent to the target *name* already."""
        sql = "SELECT path, digest FROM sent WHERE target = ?"
        return dict(self._database.execute(sql, (name,)).fetchall())

    def is_wanted(self, content: bytes) -> bool:
        """Tell whether going back may need *content*."""
        return bool(self._one("SELECT EXISTS (SELECT 1 FROM change WHERE old = ?)", content))

    # Writing

    def draw(self) -> int:
        """Return a number that is newer than all that were drawn."""
        with self._writing(durable=False):
            sql = "UPDATE number SET last = last + 1 WHERE kind = 'claim' RETURNING last"
            return self._one(sql)

    def check(self, claim: int) -> None:
        """Raise `Overtaken` if *claim* is not the newest."""
        with self._writing(claim, durable=False):
            pass

    def stage(self, release: Release, changes: Iterable[Change]) -> Release:
        """Write down what a release is about to change, and give it its number."""
        with self._writing(release.claim):
            number = self._one(
                "UPDATE number SET last = last + 1 WHERE kind = 'release' RETURNING last"
            )
            content = release.content or number
            staged = release._replace(number=number, state="staged", content=content)
            sql = "INSERT INTO release VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            self._database.execute(sql, staged)
            rows = ((number, *change) for change in changes)
            self._database.executemany("INSERT INTO change VALUES (?, ?, ?, ?, ?, 0)", rows)
            return staged

    def commit(self, release: Release, keep: int) -> None:
        """Write down that readers see *release*; forget all but *keep* that were published."""
        with self._writing():
            number = release.number
            sql = "UPDATE release SET state = 'live' WHERE number = ? AND state = 'staged'"
            if not self._database.execute(sql, (number,)).rowcount:
                return
            self._database.execute(
                """
                INSERT OR REPLACE INTO file SELECT path, new, until FROM change
                WHERE release = ? AND new IS NOT NULL""",
                (number,),
            )
            self._database.execute(
                """
                DELETE FROM file WHERE path IN
                (SELECT path FROM change WHERE release = ? AND new IS NULL)""",
                (number,),
            )
            self._set_base(release.tree, number)
            self._database.execute(
                """
                DELETE FROM release WHERE number < (SELECT min(number) FROM
                (SELECT number FROM release WHERE state = 'live' AND kind = 'publish'
                ORDER BY number DESC LIMIT ?))""",
                (keep,),
            )

    def abandon(self, release: Release) -> None:
        """Write down that nobody will ever see *release*."""
        with self._writing():
            sql = "UPDATE release SET state = 'abandoned' WHERE number = ? AND state = 'staged'"
            self._database.execute(sql, (release.number,))

    def settled(self, tree: str, base: int, claim: int) -> None:
        """Write down that *tree* holds the release *base* as a whole."""
        with self._writing(claim):
            self._set_base(tree, base)

    def outdated(self) -> list[bytes]:
        """Return the contents that only releases before those that are kept had."""
        sql = "SELECT DISTINCT old FROM change WHERE release <= ? AND old IS NOT NULL"
        rows = self._database.execute(sql, (self._horizon(),)).fetchall()
        later = "SELECT 1 FROM change WHERE old = ? AND release > ? LIMIT 1"
        horizon = self._horizon()
        return [
            row[0]
            for row in rows
            if not self._database.execute(later, (row[0], horizon)).fetchone()
        ]

    def trim(self) -> None:
        """Forget the changes that neither going back nor the waiting tree needs."""
        with self._writing(durable=False):
            self._database.execute("DELETE FROM change WHERE release <= ?", (self._horizon(),))

    def forget(self, paths: Iterable[str]) -> set[bytes]:
        """Forget what *paths* were; return the contents that they had."""
        gone = set()
        with self._writing():
            for path in paths:
                sql = "SELECT old FROM change WHERE path = ? AND old IS NOT NULL"
                gone |= {row[0] for row in self._database.execute(sql, (path,))}
                sql = "UPDATE change SET old = NULL, is_forgotten = 1 WHERE path = ?"
                self._database.execute(sql, (path,))
        return gone

    def note(self, target: Target) -> None:
        """Write down what *target* has; what was sent on the way there is no longer of interest."""
        with self._writing():
            sql = "INSERT OR REPLACE INTO target VALUES (?, ?, ?, ?, ?, ?)"
            self._database.execute(sql, target)
            self._database.execute("DELETE FROM sent WHERE target = ?", (target.name,))

    def note_sent(self, name: str, files: Iterable[tuple[str, bytes]]) -> None:
        """Write down which files the target *name* has got, so that another attempt goes on."""
        with self._writing(durable=False):
            sql = "INSERT OR REPLACE INTO sent VALUES (?, ?, ?)"
            self._database.executemany(sql, ((name, *file) for file in files))

    def _horizon(self) -> int:
        """Return the newest release whose changes nobody needs any more."""
        oldest = "SELECT coalesce(min(number), 0) FROM release WHERE state = 'live'"
        behind = "SELECT min(base) FROM tree"
        return min(self._one(oldest), self._one(behind))

    def _set_base(self, tree: str, base: int) -> None:
        self._database.execute("UPDATE tree SET base = ? WHERE name = ?", (base, tree))

    def _release(self, sql: str) -> Release | None:
        row = self._database.execute(sql).fetchone()
        return Release(*row) if row else None

    def _one(self, sql: str, *given: object) -> int:
        found: int = self._database.execute(sql, given).fetchone()[0]
        return found

    @contextmanager
    def _writing(self, claim: int | None = None, *, durable: bool = True) -> Iterator[None]:
        """Write as one; refuse it to the holder of a *claim* that is no longer the newest."""
        self._database.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
        self._database.execute("BEGIN IMMEDIATE")
        try:
            self._refuse_late(claim)
            yield
        except BaseException:
            self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")

    def _refuse_late(self, claim: int | None) -> None:
        newest = "SELECT last FROM number WHERE kind = 'claim'"
        if claim is not None and self._one(newest) != claim:
            raise Overtaken
