"""
Several programs that run as one: started together, started again when they die, ended together.

Each part is a process of its own, in a group of its own, so that Ctrl-C reaches only whoever looks
after it; and the kernel ends it if that one is killed. A part that dies is begun again, after a
pause that grows while it keeps dying. One that says that it was called wrongly is not: then all
others end too.
"""

import asyncio
import ctypes
import logging
import os
import signal
import sys
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import monotonic

LOG = logging.getLogger(__name__)
HOME = str(Path(__file__).parents[1])
LIBC = ctypes.CDLL(None)
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 30.0  # seconds before a part is started again
STEADY = 30.0  # seconds after which a part that dies did so for a new reason
PATIENCE = 12.0  # seconds that a part has for its end; the service itself takes ten at most
CALLED_WRONGLY = 2
DEATH_OF_PARENT = 1  # PR_SET_PDEATHSIG
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


@dataclass(frozen=True, slots=True)
class Part:
    """A program: what it is called, how it is started, which open files it inherits."""

    name: str
    command: Sequence[str]
    files: tuple[int, ...] = ()

    @property
    def environment(self) -> dict[str, str]:
        """Return the environment, in which Python finds the packages that this program is of."""
        known = os.environ.get("PYTHONPATH")
        return {**os.environ, "PYTHONPATH": f"{HOME}{os.pathsep}{known}" if known else HOME}


class Supervisor:
    """Looks after *parts*."""

    def __init__(
        self, parts: Sequence[Part], *, patience: float = PATIENCE, pause: float = FIRST_PAUSE
    ) -> None:
        self._parts = parts
        self._patience = patience
        self._pause = pause
        self._is_over = asyncio.Event()
        self._is_urgent = asyncio.Event()
        self._code = 0

    async def run(self) -> int:
        """Keep every part running until told to stop; return the exit code."""
        loop = asyncio.get_running_loop()
        for one in SIGNALS:
            if signal.getsignal(one) is not signal.SIG_IGN:  # as nohup has it
                loop.add_signal_handler(one, self._stop)
        async with asyncio.TaskGroup() as group:
            for part in self._parts:
                group.create_task(self._keep(part))
        return self._code

    def _stop(self) -> None:
        """End all parts; who says it twice doesn't want to wait."""
        if self._is_over.is_set():
            self._is_urgent.set()
        self._is_over.set()

    async def _keep(self, part: Part) -> None:
        """Run *part* again and again, until all is over."""
        pause = self._pause
        while not self._is_over.is_set():
            began = monotonic()
            code = await self._once(part)
            if code is None:
                return
            if code == CALLED_WRONGLY:
                self._code = code
                self._is_over.set()
                return
            pause = self._pause if monotonic() - began > STEADY else pause
            LOG.error("%s %s; starting it again in %g s", part.name, _told(code), pause)
            await _either(self._is_over, asyncio.sleep(pause))
            pause = min(2 * pause, LONGEST_PAUSE)

    async def _once(self, part: Part) -> int | None:
        """Run *part* once; return how it died, or None if it was told to end."""
        process = await asyncio.create_subprocess_exec(
            *part.command,
            env=part.environment,
            pass_fds=part.files,
            stdin=asyncio.subprocess.DEVNULL,
            process_group=0,
            preexec_fn=partial(_die_with, os.getpid()),
        )
        LOG.info("%s runs as process %d", part.name, process.pid)
        await _either(self._is_over, process.wait())
        if process.returncode is not None:
            return process.returncode
        await self._end(part, process)
        return None

    async def _end(self, part: Part, process: asyncio.subprocess.Process) -> None:
        """Tell a process to end, and see to it that it does."""
        process.terminate()
        try:
            await _either(self._is_urgent, asyncio.wait_for(process.wait(), self._patience))
        except TimeoutError:
            LOG.error("%s didn't end within %g seconds", part.name, self._patience)  # noqa: TRY400
        if process.returncode is None:
            process.kill()
            await process.wait()
        elif process.returncode not in {0, -signal.SIGTERM}:
            LOG.error("%s %s at its end", part.name, _told(process.returncode))


async def _either(event: asyncio.Event, other: Awaitable[object]) -> None:
    """Wait for *event* or for *other*, whatever comes first."""
    waiting = [asyncio.ensure_future(one) for one in (event.wait(), other)]
    done, late = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for one in late:
        one.cancel()
    await asyncio.gather(*late, return_exceptions=True)
    for one in done:
        one.result()


def _told(code: int) -> str:
    if code >= 0:
        return f"ended with {code}"
    return f"was ended by {signal.Signals(-code).name}"


def _die_with(parent: int) -> None:
    """Have the kernel end this process when its *parent* dies; Linux does, others don't know it."""
    if sys.platform == "linux":
        LIBC.prctl(DEATH_OF_PARENT, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(0)
