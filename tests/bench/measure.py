"""
Seconds, processor seconds and memory of one command, measured the same way for every peer.

Time and memory come from separate runs, because watching memory costs time. Memory is the highest
sum over the whole process tree, sampled: each process counts its proportional share (PSS), so that
pages shared by several processes count once; where the kernel hides PSS, resident pages (RSS) stand
in.
"""

import os
import resource
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

PROC = Path("/proc")
SAMPLE_SECONDS = 0.02
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


class BuildFailed(Exception):
    """A peer's command ended with an error; its last words are in the message."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run: how long it took, how busy the machine was before it, and what it used."""

    seconds: float
    load: float
    cpu_seconds: float | None = None
    peak_bytes: int | None = None


def timed(command: Sequence[str], folder: Path, env: Mapping[str, str]) -> Run:
    """Run *command* and return its time; what earlier runs left unwritten is on disk before."""
    os.sync()
    load = os.getloadavg()[0]
    used, begin = _cpu_seconds(), time.perf_counter()
    _finish(_start(command, folder, env), command)
    return Run(time.perf_counter() - begin, load, _cpu_seconds() - used)


def watched(
    command: Sequence[str], folder: Path, env: Mapping[str, str], every: float = SAMPLE_SECONDS
) -> Run:
    """Run *command* while its memory is sampled; its time is a little longer than unwatched."""
    os.sync()
    load = os.getloadavg()[0]
    used, begin = _cpu_seconds(), time.perf_counter()
    process = _start(command, folder, env)
    with _Watch(process.pid, every) as watch:
        _finish(process, command)
    return Run(time.perf_counter() - begin, load, _cpu_seconds() - used, watch.peak)


def _cpu_seconds() -> float:
    """Return what ended children and their own children have used so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _start(command: Sequence[str], folder: Path, env: Mapping[str, str]) -> subprocess.Popen[bytes]:
    # A session of its own marks the whole tree, even children whose parent has gone.
    return subprocess.Popen(
        command,
        cwd=folder,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def _finish(process: subprocess.Popen[bytes], command: Sequence[str]) -> None:
    output, _ = process.communicate()
    if process.returncode:
        words = output.decode(errors="replace")[-2000:]
        raise BuildFailed(f"{' '.join(command)} ended with {process.returncode}:\n{words}")


class _Watch:
    """Samples the memory of one session in a thread, from entering to leaving."""

    def __init__(self, session: int, every: float) -> None:
        self.peak = 0
        self._session = session
        self._every = every
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join()

    def _sample(self) -> None:
        while not self._stopped.wait(self._every):
            self.peak = max(self.peak, session_bytes(self._session))


def session_bytes(session: int) -> int:
    """Return the bytes that all processes of *session* hold now."""
    return sum(
        _process_bytes(entry)
        for entry in PROC.iterdir()
        if entry.name.isdigit() and _session_of(entry) == session
    )


def session_seconds(session: int) -> float:
    """Return the processor seconds that the processes of *session* have used, if they still run."""
    ticks = 0
    for entry in PROC.iterdir():
        if entry.name.isdigit() and _session_of(entry) == session:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _session_of(process: Path) -> int | None:
    try:
        stat = (process / "stat").read_text()
    except OSError:
        return None
    # The program's name, in parentheses, may hold spaces; the session is the fourth field after it.
    return int(stat.rpartition(")")[2].split()[3])


def _process_bytes(process: Path) -> int:
    try:
        for line in (process / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    try:
        return int((process / "statm").read_text().split()[1]) * PAGE_BYTES
    except OSError:
        return 0
