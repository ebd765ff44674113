"""A SQLite that may lose what it said was saved is refused."""

import pytest

from interact_api.errors import Unavailable
from interact_api.sqlite import refuse_unsafe


@pytest.mark.parametrize("version", [(3, 40, 1), (3, 51, 2), (3, 7, 0)])
def test_a_version_that_may_lose_data_is_refused(version: tuple[int, ...]) -> None:
    with pytest.raises(Unavailable, match=r"3\.51\.3 or newer"):
        refuse_unsafe(version)


@pytest.mark.parametrize("version", [(3, 51, 3), (3, 53, 4), (4, 0, 0)])
def test_a_version_that_is_safe_is_taken(version: tuple[int, ...]) -> None:
    refuse_unsafe(version)
