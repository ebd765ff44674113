"""
Processes of this machine, by a name that no other process ever has.

A number alone is given to somebody else when its owner is gone; so the moment at which the process
began belongs to the name, and where the numbers come from: this start of the machine, and this
container on it.
"""

import os
import signal
from contextlib import suppress
from pathlib import Path

GONE, STOPPED, THERE, ELSEWHERE = "gone", "stopped", "there", "elsewhere"
PROC = Path("/proc")
BEGAN = 19  # which word, after the name of the program


def ours() -> str:
    """Return the name of this process."""
    return f"{os.getpid()} {_began(os.getpid())} {_numbers()}"


def state(name: str) -> str:
    """Return what the process *name* is: gone, stopped by a signal, there, or elsewhere."""
    number, began, numbers = _parts(name)
    if not numbers or numbers != _numbers():
        return ELSEWHERE
    words = _words(number)
    if len(words) <= BEGAN or words[BEGAN] != began or words[0] in "ZX":
        return GONE
    return STOPPED if words[0] in "Tt" else THERE


def end(name: str) -> None:
    """End the process *name* at once, if it is of this machine and still there."""
    number = _parts(name)[0]
    with suppress(ProcessLookupError, PermissionError):
        handle = os.pidfd_open(number)
        try:
            # The handle keeps the number from being given away between the look and the signal.
            if state(name) in {STOPPED, THERE}:
                signal.pidfd_send_signal(handle, signal.SIGKILL)
        finally:
            os.close(handle)


def _parts(name: str) -> tuple[int, str, str]:
    number, _, rest = name.partition(" ")
    began, _, numbers = rest.partition(" ")
    return int(number) if number.isdecimal() else 0, began, numbers


def _words(number: int) -> list[str]:
    """Return what the kernel says of a process, from its state on."""
    try:
        text = (PROC / str(number) / "stat").read_text("utf-8", "replace")
    except OSError:
        return []
    return text.rpartition(")")[2].split()


def _began(number: int) -> str:
    words = _words(number)
    return words[BEGAN] if len(words) > BEGAN else ""


def _numbers() -> str:
    """Return where this process's number comes from; an empty text if nobody can tell."""
    try:
        start = (PROC / "sys/kernel/random/boot_id").read_text("utf-8").strip()
        return f"{start} {os.readlink(PROC / 'self/ns/pid')}"
    except OSError:
        return ""
