import json
from functools import partial

import pytest

from interact_api.accounts import addresses, joining, tokens, users
from interact_api.accounts import letters as mailed
from interact_api.accounts.actor import Actor
from interact_api.accounts.passwords import Hasher
from interact_api.db import Database
from interact_api.errors import Conflict, Forbidden, Gone, NotFound, NotSignedIn
from tests.accounts.people import (
    PASSWORD,
    SECRET,
    join,
    letters,
    new_token,
    register,
    seeds,
    sign_in,
)
from tests.support.service import Clock, member

ADA = "ada@example.org"
HALF_AN_HOUR = 30 * 60


NEW = "another horse 7"


def reset(db: Database, hasher: Hasher, text: str) -> str:
    kept = hasher.hash_now(NEW)
    return db.write_now(lambda tx: joining.reset(tx, text, kept))


def ask_for_reset(db: Database, address: str = ADA) -> str:
    token = new_token()
    db.write_now(lambda tx: joining.ask_for_reset(tx, addresses.checked(address), token))
    return token.text


def test_who_confirms_their_address_may_come_in(db: Database, hasher: Hasher) -> None:
    token = register(db, hasher, "ada")
    with pytest.raises(Forbidden) as refused:
        sign_in(db, hasher, "ada")
    assert refused.value.code == "NOT_CONFIRMED"
    assert db.write_now(lambda tx: joining.confirm(tx, token.text)) == "ada"
    assert sign_in(db, hasher, "ada").role == "User"
    assert letters(db) == ["confirm", "welcome"]


def test_a_letter_holds_the_token_that_works(db: Database, hasher: Hasher) -> None:
    register(db, hasher, "ada")
    (seed,) = seeds(db, ADA)
    text = tokens.from_seed(SECRET, seed).text
    assert db.write_now(lambda tx: joining.confirm(tx, text)) == "ada"


def test_the_database_holds_no_token_of_a_letter(db: Database, hasher: Hasher) -> None:
    token = register(db, hasher, "ada")
    everything = b"".join(path.read_bytes() for path in db.path.parent.iterdir())
    assert token.seed.encode() in everything
    assert token.text.encode() not in everything


def test_confirming_twice_says_the_same(db: Database, hasher: Hasher) -> None:
    token = register(db, hasher, "ada")
    assert db.write_now(lambda tx: joining.confirm(tx, token.text)) == "ada"
    assert db.write_now(lambda tx: joining.confirm(tx, token.text)) == "ada"
    assert letters(db) == ["confirm", "welcome"]


@pytest.mark.parametrize(
    ("minutes", "spoken"),
    [(30, "30 minutes"), (60, "60 minutes"), (1440, "24 hours"), (2880, "2 days")],
)
def test_a_letter_says_how_long_it_works(db: Database, minutes: int, spoken: str) -> None:
    ada, token = member(db, "ada"), new_token()
    life = minutes * mailed.MINUTE
    db.write_now(lambda tx: mailed.write(tx, ada.id, "reset", "ada@example.org", token, life))
    assert json.loads(db.reader.value("SELECT context FROM outbox"))["within"] == spoken


def test_a_letter_to_confirm_works_for_a_day(db: Database, hasher: Hasher, clock: Clock) -> None:
    token = register(db, hasher, "ada")
    clock.pass_by(days=1)
    with pytest.raises(Gone):
        db.write_now(lambda tx: joining.confirm(tx, token.text))


@pytest.mark.parametrize("text", ["", "st_mail_", "st_mail_" + "A" * 43, "x" * 100_000, "\ud800"])
def test_no_other_text_confirms_anything(db: Database, hasher: Hasher, text: str) -> None:
    register(db, hasher, "ada")
    with pytest.raises(Gone):
        db.write_now(lambda tx: joining.confirm(tx, text))


def test_case_and_length_of_a_token_count(db: Database, hasher: Hasher) -> None:
    token = register(db, hasher, "ada").text
    for wrong in (token.swapcase(), token[:-1], token + "A"):
        with pytest.raises(Gone):
            db.write_now(partial(joining.confirm, token=wrong))


