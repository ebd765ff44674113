"""Threads: orders, parts, tombstones, and what a part costs."""

import pytest

from interact_api.accounts.actor import NOBODY, Actor
from interact_api.db import Database, Tx
from interact_api.errors import Invalid, NotFound
from interact_api.social import comments, likes, threads
from interact_api.social.threads import Part, Place
from tests.support.service import member
from tests.support.social import say, shadowed


def bodies(part: Part) -> list[str]:
    return [one.body for one in part.items]


def whole(db: Database, order: str, limit: int = 3, viewer: Actor = NOBODY) -> list[str]:
    """Return the texts of a thread, gathered part by part."""
    read: list[str] = []
    after: Place | None = None
    while True:
        part = threads.part(db.reader, "a", viewer, order=order, after=after, limit=limit)
        read += bodies(part)
        if part.next is None:
            return read
        after = part.next


@pytest.fixture
def ten(db: Database, ann: Actor) -> list[comments.Comment]:
    return [say(db, ann, "a", f"{number}") for number in range(10)]


@pytest.mark.usefixtures("ten")
@pytest.mark.parametrize("limit", [1, 3, 10, 100])
def test_parts_together_are_the_whole(db: Database, limit: int) -> None:
    assert "".join(whole(db, "oldest", limit)) == "0123456789"
    assert "".join(whole(db, "newest", limit)) == "9876543210"


def test_the_best_have_most_likes(db: Database, ten: list[comments.Comment]) -> None:
    for number, place in ((1, 7), (2, 4), (3, 7)):
        fan = member(db, f"fan{number}")
        db.write_now(lambda tx, fan=fan, place=place: likes.like_comment(tx, fan, ten[place].id))  # type: ignore[misc]
    assert "".join(whole(db, "best")) == "7498653210"


def test_pinned_ones_are_on_top_once(db: Database, mod: Actor, ten: list[comments.Comment]) -> None:
    db.write_now(lambda tx: comments.pin(tx, mod, ten[5].id, pinned=True))
    first = threads.part(db.reader, "a", NOBODY, limit=3)
    assert [one.body for one in first.pinned] == ["5"]
    assert "".join(whole(db, "oldest")) == "012346789"
    assert threads.part(db.reader, "a", NOBODY, after=first.next).pinned == []


@pytest.mark.parametrize("order", threads.ORDERS)
def test_a_tombstone_stands_where_answers_hang(db: Database, ann: Actor, order: str) -> None:
    first = say(db, ann, "a", "first")
    alone = say(db, ann, "a", "alone")
    say(db, ann, "a", "answer", to=first)
    for one in (first, alone):
        db.write_now(lambda tx, one=one: comments.delete(tx, ann, one.id))  # type: ignore[misc]
    found = threads.part(db.reader, "a", NOBODY, order=order).items
    assert {(one.id, one.state, one.html, one.name) for one in found if one.id == first.id} == {
        (first.id, "deleted", "", None)
    }
    assert alone.id not in [one.id for one in found]
    assert len(whole(db, order, 1)) == 2


@pytest.mark.parametrize("order", threads.ORDERS)
def test_ones_own_pending_comments_are_among_the_others(
    db: Database, ann: Actor, bob: Actor, order: str
) -> None:
    say(db, bob, "a", "public")
    say(db, ann, "a", "pending", held="links")
    assert sorted(whole(db, order, 1, ann)) == ["pending", "public"]
    assert whole(db, order, 1, bob) == ["public"]


def test_a_held_parent_is_a_tombstone_for_all_but_its_writer(
    db: Database, ann: Actor, bob: Actor
) -> None:
    first = say(db, ann, "a", "first")
    say(db, bob, "a", "answer", to=first)
    db.write_now(lambda tx: comments.settle(tx, comments.find(tx, first.id), "pending", "reported"))
    assert [one.state for one in threads.part(db.reader, "a", ann).items] == ["pending", "approved"]
    assert [one.state for one in threads.part(db.reader, "a", bob).items] == ["deleted", "approved"]


def test_a_shadow_sees_itself_as_anybody(db: Database, ann: Actor) -> None:
    shadow = shadowed(db, ann)
    say(db, shadow, "a", "heard?")
    (mine,) = threads.part(db.reader, "a", shadow).items
    assert (mine.state, mine.held, mine.body) == ("approved", "", "heard?")
    assert threads.part(db.reader, "a", NOBODY).items == []


