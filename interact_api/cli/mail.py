"""``streamly mail``: letters that wait, and those that couldn't be sent."""

from collections.abc import Callable
from typing import Any, get_args

import click

from interact_api import outbox
from interact_api.accounts import roles
from interact_api.db import Tx
from interact_api.notices import undelivered
from interact_api.notices.undelivered import Posted
from streamly_ssg.cli import options
from streamly_ssg.cli.drawing import table
from streamly_ssg.cli.session import Session, pass_session
from streamly_ssg.errors import UsageError, problem

from .asking import must_be_meant
from .opening import database_of
from .telling import iso, moment, tell

CONTEXT = {"help_option_names": ["-h", "--help"]}
COLUMNS = ("id", "to", "letter", "written", "tries", "next", "error")
EXCERPT = 60
WAITING = "waiting"


@click.group("mail", context_settings=CONTEXT)
def command() -> None:
    """
    Look after letters.

    \b
        streamly mail list
        streamly mail retry --all
    """  # noqa: D301 - click wants the character


@command.command("list")
@click.option(
    "--state",
    type=click.Choice(get_args(undelivered.State)),
    default="dead",
    show_default=True,
    help="Which of them.",
)
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True)
@options.as_json
@options.debug
@pass_session
def show_all(session: Session, state: undelivered.State, limit: int) -> None:
    """List letters, the newest first: to whom, not what they say."""
    with database_of(session) as database:
        found = undelivered.listed(database.reader, state, limit)
        counts = outbox.counts(database.reader)
    if session.json:
        tell(session, {"letters": [_plain(one) for one in found], "counts": counts}, [])
        return
    if found:
        table(COLUMNS, [_row(one) for one in found])
    tell(session, {}, [", ".join(f"{count} {name}" for name, count in counts.items())])


@command.command("retry")
@click.argument("letters", metavar="LETTER...", nargs=-1, type=click.IntRange(1))
@click.option("--all", "every", is_flag=True, help="All that are dead.")
@options.as_json
@options.debug
@pass_session
def retry(session: Session, letters: tuple[int, ...], *, every: bool) -> None:
    """Let each dead LETTER leave once more."""
    count = _do(session, undelivered.retry, letters, every=every)
    tell(session, {"waiting": count}, [f"{count} wait to leave"])


@command.command("drop")
@click.argument("letters", metavar="LETTER...", nargs=-1, type=click.IntRange(1))
@click.option("--all", "every", is_flag=True, help="All that are dead.")
@click.option("--yes", is_flag=True, help="Don't ask.")
@options.as_json
@options.debug
@pass_session
def drop(session: Session, letters: tuple[int, ...], *, every: bool, yes: bool) -> None:
    """Throw each dead LETTER away."""
    what = "all dead letters" if every else f"{len(letters)} of them"
    must_be_meant(session, f"Throw {what} away?", yes=yes)
    count = _do(session, undelivered.drop, letters, every=every)
    tell(session, {"dropped": count}, [f"{count} thrown away"])


def _do(session: Session, act: Callable[..., int], letters: tuple[int, ...], *, every: bool) -> int:
    if every == bool(letters):
        raise UsageError(problem("USAGE", "name letters, or say --all"))

    def all_of_it(tx: Tx) -> int:
        operator = roles.operator(tx)
        return sum(act(tx, operator, one) for one in letters or (None,))

    with database_of(session) as database:
        return database.write_now(all_of_it)


def _plain(one: Posted) -> dict[str, Any]:
    return {
        "id": one.id,
        "to": one.recipient,
        "letter": one.template,
        "state": one.state,
        "attempts": one.attempts,
        "next": iso(one.next_at) if one.state == WAITING else None,
        "error": one.error,
        "at": iso(one.created_at),
    }


def _row(one: Posted) -> list[str]:
    due = moment(one.next_at) if one.state == WAITING else ""
    written = moment(one.created_at)
    letter, error = one.template, one.error[:EXCERPT]
    return [str(one.id), one.recipient, letter, written, str(one.attempts), due, error]
