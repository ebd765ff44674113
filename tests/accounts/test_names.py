import pytest

from interact_api import facts
from interact_api.accounts import names, users
from interact_api.db import Database
from interact_api.errors import Conflict, Invalid, NotFound, TooMany
from tests.support.service import Clock, member


@pytest.mark.parametrize("text", ["ada", "Ada", "a_b-c", "007", "x" * 25])
def test_a_name_is_kept_in_lower_case(text: str) -> None:
    assert names.checked(text) == text.lower()


@pytest.mark.parametrize(
    "text",
    [
        "", "ab", "x" * 26, "_ada", "-ada", "ada lovelace", "ada.l", "../etc", ".well-known", "ädä",
        "\u0430da", "ada\u200b", "ada\x00", "ada\n", "\u202eada", "ﬁona", "İda", "admin", "API", "con",
        "lpt1", "well-known", "page", "\u212aelvin", "x" * 65_536,
    ],
)  # fmt: skip
def test_what_could_be_taken_for_something_else_is_no_name(text: str) -> None:
    with pytest.raises(Invalid):
        names.checked(text)


def test_a_taken_name_stays_taken_in_any_case(db: Database) -> None:
    member(db, "ada")
    with pytest.raises(Conflict):
        db.write_now(lambda tx: users.add(tx, "ADA", None))


def test_an_old_name_leads_to_the_new_one(db: Database) -> None:
    ada = member(db, "ada")
    db.write_now(lambda tx: names.rename(tx, ada, "Countess"))
    assert names.holder(db.reader, "Ada") == (ada.id, "countess", True)
    assert users.by_name(db.reader, "ada").name == "countess"


def test_an_old_name_is_nobody_elses(db: Database) -> None:
    ada, eve = member(db, "ada"), member(db, "eve")
    db.write_now(lambda tx: names.rename(tx, ada, "countess"))
    with pytest.raises(Conflict):
        db.write_now(lambda tx: names.rename(tx, eve, "ada"))


def test_a_name_changes_every_thirty_days(db: Database, clock: Clock) -> None:
    ada = member(db, "ada")
    db.write_now(lambda tx: names.rename(tx, ada, "countess"))
    clock.pass_by(days=29.9)
    now_countess = ada._replace(name="countess")
    with pytest.raises(TooMany) as refused:
        db.write_now(lambda tx: names.rename(tx, now_countess, "lovelace"))
    assert 0 < refused.value.retry_after <= 8641
    clock.pass_by(days=0.2)
    assert db.write_now(lambda tx: names.rename(tx, now_countess, "lovelace")) == "lovelace"


def test_who_goes_back_to_an_old_name_has_it_again(db: Database, clock: Clock) -> None:
    ada = member(db, "ada")
    db.write_now(lambda tx: names.rename(tx, ada, "countess"))
    clock.pass_by(days=31)
    db.write_now(lambda tx: names.rename(tx, ada._replace(name="countess"), "ada"))
    assert names.holder(db.reader, "ada") == (ada.id, "ada", False)
    assert names.holder(db.reader, "countess") == (ada.id, "ada", True)


def test_a_rename_changes_every_list_that_shows_the_name(db: Database) -> None:
    ada, bob = member(db, "ada"), member(db, "bob")
    db.write_now(lambda tx: tx.insert("follows", follower_id=bob.id, followed_id=ada.id, at=tx.now))
    before = facts.last(db.reader)
    db.write_now(lambda tx: names.rename(tx, ada, "countess"))
    changed = {change.key for change in facts.since(db.reader, before, 100)}
    assert {"profile/ada", "profile/countess", "follows/bob", "follows/countess"} <= changed


def test_nobody_has_a_name_that_was_never_given(db: Database) -> None:
    with pytest.raises(NotFound):
        users.by_name(db.reader, "nemo")
