"""What tests of accounts begin with."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from interact_api.accounts.passwords import Hasher
from interact_api.db import Database
from tests.support.service import Clock, database


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def db(tmp_path: Path, clock: Clock) -> Iterator[Database]:
    with database(tmp_path, clock) as made:
        yield made


@pytest.fixture(scope="session")
def hasher() -> Iterator[Hasher]:
    """Hash as the service does, but quickly."""
    made = Hasher(memory=8, time=1)
    yield made
    made.close()
