"""Worker processes, started only when there is enough to do."""

import fcntl
import gc
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor

PIPE = 1024 * 1024  # bytes under way; more is not given to everybody


class Workers:
    """A process pool that comes into being at the first task; to the engine, an executor."""

    def __init__(self, jobs: int | None = None, start: str = "fork") -> None:
        """Prepare *jobs* processes (by default one a core), started by *start*."""
        self._jobs = jobs or len(os.sched_getaffinity(0))
        self._start = start
        self._pool: ProcessPoolExecutor | None = None
        self._away: set[Future[Any]] = set()

    def __enter__(self) -> Self:
        """Return the workers; leaving ends them."""
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """End the processes; who is interrupted doesn't wait for what they do."""
        if kind is None or issubclass(kind, Exception):
            self.shutdown()
        else:
            self._give_up()

    def submit(self, function: Callable[..., Any], /, *args: Any) -> "Future[Any]":
        """Do the work in some process."""
        if self._pool is None:
            self._pool = self._made()
        future = self._pool.submit(function, *args)
        self._away.add(future)
        future.add_done_callback(self._away.discard)
        return future

    def shutdown(self) -> None:
        """End the processes, if there are any, when they have done what they were given."""
        if self._pool is None:
            return
        from concurrent.futures import wait  # noqa: PLC0415 - as in `_made`

        try:
            # Not for the pool: after Ctrl-C, Python would take its thread for one that has ended.
            wait(self._away)
        except BaseException:
            self._give_up()
            raise
        self._pool.shutdown()

    def _give_up(self) -> None:
        """End the processes now; a task leaves nothing that is half."""
        if self._pool is not None:
            from multiprocessing import active_children  # noqa: PLC0415 - as in `_made`

            ended = active_children()
            for process in ended:
                process.kill()
            try:
                for process in ended:
                    process.join()
            finally:  # whoever is impatient presses Ctrl-C again
                _hang_up(self._pool)
            self._pool.shutdown(cancel_futures=True)

    def _made(self) -> "ProcessPoolExecutor":
        from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 - 30 ms
        from multiprocessing import get_context  # noqa: PLC0415

        context = get_context(self._start)
        pool = ProcessPoolExecutor(self._jobs, mp_context=context, initializer=_settle)
        _widen(pool)
        return pool


def _widen(pool: "ProcessPoolExecutor") -> None:
    """Let a batch fit into a pipe: for each piece of one, both ends would wait for a turn."""
    for queue in ("_call_queue", "_result_queue"):
        # Nobody promises this; without it we are slower and nothing else.
        with suppress(AttributeError, OSError):
            pipe = getattr(pool, queue)._writer.fileno()  # noqa: SLF001
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE)


def _hang_up(pool: "ProcessPoolExecutor") -> None:
    """
    Tell the pool that nobody is left.

    It would wait for the rest of an answer, or for somebody to take the next task.
    """
    for queue, end in (("_result_queue", "_writer"), ("_call_queue", "_reader")):
        with suppress(AttributeError, OSError):  # this isn't promised either
            getattr(getattr(pool, queue), end).close()


def _settle() -> None:
    """Begin as a worker: live as long as the parent, and leave Ctrl-C to it."""
    from threading import Thread  # noqa: PLC0415 - only workers need it

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()
    # What the parent made lives as long as the worker; don't look through it again and again.
    gc.freeze()
    gc.set_threshold(100_000)


def _end_with_parent() -> None:
    """A parent that was killed can't tell its workers, and they would wait for ever."""
    from multiprocessing import parent_process  # noqa: PLC0415

    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
