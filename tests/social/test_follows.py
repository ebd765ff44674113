"""Follows, what is suggested from them, and blocks, which end them."""

import pytest

from interact_api.accounts import users
from interact_api.accounts.actor import NOBODY, Actor
from interact_api.db import Database
from interact_api.errors import Forbidden, Invalid, NotFound, NotSignedIn
from interact_api.social import blocks, comments, follows, mentions, threads
from tests.support.service import Clock, member
from tests.support.social import forget_changes, say, touched

LAST = (2**62, 2**62)


def follow(db: Database, actor: Actor, *names: str) -> None:
    for name in names:
        db.write_now(lambda tx, name=name: follows.follow(tx, actor, name))  # type: ignore[misc]


def suggested(db: Database, actor: Actor) -> list[tuple[str, int]]:
    return [(one.name, one.mutual) for one in follows.suggestions(db.reader, actor, 9)]


@pytest.mark.usefixtures("bob")
def test_following_twice_counts_once(db: Database, ann: Actor) -> None:
    assert db.write_now(lambda tx: follows.follow(tx, ann, "bob")) == (1, True)
    assert touched(db) == ["follows/ann", "follows/bob"]
    assert db.write_now(lambda tx: follows.follow(tx, ann, "bob")) == (1, False)
    assert db.write_now(lambda tx: follows.unfollow(tx, ann, "BOB")) == (0, True)


def test_who_follows_is_counted_on_both_sides_and_can_stop(
    db: Database, ann: Actor, bob: Actor
) -> None:
    """The third of microblog's four scenarios; the others wait for avatars and feeds."""

    def counted() -> tuple[int, int, bool]:
        mine, theirs = users.by_id(db.reader, ann.id), users.by_id(db.reader, bob.id)
        return mine.following, theirs.followers, follows.bond(db.reader, ann, "bob").following

    assert counted() == (0, 0, False)
    db.write_now(lambda tx: follows.follow(tx, ann, "bob"))
    assert counted() == (1, 1, True)
    assert not follows.bond(db.reader, bob, "ann").following
    db.write_now(lambda tx: follows.unfollow(tx, ann, "bob"))
    assert counted() == (0, 0, False)


def test_nobody_follows_themselves(db: Database, ann: Actor) -> None:
    with pytest.raises(Invalid):
        follow(db, ann, "ann")
    with pytest.raises(NotSignedIn):
        follow(db, NOBODY, "ann")


@pytest.mark.parametrize("status", ["deactivated", "banned", "shadowed", "deleted"])
def test_who_is_not_there_cannot_be_followed(
    db: Database, ann: Actor, bob: Actor, status: str
) -> None:
    db.write_now(
        lambda tx: tx.run("UPDATE users SET status = :s WHERE id = :id", s=status, id=bob.id)
    )
    with pytest.raises(NotFound):
        follow(db, ann, "bob")


@pytest.mark.usefixtures("ann")
def test_lists_come_newest_first_and_in_parts(db: Database, clock: Clock) -> None:
    for name in ("one", "two", "three"):
        follow(db, member(db, name), "ann")
        clock.pass_by(seconds=1)
    first = follows.followers(db.reader, "ann", NOBODY, LAST, 2)
    rest = follows.followers(db.reader, "ann", NOBODY, (first[-1].at, first[-1].id), 2)
    assert [one.name for one in first + rest] == ["three", "two", "one"]
    assert [one.name for one in follows.following(db.reader, "two", NOBODY, LAST, 9)] == ["ann"]


def test_mutual_are_those_whom_one_follows_among_their_followers(
    db: Database, ann: Actor, bob: Actor
) -> None:
    carl, dora = member(db, "carl"), member(db, "dora")
    follow(db, ann, "carl", "dora")
    follow(db, carl, "bob")
    follow(db, bob, "dora")
    follow(db, dora, "ann")
    found = follows.mutual(db.reader, ann, "bob", 0, 9)
    assert [one.name for one in found] == ["carl"]


