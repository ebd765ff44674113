"""Ctrl-C and SIGTERM: a quiet end, even if Python loses the first word."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from . import speech


class Stop:
    """
    What those who were told to stop know.

    A signal becomes an exception wherever the program is, and in a few places nobody hears those:
    inside a finalizer, or a callback of SQLite. So whoever works in rounds asks once in each.
    """

    def __init__(self) -> None:
        self.is_wanted = False

    def hear(self, _signal: int, _frame: FrameType | None) -> None:
        """Stop what is going on."""
        self.is_wanted = True
        raise KeyboardInterrupt

    def check(self) -> None:
        """Stop now, if nobody has heard that somebody wanted it."""
        if self.is_wanted:
            raise KeyboardInterrupt


@contextmanager
def until_stopped() -> Iterator[Stop]:
    """Make Ctrl-C and SIGTERM a quiet end."""
    stop = Stop()
    former = {one: signal.signal(one, stop.hear) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    except KeyboardInterrupt:
        speech.note("stopped")
    finally:
        for one, handler in former.items():
            signal.signal(one, handler)
