import asyncio

import pytest

from interact_api.accounts import addresses, attempts, joining, proof, users
from interact_api.accounts.actor import Actor
from interact_api.accounts.passwords import Hasher, Verdict
from interact_api.db import Database
from interact_api.errors import Forbidden, Invalid, NotSignedIn, Refusal, TooMany
from tests.accounts.people import PASSWORD, join, new_token, proven, sign_in
from tests.support.service import Clock

HOME, AWAY = "192.0.2.0/24", "198.51.100.0/24"


class Counting(Hasher):
    """Counts how often a password was looked at."""

    looked = 0

    async def verify(self, kept: str | None, password: str) -> Verdict:
        self.looked += 1
        return await super().verify(kept, password)


@pytest.fixture
def counting() -> Counting:
    return Counting(memory=8, time=1)


def refusal(db: Database, hasher: Hasher, login: str, password: str, place: str = AWAY) -> Refusal:
    with pytest.raises(Refusal) as refused:
        sign_in(db, hasher, login, password, place)
    return refused.value


@pytest.mark.parametrize("login", ["ada", "Ada", " ada ", "ada@example.org", "ADA@EXAMPLE.ORG"])
def test_people_sign_in_by_name_or_address(db: Database, hasher: Hasher, login: str) -> None:
    join(db, hasher, "ada")
    assert sign_in(db, hasher, login, f"{PASSWORD} of ada").name == "ada"


def test_a_wrong_password_and_an_unknown_name_are_told_alike(db: Database, hasher: Hasher) -> None:
    join(db, hasher, "ada")
    told = {
        (type(one), one.code, one.detail)
        for login in ("ada", "ada@example.org", "nemo", "nemo@example.org", "", "\0", "a@b@c")
        for one in [refusal(db, hasher, login, "wrong horse battery")]
    }
    assert len(told) == 1
    assert next(iter(told))[1] == "INVALID_CREDENTIALS"


def test_a_password_is_hashed_for_unknown_names_too(db: Database, counting: Counting) -> None:
    join(db, counting, "ada")
    for login in ("ada", "nemo"):
        refusal(db, counting, login, "wrong horse battery")
    assert counting.looked == 2
    counting.close()


def test_a_million_characters_are_refused_before_they_are_hashed(
    db: Database, counting: Counting
) -> None:
    with pytest.raises(Invalid):
        sign_in(db, counting, "ada", "x" * 1_000_000)
    assert counting.looked == 0
    counting.close()


def test_ten_guesses_are_free_and_the_next_have_to_wait(db: Database, counting: Counting) -> None:
    join(db, counting, "ada")
    told = [refusal(db, counting, "ada", f"guess number {n}") for n in range(200)]
    assert [type(one) for one in told] == [NotSignedIn] * 10 + [TooMany] * 190
    assert counting.looked == 10
    assert told[-1].retry_after == 60
    counting.close()


def test_guesses_in_parallel_are_counted_too(db: Database, counting: Counting) -> None:
    join(db, counting, "ada")

    async def guess() -> list[object]:
        tries = [
            proof.prove(db.write, counting, "ada", f"guess {n}", AWAY, proven) for n in range(50)
        ]
        return list(await asyncio.gather(*tries, return_exceptions=True))

    asyncio.run(guess())
    assert counting.looked == 10
    counting.close()


def test_whoever_guesses_for_a_month_gets_few_guesses(
    db: Database, counting: Counting, clock: Clock
) -> None:
    join(db, counting, "ada")
    for _ in range(30 * 24 * 4):
        clock.pass_by(seconds=15 * 60)
        refusal(db, counting, "ada", "guess", f"198.51.{counting.looked % 250}.0/24")
    assert counting.looked <= 60
    counting.close()


def test_guesses_from_elsewhere_never_lock_the_owner_out(db: Database, hasher: Hasher) -> None:
    join(db, hasher, "ada")
    sign_in(db, hasher, "ada", place=HOME)
    for n in range(50):
        refusal(db, hasher, "ada", f"guess {n}", f"198.51.{n}.0/24")
    assert sign_in(db, hasher, "ada", place=HOME).name == "ada"


def test_a_letter_gets_the_owner_in_from_anywhere(db: Database, hasher: Hasher) -> None:
    join(db, hasher, "ada")
    for login in ("ada", "ada@example.org"):
        for n in range(20):
            refusal(db, hasher, login, f"guess {n}")
    token, kept = new_token(), hasher.hash_now("another horse 7")
    address = addresses.checked("ada@example.org")
    db.write_now(lambda tx: joining.ask_for_reset(tx, address, token))
    db.write_now(lambda tx: joining.reset(tx, token.text, kept))
    assert sign_in(db, hasher, "ada", "another horse 7", AWAY).name == "ada"
    assert sign_in(db, hasher, "ada@example.org", "another horse 7", AWAY).name == "ada"