def test_a_new_letter_voids_the_one_before(db: Database, hasher: Hasher) -> None:
    first, second = register(db, hasher, "ada"), new_token()
    db.write_now(lambda tx: joining.send_again(tx, addresses.checked("ADA@example.org"), second))
    with pytest.raises(Gone):
        db.write_now(lambda tx: joining.confirm(tx, first.text))
    assert db.write_now(lambda tx: joining.confirm(tx, second.text)) == "ada"


def test_who_registers_with_a_known_address_learns_nothing(db: Database, hasher: Hasher) -> None:
    join(db, hasher, "ada")
    token = register(db, hasher, "eve", ADA)
    assert letters(db) == ["confirm", "welcome", "known_address"]
    with pytest.raises(Gone):
        db.write_now(lambda tx: joining.confirm(tx, token.text))
    with pytest.raises(Forbidden) as refused:
        sign_in(db, hasher, "eve")
    assert refused.value.code == "NOT_CONFIRMED"
    with pytest.raises(Conflict) as taken:
        register(db, hasher, "eve", "eve@example.org")
    assert taken.value.code == "NAME_TAKEN"


def test_registering_takes_an_address_from_nobody(db: Database, hasher: Hasher) -> None:
    register(db, hasher, "eve", ADA)
    token = register(db, hasher, "ada")
    db.write_now(lambda tx: joining.confirm(tx, token.text))
    assert sign_in(db, hasher, "ada").email == ADA


def test_an_address_is_whose_letter_was_confirmed_first(db: Database, hasher: Hasher) -> None:
    first, second = register(db, hasher, "ada"), register(db, hasher, "bea", ADA)
    db.write_now(lambda tx: joining.confirm(tx, second.text))
    with pytest.raises(Conflict):
        db.write_now(lambda tx: joining.confirm(tx, first.text))
    assert sign_in(db, hasher, ADA, f"{PASSWORD} of bea").name == "bea"


def test_somebody_unconfirmed_is_nobody_to_others(db: Database, hasher: Hasher) -> None:
    register(db, hasher, "ada")
    with pytest.raises(NotFound):
        users.public(db.reader, "ada")


def test_a_name_that_nobody_confirms_is_free_after_a_week(
    db: Database, hasher: Hasher, clock: Clock
) -> None:
    register(db, hasher, "ada")
    register(db, hasher, "bob")
    clock.pass_by(days=7.1)
    register(db, hasher, "ada", "other@example.org")
    assert db.write_now(users.prune) == 1
    assert db.reader.all(str, "SELECT name FROM users") == ["ada"]


def test_a_reset_works_once_and_ends_everything_else(db: Database, hasher: Hasher) -> None:
    join(db, hasher, "ada")
    text = ask_for_reset(db)
    assert reset(db, hasher, text) == "ada"
    with pytest.raises(NotSignedIn):
        sign_in(db, hasher, "ada")
    assert sign_in(db, hasher, "ada", NEW).name == "ada"
    with pytest.raises(Gone):
        reset(db, hasher, text)
    assert letters(db)[2:] == ["reset", "password_changed"]


def test_of_fifty_uses_of_one_reset_one_counts(db: Database, hasher: Hasher) -> None:
    join(db, hasher, "ada")
    text, kept = ask_for_reset(db), hasher.hash_now("another horse 7")
    futures = [db.submit(lambda tx: joining.reset(tx, text, kept)) for _ in range(50)]
    errors = [future.exception() for future in futures]
    assert errors.count(None) == 1
    assert all(isinstance(error, Gone) for error in errors if error)


def test_a_reset_works_for_half_an_hour(db: Database, hasher: Hasher, clock: Clock) -> None:
    join(db, hasher, "ada")
    text = ask_for_reset(db)
    clock.pass_by(seconds=HALF_AN_HOUR)
    with pytest.raises(Gone):
        reset(db, hasher, text)


