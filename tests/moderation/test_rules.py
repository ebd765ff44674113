"""Rules: each holds what it is for and says why, and the spam score says nothing too early."""

from dataclasses import replace

import pytest

from interact_api.accounts.actor import Actor
from interact_api.db import Database, Tx
from interact_api.moderation import admission, queue, rules, spam
from interact_api.settings import Moderation, Settings
from interact_api.social import comments, pages, people, text
from interact_api.social.comments import Comment
from tests.support.service import Clock
from tests.support.social import LIMITS, NO_RULES, say


def why(db: Database, actor: Actor, body: str, wanted: Moderation) -> str:
    written = text.written(body, LIMITS)

    def act(tx: Tx) -> str:
        return rules.held(tx, actor, people.author(tx, actor), written, wanted)

    return db.write_now(act)


def test_without_rules_nothing_is_held(db: Database, ann: Actor) -> None:
    assert why(db, ann, "http://a.b http://c.d casino", NO_RULES) == ""


def test_first_comments_wait_until_enough_are_public(db: Database, ann: Actor) -> None:
    two = replace(NO_RULES, first_comments=2)
    assert why(db, ann, "Hello", two) == "first comments"
    say(db, ann, "a")
    say(db, ann, "a", held="links")
    assert why(db, ann, "Hello", two) == "first comments"
    say(db, ann, "a")
    assert why(db, ann, "Hello", two) == ""


def test_many_links_wait(db: Database, ann: Actor) -> None:
    one = replace(NO_RULES, links=1)
    assert why(db, ann, "http://a.b", one) == ""
    assert why(db, ann, "http://a.b [c](http://d.e)", one) == "2 links"


@pytest.mark.parametrize(
    ("word", "body", "is_there"),
    [
        ("casino", "My CASINO!", True),
        ("casino", "casinos", False),
        ("casino*", "casinos", True),
        ("*bet", "alphabet", True),
        ("c*o", "the cargo", True),
        ("c*o", "car go", False),
        ("buy now", "Buy now.", True),
        ("a.b", "axb", False),
        ("ﬁne", "fine", True),
        ("straße", "STRASSE", True),
        ("", "anything", False),
    ],
)
def test_words_are_found_as_they_are_meant(word: str, body: str, is_there: bool) -> None:
    assert bool(rules.listed_words(body, (word,))) == is_there


def test_listed_words_wait(db: Database, ann: Actor) -> None:
    wanted = replace(NO_RULES, words=("casino*", "pills"))
    assert why(db, ann, "Casinos and pills", wanted) == 'word "casino*"; word "pills"'


def test_new_accounts_wait(db: Database, clock: Clock, ann: Actor) -> None:
    day = replace(NO_RULES, account_hours=24)
    clock.pass_by(seconds=5 * 3600)
    assert why(db, ann, "Hello", day) == "account is 5 hours old"
    clock.pass_by(days=1)
    assert why(db, ann, "Hello", day) == ""


def test_everything_waits_if_asked(db: Database, ann: Actor) -> None:
    assert why(db, ann, "Hello", replace(NO_RULES, everything=True)) != ""


def test_moderators_never_wait(db: Database, mod: Actor) -> None:
    assert why(db, mod, "casino", Moderation(words=("casino",), everything=True)) == ""


def taught(db: Database, *, ham: int, spams: int) -> None:
    def act(tx: object) -> None:
        for _ in range(ham):
            spam.learn(tx, "thanks for this lovely garden", "ham")  # type: ignore[arg-type]
        for _ in range(spams):
            spam.learn(tx, "cheap pills http://pills.example/x", "spam")  # type: ignore[arg-type]

    db.write_now(act)


def test_there_is_no_score_before_enough_decisions_of_each_kind(db: Database, ann: Actor) -> None:
    taught(db, ham=19, spams=30)
    assert spam.score(db.reader, "cheap pills", 20) is None
    assert why(db, ann, "cheap pills", NO_RULES) == ""


def test_the_score_tells_what_was_taught(db: Database, ann: Actor) -> None:
    taught(db, ham=20, spams=20)
    assert spam.score(db.reader, "Cheap PILLS at http://pills.example/", 20) == pytest.approx(
        1, abs=0.01
    )
    assert spam.score(db.reader, "a lovely garden", 20) == pytest.approx(0, abs=0.01)
    assert spam.score(db.reader, "completely unheard-of", 20) == 0.5
    assert why(db, ann, "cheap pills", NO_RULES) == "spam score 1.00"


def test_forgetting_undoes_learning(db: Database) -> None:
    taught(db, ham=1, spams=1)
    before = db.reader.all(lambda *row: row, "SELECT * FROM spam_words ORDER BY word")
    for by in (1, -1):
        db.write_now(lambda tx, by=by: spam.learn(tx, "lovely new words", "spam", by))  # type: ignore[misc]
    assert db.reader.all(lambda *row: row, "SELECT * FROM spam_words ORDER BY word") == before


def test_no_comment_teaches_more_than_its_share() -> None:
    assert len(spam.words(" ".join(f"word{number}" for number in range(5_000)))) == spam.MOST_WORDS


def settings(wanted: Moderation) -> Settings:
    from pathlib import Path  # noqa: PLC0415

    return Settings(
        root=Path(),
        database=Path(),
        environment="test",
        base_url="https://example.org",
        title="A",
        secret=b"",
        moderation=wanted,
    )


def admitted(db: Database, actor: Actor, body: str, wanted: Moderation) -> Comment:
    written = text.written(body, LIMITS)
    return db.write_now(
        lambda tx: admission.write(tx, actor, pages.find(tx, "a"), written, settings(wanted))
    )


def changed(db: Database, actor: Actor, comment: Comment, body: str, wanted: Moderation) -> Comment:
    written = text.written(body, LIMITS)
    return db.write_now(
        lambda tx: admission.change(tx, actor, comment.id, written, settings(wanted))
    )


def test_a_comment_is_admitted_past_the_rules(db: Database, ann: Actor) -> None:
    assert admitted(db, ann, "Hello", NO_RULES).state == "approved"
    held = admitted(db, ann, "Casino!", replace(NO_RULES, words=("casino",)))
    assert (held.state, held.held) == ("pending", 'word "casino"')


def test_a_change_is_judged_by_what_it_says_now(db: Database, ann: Actor) -> None:
    wanted = replace(NO_RULES, words=("casino",), first_comments=9)
    comment = say(db, ann, "a", "Harmless.")
    assert changed(db, ann, comment, "Still harmless.", wanted).state == "approved"
    assert changed(db, ann, comment, "Casino!", wanted).held == 'word "casino"'


def test_a_changed_comment_teaches_no_longer(db: Database, ann: Actor, mod: Actor) -> None:
    comment = say(db, ann, "a", "cheap pills", held="links")
    db.write_now(lambda tx: queue.decide(tx, mod, comment.id, "approve"))
    assert db.reader.value("SELECT ham FROM spam_words WHERE word = 'pills'") == 1
    changed(db, ann, comment, "Lovely garden.", NO_RULES)
    assert db.reader.value("SELECT ham FROM spam_words WHERE word = 'pills'") is None
    assert comments.find(db.reader, comment.id).learned == ""
