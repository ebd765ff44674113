"""Bans and overrides: what they take away, what they leave, and that they can be lifted."""

import pytest

from interact_api import audit, values
from interact_api.accounts.actor import Actor
from interact_api.db import Database
from interact_api.errors import Conflict, Forbidden, NotFound
from interact_api.moderation import bans, overrides, queue
from interact_api.moderation.bans import Kind
from interact_api.social import comments, follows, likes, pages, threads
from tests.support.service import member
from tests.support.social import forget_changes, say, touched, wrong_counters


def ban(
    db: Database, actor: Actor, name: str, kind: Kind = "banned", *, spam: bool = False
) -> bool:
    return db.write_now(lambda tx: bans.ban(tx, actor, name, kind, "rude", as_spam=spam))


def lift(db: Database, actor: Actor, name: str) -> bool:
    return db.write_now(lambda tx: bans.lift(tx, actor, name))


def public(db: Database) -> dict[str, object]:
    names = ("likes/a", "comments/a", "follows/ann", "follows/bob", "profile/ann")
    return {name: values.value(db.reader, name) for name in names}


@pytest.fixture
def busy(db: Database, ann: Actor, bob: Actor) -> Actor:
    """Ann, who has liked, followed and written."""
    comment = say(db, bob, "a", "Bob's.")
    say(db, ann, "a", "Ann's.", to=comment)
    db.write_now(lambda tx: likes.like(tx, ann, "a"))
    db.write_now(lambda tx: likes.like_comment(tx, ann, comment.id))
    db.write_now(lambda tx: follows.follow(tx, ann, "bob"))
    db.write_now(lambda tx: follows.follow(tx, bob, "ann"))
    forget_changes(db)
    return ann


def status(db: Database, actor: Actor) -> str:
    return str(db.reader.value("SELECT status FROM users WHERE id = :id", id=actor.id))


def test_a_ban_ends_sessions_and_tokens(db: Database, ann: Actor, mod: Actor) -> None:
    def sign_in(tx: object) -> None:
        tx.run(  # type: ignore[attr-defined]
            "INSERT INTO sessions (user_id, token, remember, agent, place, created_at, used_at,"
            " expires_at) VALUES (:id, x'01', 0, '', '', 1, 1, 9e15)",
            id=ann.id,
        )
        tx.run(  # type: ignore[attr-defined]
            "INSERT INTO tokens (user_id, kind, token, scopes, created_at)"
            " VALUES (:id, 'personal', x'02', 'read', 1)",
            id=ann.id,
        )

    db.write_now(sign_in)
    assert ban(db, mod, "ann")
    assert status(db, ann) == "banned"
    assert db.reader.value("SELECT count(*) FROM sessions") == 0
    assert db.reader.value("SELECT count(*) FROM tokens WHERE revoked_at IS NULL") == 0


@pytest.mark.parametrize("kind", ["banned", "shadowed"])
def test_who_is_banned_counts_no_more(db: Database, busy: Actor, mod: Actor, kind: Kind) -> None:
    before = public(db)
    ban(db, mod, "ann", kind)
    after = public(db)
    assert after["likes/a"] == {"count": 0}
    assert after["follows/bob"] == {"followers": [], "following": []}
    assert set(touched(db)) == {name for name in before if before[name] != after[name]}
    assert wrong_counters(db.reader) == []
    assert busy.id


@pytest.mark.parametrize("kind", ["banned", "shadowed"])
def test_lifting_a_ban_restores_what_was_there(
    db: Database, busy: Actor, mod: Actor, kind: Kind
) -> None:
    before = public(db)
    ban(db, mod, "ann", kind)
    assert lift(db, mod, "ann")
    assert not lift(db, mod, "ann")
    assert public(db) == before
    assert status(db, busy) == "active"
    assert wrong_counters(db.reader) == []


def test_one_kind_of_ban_follows_another(db: Database, busy: Actor, mod: Actor) -> None:
    before = public(db)
    for kind in ("shadowed", "banned", "shadowed"):
        ban(db, mod, "ann", kind)
        assert wrong_counters(db.reader) == []
    assert not ban(db, mod, "ann", "shadowed")
    lift(db, mod, "ann")
    assert public(db) == before
    assert busy.id


def test_a_ban_leaves_comments_and_a_shadow_hides_them(
    db: Database, busy: Actor, bob: Actor, mod: Actor
) -> None:
    ban(db, mod, "ann")
    assert len(threads.part(db.reader, "a", bob).items) == 2
    ban(db, mod, "ann", "shadowed")
    assert [one.body for one in threads.part(db.reader, "a", bob).items] == ["Bob's."]
    shadow = busy._replace(is_shadowed=True)
    mine = threads.part(db.reader, "a", shadow).items
    assert [(one.body, one.state) for one in mine] == [
        ("Bob's.", "approved"),
        ("Ann's.", "approved"),
    ]


