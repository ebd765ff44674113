import re

import pytest

from interact_api.accounts import roles, sessions, tokens
from interact_api.accounts.actor import Actor
from interact_api.db import Database
from interact_api.errors import NotFound
from tests.support.service import Clock, member


def sign_in(db: Database, actor: Actor, *, remember: bool = True) -> bytes:
    digest = tokens.digest(tokens.new(tokens.SESSION))
    db.write_now(lambda tx: sessions.start(tx, actor.id, digest, remember=remember))
    return digest


def who(db: Database, digest: bytes) -> sessions.SignedIn | None:
    return sessions.actor(db.reader, digest, db.clock())


def note_use(db: Database, digest: bytes) -> None:
    found = who(db, digest)
    assert found is not None
    db.write_now(lambda tx: sessions.note_use(tx, found.session_id))


def test_a_session_is_its_owners_with_all_that_they_may(db: Database) -> None:
    ada = member(db, "ada", "Moderator")
    found = who(db, sign_in(db, ada))
    assert found is not None
    assert found.actor == ada
    assert not found.is_due


def test_no_other_token_is_anybodys(db: Database) -> None:
    sign_in(db, member(db, "ada"))
    assert who(db, tokens.digest(tokens.new(tokens.SESSION))) is None


def test_the_database_holds_no_session_token(db: Database) -> None:
    text = tokens.new(tokens.SESSION)
    ada = member(db, "ada")
    db.write_now(lambda tx: sessions.start(tx, ada.id, tokens.digest(text), remember=True))
    (kept,) = db.reader.all(bytes, "SELECT token FROM sessions")
    assert len(kept) == 32
    assert text.encode() not in db.path.read_bytes()


def test_a_session_without_use_ends_after_two_weeks(db: Database, clock: Clock) -> None:
    digest = sign_in(db, member(db, "ada"))
    clock.pass_by(days=13.9)
    assert who(db, digest) is not None
    clock.pass_by(days=0.2)
    assert who(db, digest) is None


def test_a_session_in_use_ends_after_ninety_days(db: Database, clock: Clock) -> None:
    digest = sign_in(db, member(db, "ada"))
    for _ in range(7):
        clock.pass_by(days=12.5)
        note_use(db, digest)
    clock.pass_by(days=2.4)
    assert who(db, digest) is not None
    clock.pass_by(days=0.2)
    assert who(db, digest) is None


def test_a_session_that_isnt_remembered_ends_after_a_day(db: Database, clock: Clock) -> None:
    digest = sign_in(db, member(db, "ada"), remember=False)
    clock.pass_by(days=0.9)
    note_use(db, digest)
    clock.pass_by(days=0.2)
    assert who(db, digest) is None


def test_use_is_noted_once_a_minute(db: Database, clock: Clock) -> None:
    ada = member(db, "ada")
    digest = sign_in(db, ada)
    clock.pass_by(seconds=59)
    assert (found := who(db, digest)) is not None
    assert not found.is_due
    clock.pass_by(seconds=1)
    assert (found := who(db, digest)) is not None
    assert found.is_due
    note_use(db, digest)
    assert (found := who(db, digest)) is not None
    assert not found.is_due
    assert db.reader.value("SELECT seen_at FROM users WHERE id = :id", id=ada.id) == clock.now


@pytest.mark.parametrize("status", ["deactivated", "banned", "deleted"])
def test_a_closed_account_has_no_session(db: Database, status: str) -> None:
    ada = member(db, "ada")
    digest = sign_in(db, ada)
    sql = "UPDATE users SET status = :status WHERE id = :id"
    db.write_now(lambda tx: tx.run(sql, status=status, id=ada.id))
    assert who(db, digest) is None


def test_a_shadowed_person_notices_nothing(db: Database) -> None:
    ada = member(db, "ada")
    digest = sign_in(db, ada)
    db.write_now(
        lambda tx: tx.run("UPDATE users SET status = 'shadowed' WHERE id = :id", id=ada.id)
    )
    assert (found := who(db, digest)) is not None
    assert found.actor == ada._replace(is_shadowed=True)


def test_what_a_role_may_changes_at_once(db: Database) -> None:
    digest = sign_in(db, member(db, "ada"))
    root = roles.operator(db.reader)
    db.write_now(lambda tx: roles.grant(tx, root, "User", "api_access"))
    assert (found := who(db, digest)) is not None
    assert found.actor.may("api_access")
    db.write_now(lambda tx: roles.revoke(tx, root, "User", "api_access"))
    assert (found := who(db, digest)) is not None
    assert not found.actor.may("api_access")