def test_a_new_reset_voids_the_one_before(db: Database, hasher: Hasher) -> None:
    join(db, hasher, "ada")
    first, second = ask_for_reset(db), ask_for_reset(db)
    with pytest.raises(Gone):
        reset(db, hasher, first)
    assert reset(db, hasher, second) == "ada"


def test_a_reset_for_an_address_that_nobody_has_sends_nothing(db: Database, hasher: Hasher) -> None:
    join(db, hasher, "ada")
    ask_for_reset(db, "nobody@example.org")
    assert letters(db) == ["confirm", "welcome"]


def test_a_letter_for_one_purpose_serves_no_other(db: Database, hasher: Hasher) -> None:
    confirm = register(db, hasher, "ada").text
    with pytest.raises(Gone):
        reset(db, hasher, confirm)
    db.write_now(lambda tx: joining.confirm(tx, confirm))
    text = ask_for_reset(db)
    with pytest.raises(Gone):
        db.write_now(lambda tx: joining.confirm(tx, text))
    assert mailed.open_one(db.reader, text, db.clock()).purpose == "reset"


def test_an_address_changes_once_the_new_one_is_confirmed(db: Database, hasher: Hasher) -> None:
    join(db, hasher, "ada")
    ada, token = sign_in(db, hasher, "ada"), new_token()
    new = addresses.checked("countess@example.org")
    actor = _actor(ada)
    db.write_now(lambda tx: joining.change_address(tx, actor, new, token))
    assert sign_in(db, hasher, ADA).email == ADA
    assert db.write_now(lambda tx: joining.confirm(tx, token.text)) == "ada"
    assert sign_in(db, hasher, new.key, f"{PASSWORD} of ada").email == new.shown
    assert letters(db, ADA) == ["confirm", "welcome", "email_notice", "email_changed"]
    assert letters(db, new.shown) == ["email"]


def test_a_reset_stops_a_change_of_address(db: Database, hasher: Hasher) -> None:
    join(db, hasher, "ada")
    actor, token = _actor(sign_in(db, hasher, "ada")), new_token()
    new = addresses.checked("eve@example.org")
    db.write_now(lambda tx: joining.change_address(tx, actor, new, token))
    reset(db, hasher, ask_for_reset(db))
    with pytest.raises(Gone):
        db.write_now(lambda tx: joining.confirm(tx, token.text))


def test_changing_to_a_known_address_tells_its_owner_alone(db: Database, hasher: Hasher) -> None:
    join(db, hasher, "ada")
    join(db, hasher, "eve")
    actor = _actor(sign_in(db, hasher, "eve"))
    db.write_now(lambda tx: joining.change_address(tx, actor, addresses.checked(ADA), new_token()))
    assert letters(db, ADA)[-1] == "known_address"
    assert letters(db, "eve@example.org")[-1] == "email_notice"


def test_an_address_gets_three_letters_an_hour_and_ten_a_day(
    db: Database, hasher: Hasher, clock: Clock
) -> None:
    join(db, hasher, "ada")
    sent: list[int] = []
    for hour in range(24):
        clock.now = db.clock() + 3_600_000
        for spelling in (ADA, "ADA@example.org", "Ada@Example.org", ADA):
            ask_for_reset(db, spelling)
        sent.append(letters(db).count("reset") - sum(sent))
        assert sent[hour] <= 3
    assert sum(sent) == 10


def test_a_letter_that_isnt_sent_leaves_the_one_before_good(db: Database, hasher: Hasher) -> None:
    join(db, hasher, "ada")
    texts = [ask_for_reset(db) for _ in range(6)]
    good = [text for text in texts if _works(db, text)]
    assert good == [texts[1]]
    assert letters(db).count("reset") == 2


def _works(db: Database, text: str) -> bool:
    try:
        return bool(mailed.open_one(db.reader, text, db.clock()))
    except Gone:
        return False


def _actor(user: users.User) -> Actor:
    return Actor(user.id, user.name, user.role, frozenset())
