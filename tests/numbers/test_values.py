"""The value of each fact: what anybody may see, in the form that the builder reads."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from interact_api.db import Database
from interact_api.numbers import rankings
from interact_api.values import KINDS, LEFT, value
from interact_api.wire import encode
from streamly_ssg.inputs.facts import TYPES
from streamly_ssg.values import from_json
from tests.numbers.writing import age, comment, like, run
from tests.support.service import Clock, database, member, page


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with database(tmp_path, Clock()) as made:
        page(made, "a")
        yield made


def told(db: Database, key: str) -> Any:
    """Return a fact as the builder decodes it."""
    found = value(db.reader, key)
    return None if found is None else from_json(encode(found), TYPES[key.partition("/")[0]])


def test_every_kind_of_fact_has_a_value() -> None:
    assert set(KINDS) == set(TYPES)


@pytest.mark.parametrize("key", [*(f"{kind}/nothing" for kind in TYPES), "popular", "unknown/x"])
def test_what_is_not_there_has_no_value(db: Database, key: str) -> None:
    assert value(db.reader, key) is None


def test_likes_are_counted(db: Database) -> None:
    like(db, member(db, "ann"), "a")
    assert told(db, "likes/a").count == 1


def test_views_are_rounded(db: Database) -> None:
    run(db, "UPDATE pages SET views = 98765 WHERE id = 'a'")
    assert told(db, "views/a").count == 98_000


def test_a_comment_is_told_whole(db: Database) -> None:
    ann = member(db, "ann")
    run(db, "UPDATE users SET display = 'Ann A.'")
    first = comment(db, ann, "a", text="One")
    second = comment(db, ann, "a", text="Two", parent=first)
    run(db, "UPDATE comments SET likes = 2, edited_at = created_at + 1000 WHERE id = 2")
    found = told(db, "comments/a")
    assert (found.count, [one.id for one in found.items]) == (2, [str(first), str(second)])
    reply = found.items[1]
    assert (reply.author, reply.name, reply.html) == ("ann", "Ann A.", "<p>Two</p>")
    assert (reply.parent, reply.likes, reply.at.year) == (str(first), 2, 2026)
    assert (reply.edited - reply.at).seconds == 1
    assert found.items[0].edited is None


@pytest.mark.parametrize("state", ["pending", "rejected", "spam", "deleted"])
def test_only_approved_comments_are_told(db: Database, state: str) -> None:
    comment(db, member(db, "ann"), "a", state=state, text="secret")
    assert b"secret" not in encode(value(db.reader, "comments/a"))
    assert told(db, "comments/a").count == 0


def test_a_shadowed_persons_comments_are_not_told(db: Database) -> None:
    comment(db, member(db, "ann"), "a")
    run(db, "UPDATE users SET status = 'shadowed'")
    assert told(db, "comments/a").items == ()


@pytest.mark.parametrize("status", ["deleted", "deactivated"])
def test_somebody_who_left_is_not_named(db: Database, status: str) -> None:
    comment(db, member(db, "ann"), "a")
    run(db, "UPDATE users SET status = :status, display = 'Ann'", status=status)
    (one,) = told(db, "comments/a").items
    assert (one.author, one.name) == ("", LEFT)


def test_a_comment_without_anybody_is_a_former_members(db: Database) -> None:
    comment(db, member(db, "ann"), "a")
    run(db, "UPDATE comments SET user_id = NULL")
    assert told(db, "comments/a").items[0].name == LEFT


def test_a_reply_to_what_nobody_reads_goes_one_up(db: Database) -> None:
    ann = member(db, "ann")
    top = comment(db, ann, "a")
    gone = comment(db, ann, "a", parent=top, state="deleted")
    comment(db, ann, "a", parent=gone, text="reply")
    comment(db, ann, "a", parent=comment(db, ann, "a", state="spam"), text="orphan")
    reply, orphan = told(db, "comments/a").items[1:]
    assert (reply.parent, orphan.parent) == (str(top), None)


def test_what_moderators_decided_is_told(db: Database) -> None:
    run(db, "UPDATE pages SET hidden = 1, closed = 1")
    found = told(db, "settings/a")
    assert (found.hidden, found.featured, found.closed) == (True, False, True)


def test_a_profile_tells_no_address(db: Database) -> None:
    member(db, "ann")
    run(db, "UPDATE users SET bio = 'I write', website = 'https://example.org/'")
    found = told(db, "profile/ann")
    assert (found.bio, found.joined[:4]) == ("I write", "2026")
    assert b"@" not in encode(value(db.reader, "profile/ann"))


@pytest.mark.parametrize("status", ["deactivated", "banned", "shadowed", "deleted"])
def test_people_who_are_not_active_have_no_profile(db: Database, status: str) -> None:
    member(db, "ann")
    run(db, "UPDATE users SET status = :status", status=status)
    assert value(db.reader, "profile/ann") is None
    assert value(db.reader, "follows/ann") is None


def test_who_has_not_confirmed_has_no_profile(db: Database) -> None:
    member(db, "ann")
    run(db, "UPDATE users SET confirmed_at = NULL")
    assert value(db.reader, "profile/ann") is None


def test_follows_name_those_whom_everybody_may_see(db: Database) -> None:
    ann, bob, eve = (member(db, name) for name in ("ann", "bob", "eve"))
    for one in (bob, eve):
        run(db, "INSERT INTO follows VALUES (:one, :ann, 0)", one=one.id, ann=ann.id)
    run(db, "INSERT INTO follows VALUES (:ann, :bob, 0)", bob=bob.id, ann=ann.id)
    run(db, "UPDATE users SET status = 'shadowed' WHERE name = 'eve'")
    found = told(db, "follows/ann")
    assert (found.followers, found.following) == (("bob",), ("bob",))


def test_rankings_are_told_as_they_were_counted(db: Database) -> None:
    ann = member(db, "ann")
    age(db, ann, 30)
    like(db, ann, "a")
    rankings.refresh(db)
    for key in rankings.FACTS:
        found = told(db, key)
        assert [(one.page, one.likes) for one in found.items] == [("a", 1)]
        assert found.as_of.year == 2026


def test_a_value_is_the_same_until_something_changes(db: Database) -> None:
    ann = member(db, "ann")
    comment(db, ann, "a")
    like(db, ann, "a")
    rankings.refresh(db)
    keys = ["likes/a", "comments/a", "profile/ann", "follows/ann", "trending/week", "popular"]
    once = [encode(value(db.reader, key)) for key in keys]
    assert [encode(value(db.reader, key)) for key in keys] == once
