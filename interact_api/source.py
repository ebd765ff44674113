"""
Facts from the database, as the builder reads them: what changed since the last time.

One build sees one state: the changes and all of their values are read in one transaction, which
holds up nobody. The builder may be a process of its own, so the file is opened for reading only.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from streamly_ssg.errors import SystemProblem, problem
from streamly_ssg.inputs.facts import SERVICE, Changes, Fact, Token

from . import facts, steps, values
from .db import DatabaseError, Reader
from .errors import Unavailable
from .facts import Place
from .schema import STEPS
from .sqlite import Connection, connect
from .wire import encode

PART = 1_000  # changes that are read at once
HINT = "`streamly db verify` says more; --facts none builds without it"


class DatabaseFacts:
    """The facts in the database at *path*."""

    identity = SERVICE

    def __init__(self, path: Path) -> None:
        self.path = path

    def changes(self, since: Token) -> Changes:
        """Return what changed after *since*, or everything if that is no place in this database."""
        with self._guarded():
            connection = self._open()
            reader = Reader(connection)
            connection.execute("BEGIN")
            now = facts.place(reader)
            known = Place(*since) if since else None
            if known == now:
                connection.close()
                return Changes((), tuple(now), complete=False)
            goes_on = known is not None and facts.leads_on(reader, known)
            start = known.seq if known and goes_on else 0
            return Changes(self._read(reader, start), tuple(now), complete=not goes_on)

    def _read(self, reader: Reader, seq: int) -> Iterator[Fact]:
        with self._guarded(), closing(reader.connection):
            while changes := facts.since(reader, seq, PART):
                for change in changes:
                    value = values.value(reader, change.key)
                    yield Fact(change.key, None if value is None else encode(value))
                seq = changes[-1].seq

    def _open(self) -> Connection:
        if not self.path.is_file():
            raise Unavailable("there is no database here")
        connection = connect(self.path, write=False)
        try:
            _refuse_strange(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """Say what is wrong with the database as the builder says it."""
        try:
            yield
        except Unavailable as error:
            raise self._problem(error.detail) from error
        except DatabaseError as error:
            raise self._problem(f"the facts can't be read: {error}") from error

    def _problem(self, text: str) -> SystemProblem:
        return SystemProblem(problem("FACTS", text, path=str(self.path), hint=HINT))


def _refuse_strange(connection: Connection) -> None:
    known = steps.seen(connection)
    if not known:
        raise Unavailable("it isn't a database of Streamly")
    steps.refuse_strange(known, STEPS)
    if len(known) < len(STEPS):
        raise Unavailable("it has an older schema: streamly db upgrade")
