"""What tests of mail begin with."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from interact_api.db import Database
from tests.support.service import Clock, database


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def db(tmp_path: Path, clock: Clock) -> Iterator[Database]:
    with database(tmp_path, clock) as made:
        yield made
