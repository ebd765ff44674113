"""Comments: who may write, change and take away what, and what the public sees of it."""

import pytest

from interact_api.accounts.actor import NOBODY, Actor
from interact_api.db import Database
from interact_api.errors import Conflict, Forbidden, Gone, Invalid, NotFound, NotSignedIn, Refusal
from interact_api.social import comments, mentions, text
from interact_api.social.comments import Comment
from tests.support.service import Clock, member, page
from tests.support.social import LIMITS, forget_changes, say, shadowed, touched, wrong_counters


def edit(db: Database, actor: Actor, comment: Comment, body: str, held: str = "") -> Comment:
    written = text.written(body, LIMITS)
    return db.write_now(lambda tx: comments.edit(tx, actor, comment.id, written, LIMITS, held=held))


def delete(db: Database, actor: Actor, comment: Comment) -> None:
    db.write_now(lambda tx: comments.delete(tx, actor, comment.id))


def pin(db: Database, actor: Actor, comment: Comment, *, pinned: bool = True) -> bool:
    return db.write_now(lambda tx: comments.pin(tx, actor, comment.id, pinned=pinned))


def found(db: Database, comment: Comment) -> Comment:
    return comments.find(db.reader, comment.id)


def test_a_comment_is_counted_and_told(db: Database, ann: Actor) -> None:
    comment = say(db, ann, "a", "*Hello*")
    assert (comment.state, comment.html) == ("approved", "<p><em>Hello</em></p>")
    assert touched(db) == ["comments/a"]
    assert wrong_counters(db.reader) == []


@pytest.mark.parametrize("held", ["", "links"])
def test_what_was_written_is_what_is_found(db: Database, ann: Actor, held: str) -> None:
    above = say(db, ann, "a", "*Hello*")
    written = say(db, ann, "a", "I *agree*.", to=above, held=held)
    assert written == found(db, written)


def test_a_held_comment_is_its_writers_and_moderators_alone(
    db: Database, ann: Actor, bob: Actor, mod: Actor
) -> None:
    comment = say(db, ann, "a", held="links")
    assert touched(db) == []
    assert comments.seen(db.reader, comment.id, ann).id == comment.id
    assert comments.seen(db.reader, comment.id, mod).held == "links"
    for viewer in (bob, NOBODY):
        with pytest.raises(NotFound):
            comments.seen(db.reader, comment.id, viewer)


def test_nobody_comments_who_has_not_signed_in(db: Database) -> None:
    with pytest.raises(NotSignedIn):
        say(db, NOBODY, "a")


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ("policy = 'closed'", Forbidden),
        ("closed = 1", Forbidden),
        ("policy = 'off'", NotFound),
        ("hidden = 1", NotFound),
        ("removed_at = 1", NotFound),
    ],
)
def test_a_page_takes_comments_only_while_it_is_open(
    db: Database, ann: Actor, change: str, kind: type[Refusal]
) -> None:
    db.write_now(lambda tx: tx.run(f"UPDATE pages SET {change}"))
    with pytest.raises(kind):
        say(db, ann, "a")


def test_an_answer_hangs_below_what_it_answers(db: Database, ann: Actor, bob: Actor) -> None:
    first = say(db, ann, "a")
    second = say(db, bob, "a", to=first)
    assert (second.parent_id, second.depth) == (first.id, 1)
    assert found(db, first).replies == 1


def test_answers_below_the_last_level_join_it(db: Database, ann: Actor) -> None:
    comment = say(db, ann, "a")
    for _ in range(20):
        comment = say(db, ann, "a", to=comment)
    assert comment.depth == LIMITS.depth - 1
    deepest = "SELECT max(depth) FROM comments"
    assert db.reader.value(deepest) == LIMITS.depth - 1
    assert wrong_counters(db.reader) == []


def test_what_is_not_there_cannot_be_answered(db: Database, ann: Actor, bob: Actor) -> None:
    page(db, "b")
    elsewhere = say(db, ann, "b")
    pending = say(db, ann, "a", held="links")
    gone = say(db, ann, "a")
    delete(db, ann, gone)
    for parent in (elsewhere, pending, gone, gone._replace(id=99), gone._replace(id=-1)):
        with pytest.raises(Invalid):
            say(db, bob, "a", to=parent)


def test_a_comment_can_be_changed_for_a_while(db: Database, clock: Clock, ann: Actor) -> None:
    comment = say(db, ann, "a", "@mod")
    clock.pass_by(seconds=14 * 60)
    forget_changes(db)
    after = edit(db, ann, comment, "Better.")
    assert (after.html, after.edited_at) == ("<p>Better.</p>", clock.now)
    assert touched(db) == ["comments/a"]
    assert mentions.of(db.reader, comment.id) == []
    clock.pass_by(seconds=2 * 60)
    with pytest.raises(Forbidden) as refused:
        edit(db, ann, comment, "Later.")
    assert refused.value.code == "TOO_LATE"


