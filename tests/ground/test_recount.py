"""Counters equal rows, whatever people do; and one that was changed by hand is set right."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest

from interact_api import recount
from interact_api.accounts.actor import Actor
from interact_api.db import Database, Tx
from interact_api.errors import Refusal
from interact_api.moderation import bans
from interact_api.numbers import views
from interact_api.recount import COUNTERS, Counter
from interact_api.social import comments, follows, likes
from interact_api.social.text import Text
from tests.support.service import database, member, page
from tests.support.social import forget_changes, say, say_in, touched

NAMES = "ann", "bob", "cid", "dee"
TEXT = Text("Hello", "<p>Hello</p>", 0, ())


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with database(tmp_path) as made:
        yield made


def busy(db: Database) -> None:
    """Let everything that is counted be there once."""
    ann, bob = member(db, "ann"), member(db, "bob")
    page(db, "a")
    first = say(db, ann, "a")
    say(db, bob, "a", to=first)
    db.write_now(lambda tx: likes.like(tx, bob, "a"))
    db.write_now(lambda tx: likes.like_comment(tx, bob, first.id))
    db.write_now(lambda tx: follows.follow(tx, ann, "bob"))
    db.write_now(lambda tx: views.save(tx, {("a", 1): (3, {b"x"})}, views.Salt(1, b"")))


def test_after_what_people_do_every_counter_is_right(db: Database) -> None:
    busy(db)
    assert recount.differences(db.reader) == []


@pytest.mark.parametrize("counter", COUNTERS, ids=lambda one: f"{one.table}.{one.column}")
def test_a_counter_that_was_changed_by_hand_is_set_right(db: Database, counter: Counter) -> None:
    busy(db)
    forget_changes(db)
    table, column = counter.table, counter.column
    changed = db.write_now(lambda tx: tx.run(f"UPDATE {table} SET {column} = {column} + 7"))
    found = db.write_now(recount.recount)
    assert {(one.table, one.column) for one in found} == {(table, column)}
    assert len(found) == changed
    assert all(one.found == one.right + 7 for one in found)
    assert recount.differences(db.reader) == []
    assert bool(touched(db)) == bool(counter.fact)


def test_setting_a_counter_right_tells_the_builder_whose_it_was(db: Database) -> None:
    busy(db)
    forget_changes(db)
    db.write_now(lambda tx: tx.run("UPDATE comments SET likes = 9"))
    db.write_now(lambda tx: tx.run("UPDATE users SET followers = 9 WHERE name = 'bob'"))
    db.write_now(recount.recount)
    assert touched(db) == ["comments/a", "follows/bob"]


def test_no_column_that_counts_is_forgotten(db: Database) -> None:
    columns = db.reader.all(
        lambda *row: row,
        "SELECT m.name, c.name FROM sqlite_master AS m, pragma_table_info(m.name) AS c"
        " WHERE m.type = 'table' AND m.name IN ('pages', 'users', 'comments')"
        " AND c.type = 'INTEGER' AND c.dflt_value = '0'"
        " AND c.name NOT IN ('hidden', 'featured', 'closed', 'pinned', 'depth', 'untold')",
    )
    assert set(columns) == {(counter.table, counter.column) for counter in COUNTERS}


def someone(db: Database, actor: Actor) -> Actor:
    """Return *actor* as they are now; whoever is banned can do nothing."""
    status = db.reader.value("SELECT status FROM users WHERE id = :id", id=actor.id)
    may = frozenset() if status == "banned" else actor.permissions
    return actor._replace(is_shadowed=status == "shadowed", permissions=may)


def act_by_chance(db: Database, chance: Random, people: list[Actor], boss: Actor) -> None:
    """Let somebody do something, which may be refused."""
    one, where, name = (
        someone(db, chance.choice(people)),
        chance.choice("xyz"),
        chance.choice(NAMES),
    )
    number = chance.randint(1, 60)
    acts: tuple[Callable[[Tx], object], ...] = (
        lambda tx: likes.like(tx, one, where),
        lambda tx: likes.unlike(tx, one, where),
        lambda tx: likes.like_comment(tx, one, number),
        lambda tx: likes.unlike_comment(tx, one, number),
        lambda tx: follows.follow(tx, one, name),
        lambda tx: follows.unfollow(tx, one, name),
        lambda tx: say_in(tx, one, where, TEXT),
        lambda tx: say_in(tx, one, where, TEXT, parent_id=number),
        lambda tx: comments.delete(tx, one, number),
        lambda tx: bans.ban(tx, boss, name, chance.choice(("banned", "shadowed"))),
        lambda tx: bans.lift(tx, boss, name),
    )
    with suppress(Refusal):
        db.write_now(chance.choice(acts))


@pytest.mark.parametrize("seed", range(3))
def test_counters_are_right_after_hundreds_of_acts_by_chance(db: Database, seed: int) -> None:
    chance = Random(seed)
    people, boss = [member(db, name) for name in NAMES], member(db, "boss", "Administrator")
    for name in "xyz":
        page(db, name)
    for _ in range(500):
        act_by_chance(db, chance, people, boss)
    assert recount.differences(db.reader) == []
    assert db.reader.value("SELECT count(*) FROM comments") > 20
