"""Reports: once per person, told to moderators, and enough of them take a comment back."""

import json

import pytest

from interact_api.accounts.actor import NOBODY, Actor
from interact_api.db import Database
from interact_api.errors import Invalid, NotFound, NotSignedIn
from interact_api.moderation import queue
from interact_api.social import comments, reports
from interact_api.social.comments import Comment
from tests.support.service import Clock, member
from tests.support.social import NO_RULES, say, wrong_counters


def report(db: Database, actor: Actor, comment: Comment) -> bool:
    return db.write_now(
        lambda tx: reports.report(tx, actor, comment.id, "spam", "Look at this", rules=NO_RULES)
    )


def letters(db: Database) -> list[tuple[str, dict[str, str]]]:
    sql = "SELECT recipient, context FROM outbox WHERE template = 'reported'"
    return db.reader.all(lambda to, context: (to, json.loads(context)), sql)


def trusted(db: Database, clock: Clock, count: int) -> list[Actor]:
    found = [member(db, f"old{number}") for number in range(count)]
    for one in found:
        say(db, one, "a")
    clock.pass_by(days=30)
    return found


def test_a_person_reports_a_comment_once(db: Database, ann: Actor, bob: Actor) -> None:
    comment = say(db, ann, "a")
    assert report(db, bob, comment)
    assert not report(db, bob, comment)
    (one,) = reports.of(db.reader, comment.id)
    assert (one.name, one.reason, one.text) == ("bob", "spam", "Look at this")


def test_nobody_reports_their_own_nor_what_they_cannot_see(
    db: Database, ann: Actor, bob: Actor
) -> None:
    with pytest.raises(Invalid):
        report(db, ann, say(db, ann, "a"))
    with pytest.raises(NotFound):
        report(db, bob, say(db, ann, "a", held="links"))
    with pytest.raises(NotSignedIn):
        report(db, NOBODY, say(db, ann, "a"))


def test_moderators_are_told_of_the_first_report(
    db: Database, ann: Actor, bob: Actor, mod: Actor
) -> None:
    comment = say(db, ann, "a", "Bad **words**")
    report(db, bob, comment)
    report(db, member(db, "carl"), comment)
    ((to, context),) = letters(db)
    assert to == "mod@example.org"
    assert context["quote"] == "Bad words"
    assert context["path"] == f"/posts/a/#comment-{comment.id}"
    assert mod.id


def test_moderators_are_not_told_without_end(db: Database, ann: Actor, bob: Actor) -> None:
    member(db, "mod", "Moderator")
    for _ in range(20):
        report(db, bob, say(db, ann, "a"))
    assert 1 <= len(letters(db)) <= 3


def test_enough_trusted_reports_take_a_comment_back(
    db: Database, clock: Clock, ann: Actor, mod: Actor
) -> None:
    people = trusted(db, clock, NO_RULES.reports)
    comment = say(db, ann, "a")
    for one in people:
        assert comments.find(db.reader, comment.id).is_public
        report(db, one, comment)
    after = comments.find(db.reader, comment.id)
    assert (after.state, after.held) == ("pending", reports.REPORTED)
    assert [one.id for one in queue.listed(db.reader, mod, "pending")] == [comment.id]
    assert wrong_counters(db.reader) == []


def test_reports_of_strangers_hold_nothing(db: Database, ann: Actor) -> None:
    comment = say(db, ann, "a")
    for number in range(10):
        report(db, member(db, f"new{number}"), comment)
    assert comments.find(db.reader, comment.id).is_public


def test_a_decision_closes_reports_and_earlier_ones_count_no_more(
    db: Database, clock: Clock, ann: Actor, bob: Actor, mod: Actor
) -> None:
    comment = say(db, ann, "a")
    for one in trusted(db, clock, NO_RULES.reports):
        report(db, one, comment)
    db.write_now(lambda tx: queue.decide(tx, mod, comment.id, "approve"))
    assert reports.of(db.reader, comment.id) == []
    report(db, bob, comment)
    assert comments.find(db.reader, comment.id).is_public


def test_what_was_reported_is_listed_until_it_is_looked_at(
    db: Database, ann: Actor, bob: Actor, mod: Actor
) -> None:
    comment = say(db, ann, "a")
    report(db, bob, comment)
    report(db, member(db, "carl"), comment)
    assert [one.id for one in queue.listed(db.reader, mod, "reported")] == [comment.id]
    db.write_now(lambda tx: queue.decide(tx, mod, comment.id, "approve"))
    assert queue.listed(db.reader, mod, "reported") == []
    assert db.reader.value("SELECT action FROM audit") == "comments.dismiss"


def test_a_shadow_reports_to_nobody(db: Database, ann: Actor, bob: Actor, mod: Actor) -> None:
    db.write_now(lambda tx: tx.run("UPDATE users SET status = 'shadowed' WHERE id = :i", i=bob.id))
    assert report(db, bob._replace(is_shadowed=True), say(db, ann, "a"))
    assert letters(db) == []
    assert mod.id