def test_direct_answers_can_be_read_alone(db: Database, ann: Actor) -> None:
    first = say(db, ann, "a", "first")
    for number in range(5):
        say(db, ann, "a", f"{number}", to=first)
    part = threads.part(db.reader, "a", NOBODY, parent_id=first.id, limit=3)
    rest = threads.part(db.reader, "a", NOBODY, parent_id=first.id, limit=3, after=part.next)
    assert bodies(part) + bodies(rest) == list("01234")
    with pytest.raises(Invalid):
        threads.part(db.reader, "a", NOBODY, parent_id=first.id, order="best")


def test_which_comments_one_likes_is_known(
    db: Database, bob: Actor, ten: list[comments.Comment]
) -> None:
    db.write_now(lambda tx: likes.like_comment(tx, bob, ten[2].id))
    assert threads.liked(db.reader, bob, ten) == {ten[2].id}
    assert threads.liked(db.reader, NOBODY, ten) == frozenset()


def test_a_page_without_comments_has_no_thread(db: Database) -> None:
    db.write_now(lambda tx: tx.run("UPDATE pages SET policy = 'off'"))
    with pytest.raises(NotFound):
        threads.part(db.reader, "a", NOBODY)


def fill(db: Database, actor: Actor, count: int) -> None:
    """Make a thread of *count* comments, a tenth of them taken away, a tenth pending."""

    def act(tx: Tx) -> None:
        row = "('a', :user, '{n}', '<p>{n}</p>', '{state}', {replies}, {likes}, 0)"
        rows = [
            row.format(
                n=n,
                state={1: "deleted", 2: "pending"}.get(n % 10, "approved"),
                replies=int(n % 20 == 1),
                likes=n * 7 % 50,
            )
            for n in range(count)
        ]
        columns = "(page, user_id, body, html, state, replies, likes, created_at)"
        tx.run(f"INSERT INTO comments {columns} VALUES {', '.join(rows)}", user=actor.id)

    db.write_now(act)


def steps(db: Database, order: str, viewer: Actor, after: Place | None) -> int:
    """Return how much SQLite works for a part, in hundreds of its steps."""
    count = 0

    def tick() -> int:
        nonlocal count
        count += 1
        return 0

    connection = db.reader.connection
    connection.set_progress_handler(tick, 100)
    threads.part(db.reader, "a", viewer, order=order, after=after, limit=50)
    connection.set_progress_handler(None, 0)
    return count


@pytest.mark.parametrize("order", threads.ORDERS)
@pytest.mark.parametrize("signed_in", [False, True])
def test_a_part_of_ten_thousand_costs_what_one_of_a_hundred_does(
    db: Database, ann: Actor, order: str, signed_in: bool
) -> None:
    viewer = ann if signed_in else NOBODY
    fill(db, ann, 100)
    small = steps(db, order, viewer, None)
    fill(db, ann, 9_900)
    places = (None, Place(25, 5_000), Place(threads.TOMBSTONE, 5_000))
    costs = [steps(db, order, viewer, place) for place in places]
    # A hundred don't fill a part with tombstones and one's own as ten thousand do: so not 1.
    assert max(costs) <= 2.5 * small, (small, costs)


@pytest.mark.parametrize("somebody", [False, True])
@pytest.mark.parametrize(
    ("order", "replies"),
    [*((order, False) for order in threads.ORDERS), ("oldest", True), ("newest", True)],
)
def test_every_order_goes_by_an_index(
    db: Database, order: str, somebody: bool, replies: bool
) -> None:
    sql = threads.statement(order, replies=replies, somebody=somebody)
    values = dict.fromkeys(("page", "parent", "viewer", "likes", "id", "gone", "limit"), 1)
    plan = [row[3] for row in db.reader.connection.execute(f"EXPLAIN QUERY PLAN {sql}", values)]
    assert [step for step in plan if step.startswith("SCAN comments")] == []
    searched = [step for step in plan if step.startswith("SEARCH comments")]
    assert len(searched) == (1 if replies else 2 + somebody)
    assert all("INDEX comments_" in step for step in searched)


def test_without_its_index_a_part_costs_what_there_is(db: Database, ann: Actor) -> None:
    """The control: what the tests above measure does grow when an index is missing."""
    fill(db, ann, 10_000)
    before = steps(db, "best", NOBODY, None)
    db.write_now(lambda tx: tx.run("DROP INDEX comments_best"))
    assert steps(db, "best", NOBODY, None) > 10 * before
