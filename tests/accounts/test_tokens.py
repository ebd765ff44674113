import pytest

from interact_api.accounts import grants, sessions, tokens
from interact_api.accounts.actor import Actor
from interact_api.accounts.grants import Lives, Pair
from interact_api.db import Database
from interact_api.errors import Conflict, Forbidden, Invalid, NotFound
from tests.support.service import Clock, member

SECRET = b"s" * 32


def who(db: Database, text: str) -> Actor | None:
    return tokens.actor(db.reader, tokens.digest(text), db.clock())


def personal(db: Database, actor: Actor, *scopes: str, days: int = 30) -> str:
    text = tokens.new(tokens.PERSONAL)
    db.write_now(lambda tx: tokens.create(tx, actor, "mine", scopes or ("read",), days, text))
    return text


def issue(db: Database, actor: Actor) -> Pair:
    pair = grants.new_pair()
    db.write_now(lambda tx: grants.issue(tx, actor.id, "read write", pair, Lives()))
    return pair


def rotate(db: Database, refresh: str) -> Pair | None:
    pair = grants.new_pair()
    return pair if db.write_now(lambda tx: grants.rotate(tx, refresh, pair, Lives())) else None


def test_each_token_is_of_one_kind() -> None:
    for kind in tokens.KINDS[:-1]:
        assert tokens.kind_of(tokens.new(kind)) == kind
    assert tokens.kind_of(tokens.new_for_mail(SECRET).text) == tokens.MAIL
    for text in ("", "st_sess_", "st_pat_" + "x" * 42, "st_pat_" + "x" * 44, "st_api_" + "x" * 43):
        assert tokens.kind_of(text) is None


def test_a_letters_token_follows_from_its_seed_and_the_secret() -> None:
    token = tokens.new_for_mail(SECRET)
    assert tokens.from_seed(SECRET, token.seed) == token
    assert tokens.from_seed(b"t" * 32, token.seed).text != token.text


def test_a_personal_token_is_its_owners_with_its_scopes(db: Database) -> None:
    eda = member(db, "eda", "Editor")
    found = who(db, personal(db, eda, "write", "read"))
    assert found == eda._replace(scopes=frozenset({"read", "write"}))


def test_personal_tokens_need_a_permission(db: Database) -> None:
    with pytest.raises(Forbidden):
        personal(db, member(db, "ada"))


def test_a_token_is_good_for_nothing_once_its_owner_may_have_none(db: Database) -> None:
    eda = member(db, "eda", "Editor")
    text = personal(db, eda)
    db.write_now(lambda tx: tx.run("UPDATE users SET role_id = 2 WHERE id = :id", id=eda.id))
    assert who(db, text) is None


def test_no_token_may_more_than_its_owner(db: Database) -> None:
    eda = member(db, "eda", "Editor")
    personal(db, eda, "moderate")
    with pytest.raises(Forbidden):
        personal(db, eda, "admin")


@pytest.mark.parametrize(
    ("name", "scopes", "days"),
    [("", ["read"], 1), ("x" * 51, ["read"], 1), ("a\nb", ["read"], 1), ("a", [], 1),
     ("a", ["root"], 1), ("a", ["read"], 0), ("a", ["read"], 367)],
)  # fmt: skip
def test_a_token_that_makes_no_sense_is_refused(
    db: Database, name: str, scopes: list[str], days: int
) -> None:
    eda = member(db, "eda", "Editor")
    with pytest.raises(Invalid):
        db.write_now(lambda tx: tokens.create(tx, eda, name, scopes, days, "st_pat_x"))


def test_a_personal_token_ends_when_it_was_to(db: Database, clock: Clock) -> None:
    text = personal(db, member(db, "eda", "Editor"), days=2)
    clock.pass_by(days=1.9)
    assert who(db, text) is not None
    clock.pass_by(days=0.2)
    assert who(db, text) is None


def test_people_revoke_their_own_tokens_and_nobody_elses(db: Database) -> None:
    eda, eve = member(db, "eda", "Editor"), member(db, "eve", "Editor")
    text = personal(db, eda)
    (token,) = tokens.of(db.reader, eda.id, db.clock())
    with pytest.raises(NotFound):
        db.write_now(lambda tx: tokens.revoke(tx, eve, token.id))
    db.write_now(lambda tx: tokens.revoke(tx, eda, token.id))
    assert who(db, text) is None
    assert tokens.of(db.reader, eda.id, db.clock()) == []


def test_fifty_tokens_are_enough(db: Database) -> None:
    eda = member(db, "eda", "Editor")
    for _ in range(50):
        personal(db, eda)
    with pytest.raises(Conflict):
        personal(db, eda)


def test_an_access_token_lives_for_minutes(db: Database, clock: Clock) -> None:
    ada = member(db, "ada")
    pair = issue(db, ada)
    assert who(db, pair.access) == ada._replace(scopes=frozenset({"read", "write"}))
    clock.pass_by(seconds=15 * 60)
    assert who(db, pair.access) is None


def test_a_refresh_token_brings_the_next_pair_once(db: Database) -> None:
    first = issue(db, member(db, "ada"))
    second = rotate(db, first.refresh)
    assert second is not None
    assert who(db, second.access) is not None
    assert who(db, first.access) is None


def test_a_refresh_token_that_is_used_again_ends_its_family(db: Database) -> None:
    ada = member(db, "ada")
    first, other = issue(db, ada), issue(db, ada)
    second = rotate(db, first.refresh)
    assert second is not None
    assert rotate(db, first.refresh) is None
    assert rotate(db, second.refresh) is None
    assert who(db, second.access) is None
    assert who(db, other.access) is not None


def test_of_two_hundred_uses_of_one_refresh_token_one_counts(db: Database) -> None:
    first = issue(db, member(db, "ada"))
    pairs = [grants.new_pair() for _ in range(200)]

    def use(pair: Pair) -> object:
        return db.submit(lambda tx: grants.rotate(tx, first.refresh, pair, Lives()))

    answers = [future.result() for future in map(use, pairs)]  # type: ignore[attr-defined]
    assert sum(answer is not None for answer in answers) == 1
    assert [pair for pair in pairs if who(db, pair.access)] == []


def test_a_refresh_token_ends_too(db: Database, clock: Clock) -> None:
    first = issue(db, member(db, "ada"))
    clock.pass_by(days=30)
    assert rotate(db, first.refresh) is None


def test_whoever_shows_a_token_may_end_it(db: Database) -> None:
    pair = issue(db, member(db, "ada"))
    assert db.write_now(lambda tx: grants.revoke(tx, pair.access))
    assert who(db, pair.access) is None
    assert rotate(db, pair.refresh) is None
    assert not db.write_now(lambda tx: grants.revoke(tx, pair.access))


def test_one_kind_of_token_never_works_as_another(db: Database) -> None:
    eda = member(db, "eda", "Editor")
    pair, pat, session = issue(db, eda), personal(db, eda), tokens.new(tokens.SESSION)
    db.write_now(lambda tx: sessions.start(tx, eda.id, tokens.digest(session), remember=True))
    signed_in = [
        text
        for text in (*pair, pat, session)
        if sessions.actor(db.reader, tokens.digest(text), db.clock())
    ]
    assert signed_in == [session]
    assert [text for text in (*pair, pat, session) if who(db, text)] == [pair.access, pat]
    assert [text for text in (pair.access, pat, session) if rotate(db, text)] == []


def test_what_ended_a_month_ago_is_forgotten(db: Database, clock: Clock) -> None:
    personal(db, member(db, "eda", "Editor"), days=1)
    clock.pass_by(days=32)
    assert db.write_now(tokens.prune) == 1
