"""The score of a page: what raises it, what can't, and how pages with the same one are ordered."""

from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from interact_api.numbers.trending import (
    DISTRUST,
    ENOUGH,
    TRUSTED,
    WEIGHTS,
    WINDOWS,
    Page,
    Score,
    Visitors,
    Vote,
    counted,
    decay,
    ordered,
    rank,
    rising,
    trust,
)
from interact_api.numbers.views import DAY
from tests.support.service import NOON

HOUR = DAY // 24
TODAY = NOON // DAY
NAMES = "abcd"
PAGES = {name: Page() for name in NAMES}

BORN = {person: NOON - 2 * number * DAY for number, person in enumerate("uvwxyz")}

ages = st.integers(0, 40 * DAY)
votes = st.builds(
    lambda page, kind, person, ago: Vote(page, kind, person, NOON - ago, NOON - ago - BORN[person]),
    st.sampled_from(NAMES),
    st.sampled_from(sorted(WEIGHTS)),
    st.sampled_from(sorted(BORN)),
    ages,
)
visits = st.builds(
    lambda page, ago, people: Visitors(page, TODAY - ago, people),
    st.sampled_from(NAMES),
    st.integers(0, 40),
    st.integers(1, 10_000),
)
windows = st.sampled_from(sorted(WINDOWS.values()))
many_votes = st.lists(votes, max_size=30)
many_visits = st.lists(visits, max_size=10, unique_by=lambda one: one[:2])

fixed = settings(max_examples=200, deadline=None, derandomize=True)


def like(page: str, person: str = "u", ago: int = 0, age: int = TRUSTED) -> Vote:
    return Vote(page, "like", person, NOON - ago, age)


def comment(page: str, person: str = "u", ago: int = 0, age: int = TRUSTED) -> Vote:
    return Vote(page, "comment", person, NOON - ago, age)


def score_of(
    page: str, votes: list[Vote], visitors: Sequence[Visitors] = (), window: int = DAY
) -> float:
    return dict(rank(PAGES, votes, visitors, NOON, window)).get(page, 0)


def test_a_like_counts_three_and_a_comment_two() -> None:
    assert rank(PAGES, [like("a"), comment("b")], [], NOON, DAY) == [("a", 3.0), ("b", 2.0)]


def test_a_hundred_times_the_visitors_count_ten_times() -> None:
    few = score_of("a", [], [Visitors("a", TODAY, 100)])
    assert score_of("a", [], [Visitors("a", TODAY, 10_000)]) == pytest.approx(10 * few)


