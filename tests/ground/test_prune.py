"""What has expired is forgotten; what people wrote stays, unless somebody asks for its end."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from interact_api import prune, recount
from interact_api.db import Database
from interact_api.numbers import views
from tests.support.service import NOON, Clock, database, member, page
from tests.support.social import say

TODAY = NOON // prune.DAY


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def db(tmp_path: Path, clock: Clock) -> Iterator[Database]:
    with database(tmp_path, clock) as made:
        yield made


def session(db: Database, owner: int, expires_at: int) -> None:
    row = {"agent": "", "place": "", "remember": 0, "created_at": 0, "used_at": 0}
    token = str(expires_at).encode()
    db.write_now(
        lambda tx: tx.insert("sessions", user_id=owner, token=token, expires_at=expires_at, **row)
    )


def test_a_session_that_expired_is_forgotten_and_another_is_not(db: Database) -> None:
    ann = member(db, "ann")
    session(db, ann.id, NOON - 1)
    session(db, ann.id, NOON + 1)
    assert db.write_now(prune.prune)["sessions"] == 1
    assert db.reader.all(int, "SELECT expires_at FROM sessions") == [NOON + 1]


def test_digests_of_visitors_are_forgotten_but_not_their_number(db: Database) -> None:
    page(db, "a")
    many = {str(number).encode() for number in range(views.FORGOTTEN + 5)}
    salt = views.Salt(TODAY - 1, b"")
    db.write_now(lambda tx: views.save(tx, {("a", TODAY - 1): (9, many)}, salt))
    assert db.write_now(prune.prune)["view digests"] == len(many)
    assert db.reader.value("SELECT visitors FROM pages") == len(many)
    assert recount.differences(db.reader) == []


def test_every_kind_is_told(db: Database) -> None:
    assert set(db.write_now(prune.prune)) == {*prune.PRUNED, "view digests"}


def gone(db: Database) -> None:
    """Let one of two pages with comments be gone."""
    ann = member(db, "ann")
    for name in ("a", "b"):
        page(db, name)
        say(db, ann, name, to=say(db, ann, name))
    db.write_now(lambda tx: tx.run("UPDATE pages SET removed_at = :now WHERE id = 'a'", now=tx.now))


def test_what_hangs_on_a_page_that_is_gone_stays_by_itself(db: Database, clock: Clock) -> None:
    gone(db)
    clock.pass_by(days=1000)
    db.write_now(prune.prune)
    assert db.reader.value("SELECT count(*) FROM comments") == 4


def test_what_hangs_on_a_page_that_is_long_gone_is_removed_on_demand(
    db: Database, clock: Clock
) -> None:
    gone(db)
    clock.pass_by(days=30)
    assert db.write_now(lambda tx: prune.prune_orphans(tx, 30)) == []
    clock.pass_by(days=1)
    assert db.write_now(lambda tx: prune.prune_orphans(tx, 30)) == ["a"]
    assert db.reader.all(str, "SELECT DISTINCT page FROM comments") == ["b"]
    assert recount.differences(db.reader) == []
