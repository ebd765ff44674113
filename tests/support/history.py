"""
Writers with a history: what was asked for, what was acknowledged, and what must hold afterwards.

A process writes likes, follows, comments and views as several people at once. Before each change it
says what it is about to do, and after the commit that it is done, each in a line of its own. Then it
dies, and the history is compared with the database: what was acknowledged is there, what was
refused isn't, and what nobody knows is there as a whole or not at all.

As a program: ``history.py DATABASE SEED``.
"""

import asyncio
import itertools
import json
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from interact_api import backup, schema, writer
from interact_api.accounts.actor import Actor
from interact_api.db import Database, Reader, Tx
from interact_api.errors import Conflict, Unavailable, Unknown
from interact_api.ledger import Ledger
from interact_api.numbers import views
from interact_api.order import Order, tell
from interact_api.social import follows, likes
from interact_api.social.comments import Comment
from interact_api.social.text import Text

from .service import member, page
from .social import say_in

PEOPLE = tuple(f"writer{number}" for number in range(4))
PAGES = tuple(f"page{number}" for number in range(5))
PADDING = " and so on" * 30
MAY = frozenset(schema.ROLES["User"])
SALT = views.Salt(20_000, b"salt")
DISK_FAILED, MISTAKE = 3, 4  # how the process ends, if it isn't killed
Say = Callable[..., None]


class Wrong(AssertionError):
    """The history and the database don't agree."""


def prepare(path: Path) -> None:
    """Make a database with the people and the pages of the history."""
    schema.upgrade(path)
    database = Database(path)
    for name in PEOPLE:
        member(database, name)
    for name in PAGES:
        page(database, name)
    database.close()


class Client:
    """
    One person who writes, on and on; nobody else changes what is theirs.

    Every second one does it in an event loop, as the service does, and the others in a thread.
    """

    def __init__(self, database: Database, number: int, seed: int, say: Say) -> None:
        self._database = database
        self._chance = Random(f"{seed}/{number}")
        self._say = say
        self._seed = seed
        self._actor = Actor(number + 1, PEOPLE[number], "User", MAY)
        self._numbers = itertools.count()
        self._runner = asyncio.Runner() if number % 2 else None

    def work(self) -> None:
        """Write until the end of the process, which a mistake of ours is too."""
        try:
            while True:
                self.act()
        except BaseException:  # noqa: BLE001 - a thread that ended alone would leave a quiet test
            traceback.print_exc()
            os._exit(MISTAKE)

    def act(self) -> None:
        """Write something."""
        acts = (self._like, self._follow, self._comment, self._comment, self._refused, self._view)
        self._chance.choice(acts)()

    def _do(self, kind: str, what: list[Any], act: Callable[[Tx], Any]) -> None:
        self._say("?", kind, what)
        try:
            self._write(act)
        except (Unavailable, Conflict):
            self._say("-", kind, what)
        except Unknown:
            self._say("~", kind, what)
            os._exit(DISK_FAILED)
        else:
            self._say("+", kind, what)

    def _write(self, act: Callable[[Tx], Any]) -> None:
        if self._runner is None:
            self._database.write_now(act)
        else:
            self._runner.run(self._database.write(act, is_small=True))

    def _like(self) -> None:
        where, wanted = self._chance.choice(PAGES), self._chance.random() < 0.7
        act = likes.like if wanted else likes.unlike
        what = [self._actor.id, where, wanted]
        self._do("like", what, lambda tx: act(tx, self._actor, where))

    def _follow(self) -> None:
        number = self._chance.choice([n for n in range(len(PEOPLE)) if n != self._actor.id - 1])
        wanted = self._chance.random() < 0.7
        act = follows.follow if wanted else follows.unfollow
        what = [self._actor.id, number + 1, wanted]
        self._do("follow", what, lambda tx: act(tx, self._actor, PEOPLE[number]))

    def _comment(self) -> None:
        where, body = self._chance.choice(PAGES), self._body()
        self._do("comment", [where, body], lambda tx: self._add(tx, where, body))

    def _refused(self) -> None:
        """Say something and take it back in the same breath: it must never appear."""
        where, body = self._chance.choice(PAGES), self._body()

        def act(tx: Tx) -> None:
            self._add(tx, where, body)
            raise Conflict("No.")

        self._do("comment", [where, body], act)

    def _view(self) -> None:
        where, visitor = self._chance.choice(PAGES), self._body().encode()[:32]
        counts = {(where, SALT.day): (1, {visitor})}
        self._do("view", [where, visitor.decode()], lambda tx: views.save(tx, counts, SALT))

    def _add(self, tx: Tx, where: str, body: str) -> Comment:
        return say_in(tx, self._actor, where, Text(body, f"<p>{body}</p>", 0, ()))

    def _body(self) -> str:
        return f"{self._seed}.{self._actor.id}.{next(self._numbers)}{PADDING}"