def test_half_is_left_after_a_third_of_the_window() -> None:
    for window in WINDOWS.values():
        assert score_of("a", [like("a", ago=window // 3)], window=window) == pytest.approx(1.5)


def test_what_is_older_than_the_window_does_not_count() -> None:
    assert rank(PAGES, [like("a", ago=DAY)], [Visitors("a", TODAY - 2, 9)], NOON, DAY) == []


def test_a_new_account_counts_a_tenth_and_one_of_a_week_whole() -> None:
    assert (trust(0), trust(TRUSTED), trust(10 * TRUSTED)) == (DISTRUST, 1.0, 1.0)


def test_authors_do_not_count_on_their_own_pages() -> None:
    pages = {"a": Page(authors=frozenset("u"))}
    assert rank(pages, [like("a", "u")], [], NOON, DAY) == []


def test_pages_that_are_not_shown_are_not_ranked() -> None:
    assert rank({}, [like("a")], [Visitors("a", TODAY, 5)], NOON, DAY) == []


def test_equal_scores_are_ordered_by_date_and_then_by_id() -> None:
    pages = {"b": Page(1), "a": Page(1), "new": Page(2)}
    same = dict.fromkeys(pages, 1.0)
    assert [one.page for one in ordered(pages, same)] == ["new", "a", "b"]


@seed(1)
@fixed
@given(many_votes, many_visits, votes, windows)
def test_one_more_vote_never_lowers_a_score(
    given_votes: list[Vote], visitors: list[Visitors], more: Vote, window: int
) -> None:
    before = score_of(more.page, given_votes, visitors, window)
    assert score_of(more.page, [*given_votes, more], visitors, window) >= before


@seed(2)
@fixed
@given(many_votes, many_visits, st.integers(1, 10_000), windows)
def test_more_visitors_never_lower_a_score(
    given_votes: list[Vote], visitors: list[Visitors], more: int, window: int
) -> None:
    for number, one in enumerate(visitors):
        grown = [*visitors]
        grown[number] = one._replace(people=one.people + more)
        after = score_of(one.page, given_votes, grown, window)
        assert after >= score_of(one.page, given_votes, visitors, window)


@seed(3)
@fixed
@given(many_votes, many_visits, st.lists(ages, min_size=1, max_size=50), windows)
def test_a_flood_by_one_account_is_one_vote_of_each_kind(
    given_votes: list[Vote], visitors: list[Visitors], times: list[int], window: int
) -> None:
    flood = [Vote("a", kind, "flooder", NOON - ago, DAY) for ago in times for kind in WEIGHTS]
    before = score_of("a", given_votes, visitors, window)
    after = score_of("a", [*given_votes, *flood], visitors, window)
    assert after - before <= sum(WEIGHTS.values()) * trust(DAY) + 1e-5


@seed(4)
@fixed
@given(many_votes, many_visits, st.lists(ages, max_size=50), windows)
def test_a_flood_moves_no_other_page(
    given_votes: list[Vote], visitors: list[Visitors], times: list[int], window: int
) -> None:
    flood = [Vote("a", "like", "flooder", NOON - ago, DAY) for ago in times]
    quiet = rank(PAGES, given_votes, visitors, NOON, window)
    loud = rank(PAGES, [*given_votes, *flood], visitors, NOON, window)
    assert [one for one in loud if one.page != "a"] == [one for one in quiet if one.page != "a"]


@seed(5)
@fixed
@given(many_votes, many_visits, windows, st.randoms(use_true_random=False))
def test_the_order_in_which_things_are_read_changes_nothing(
    given_votes: list[Vote], visitors: list[Visitors], window: int, chance: Random
) -> None:
    before = rank(PAGES, given_votes, visitors, NOON, window)
    chance.shuffle(given_votes)
    chance.shuffle(visitors)
    turned = dict(reversed(PAGES.items()))
    assert rank(turned, given_votes, visitors, NOON, window) == before


@seed(6)
@fixed
@given(many_votes, many_visits, windows, st.integers(0, 40 * DAY))
def test_without_anything_new_a_score_only_fades(
    given_votes: list[Vote], visitors: list[Visitors], window: int, later: int
) -> None:
    past = [one for one in visitors if one.at <= NOON]
    now = dict(rank(PAGES, given_votes, past, NOON, window))
    for page, score in rank(PAGES, given_votes, past, NOON + later, window):
        assert score <= now[page]


@seed(7)
@fixed
@given(many_votes)
def test_each_person_counts_once_for_a_page_and_kind(given_votes: list[Vote]) -> None:
    kept = list(counted(PAGES, given_votes, 0))
    assert len({one[:3] for one in kept}) == len(kept)


def test_without_counting_people_once_a_flood_would_win() -> None:
    """A control: the score of the seeds, which counts every comment."""
    flood = [comment("a", ago=number) for number in range(100)]
    naive = sum(WEIGHTS[one.kind] * decay(NOON - one.at, DAY / 3) for one in flood)
    assert naive > 150
    assert score_of("a", flood) == pytest.approx(2)


def test_rising_is_what_gained_most_beside_the_week_before() -> None:
    steady = [like("a", f"{day}-{one}", ago=DAY * day) for day in range(7) for one in range(8)]
    sudden = [like("b", str(one), ago=HOUR) for one in range(6)]
    assert [one.page for one in rising(PAGES, steady + sudden, [], NOON)] == ["b"]


def test_a_handful_is_needed_to_rise() -> None:
    few = [like("a", str(number)) for number in range(ENOUGH - 1)]
    assert rising(PAGES, few, [], NOON) == []
    assert rising(PAGES, few, [Visitors("a", TODAY, 1)], NOON) == [Score("a", 13.0)]
