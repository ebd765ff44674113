"""Who reads what, however often tasks change their minds."""

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from streamly_ssg.engine.edges import Edges
from streamly_ssg.engine.key import Key, make
from streamly_ssg.engine.shelf import SCHEMA, Shelf
from streamly_ssg.engine.trace import Dependencies

TASKS = [make("task", str(number)) for number in range(6)]
TEXTS = [make("text", str(number)) for number in range(6)]


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute(SCHEMA)
        yield Shelf(database, "readers")


def read(*keys: Key) -> Dependencies:
    """Return what a task remembers that read *keys*."""
    return tuple((key, b"") for key in keys)


def test_a_reader_is_known_before_it_is_saved(shelf: Shelf) -> None:
    edges = Edges(shelf)
    edges.move(TASKS[0], (), read(TEXTS[0]))
    assert edges.readers(TEXTS[0]) == (TASKS[0],)


def test_a_reader_is_known_to_the_next_build(shelf: Shelf) -> None:
    edges = Edges(shelf)
    edges.move(TASKS[0], (), read(TEXTS[0]))
    edges.save()
    assert Edges(shelf).readers(TEXTS[0]) == (TASKS[0],)


def test_a_key_that_nobody_reads_any_longer_leaves_nothing(shelf: Shelf) -> None:
    edges = Edges(shelf)
    edges.move(TASKS[0], (), read(TEXTS[0]))
    edges.save()
    edges.move(TASKS[0], read(TEXTS[0]), ())
    edges.save()
    assert len(shelf) == 0


@pytest.mark.parametrize("seed", range(20))
def test_edges_are_those_of_the_last_moves(shelf: Shelf, seed: int) -> None:
    chance, edges = random.Random(seed), Edges(shelf)
    known: dict[Key, Dependencies] = dict.fromkeys(TASKS, ())
    for _ in range(60):
        task = chance.choice(TASKS)
        new = read(*chance.sample(TEXTS, chance.randrange(4)))
        edges.move(task, known[task], new)
        known[task] = new
        if chance.random() < 0.2:
            edges.save()
            edges = Edges(shelf)
        for text in TEXTS:
            wanted = sorted(task for task in TASKS if (text, b"") in known[task])
            assert sorted(edges.readers(text)) == wanted
