"""Being told to stop."""

import os
import signal
from contextlib import suppress

import pytest

from streamly_ssg.cli.stopping import until_stopped


@pytest.mark.parametrize("one", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_is_a_quiet_end(one: signal.Signals) -> None:
    went_on = False
    with until_stopped():
        os.kill(os.getpid(), one)
        went_on = True
    assert not went_on


def test_a_stop_that_nobody_heard_is_told_again() -> None:
    went_on = False
    with until_stopped() as stop:
        with suppress(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGTERM)
        stop.check()
        went_on = True
    assert not went_on


def test_afterwards_signals_mean_what_they_meant() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with until_stopped():
        pass
    assert signal.getsignal(signal.SIGTERM) is before