def test_moderators_change_comments_at_any_time(
    db: Database, clock: Clock, ann: Actor, mod: Actor
) -> None:
    comment = say(db, ann, "a")
    clock.pass_by(days=100)
    assert edit(db, mod, comment, "Calmer.").body == "Calmer."
    assert db.reader.value("SELECT action FROM audit") == "comments.edit"


def test_nobody_changes_what_another_wrote(db: Database, ann: Actor, bob: Actor) -> None:
    with pytest.raises(Forbidden):
        edit(db, bob, say(db, ann, "a"), "Mine.")


def test_a_change_that_changes_nothing_is_none(db: Database, ann: Actor) -> None:
    comment = say(db, ann, "a", "Same.")
    forget_changes(db)
    assert edit(db, ann, comment, "Same.").edited_at is None
    assert touched(db) == []


def test_a_change_that_is_held_takes_the_comment_back(db: Database, ann: Actor) -> None:
    after = edit(db, ann, say(db, ann, "a"), "Buy!", held="words")
    assert (after.state, after.held) == ("pending", "words")
    assert wrong_counters(db.reader) == []


def test_changing_a_pending_comment_tells_nobody(db: Database, ann: Actor) -> None:
    comment = say(db, ann, "a", held="links")
    edit(db, ann, comment, "Other.")
    assert touched(db) == []


def test_a_deleted_comment_keeps_no_text(db: Database, ann: Actor, bob: Actor) -> None:
    comment = say(db, ann, "a", "Secret @bob")
    say(db, bob, "a", to=comment)
    delete(db, ann, comment)
    after = found(db, comment)
    assert (after.state, after.body, after.html, after.replies) == ("deleted", "", "", 1)
    assert mentions.of(db.reader, comment.id) == []
    assert wrong_counters(db.reader) == []
    with pytest.raises(Gone):
        delete(db, ann, comment)


def test_the_authors_of_a_page_delete_comments_on_it(db: Database, ann: Actor) -> None:
    olga = member(db, "olga")
    page(db, "b")
    delete(db, olga, say(db, ann, "a"))
    with pytest.raises(Forbidden):
        delete(db, olga, say(db, ann, "b"))


def test_nobody_deletes_what_another_wrote_but_moderators(
    db: Database, ann: Actor, bob: Actor, mod: Actor
) -> None:
    comment = say(db, ann, "a")
    for actor, kind in ((bob, Forbidden), (NOBODY, NotSignedIn)):
        with pytest.raises(kind):
            delete(db, actor, comment)
    delete(db, mod, comment)
    action, target = db.reader.all(lambda *row: row, "SELECT action, target FROM audit")[0]
    assert (action, target) == ("comments.delete", f"comment:{comment.id}")


def test_what_nobody_may_see_cannot_be_probed(db: Database, ann: Actor, bob: Actor) -> None:
    pending = say(db, ann, "a", held="links")
    with pytest.raises(NotFound):
        delete(db, bob, pending)
    with pytest.raises(NotFound):
        edit(db, bob, pending, "Mine.")


def test_a_pinned_comment_is_pinned_by_those_who_may(db: Database, ann: Actor, mod: Actor) -> None:
    comment = say(db, ann, "a")
    with pytest.raises(Forbidden):
        pin(db, ann, comment)
    assert pin(db, member(db, "olga"), comment)
    assert not pin(db, mod, comment)
    assert pin(db, mod, comment, pinned=False)


def test_few_comments_can_be_pinned_and_only_public_ones(
    db: Database, ann: Actor, mod: Actor
) -> None:
    for _ in range(comments.MOST_PINNED):
        pin(db, mod, say(db, ann, "a"))
    first = say(db, ann, "a")
    for comment in (first, say(db, ann, "a", to=first), say(db, ann, "a", held="links")):
        with pytest.raises(Conflict):
            pin(db, mod, comment)


def test_a_comment_that_is_taken_away_is_no_longer_pinned(
    db: Database, ann: Actor, mod: Actor
) -> None:
    comment = say(db, ann, "a")
    pin(db, mod, comment)
    delete(db, ann, comment)
    assert found(db, comment).pinned == 0


def test_what_a_shadowed_person_writes_is_theirs_alone(db: Database, ann: Actor) -> None:
    shadow = shadowed(db, ann)
    comment = say(db, shadow, "a")
    assert (comment.state, comment.held) == ("pending", comments.SHADOWED)
    assert touched(db) == []
