from collections.abc import Callable

import pytest

from interact_api import facts, recount
from interact_api.accounts import closing, names, roles, sessions, tokens, users
from interact_api.accounts.actor import Actor
from interact_api.accounts.passwords import Hasher
from interact_api.db import Database, Tx
from interact_api.errors import Conflict, Forbidden, Gone, Refusal
from interact_api.moderation import bans
from tests.accounts.people import join, letters, register, sign_in
from tests.support.service import member, page


def lively(db: Database) -> Actor:
    """Add somebody who has liked, followed, written, and was answered, and others who did so too."""
    ada, bob, where = member(db, "ada"), member(db, "bob"), page(db, "a")

    def live(tx: Tx) -> None:
        for who, other in ((ada, bob), (bob, ada)):
            tx.insert("likes", page=where, user_id=who.id, at=1)
            tx.insert("follows", follower_id=who.id, followed_id=other.id, at=1)
        for number, (who, parent) in enumerate([(ada, None), (bob, 1), (ada, 2), (ada, None)], 1):
            row = {"body": "Secret words", "html": "<p>Secret words</p>", "state": "approved"}
            tx.insert(
                "comments",
                id=number,
                page=where,
                user_id=who.id,
                parent_id=parent,
                created_at=1,
                **row,
            )
            tx.insert("comment_likes", comment_id=number, user_id=ada.id, at=1)
        recount.recount(tx)
        sessions.start(tx, ada.id, b"a" * 32, remember=True)

    db.write_now(live)
    return ada


@pytest.mark.parametrize("leaving", ["anonymise", "remove"])
def test_nothing_leads_to_somebody_who_left(db: Database, leaving: closing.Leaving) -> None:
    ada = lively(db)
    db.write_now(lambda tx: closing.delete(tx, ada, ada.id, leaving))
    user = users.by_id(db.reader, ada.id)
    assert (user.status, user.email, user.display) == ("deleted", None, "")
    for table in ("likes", "comment_likes", "comments", "sessions", "tokens", "letters", "places"):
        assert not db.reader.value(f"SELECT 1 FROM {table} WHERE user_id = {ada.id}")
    assert recount.differences(db.reader) == []
    assert db.reader.value("PRAGMA foreign_key_check") is None


def test_comments_stay_without_their_author(db: Database) -> None:
    ada = lively(db)
    db.write_now(lambda tx: closing.delete(tx, ada, ada.id, "anonymise"))
    kept = db.reader.all(
        str, "SELECT body FROM comments WHERE user_id IS NULL AND state = 'approved'"
    )
    assert kept == ["Secret words"] * 3


def test_comments_go_with_their_author(db: Database) -> None:
    ada = lively(db)
    db.write_now(lambda tx: closing.delete(tx, ada, ada.id, "remove"))
    rows = db.reader.all(lambda *row: row, "SELECT id, state, body, html FROM comments ORDER BY id")
    assert rows[0] == (1, "deleted", "", "")
    assert [row[1] for row in rows] == ["deleted", "approved", "deleted", "deleted"]


def test_everything_that_showed_them_is_told(db: Database) -> None:
    ada = lively(db)
    before = facts.last(db.reader)
    db.write_now(lambda tx: closing.delete(tx, ada, ada.id, "anonymise"))
    told = {change.key for change in facts.since(db.reader, before, 100)}
    assert told == {"profile/ada", "follows/ada", "follows/bob", "likes/a", "comments/a"}


def test_the_name_stays_with_nobody_behind_it(db: Database) -> None:
    ada = lively(db)
    db.write_now(lambda tx: closing.delete(tx, ada, ada.id, "remove"))
    with pytest.raises(Gone):
        users.public(db.reader, "ada")
    with pytest.raises(Conflict):
        db.write_now(lambda tx: names.must_be_free(tx, "ada"))


def test_the_address_is_free_again(db: Database, hasher: Hasher) -> None:
    user_id = join(db, hasher, "ada")
    actor = Actor(user_id, "ada", "User", frozenset())
    db.write_now(lambda tx: closing.delete(tx, actor, user_id, "remove"))
    assert letters(db, "ada@example.org") == ["deleted"]
    register(db, hasher, "countess", "ada@example.org")
    assert letters(db, "ada@example.org") == ["deleted", "confirm"]


