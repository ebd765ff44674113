"""Worker processes, started only when there is enough to do."""

import gc
import os
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any


class Workers(Executor):
    """A process pool that comes into being at the first task."""

    def __init__(self, jobs: int | None = None, start: str = "fork") -> None:
        """Prepare *jobs* processes (by default one a core), started by *start*."""
        self._jobs = jobs or len(os.sched_getaffinity(0))
        self._start = start
        self._pool: ProcessPoolExecutor | None = None

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Do the work in some process."""
        if self._pool is None:
            context = get_context(self._start)
            self._pool = ProcessPoolExecutor(self._jobs, mp_context=context, initializer=_settle)
        return self._pool.submit(fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002
        """End the processes, if there are any."""
        if self._pool is not None:
            self._pool.shutdown(wait=wait, cancel_futures=cancel_futures)


def _settle() -> None:
    """What the parent made lives as long as the worker; don't look through it again and again."""
    gc.freeze()
    gc.set_threshold(100_000)