class Line(NamedTuple):
    """One line of a history: ``?`` asked, ``+`` acknowledged, ``-`` refused, ``~`` unknown."""

    state: str
    kind: str
    what: tuple[Any, ...]


def lines(text: str) -> list[Line]:
    """Return the whole lines of a history; the last one may have been cut off."""
    whole = text[: text.rfind("\n") + 1].splitlines()
    return [Line(state, kind, tuple(what)) for state, kind, what in map(json.loads, whole)]


def check(path: Path, history: Sequence[Line]) -> int:
    """Raise `Wrong` unless the database at *path* fits the history; return how many were saved."""
    schema.upgrade(path)
    if faults := backup.verify(path):
        raise Wrong(f"the database is damaged: {faults}")
    return check_quietly(path, history)


def check_quietly(path: Path, history: Sequence[Line]) -> int:
    """Do as `check` does, but for what takes long or can't be said while somebody writes."""
    expected = possible(history)
    database = Database(path)
    try:
        for (kind, key), values in expected.items():
            found = SEEN[kind](database.reader, *key)
            if found not in values:
                raise Wrong(f"{kind} {key}: {'refused, and there' if found else 'saved, and lost'}")
    finally:
        database.close()
    return sum(line.state == "+" for line in history)


def possible(history: Iterable[Line]) -> dict[tuple[str, tuple[Any, ...]], set[bool]]:
    """Return for each thing whether it may be there; both, if nobody can know."""
    values: dict[tuple[str, tuple[Any, ...]], set[bool]] = {}
    before = {}
    for state, kind, what in history:
        toggles = kind in {"like", "follow"}
        name, wanted = (kind, what[:2] if toggles else what), what[2] if toggles else True
        known = values.get(name, {False, True} if toggles else {False})
        if state == "?":
            before[name] = known
            values[name] = known | {wanted}
        elif state == "+":
            values[name] = {wanted}
        elif state == "-":
            values[name] = before.get(name, known)
    return values


def _is_liked(reader: Reader, user: int, where: str) -> bool:
    sql = "SELECT count(*) FROM likes WHERE user_id = :user AND page = :page"
    return bool(reader.value(sql, user=user, page=where))


def _is_followed(reader: Reader, one: int, other: int) -> bool:
    sql = "SELECT count(*) FROM follows WHERE follower_id = :one AND followed_id = :other"
    return bool(reader.value(sql, one=one, other=other))


def _is_said(reader: Reader, where: str, body: str) -> bool:
    sql = "SELECT html FROM comments WHERE page = :page AND body = :body"
    found = reader.all(str, sql, page=where, body=body)
    told = reader.value("SELECT count(*) FROM facts WHERE key = :key", key=f"comments/{where}")
    if len(found) > 1:
        raise Wrong(f"comment {body} is there {len(found)} times")
    if found and (found[0].strip() != f"<p>{body}</p>" or not told):
        raise Wrong(f"comment {body} is half there")
    return bool(found)


def _is_seen(reader: Reader, where: str, visitor: str) -> bool:
    sql = "SELECT count(*) FROM view_days WHERE page = :page AND visitor = :visitor"
    return bool(reader.value(sql, page=where, visitor=visitor.encode()))


SEEN: dict[str, Callable[..., bool]] = {
    "like": _is_liked,
    "follow": _is_followed,
    "comment": _is_said,
    "view": _is_seen,
}


def acknowledge_early() -> None:
    """Let the database tell everybody before it commits: the control that the check must catch."""
    writer.QUICK = 0.0  # a loop that saves itself can't tell anybody before it has
    save = Ledger.save

    def early(self: Ledger) -> list[Order]:
        tell(self.group)
        time.sleep(0.02)
        return save(self)

    Ledger.save = early  # type: ignore[method-assign]


def write(path: Path, seed: int) -> None:
    """Write until the end of this process, and tell its standard output."""
    database = Database(path)

    def say(*line: object) -> None:
        os.write(1, json.dumps(line).encode() + b"\n")  # one call a line, so that lines stay whole

    clients = [Client(database, number, seed, say) for number in range(len(PEOPLE))]
    threads = [threading.Thread(target=client.work, daemon=True) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]))
