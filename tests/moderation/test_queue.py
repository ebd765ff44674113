"""The queue: what waits, what is decided, and that a decision can be taken back."""

import pytest

from interact_api import audit
from interact_api.accounts.actor import Actor
from interact_api.db import Database, Tx
from interact_api.errors import Conflict, Forbidden, Gone
from interact_api.moderation import queue
from interact_api.moderation.queue import Act, Decision, Outcome, Waiting
from interact_api.social import comments
from interact_api.social.comments import Comment
from tests.support.social import forget_changes, say, shadowed, touched, wrong_counters


def decide(db: Database, actor: Actor, comment: Comment, decision: Decision) -> Comment:
    return db.write_now(lambda tx: queue.decide(tx, actor, comment.id, decision, "r1"))


def undo(db: Database, actor: Actor, comment: Comment) -> Comment:
    return db.write_now(lambda tx: queue.undo(tx, actor, comment.id))


def bulk(db: Database, actor: Actor, ids: list[int], act: Act) -> list[Outcome]:
    return db.write_now(lambda tx: queue.decide_all(tx, actor, ids, act))


def test_the_queue_is_read_oldest_first_in_parts(db: Database, ann: Actor, mod: Actor) -> None:
    waiting = [say(db, ann, "a", held="links").id for _ in range(5)]
    say(db, ann, "a")
    first = queue.listed(db.reader, mod, "pending", limit=3)
    rest = queue.listed(db.reader, mod, "pending", first[-1].id, 3)
    assert [one.id for one in first + rest] == waiting


@pytest.mark.parametrize(
    ("which", "index"),
    [("pending", "comments_queue"), ("spam", "comments_queue"), ("reported", "reports_open")],
)
def test_the_queue_goes_by_its_index(db: Database, which: Waiting, index: str) -> None:
    values = {"after": 0, "limit": 5}
    rows = db.reader.connection.execute(f"EXPLAIN QUERY PLAN {queue.statement(which)}", values)
    plan = " ".join(row[3] for row in rows)
    assert index in plan
    assert "SCAN" not in plan
    assert "TEMP B-TREE" not in plan


def test_nobody_reads_the_queue_but_moderators(db: Database, ann: Actor) -> None:
    with pytest.raises(Forbidden):
        queue.listed(db.reader, ann, "pending")


def test_what_a_shadow_wrote_does_not_fill_the_queue(db: Database, ann: Actor, mod: Actor) -> None:
    say(db, shadowed(db, ann), "a")
    assert queue.listed(db.reader, mod, "pending") == []


def test_approval_makes_public_and_is_told_and_written_down(
    db: Database, ann: Actor, mod: Actor
) -> None:
    comment = say(db, ann, "a", held="links")
    assert decide(db, mod, comment, "approve").state == "approved"
    assert touched(db) == ["comments/a"]
    (entry,) = audit.recent(db.reader)
    assert (entry.action, entry.actor, entry.request_id) == ("comments.approve", "mod", "r1")
    assert entry.details["held"] == "links"
    assert wrong_counters(db.reader) == []


@pytest.mark.parametrize("decision", ["reject", "spam"])
def test_what_was_never_public_goes_in_silence(
    db: Database, ann: Actor, mod: Actor, decision: Decision
) -> None:
    decide(db, mod, say(db, ann, "a", held="links"), decision)
    assert touched(db) == []


def test_deciding_twice_is_deciding_once(db: Database, ann: Actor, mod: Actor) -> None:
    comment = say(db, ann, "a", held="links")
    for _ in range(2):
        decide(db, mod, comment, "spam")
    assert len(audit.recent(db.reader)) == 1
    assert db.reader.value("SELECT spam FROM spam_words WHERE word = ''") == 1


def test_a_decision_may_be_another_one_later(db: Database, ann: Actor, mod: Actor) -> None:
    comment = say(db, ann, "a", "lovely", held="links")
    for decision in ("spam", "approve", "reject", "approve"):
        decide(db, mod, comment, decision)
    lovely = "SELECT spam, ham FROM spam_words WHERE word = 'lovely'"
    assert db.reader.all(lambda *row: row, lovely) == [(0, 1)]
    assert wrong_counters(db.reader) == []


@pytest.mark.parametrize("decision", ["approve", "reject", "spam"])
def test_undoing_leaves_what_was_there(
    db: Database, ann: Actor, mod: Actor, decision: Decision
) -> None:
    comment = say(db, ann, "a", held="links")
    decide(db, mod, comment, decision)
    assert undo(db, mod, comment) == comment
    assert db.reader.value("SELECT count(*) FROM spam_words WHERE word <> ''") == 0
    assert wrong_counters(db.reader) == []


def test_undoing_twice_does_not_flip(db: Database, ann: Actor, mod: Actor) -> None:
    comment = say(db, ann, "a", held="links")
    with pytest.raises(Conflict):
        undo(db, mod, comment)
    decide(db, mod, comment, "approve")
    undo(db, mod, comment)
    with pytest.raises(Conflict):
        undo(db, mod, comment)


def test_a_deleted_comment_cannot_be_decided(db: Database, ann: Actor, mod: Actor) -> None:
    comment = say(db, ann, "a")
    db.write_now(lambda tx: comments.delete(tx, mod, comment.id))
    with pytest.raises(Gone):
        decide(db, mod, comment, "approve")
    with pytest.raises(Gone):
        undo(db, mod, comment)


def test_nobody_decides_but_moderators(db: Database, ann: Actor) -> None:
    comment = say(db, ann, "a", held="links")
    with pytest.raises(Forbidden):
        decide(db, ann, comment, "approve")
    with pytest.raises(Forbidden):
        undo(db, ann, comment)
    with pytest.raises(Forbidden):
        bulk(db, ann, [comment.id], "approve")


def test_many_are_decided_at_once_and_one_fault_spoils_nothing(
    db: Database, ann: Actor, mod: Actor
) -> None:
    ids = [say(db, ann, "a", held="links").id for _ in range(3)]
    outcomes = bulk(db, mod, [*ids, 99], "approve")
    assert [one.code for one in outcomes] == ["", "", "", "NOT_FOUND"]
    assert db.reader.value("SELECT comments FROM pages") == 3
    forget_changes(db)
    assert [one.code for one in bulk(db, mod, ids, "delete")] == ["", "", ""]
    assert [one.code for one in bulk(db, mod, ids[:1], "undo")] == ["GONE"]
    assert touched(db) == ["comments/a"]
    assert wrong_counters(db.reader) == []


def test_the_last_decision_is_found_whatever_else_the_log_holds(
    db: Database, ann: Actor, mod: Actor
) -> None:
    comment = say(db, ann, "a", held="links")
    decide(db, mod, comment, "approve")

    def fill(tx: Tx) -> None:
        for number in range(2_000):
            audit.record(tx, 1, "x", "users.edit", f"user:{number}")

    db.write_now(fill)
    ticks: list[int] = []
    connection = db.reader.connection
    connection.set_progress_handler(lambda: ticks.append(1), 100)
    found = audit.recent(db.reader, target=comments.target(comment.id))
    connection.set_progress_handler(None, 0)
    assert [one.action for one in found] == ["comments.approve"]
    assert len(ticks) < 10
