"""A fresh database with two members, a moderator and a page, as fixtures."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from interact_api.accounts.actor import Actor
from interact_api.db import Database
from tests.support.service import Clock, database, member, page

__all__ = ["ann", "bob", "clock", "db", "mod"]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def db(tmp_path: Path, clock: Clock) -> Iterator[Database]:
    with database(tmp_path, clock) as made:
        page(made, "a", authors='["olga"]')
        yield made


@pytest.fixture
def ann(db: Database) -> Actor:
    return member(db, "ann")


@pytest.fixture
def bob(db: Database) -> Actor:
    return member(db, "bob")


@pytest.fixture
def mod(db: Database) -> Actor:
    return member(db, "mod", "Moderator")
