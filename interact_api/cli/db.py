"""``streamly db``: the service's database."""

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from interact_api import backup, load, manifest, prune, recount, schema, steps
from interact_api.db import milliseconds
from interact_api.numbers import rankings
from interact_api.settings import database_path
from streamly_ssg.cli import options, speech
from streamly_ssg.cli.session import Session, pass_session
from streamly_ssg.errors import ContentError, SystemProblem, problem
from streamly_ssg.inputs.facts import Fact, read_fact
from streamly_ssg.values import Unreadable

from .opening import database_of, problems

CONTEXT = {"help_option_names": ["-h", "--help"]}


@click.group("db", context_settings=CONTEXT)
def command() -> None:
    """Look after the service's database."""


@command.command("upgrade")
@options.as_json
@options.debug
@pass_session
def upgrade(session: Session) -> None:
    """Make the database, or bring it to this version's schema."""
    path = _path(session)
    with problems():
        count = schema.upgrade(path)
    _say(session, {"database": str(path), "steps": count}, [f"{_steps(count)} applied to {path}"])


@command.command("current")
@options.as_json
@options.debug
@pass_session
def current(session: Session) -> None:
    """Show which steps the database has seen, and which are to come."""
    path = _path(session)
    with problems():
        seen = steps.applied(path)
    coming = [step.name for step in schema.STEPS[len(seen) :]]
    lines = [f"{one.version}  {one.name}  {_moment(one.applied_at)}" for one in seen]
    lines += [f"to come: {name}; run `streamly db upgrade`" for name in coming]
    _say(session, {"seen": [one._asdict() for one in seen], "to_come": coming}, lines)


@command.command("backup")
@click.option("--folder", metavar="DIR", help="Where copies go.  [default: backups, beside it]")
@click.option("--keep", type=click.IntRange(1), metavar="N", help="Remove older copies but N.")
@options.as_json
@options.debug
@pass_session
def make_backup(session: Session, folder: str | None, keep: int | None) -> None:
    """Copy the database while it is in use, and check the copy."""
    path = _path(session)
    where = session.path(folder) if folder else path.parent / "backups"
    with problems():
        made = backup.make(path, where, milliseconds())
    removed = backup.retain(where, keep) if keep else []
    lines = [f"copied to {made}", *(f"removed {one}" for one in removed)]
    _say(session, {"copy": str(made), "removed": [str(one) for one in removed]}, lines)


@command.command("restore")
@click.argument("copy", type=click.Path(exists=True, dir_okay=False))
@click.option("--yes", is_flag=True, help="Don't ask.")
@options.as_json
@options.debug
@pass_session
def restore(session: Session, copy: str, *, yes: bool) -> None:
    """Bring a COPY back; what is there now is kept beside it. Stop the service first."""
    path = _path(session)
    if not yes and not session.json and path.exists():
        click.confirm(f"Replace what is in {path}?", abort=True, err=True)
    with problems():
        done = backup.restore(session.path(copy), path, milliseconds())
    lines = [f"restored {path}"]
    if done.kept is not None:
        lines.append(f"what was there before is in {done.kept}")
    if done.fault:
        speech.note(f"it couldn't be copied, and was moved as it is: {done.fault}")
    _say(session, {"database": str(path), "kept": done.kept and str(done.kept)}, lines)


@command.command("verify")
@click.argument("copy", type=click.Path(exists=True, dir_okay=False), required=False)
@options.as_json
@options.debug
@pass_session
def verify(session: Session, copy: str | None) -> None:
    """Check every page, reference and counter of the database, or of a COPY."""
    path = session.path(copy) if copy else _path(session)
    with problems():
        faults = backup.verify(path)
    if faults:
        hint = "`streamly db recount` sets counters right, `restore` brings a copy back"
        told = [problem("DATABASE", one, path=str(path)) for one in faults[:-1]]
        raise ContentError(*told, problem("DATABASE", faults[-1], path=str(path), hint=hint))
    _say(session, {"database": str(path), "whole": True}, [f"{path} is whole"])


@command.command("recount")
@options.as_json
@options.debug
@pass_session
def set_counters(session: Session) -> None:
    """Set every counter to what its rows say."""
    _existing(session)
    with database_of(session) as database:
        wrong = database.write_now(recount.recount)
    lines = [str(one) for one in wrong] or ["every counter was right"]
    _say(session, {"corrected": [one._asdict() for one in wrong]}, lines)


@command.command("prune")
@click.option(
    "--orphans",
    type=click.IntRange(0),
    metavar="DAYS",
    help="Also remove what hangs on pages that have been gone for so long.",
)
@options.as_json
@options.debug
@pass_session
def forget(session: Session, orphans: int | None) -> None:
    """Forget what has expired: sessions, tokens, letters, answers, digests of visitors."""
    _existing(session)
    with database_of(session) as database:
        found = database.write_now(prune.prune)
        pages: list[str] = []
        if orphans is not None:
            days = orphans
            pages = database.write_now(lambda tx: prune.prune_orphans(tx, days))
    lines = [f"{count:>6}  {name}" for name, count in found.items()]
    lines += [f"removed what hung on {page}" for page in pages]
    _say(session, {"forgotten": found, "pages": pages}, lines)


@command.command("load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@options.as_json
@options.debug
@pass_session
def load_facts(session: Session, file: str) -> None:
    """Make people, comments, likes and follows of a FILE of facts, as `export facts` writes it."""
    _existing(session)
    given = _facts(session.path(file))
    with database_of(session) as database:
        known = session.root / manifest.NAME
        loaded = database.write_now(
            lambda tx: (manifest.take_in(tx, known), load.load(tx, given))[1]
        )
        rankings.refresh(database)
    counts = {name: count for name, count in loaded._asdict().items() if name != "nobodys"}
    lines = [f"{count:>6}  {name}" for name, count in counts.items()]
    if loaded.nobodys:
        likes = speech.counted(loaded.nobodys, "like")
        lines.append(f"{likes} left out: there are fewer people than that")
    _say(session, {"loaded": loaded._asdict()}, lines)


def _facts(path: Path) -> list[Fact]:
    """Return the facts of a file; a line that is none is told with its number."""
    found = []
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        try:
            found.append(read_fact(line))
        except Unreadable as error:
            fault = problem("FACTS", str(error), path=path.name, line=number)
            raise ContentError(fault) from error
    return found


def _path(session: Session) -> Path:
    return database_path(session.root, os.environ)


def _existing(session: Session) -> None:
    path = _path(session)
    if not path.exists():
        hint = "`streamly db upgrade` makes one"
        raise SystemProblem(problem("DATABASE", "there is no database", path=str(path), hint=hint))


def _say(session: Session, document: dict[str, Any], lines: Sequence[str]) -> None:
    if session.json:
        speech.document({**document, "exit_code": 0})
        return
    for line in lines:
        speech.say(line)


def _steps(count: int) -> str:
    return speech.counted(count, "step")


def _moment(at: int) -> str:
    return f"{datetime.fromtimestamp(at / 1000, UTC):%Y-%m-%d %H:%M}"
