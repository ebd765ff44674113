"""The machine can see: with one dependency left unrecorded, it finds a stale byte."""

from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from streamly_ssg.engine.build import Door
from streamly_ssg.engine.digest import ABSENT
from streamly_ssg.engine.key import Key, kind

from .machine import Exactness
from .test_machine import WALK

Forgets = Callable[[Key, bytes], bool]
LOOK = settings(WALK, max_examples=200)


def forgetful(forgets: Forgets) -> type[Door]:
    """Return a door that doesn't write down the keys that *forgets* names."""

    class ForgetfulDoor(Door):
        def __call__(self, key: Key) -> Any:
            value = super().__call__(key)
            if forgets(key, self.passed[key]):
                del self.passed[key]
            return value

    return ForgetfulDoor


@pytest.mark.parametrize(
    "forgets",
    [
        pytest.param(lambda key, _: kind(key) == "facts", id="what a page shows of the interactions"),
        pytest.param(
            lambda key, digest: kind(key) == "theme" and digest == ABSENT, id="templates that aren't there"
        ),
        pytest.param(lambda key, _: key == "listing:content", id="which documents there are"),
        pytest.param(lambda key, _: key == "config:lists", id="one section of the settings"),
        pytest.param(lambda key, _: key == "now:", id="the clock"),
        pytest.param(lambda key, _: kind(key) == "resource", id="where a picture goes"),
        pytest.param(lambda key, _: kind(key) == "person", id="what a person is called"),
    ],
)
def test_a_dependency_that_is_not_written_down_is_found_out(forgets: Forgets) -> None:
    with (
        patch("streamly_ssg.engine.build.Door", forgetful(forgets)),
        pytest.raises(AssertionError),
    ):
        run_state_machine_as_test(Exactness, settings=LOOK)