def test_a_shadow_acts_and_nobody_notices(db: Database, ann: Actor, bob: Actor, mod: Actor) -> None:
    comment = say(db, bob, "a")
    ban(db, mod, "ann", "shadowed")
    forget_changes(db)
    shadow = ann._replace(is_shadowed=True)
    assert db.write_now(lambda tx: likes.like(tx, shadow, "a")) == (1, True)
    assert db.write_now(lambda tx: likes.like_comment(tx, shadow, comment.id)) == (1, True)
    assert db.write_now(lambda tx: follows.follow(tx, shadow, "bob")) == (1, True)
    say(db, shadow, "a")
    assert touched(db) == []
    assert db.reader.value("SELECT likes FROM pages") == 0
    assert likes.who(db.reader, "a", bob, (2**62, 2**62), 9) == []
    assert wrong_counters(db.reader) == []


def test_everything_somebody_wrote_may_be_taken_for_spam(
    db: Database, busy: Actor, mod: Actor
) -> None:
    ban(db, mod, "ann", spam=True)
    states = "SELECT state FROM comments WHERE user_id = :id"
    assert db.reader.all(str, states, id=busy.id) == ["spam"]
    assert wrong_counters(db.reader) == []


def test_what_a_shadow_wrote_cannot_be_approved_before_it_is_lifted(
    db: Database, ann: Actor, mod: Actor
) -> None:
    comment = say(db, ann, "a", held="links")
    ban(db, mod, "ann", "shadowed")
    with pytest.raises(Conflict):
        db.write_now(lambda tx: queue.decide(tx, mod, comment.id, "approve"))
    lift(db, mod, "ann")
    db.write_now(lambda tx: queue.decide(tx, mod, comment.id, "approve"))


def test_a_decision_about_a_shadow_is_undone_after_it_is_lifted(
    db: Database, ann: Actor, mod: Actor
) -> None:
    comment = say(db, ann, "a")
    ban(db, mod, "ann", "shadowed")
    db.write_now(lambda tx: queue.decide(tx, mod, comment.id, "reject"))
    lift(db, mod, "ann")
    db.write_now(lambda tx: queue.undo(tx, mod, comment.id))
    assert comments.find(db.reader, comment.id).is_public


def test_moderators_ban_neither_themselves_nor_each_other(db: Database, mod: Actor) -> None:
    member(db, "mod2", "Moderator")
    admin = member(db, "root", "Administrator")
    for name in ("mod", "mod2", "root"):
        with pytest.raises(Forbidden):
            ban(db, mod, name)
    assert ban(db, admin, "mod2")
    with pytest.raises(Forbidden):
        ban(db, admin, "root")


def test_the_last_administrator_stays(db: Database) -> None:
    admin = member(db, "root", "Administrator")
    member(db, "root2", "Administrator")
    assert ban(db, admin, "root2")
    with pytest.raises(Conflict):
        ban(db, admin._replace(id=99), "root")


def test_nobody_bans_but_moderators(db: Database, ann: Actor, bob: Actor, mod: Actor) -> None:
    with pytest.raises(Forbidden):
        ban(db, ann, "bob")
    with pytest.raises(NotFound):
        ban(db, mod, "nobody")
    assert bob.id


def test_bans_are_written_down(db: Database, ann: Actor, mod: Actor) -> None:
    ban(db, mod, "ann")
    lift(db, mod, "ann")
    assert [one.action for one in audit.recent(db.reader)] == ["users.unban", "users.ban"]
    assert audit.recent(db.reader)[1].details == {"as": "banned", "reason": "rude"}
    assert ann.id


def test_a_page_is_closed_by_moderators_and_hidden_by_editors(db: Database, mod: Actor) -> None:
    editor = member(db, "eve", "Editor")
    assert db.write_now(lambda tx: overrides.change(tx, mod, "a", closed=True)).closed
    with pytest.raises(Forbidden):
        db.write_now(lambda tx: overrides.change(tx, mod, "a", hidden=True))
    db.write_now(lambda tx: overrides.change(tx, editor, "a", hidden=True, featured=True))
    assert values.value(db.reader, "settings/a") == {
        "hidden": True,
        "featured": True,
        "closed": True,
    }
    assert touched(db) == ["settings/a"]
    assert [one.id for one in pages.listed(db.reader, "", 9, overridden=True)] == ["a"]


def test_an_override_that_changes_nothing_is_not_told(db: Database, mod: Actor) -> None:
    db.write_now(lambda tx: overrides.change(tx, mod, "a", closed=False))
    assert touched(db) == []
    assert audit.recent(db.reader) == []


def test_nobody_overrides_but_moderators(db: Database, ann: Actor) -> None:
    with pytest.raises(Forbidden):
        db.write_now(lambda tx: overrides.change(tx, ann, "a", closed=True))
