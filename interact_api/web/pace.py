"""
Answers at an even pace, so that how long one took doesn't tell what was found.

A letter that is written takes a few milliseconds of the disk, one that isn't takes none. Both are
answered at the next full step.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import perf_counter

STEP = 0.1  # seconds; more than any of this takes


@asynccontextmanager
async def even(step: float = STEP) -> AsyncIterator[None]:
    """Let the block end after a whole number of steps, however it ends."""
    began = perf_counter()  # the loop's own clock stands still between two rounds
    try:
        yield
    finally:
        await asyncio.sleep(step - (perf_counter() - began) % step)
