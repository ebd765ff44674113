"""The processes of the service: how many, and how each is started."""

import os
import socket
import sys
from collections.abc import Callable
from typing import Any, TypeVar

import click

from interact_api import shared
from interact_api.settings import MOST_WORKERS
from interact_api.shared import Shared
from interact_api.supervisor import Part
from streamly_ssg.cli.session import Session

MOST_BY_ITSELF = 4  # more would wait for each other whenever they write
F = TypeVar("F", bound=Callable[..., Any])


def option(default: str) -> Callable[[F], F]:
    """Return the option ``--workers``, of which the help says the *default*."""
    return click.option(
        "--workers",
        "many",
        type=click.IntRange(1, MOST_WORKERS),
        metavar="N",
        help=f"Processes that answer.  [default: workers in streamly.toml, or {default}]",
    )


def by_itself() -> int:
    """Return how many processes this machine has work for: one a core, and not too many."""
    return max(1, min(len(os.sched_getaffinity(0)), MOST_BY_ITSELF))


def service_parts(session: Session, door: socket.socket, many: int, *words: str) -> list[Part]:
    """Return the processes that answer at *door*, which count together."""
    command = ("api", *words, "--fd", str(door.fileno()))
    if many == 1:
        return [part(session, "service", *command, "--workers", "1", files=(door.fileno(),))]
    memory = shared.make(many)
    files = (door.fileno(), memory)
    return [
        part(
            session,
            f"service {number + 1}",
            *command,
            "--shared",
            *(str(memory), str(number), str(many)),
            files=files,
        )
        for number in range(many)
    ]


def inherited(given: tuple[int, int, int] | None) -> Shared | None:
    """Return what a parent lets its processes share."""
    return None if given is None else Shared(*given)


def part(session: Session, name: str, *words: str, files: tuple[int, ...] = ()) -> Part:
    """Return a program of ours as a part of several."""
    command = [sys.executable, "-P", "-m", "streamly_ssg", "-C", str(session.root), *words]
    return Part(name, command, files)
