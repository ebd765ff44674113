"""How commands speak: results on standard output, everything else on standard error."""

import json
import sys
from collections.abc import Iterable
from typing import Any

import click

from streamly_ssg.errors import Problem

DELETE = 0x7F
LAST_CONTROL = 0x9F


def say(text: str = "") -> None:
    """Print a line of the result."""
    click.echo(printable(text))


def note(text: str) -> None:
    """Print a line that is not part of the result."""
    click.echo(printable(text), err=True)


def complain(problems: Iterable[Problem]) -> None:
    """Print problems, one a line."""
    for problem in problems:
        note(str(problem))


def document(content: dict[str, Any]) -> None:
    """Print the one JSON document of a command."""
    click.echo(json.dumps(content, indent=2))


def plain(problem: Problem) -> dict[str, Any]:
    """Return *problem* as JSON shows it."""
    return {
        "path": problem.path,
        "line": problem.line,
        "column": problem.column,
        "code": problem.code,
        "message": problem.message,
        "hint": problem.hint,
    }


def printable(text: str) -> str:
    """Return *text* without what would steer a terminal: names of files may hold anything."""
    shown = "".join(
        mark if mark in "\n\t" or not _is_control(mark) else f"\\x{ord(mark):02x}" for mark in text
    )
    return shown.encode("utf-8", "backslashreplace").decode()


def counted(number: int, noun: str) -> str:
    """Return ``1 page`` or ``2 pages``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def is_terminal() -> bool:
    """Whether a person is looking at standard error."""
    return sys.stderr.isatty()


def _is_control(mark: str) -> bool:
    return ord(mark) < ord(" ") or DELETE <= ord(mark) <= LAST_CONTROL