def test_suggestions_are_ranked_by_mutual_connections_then_newest(
    db: Database, clock: Clock, ann: Actor
) -> None:
    near = [member(db, name) for name in ("n1", "n2")]
    for name in ("old", "new", "both"):
        clock.pass_by(days=1)
        member(db, name)
    follow(db, ann, "n1", "n2")
    follow(db, near[0], "old", "new", "both", "ann", "n2")
    follow(db, near[1], "both")
    assert suggested(db, ann) == [("both", 2), ("new", 1), ("old", 1)]


def test_nobody_is_suggested_who_keeps_apart_or_is_not_there(
    db: Database, ann: Actor, bob: Actor
) -> None:
    others = {name: member(db, name) for name in ("hated", "hater", "banned", "fine")}
    follow(db, bob, *others)
    follow(db, ann, "bob")
    db.write_now(lambda tx: blocks.block(tx, ann, "hated"))
    db.write_now(lambda tx: blocks.block(tx, others["hater"], "ann"))
    db.write_now(lambda tx: tx.run("UPDATE users SET status = 'banned' WHERE name = 'banned'"))
    assert suggested(db, ann) == [("fine", 1)]


def test_a_block_ends_follows_both_ways(db: Database, ann: Actor, bob: Actor) -> None:
    follow(db, ann, "bob")
    follow(db, bob, "ann")
    forget_changes(db)
    assert db.write_now(lambda tx: blocks.block(tx, ann, "bob"))
    counts = db.reader.all(lambda *row: row, "SELECT followers, following FROM users")
    assert counts == [(0, 0), (0, 0)]
    assert set(touched(db)) == {"follows/ann", "follows/bob"}


@pytest.mark.parametrize("who", ["ann", "bob"])
def test_after_a_block_neither_can_follow(db: Database, ann: Actor, bob: Actor, who: str) -> None:
    db.write_now(lambda tx: blocks.block(tx, ann, "bob"))
    one, other = (ann, "bob") if who == "ann" else (bob, "ann")
    with pytest.raises(Forbidden):
        follow(db, one, other)


def test_a_block_can_be_taken_back(db: Database, ann: Actor, bob: Actor) -> None:
    db.write_now(lambda tx: blocks.block(tx, ann, "bob"))
    assert not db.write_now(lambda tx: blocks.block(tx, ann, "bob"))
    assert [one.name for one in blocks.of(db.reader, ann)] == ["bob"]
    assert db.write_now(lambda tx: blocks.unblock(tx, ann, "bob"))
    follow(db, bob, "ann")


def test_who_was_blocked_cannot_answer_nor_mention(db: Database, ann: Actor, bob: Actor) -> None:
    comment = say(db, ann, "a")
    db.write_now(lambda tx: blocks.block(tx, ann, "bob"))
    with pytest.raises(Forbidden):
        say(db, bob, "a", to=comment)
    other = say(db, bob, "a", "Look, @ann!")
    assert mentions.of(db.reader, other.id) == []


def test_who_blocked_does_not_see_what_the_other_writes(
    db: Database, ann: Actor, bob: Actor
) -> None:
    say(db, bob, "a", "Nonsense.")
    db.write_now(lambda tx: blocks.block(tx, ann, "bob"))
    (mine,) = threads.part(db.reader, "a", ann).items
    (public,) = threads.part(db.reader, "a", NOBODY).items
    assert (mine.state, mine.html) == ("blocked", "")
    assert "Nonsense" in public.html


def test_nobody_blocks_themselves(db: Database, ann: Actor) -> None:
    with pytest.raises(Invalid):
        db.write_now(lambda tx: blocks.block(tx, ann, "ann"))


def test_mentions_are_of_people_who_are_there(db: Database, ann: Actor, bob: Actor) -> None:
    comment = say(db, ann, "a", "@bob, @Bob and @nobody and `@mod` and a@mod.org, says @ann")
    assert mentions.of(db.reader, comment.id) == ["bob"]
    assert comments.find(db.reader, comment.id).is_public
    assert bob.id
