"""Rankings: what is counted, what is kept of it, and when a page is told."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from interact_api import facts
from interact_api.accounts.actor import Actor
from interact_api.db import Database
from interact_api.numbers import rankings
from interact_api.numbers.views import DAY
from tests.numbers.writing import age, comment, like, run, visitors
from tests.support.service import NOON, Clock, database, member, page


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def db(tmp_path: Path, clock: Clock) -> Iterator[Database]:
    with database(tmp_path, clock) as made:
        for name in "abc":
            page(made, name)
        yield made


def old_member(db: Database, name: str) -> Actor:
    actor = member(db, name)
    age(db, actor, 100)
    return actor


def order(db: Database, name: str = "trending/week") -> list[str]:
    return [item["page"] for item in rankings.read(db.reader, name).items]


def told(db: Database) -> set[str]:
    return {change.key for change in facts.since(db.reader, 0, 100)}


def test_what_people_turned_to_comes_first(db: Database) -> None:
    ann, bob = old_member(db, "ann"), old_member(db, "bob")
    like(db, ann, "b")
    like(db, bob, "b")
    comment(db, ann, "a")
    visitors(db, "c", 1)
    rankings.refresh(db)
    assert order(db) == ["b", "a", "c"]


def test_several_comments_by_one_person_count_once(db: Database) -> None:
    ann, bob = old_member(db, "ann"), old_member(db, "bob")
    for _ in range(20):
        comment(db, ann, "a")
    comment(db, bob, "b")
    like(db, bob, "b")
    rankings.refresh(db)
    assert order(db) == ["b", "a"]


@pytest.mark.parametrize("state", ["pending", "rejected", "spam", "deleted"])
def test_a_comment_that_nobody_reads_does_not_count(db: Database, state: str) -> None:
    comment(db, old_member(db, "ann"), "a", state=state)
    rankings.refresh(db)
    assert order(db) == []


@pytest.mark.parametrize("status", ["shadowed", "banned", "deactivated", "deleted"])
def test_people_who_are_not_active_do_not_count(db: Database, status: str) -> None:
    ann = old_member(db, "ann")
    like(db, ann, "a")
    comment(db, ann, "a")
    run(db, "UPDATE users SET status = :status", status=status)
    rankings.refresh(db)
    assert order(db) == []


def test_ten_new_accounts_count_as_one_old_one(db: Database) -> None:
    for number in range(9):
        like(db, member(db, f"new{number}"), "a")
    like(db, old_member(db, "ann"), "b")
    rankings.refresh(db)
    assert order(db) == ["b", "a"]


def test_authors_do_not_raise_their_own_pages(db: Database) -> None:
    page(db, "hers", authors='["ann"]')
    like(db, old_member(db, "ann"), "hers")
    rankings.refresh(db)
    assert order(db) == []


@pytest.mark.parametrize("change", [{"hidden": 1, "gone": None}, {"hidden": 0, "gone": 1}])
def test_pages_that_are_not_shown_are_not_ranked(db: Database, change: dict[str, int]) -> None:
    like(db, old_member(db, "ann"), "a")
    run(db, "UPDATE pages SET hidden = :hidden, removed_at = :gone", **change)
    rankings.refresh(db)
    assert (order(db), order(db, "popular")) == ([], [])


def test_a_page_that_is_hidden_later_is_not_told(db: Database) -> None:
    like(db, old_member(db, "ann"), "a")
    rankings.refresh(db)
    run(db, "UPDATE pages SET hidden = 1 WHERE id = 'a'")
    assert rankings.places(db.reader, "popular")[1] == []


def test_each_window_has_its_own_ranking(db: Database) -> None:
    ann = old_member(db, "ann")
    like(db, ann, "a", at=NOON - 20 * DAY)
    like(db, ann, "b", at=NOON - 3 * DAY)
    like(db, ann, "c", at=NOON)
    rankings.refresh(db)
    assert order(db, "trending/day") == ["c"]
    assert order(db, "trending/week") == ["c", "b"]
    assert order(db, "trending/month") == ["c", "b", "a"]


def test_popular_is_what_most_people_ever_liked(db: Database) -> None:
    ann, bob = old_member(db, "ann"), old_member(db, "bob")
    like(db, ann, "a", at=NOON - 1000 * DAY)
    like(db, bob, "a", at=NOON - 1000 * DAY)
    like(db, bob, "c")
    rankings.refresh(db)
    assert order(db, "popular") == ["a", "c"]


def test_people_are_ranked_by_who_follows_them(db: Database) -> None:
    member(db, "ann")
    member(db, "bob")
    run(db, "UPDATE users SET followers = 3 WHERE name = 'bob'")
    rankings.refresh(db)
    assert rankings.read(db.reader, "people").items == [{"name": "bob", "score": 3}]


def test_the_facts_of_rankings_that_changed_are_told(db: Database) -> None:
    like(db, old_member(db, "ann"), "a")
    assert set(rankings.refresh(db)) == {*rankings.FACTS}
    assert told(db) == {*rankings.FACTS}


def test_a_score_that_fades_tells_nothing(db: Database, clock: Clock) -> None:
    like(db, old_member(db, "ann"), "a")
    rankings.refresh(db)
    before = facts.last(db.reader)
    clock.pass_by(seconds=3600)
    assert rankings.refresh(db) == []
    assert facts.last(db.reader) == before


def test_a_number_that_is_shown_tells_its_rankings(db: Database) -> None:
    like(db, old_member(db, "ann"), "a")
    rankings.refresh(db)
    run(db, "UPDATE pages SET views = 1234 WHERE id = 'a'")
    assert "popular" in rankings.refresh(db)
    assert rankings.read(db.reader, "popular").items[0]["views"] == 1200
    run(db, "UPDATE pages SET views = 1235 WHERE id = 'a'")
    assert rankings.refresh(db) == []


def test_what_leaves_the_window_is_told(db: Database, clock: Clock) -> None:
    like(db, old_member(db, "ann"), "a")
    rankings.refresh(db)
    clock.pass_by(days=1.5)
    assert rankings.refresh(db) == ["trending/day"]
    assert order(db, "trending/day") == []


def test_as_of_is_when_the_order_came_about(db: Database, clock: Clock) -> None:
    like(db, old_member(db, "ann"), "a")
    rankings.refresh(db)
    clock.pass_by(seconds=60)
    rankings.refresh(db)
    assert rankings.read(db.reader, "popular").at == NOON


def test_a_ranking_has_thirty_places(db: Database) -> None:
    ann = old_member(db, "ann")
    for number in range(40):
        like(db, ann, page(db, f"p{number}"))
    rankings.refresh(db)
    assert len(order(db)) == rankings.LONGEST


def test_counting_again_changes_no_order(db: Database) -> None:
    ann = old_member(db, "ann")
    for name in "cab":
        like(db, ann, name)
    run(db, "UPDATE pages SET published = 5 WHERE id = 'c'")
    rankings.refresh(db)
    first = order(db)
    run(db, "DELETE FROM rankings")
    rankings.refresh(db)
    assert order(db) == first == ["c", "a", "b"]
