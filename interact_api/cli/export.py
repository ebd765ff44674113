"""``streamly export``: what the service knows, for others."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from interact_api import facts, values
from interact_api.db import Reader
from streamly_ssg.cli import options
from streamly_ssg.cli.session import Session, pass_session
from streamly_ssg.cli.speech import counted
from streamly_ssg.errors import SystemProblem, problem

from .opening import database_of
from .telling import tell

PART = 1_000  # facts that are read at once


@click.group("export", context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Take out what the service knows."""


@command.command("facts")
@click.argument("file", default="-")
@click.option(
    "--since", type=click.IntRange(0), default=0, help="Only what changed after this number."
)
@options.as_json
@options.debug
@pass_session
def export_facts(session: Session, file: str, since: int) -> None:
    """Write the public facts to FILE (standard output, if none is given), for `build --facts`."""
    with database_of(session) as database:
        lines = _lines(database.reader, since)
        if file == "-":
            for line in lines:
                sys.stdout.buffer.write(line)
            return
        count = _write(session.root / file, lines)
    tell(session, {"facts": count, "file": file}, [f"{counted(count, 'fact')} in {file}"])


def _lines(reader: Reader, since: int) -> Iterator[bytes]:
    while changes := facts.since(reader, since, PART):
        for change in changes:
            yield values.line(reader, change)
        since = changes[-1].seq


def _write(path: Path, lines: Iterator[bytes]) -> int:
    """Write all of *lines* or nothing: a file that is half-way would take facts away."""
    aside = path.with_name(f".{path.name}.new")
    try:
        with aside.open("wb") as out:
            count = sum(bool(out.write(line)) for line in lines)
            out.flush()
            os.fsync(out.fileno())
        aside.replace(path)
    except OSError as error:
        aside.unlink(missing_ok=True)
        hint = "name a file in a folder that exists and has room"
        raise SystemProblem(problem("DISK", f"{path.name}: {error.strerror}", hint=hint)) from error
    return count
