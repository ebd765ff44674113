"""Whoever follows the facts log knows everything that the pages show, whatever people do."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest

from interact_api import facts, values
from interact_api.accounts import addresses, closing, profile, users
from interact_api.accounts.actor import Actor
from interact_api.db import Database, Tx
from interact_api.errors import Refusal
from interact_api.moderation import bans, overrides, queue
from interact_api.social import blocks, comments, follows, likes, people
from interact_api.social.text import written
from tests.support.service import Clock, database, member, page
from tests.support.social import LIMITS, say_in

PEOPLE = ("ann", "bob", "cyd", "dan", "eve", "fay")
OFTEN = ("comment", "comment", "comment", "like comment", "follow", "like", "lift", "come back")
PAGES = ("a", "b")
NOTHING: tuple[object, ...] = (
    None,
    {"count": 0},
    {"count": 0, "items": []},
    {"followers": [], "following": []},
)
UNTOUCHED = {"hidden": False, "featured": False, "closed": False}


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with database(tmp_path, Clock()) as made:
        for name in PAGES:
            page(made, name, authors='["ann"]')
        yield made


class Follower:
    """Somebody who reads the log, as the builder does, and keeps what it says."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.seq = 0
        self.known: dict[str, object] = {}

    def catch_up(self) -> None:
        """Read what is new."""
        for change in facts.since(self.db.reader, self.seq, 10_000):
            self.seq = change.seq
            self.known[change.key] = values.value(self.db.reader, change.key)

    def missed(self) -> list[str]:
        """Return the facts that are other than they were told."""
        names = self.db.reader.all(str, "SELECT name FROM users")
        keys = [f"{kind}/{one}" for kind in ("likes", "comments", "settings") for one in PAGES]
        keys += [f"{kind}/{name}" for kind in ("profile", "follows") for name in names]
        return [key for key in keys if not self._knows(key)]

    def _knows(self, key: str) -> bool:
        """Tell whether this was told; what nobody ever touched needs no telling."""
        now = values.value(self.db.reader, key)
        plain = (*NOTHING, UNTOUCHED) if key not in self.known else ()
        return now in plain or self.known.get(key, "never told") == now


Act = Callable[[Tx, Random, Actor, Actor], object]


def _number(tx: Tx, chance: Random) -> int:
    return chance.randint(1, int(tx.value("SELECT coalesce(max(id), 1) FROM comments")))


def _comment(tx: Tx, chance: Random, one: Actor, _root: Actor) -> None:
    text = written(f"Word {chance.random()}", LIMITS)
    parent = _number(tx, chance) if chance.random() < 0.4 else None
    held = "a rule" if chance.random() < 0.2 else ""
    say_in(tx, one, chance.choice(PAGES), text, parent_id=parent, held=held)


def _edit(tx: Tx, chance: Random, one: Actor, _root: Actor) -> None:
    text = written(f"Other {chance.random()}", LIMITS)
    comments.edit(tx, one, _number(tx, chance), text, LIMITS)


def _override(tx: Tx, chance: Random, _one: Actor, root: Actor) -> None:
    hidden, featured, closed = (chance.choice((None, True, False)) for _ in range(3))
    name = chance.choice(PAGES)
    overrides.change(tx, root, name, hidden=hidden, featured=featured, closed=closed)


def _ban(tx: Tx, chance: Random, one: Actor, root: Actor) -> None:
    kind: bans.Kind = "banned" if chance.random() < 0.5 else "shadowed"
    bans.ban(tx, root, one.name, kind, as_spam=chance.random() < 0.2)


def _close(tx: Tx, chance: Random, one: Actor, _root: Actor) -> None:
    if chance.random() < 0.1:
        closing.delete(tx, one, one.id, chance.choice(("anonymise", "remove")))


ACTS: dict[str, Act] = {
    "like": lambda tx, chance, one, _: likes.like(tx, one, chance.choice(PAGES)),
    "unlike": lambda tx, chance, one, _: likes.unlike(tx, one, chance.choice(PAGES)),
    "like comment": lambda tx, chance, one, _: likes.like_comment(tx, one, _number(tx, chance)),
    "unlike comment": lambda tx, chance, one, _: likes.unlike_comment(tx, one, _number(tx, chance)),
    "follow": lambda tx, chance, one, _: follows.follow(tx, one, chance.choice(PEOPLE)),
    "unfollow": lambda tx, chance, one, _: follows.unfollow(tx, one, chance.choice(PEOPLE)),
    "block": lambda tx, chance, one, _: blocks.block(tx, one, chance.choice(PEOPLE)),
    "comment": _comment,
    "edit": _edit,
    "take away": lambda tx, chance, one, _: comments.delete(tx, one, _number(tx, chance)),
    "decide": lambda tx, chance, _, root: queue.decide(
        tx, root, _number(tx, chance), chance.choice(("approve", "reject", "spam"))
    ),
    "undo": lambda tx, chance, _, root: queue.undo(tx, root, _number(tx, chance)),
    "profile": lambda tx, chance, one, _: profile.edit(
        tx, one, profile.Changes(display=f"Name {chance.randrange(9)}")
    ),
    "rename": lambda tx, chance, one, root: users.rename(
        tx, root, one.id, f"{one.name[:3]}{chance.choice(('', 'x', 'y'))}"
    ),
    "override": _override,
    "ban": _ban,
    "lift": lambda tx, _, one, root: bans.lift(tx, root, one.name),
    "leave": lambda tx, _, one, __: closing.deactivate(tx, one),
    "come back": lambda tx, _, one, root: users.activate(tx, root, one.id),
    "close": _close,
}
OF_ROOT = {"decide", "undo", "rename", "override", "ban", "lift", "come back"}


def join(db: Database, name: str, root: Actor) -> int:
    address = addresses.checked(f"{name}@example.org")
    return db.write_now(lambda tx: users.create(tx, root, name, address, None, "User"))


def do(db: Database, chance: Random, act: str, ids: list[int], root: Actor) -> None:
    def work(tx: Tx) -> object:
        one = chance.choice(ids)
        if act not in OF_ROOT and users.by_id(tx, one).status not in people.PRESENT:
            return None  # nobody lets them in
        return ACTS[act](tx, chance, users.as_actor(tx, one), root)

    with suppress(Refusal):
        db.write_now(work)


def test_what_the_log_does_not_say_is_noticed(db: Database) -> None:
    """The control: a change that nobody was told of."""
    follower = Follower(db)
    follower.catch_up()
    db.write_now(lambda tx: tx.run("UPDATE pages SET likes = 1, hidden = 1 WHERE id = 'a'"))
    assert follower.missed() == ["likes/a", "settings/a"]


@pytest.mark.parametrize("seed", range(6))
def test_the_log_misses_nothing(db: Database, seed: int) -> None:
    check(db, Random(seed))


@pytest.mark.long
@pytest.mark.parametrize("seed", range(6, 60))
def test_the_log_misses_nothing_for_long(db: Database, seed: int) -> None:
    check(db, Random(seed))


def check(db: Database, chance: Random) -> None:
    """Let people do what they like, and look after each act at what a follower knows."""
    root = member(db, "root", "Administrator")
    acts = [*ACTS, *OFTEN]
    ids = [join(db, name, root) for name in PEOPLE]
    follower = Follower(db)
    follower.known["profile/root"] = values.value(db.reader, "profile/root")  # never asked to join
    done = []
    for _ in range(200):
        done.append(chance.choice(acts))
        do(db, chance, done[-1], ids, root)
        follower.catch_up()
        assert follower.missed() == [], done[-8:]
