from functools import partial

from interact_api import outbox
from interact_api.db import Database
from interact_api.outbox import Letter
from tests.support.service import Clock

ADA = "ada@example.org"
HOUR, DAY = 3_600, 86_400


def post(db: Database, to: str = ADA, template: str = "reset") -> bool:
    return db.write_now(lambda tx: outbox.post(tx, to, template, name="ada", seed="x"))


def take(db: Database) -> Letter:
    letter = db.write_now(outbox.take)
    assert letter is not None
    return letter


def fail(db: Database, letter: Letter, *, is_final: bool = False, chance: float = 1) -> bool:
    return db.write_now(
        lambda tx: outbox.note_failure(tx, letter, "421 later", is_final=is_final, chance=chance)
    )


def test_a_letter_is_given_to_one_at_a_time(db: Database, clock: Clock) -> None:
    post(db)
    assert take(db).recipient == ADA
    assert db.write_now(outbox.take) is None
    clock.pass_by(seconds=601)
    assert take(db).attempts == 2


def test_what_strangers_cause_at_the_desk_leaves_room_for_a_reset(db: Database) -> None:
    for _ in range(20):
        db.write_now(
            lambda tx: outbox.post(tx, ADA, "contact", name="eve", email="e@x.org", body="x")
        )
    assert post(db)


def test_a_letter_keeps_its_message_id(db: Database, clock: Clock) -> None:
    post(db)
    first = take(db)
    fail(db, first)
    clock.pass_by(seconds=60)
    assert take(db).message_id == first.message_id


def test_no_two_letters_share_a_message_id(db: Database) -> None:
    for number in range(20):
        post(db, f"{number}@example.org")
        letter = take(db)
        db.write_now(partial(outbox.note_sent, letter=letter))
    assert db.reader.value("SELECT count(DISTINCT message_id) FROM outbox") == 20


def test_what_a_letter_said_is_forgotten_once_it_is_sent(db: Database) -> None:
    post(db)
    letter = take(db)
    db.write_now(lambda tx: outbox.note_sent(tx, letter))
    assert db.reader.value("SELECT context FROM outbox") == "{}"
    assert outbox.counts(db.reader) == {"waiting": 0, "sent": 1, "dead": 0}


def test_each_attempt_waits_longer_up_to_six_hours(db: Database, clock: Clock) -> None:
    post(db)
    waits = []
    for _ in range(12):
        letter = take(db)
        fail(db, letter)
        due = outbox.next_due(db.reader)
        assert due is not None
        waits.append((due - clock.now) // 1000)
        clock.now = due
    assert waits == [30, 60, 120, 240, 480, 960, 1920, 3840, 7680, 15360, 21600, 21600]


def test_chance_spreads_the_attempts(db: Database, clock: Clock) -> None:
    waits = []
    for chance in (0.0, 0.5, 1.0):
        post(db, f"{chance}@example.org")
        fail(db, take(db), chance=chance)
        due = outbox.next_due(db.reader)
        assert due is not None
        waits.append(due - clock.now)
        db.write_now(lambda tx: tx.run("DELETE FROM outbox"))
    assert waits == [15_000, 22_500, 30_000]


def test_after_three_days_a_letter_is_dead_and_kept(db: Database, clock: Clock) -> None:
    post(db)
    while not fail(db, take(db)):
        due = outbox.next_due(db.reader)
        assert due is not None
        clock.now = due
    kept = db.reader.one(lambda *row: row, "SELECT state, attempts, error FROM outbox")
    assert kept is not None
    assert (kept[0], kept[2]) == ("dead", "421 later")
    assert 15 <= kept[1] <= 25
    assert outbox.next_due(db.reader) is None


def test_what_is_refused_for_good_isnt_tried_again(db: Database) -> None:
    post(db)
    assert fail(db, take(db), is_final=True)
    assert outbox.counts(db.reader) == {"waiting": 0, "sent": 0, "dead": 1}


def test_an_address_gets_three_letters_an_hour(db: Database, clock: Clock) -> None:
    assert [post(db, spelling) for spelling in (ADA, ADA.upper(), ADA, ADA)] == [True] * 3 + [False]
    assert post(db, "bob@example.org")
    clock.pass_by(seconds=HOUR)
    assert post(db)


def test_an_address_gets_ten_letters_a_day(db: Database, clock: Clock) -> None:
    sent = 0
    for _ in range(48):
        sent += post(db)
        clock.pass_by(seconds=HOUR / 2 - 1)
    assert sent == 10


def test_what_tells_of_ones_own_account_is_never_held_back(db: Database) -> None:
    for _ in range(5):
        post(db)
    assert post(db, template="password_changed")
    assert not post(db, template="reset")


def test_a_letter_isnt_written_if_what_it_tells_didnt_happen(db: Database) -> None:
    future = db.submit(lambda tx: [outbox.post(tx, ADA, "welcome", name="ada"), 1 / 0])
    assert isinstance(future.exception(), ZeroDivisionError)
    assert outbox.next_due(db.reader) is None


def test_letters_are_forgotten_after_a_month(db: Database, clock: Clock) -> None:
    post(db)
    letter = take(db)
    db.write_now(lambda tx: outbox.note_sent(tx, letter))
    post(db)
    clock.pass_by(days=31)
    assert db.write_now(outbox.prune) == 1
    assert outbox.counts(db.reader)["waiting"] == 1