def test_whoever_gets_in_starts_from_ten_again(db: Database, hasher: Hasher, clock: Clock) -> None:
    join(db, hasher, "ada")
    for _ in range(2):
        for n in range(9):
            refusal(db, hasher, "ada", f"guess {n}", HOME)
        assert sign_in(db, hasher, "ada", place=HOME).name == "ada"
    clock.pass_by(days=31)
    assert db.write_now(attempts.prune) == 0


def test_a_sign_in_is_hashed_anew_when_the_parameters_change(db: Database, hasher: Hasher) -> None:
    old = Hasher(memory=16, time=1)
    user_id = join(db, old, "ada")
    old.close()
    sign_in(db, hasher, "ada")
    kept = db.reader.value("SELECT password FROM users WHERE id = :id", id=user_id)
    assert "m=8,t=1,p=1" in kept
    assert sign_in(db, hasher, "ada").name == "ada"


def test_a_password_that_changes_meanwhile_isnt_right_any_more(
    db: Database, hasher: Hasher
) -> None:
    user_id = join(db, hasher, "ada")
    kept = hasher.hash_now("another horse 7")

    class Slow(Hasher):
        async def verify(self, kept_before: str | None, password: str) -> Verdict:
            db.write_now(lambda tx: users.set_password(tx, user_id, kept))
            return await super().verify(kept_before, password)

    slow = Slow(memory=8, time=1)
    assert isinstance(refusal(db, slow, "ada", f"{PASSWORD} of ada"), NotSignedIn)
    slow.close()


@pytest.mark.parametrize("change", ["status = 'banned'", "password = 'another'"])
def test_what_changes_while_a_password_is_looked_at_begins_no_session(
    db: Database, change: str
) -> None:
    class Slow(Hasher):
        async def verify(self, kept: str | None, password: str) -> Verdict:
            db.write_now(lambda tx: tx.run(f"UPDATE users SET {change}"))
            return await super().verify(kept, password)

    slow, begun = Slow(memory=8, time=1), []
    join(db, slow, "ada")
    known = f"{PASSWORD} of ada"
    with pytest.raises(Refusal):
        asyncio.run(
            proof.prove(db.write, slow, "ada", known, AWAY, lambda _tx, user: begun.append(user))
        )
    slow.close()
    assert begun == []


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("banned", "ACCOUNT_BANNED"),
        ("deactivated", "ACCOUNT_DEACTIVATED"),
        ("deleted", "INVALID_CREDENTIALS"),
    ],
)
def test_only_its_owner_learns_that_an_account_is_closed(
    db: Database, hasher: Hasher, status: str, code: str
) -> None:
    user_id = join(db, hasher, "ada")
    sql = "UPDATE users SET status = :status WHERE id = :id"
    db.write_now(lambda tx: tx.run(sql, status=status, id=user_id))
    assert refusal(db, hasher, "ada", f"{PASSWORD} of ada").code == code
    assert refusal(db, hasher, "ada", "wrong horse battery").code == "INVALID_CREDENTIALS"


def test_somebody_shadowed_signs_in_as_ever(db: Database, hasher: Hasher) -> None:
    user_id = join(db, hasher, "ada")
    db.write_now(lambda tx: tx.run("UPDATE users SET status = 'shadowed' WHERE id = :i", i=user_id))
    assert sign_in(db, hasher, "ada").name == "ada"


def test_a_borrowed_session_doesnt_prove_anything(db: Database, hasher: Hasher) -> None:
    user_id = join(db, hasher, "ada")
    actor = Actor(user_id, "ada", "User", frozenset())
    with pytest.raises(Forbidden, match="isn't your password"):
        asyncio.run(proof.prove_again(db.write, hasher, actor, "wrong horse battery", HOME))
    known = f"{PASSWORD} of ada"
    proven = asyncio.run(proof.prove_again(db.write, hasher, actor, known, HOME))
    assert proven.id == user_id


def test_an_account_without_a_password_cant_be_entered(db: Database, hasher: Hasher) -> None:
    user_id = join(db, hasher, "ada")
    db.write_now(lambda tx: tx.run("UPDATE users SET password = NULL WHERE id = :i", i=user_id))
    assert isinstance(refusal(db, hasher, "ada", "somebody who isn't there"), NotSignedIn)


def test_forbidden_is_no_word_for_strangers(db: Database, hasher: Hasher) -> None:
    join(db, hasher, "ada")
    assert not isinstance(refusal(db, hasher, "ada", "wrong horse battery"), Forbidden)
