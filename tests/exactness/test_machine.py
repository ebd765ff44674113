"""A random walk through all the ways in which a site can change finds no stale byte."""

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from .blog import missing_alternatives
from .machine import Exactness

WALK = settings(
    max_examples=300,
    stateful_step_count=10,
    phases=[Phase.generate],  # a walk of ten steps is short enough to read
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)


def test_every_setting_can_be_another_way() -> None:
    assert missing_alternatives() == set()


def test_no_walk_ends_with_a_stale_byte() -> None:
    run_state_machine_as_test(Exactness, settings=WALK)