def test_nobody_deletes_another_without_the_permission(db: Database) -> None:
    ada, eve = member(db, "ada"), member(db, "eve", "Editor")
    with pytest.raises(Forbidden):
        db.write_now(lambda tx: closing.delete(tx, eve, ada.id, "remove"))
    root = member(db, "root-1", "Administrator")
    db.write_now(lambda tx: closing.delete(tx, root, ada.id, "remove"))
    assert users.by_id(db.reader, ada.id).status == "deleted"


def _delete(actor: Actor) -> Callable[[Tx], object]:
    return lambda tx: closing.delete(tx, actor, actor.id, "remove")


def _deactivate(actor: Actor) -> Callable[[Tx], object]:
    return lambda tx: closing.deactivate(tx, actor)


@pytest.mark.parametrize("leave", [_delete, _deactivate])
def test_the_last_administrator_cant_leave(
    db: Database, leave: Callable[[Actor], Callable[[Tx], object]]
) -> None:
    root = member(db, "root-1", "Administrator")
    with pytest.raises(Conflict) as refused:
        db.write_now(leave(root))
    assert refused.value.code == "LAST_ADMIN"
    member(db, "root-2", "Administrator")
    db.write_now(leave(root))


def test_who_is_deactivated_is_out_until_activated(db: Database, hasher: Hasher) -> None:
    user_id = join(db, hasher, "ada")
    root = member(db, "root-1", "Administrator")
    db.write_now(lambda tx: sessions.start(tx, user_id, b"a" * 32, remember=True))
    db.write_now(lambda tx: closing.deactivate(tx, Actor(user_id, "ada", "User", frozenset())))
    assert sessions.actor(db.reader, b"a" * 32, db.clock()) is None
    with pytest.raises(Refusal):
        sign_in(db, hasher, "ada")
    db.write_now(lambda tx: users.activate(tx, root, user_id))
    assert sign_in(db, hasher, "ada").name == "ada"


def test_a_token_of_somebody_who_left_is_good_for_nothing(db: Database) -> None:
    eda = member(db, "eda", "Editor")
    text = tokens.new(tokens.PERSONAL)
    db.write_now(lambda tx: tokens.create(tx, eda, "mine", ["read"], 1, text))
    db.write_now(lambda tx: closing.delete(tx, eda, eda.id, "remove"))
    assert tokens.actor(db.reader, tokens.digest(text), db.clock()) is None


@pytest.mark.parametrize("status", ["banned", "shadowed"])
def test_who_doesnt_count_isnt_taken_out_twice(db: Database, status: str) -> None:
    ada, root = lively(db), roles.operator(db.reader)
    db.write_now(lambda tx: bans.ban(tx, root, "ada", status))  # type: ignore[arg-type]
    db.write_now(lambda tx: closing.delete(tx, root, ada.id, "anonymise"))
    assert recount.differences(db.reader) == []


def test_what_nobody_saw_is_nobodys_and_not_shown(db: Database) -> None:
    ada, root = lively(db), roles.operator(db.reader)
    db.write_now(lambda tx: bans.ban(tx, root, "ada", "shadowed"))
    db.write_now(lambda tx: closing.delete(tx, ada, ada.id, "anonymise"))
    assert db.reader.all(str, "SELECT DISTINCT state FROM comments WHERE body <> ''") == [
        "approved"
    ]
    assert db.reader.value("SELECT count(*) FROM comments WHERE body <> ''") == 1


def test_nobody_gets_rid_of_a_shadow_by_leaving(db: Database) -> None:
    ada, root = lively(db), roles.operator(db.reader)
    db.write_now(lambda tx: bans.ban(tx, root, "ada", "shadowed"))
    db.write_now(lambda tx: closing.deactivate(tx, ada))
    with pytest.raises(Conflict):
        db.write_now(lambda tx: users.activate(tx, root, ada.id))
    assert recount.differences(db.reader) == []
