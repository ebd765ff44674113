"""Garbage: a build makes millions of objects and no cycle that is worth looking for."""

import atexit
import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_collecting() -> Iterator[None]:
    """Look for no cycles while the block runs."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            # What is there counts as old, or all of it would be looked through now.
            gc.freeze()
            gc.unfreeze()
            gc.enable()


# A process that ends would look through all that a build left, for cycles, twice.
atexit.register(gc.freeze)