def test_the_oldest_of_more_than_twenty_sessions_makes_room(db: Database, clock: Clock) -> None:
    ada = member(db, "ada")
    digests = []
    for _ in range(22):
        clock.pass_by(seconds=1)
        digests.append(sign_in(db, ada))
    assert [who(db, digest) is not None for digest in digests] == [False] * 2 + [True] * 20


def test_people_end_their_own_sessions_and_nobody_elses(db: Database) -> None:
    ada, eve = member(db, "ada"), member(db, "eve")
    digest = sign_in(db, ada)
    (session,) = sessions.of(db.reader, ada.id, db.clock())
    with pytest.raises(NotFound):
        db.write_now(lambda tx: sessions.end(tx, eve, session.id))
    db.write_now(lambda tx: sessions.end(tx, ada, session.id))
    assert who(db, digest) is None


def test_a_session_that_is_renewed_ends_for_its_copies(db: Database) -> None:
    ada = member(db, "ada")
    number = db.write_now(lambda tx: sessions.start(tx, ada.id, b"a" * 32, remember=True))
    assert db.write_now(lambda tx: sessions.renew(tx, number, b"b" * 32))
    found = [sessions.actor(db.reader, one * 32, db.clock()) for one in (b"a", b"b")]
    assert found[0] is None
    assert found[1] is not None
    assert found[1].session_id == number


def test_all_sessions_end_but_the_one_that_is_kept(db: Database) -> None:
    ada = member(db, "ada")
    kept, other = sign_in(db, ada), sign_in(db, ada)
    assert (found := who(db, kept)) is not None
    assert db.write_now(lambda tx: sessions.end_all(tx, ada.id, found.session_id)) == 1
    assert who(db, kept) is not None
    assert who(db, other) is None


def test_looking_a_session_up_is_one_statement_by_its_index(db: Database) -> None:
    plan = db.reader.all(
        lambda *row: row[3],
        "EXPLAIN QUERY PLAN " + sessions._ACTOR,
        digest=b"",
        now=0,
    )
    assert len(plan) == 4
    assert plan[0].startswith("SEARCH s USING INDEX")
    assert all("USING INTEGER PRIMARY KEY" in step for step in plan[1:])


def test_what_has_expired_is_forgotten(db: Database, clock: Clock) -> None:
    sign_in(db, member(db, "ada"))
    clock.pass_by(days=15)
    assert db.write_now(sessions.prune) == 1


CHANGES = {
    "signed out": "DELETE FROM sessions",
    "renewed": "UPDATE sessions SET token = x'00'",
    "shortened": "UPDATE sessions SET expires_at = expires_at - 1",
    "banned": "UPDATE users SET status = 'banned'",
    "renamed": "UPDATE users SET name = 'other'",
    "another role": "UPDATE users SET role_id = 1",
    "confirmed": "UPDATE users SET confirmed_at = 1",
    "another right": "UPDATE roles SET effective = ''",
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_makes_a_session_mean_something_else_changes_the_standing(
    db: Database, change: str
) -> None:
    found = who(db, sign_in(db, member(db, "ada")))
    assert found is not None
    assert sessions.standing(db.reader) == found.standing
    db.write_now(lambda tx: tx.run(CHANGES[change]))
    assert sessions.standing(db.reader) != found.standing


def test_what_a_session_is_used_for_leaves_the_standing(db: Database, clock: Clock) -> None:
    digest = sign_in(db, member(db, "ada"))
    before = sessions.standing(db.reader)
    clock.pass_by(days=1)
    note_use(db, digest)
    db.write_now(lambda tx: tx.run("UPDATE users SET comments = comments + 1, bio = 'new'"))
    sign_in(db, member(db, "bob"))
    assert sessions.standing(db.reader) == before


def test_every_column_that_tells_who_asks_is_watched(db: Database) -> None:
    told = set(re.findall(r"\b([sur]\.\w+)", sessions._ACTOR))
    never = {"s.id", "u.id", "r.id"}  # which nothing changes
    watched = {
        "s.token", "s.user_id", "s.expires_at", "u.name", "u.role_id", "u.status",
        "u.confirmed_at", "r.name", "r.effective",
    }  # fmt: skip
    assert told - never - {"s.used_at"} == watched  # the last only tells what is to be noted
    triggers = " ".join(db.reader.all(str, "SELECT sql FROM sqlite_master WHERE type = 'trigger'"))
    listed = re.findall(r"UPDATE OF ([\w, ]+) ON (\w)", triggers)
    assert watched == {f"{table}.{name}" for names, table in listed for name in names.split(", ")}
