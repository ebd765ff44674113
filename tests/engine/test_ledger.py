"""The ledger tells what builds changed, and never tells it to somebody with another history."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from streamly_ssg.engine import ledger as ledgers
from streamly_ssg.engine.ledger import Ledger
from streamly_ssg.engine.store import Store

A, B, C = (bytes([number]) * 16 for number in range(3))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "state.db", "1")
    yield opened
    opened.close()


@pytest.fixture
def ledger(store: Store) -> Ledger:
    return Ledger(store.shelf("ledger"))


def test_what_changed_since_a_build_is_told(ledger: Ledger) -> None:
    ledger.append({"a": A, "b": B})
    cursor = ledger.cursor
    ledger.append({"a": B})
    ledger.append({"c": C, "b": None})
    assert ledger.since(cursor) == {"a": B, "b": None, "c": C}
    assert ledger.since(ledger.cursor) == {}


@pytest.mark.parametrize("cursor", ["", "1", "x-y", "7-00", "1-00", "-"])
def test_a_strange_cursor_is_told_nothing(ledger: Ledger, cursor: str) -> None:
    ledger.append({"a": A})
    assert ledger.since(cursor) is None


def test_a_build_without_changes_is_not_written_down(ledger: Ledger) -> None:
    ledger.append({"a": A})
    before = ledger.cursor
    ledger.append({})
    assert ledger.cursor == before


def test_another_history_of_the_same_length_is_another_one(store: Store) -> None:
    one, other = Ledger(store.shelf("one")), Ledger(store.shelf("other"))
    one.append({"a": A})
    other.append({"a": B})
    assert other.since(one.cursor) is None


def test_the_same_history_made_twice_is_the_same(store: Store) -> None:
    one, other = Ledger(store.shelf("one")), Ledger(store.shelf("other"))
    for ledger in (one, other):
        ledger.append({"a": A, "b": B})
    other.append({"a": C})
    assert other.since(one.cursor) == {"a": C}


def test_a_build_that_changed_too_much_sends_readers_to_the_whole(ledger: Ledger) -> None:
    ledger.append({"a": A})
    cursor = ledger.cursor
    ledger.append({f"p{number}": B for number in range(ledgers.LISTED + 1)})
    assert ledger.since(cursor) is None
    assert ledger.since(ledger.cursor) == {}


def test_old_builds_are_forgotten(ledger: Ledger, store: Store) -> None:
    ledger.append({"a": A})
    first = ledger.cursor
    for number in range(ledgers.KEPT + 5):
        ledger.append({"a": bytes([number % 7]) * 16})
    assert ledger.since(first) is None
    assert len(store.shelf("ledger")) == ledgers.KEPT + 1
