"""
The duty: what one process does for all that use the same database, and which one that is.

Whoever holds a lock beside the database has it; the kernel frees the lock when its holder ends, so
the next one has the duty a moment later.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from .locks import DUTY, Locks, beside

LOOK = 0.2  # seconds between two looks at whether somebody else still has it


@asynccontextmanager
async def on_duty(database: Path, look: float = LOOK) -> AsyncIterator[None]:
    """Wait for the duty, and have it for as long as the block runs."""
    locks = Locks(beside(database))
    try:
        while not locks.take(DUTY):  # noqa: ASYNC110 - the kernel has no event
            await asyncio.sleep(look)
        yield
    finally:
        locks.close()
