"""Patience: how long to wait for what must happen, on a machine that has much else to do."""

import time
from collections.abc import Callable

PATIENCE = 120.0  # seconds after which it won't happen any more


def until(holds: Callable[[], object], pause: float = 0.01) -> None:
    """Wait until something holds."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, f"nothing after {PATIENCE:g} s"
        time.sleep(pause)
