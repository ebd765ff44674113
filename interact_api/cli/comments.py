"""``streamly comments``: the queue of moderators, without the web."""

from collections.abc import Iterable
from typing import Any, get_args

import click

from interact_api.accounts import roles
from interact_api.moderation import queue
from interact_api.social import comments, reports
from interact_api.social.comments import Comment
from interact_api.social.reports import Report
from interact_api.social.text import quote
from streamly_ssg.cli import options
from streamly_ssg.cli.drawing import table
from streamly_ssg.cli.session import Session, pass_session
from streamly_ssg.errors import ContentError, problem

from .asking import must_be_meant
from .opening import database_of
from .telling import iso, moment, tell

CONTEXT = {"help_option_names": ["-h", "--help"]}
COLUMNS = ("id", "page", "by", "written", "why", "text")
EXCERPT = 60
DONE = {
    "approve": "approved",
    "reject": "rejected",
    "spam": "taken for spam",
    "undo": "as it was before",
    "delete": "deleted",
}


@click.group("comments", context_settings=CONTEXT)
def command() -> None:
    """
    Look after comments.

    \b
        streamly comments list
        streamly comments approve 12 13
    """  # noqa: D301 - click wants the character


@command.command("list")
@click.option(
    "--state",
    type=click.Choice(get_args(queue.Waiting)),
    default="pending",
    show_default=True,
    help="Which part of the queue.",
)
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True)
@options.as_json
@options.debug
@pass_session
def show_all(session: Session, state: queue.Waiting, limit: int) -> None:
    """List what waits for a decision, the oldest first."""
    with database_of(session) as database:
        operator = roles.operator(database.reader)
        found = queue.listed(database.reader, operator, state, limit=limit)
        told = reports.of_many(database.reader, [one.id for one in found])
    if session.json:
        tell(session, {"comments": [_plain(one, told[one.id]) for one in found]}, [])
    elif found:
        table(COLUMNS, [_row(one, told[one.id]) for one in found])
    else:
        tell(session, {}, ["nothing waits"])


@command.command("show")
@click.argument("comment", type=click.IntRange(1))
@options.as_json
@options.debug
@pass_session
def show(session: Session, comment: int) -> None:
    """Show one COMMENT, whatever its state, as it was written."""
    with database_of(session) as database:
        found = comments.find(database.reader, comment)
        told = reports.of(database.reader, found.id)
    lines = [f"{label:10} {value}" for label, value in _lines(found, told)]
    tell(session, {"comment": _plain(found, told)}, [*lines, "", *found.body.splitlines()])


def _deciding(act: queue.Act, text: str) -> None:
    """Add a command that does *act* to comments."""

    @command.command(act, help=text)
    @click.argument("comments", metavar="COMMENT...", nargs=-1, required=True, type=click.INT)
    @options.as_json
    @options.debug
    @pass_session
    def decide(session: Session, comments: tuple[int, ...]) -> None:
        _decide(session, comments, act)


_deciding("approve", "Let everybody read each COMMENT.")
_deciding("reject", "Let nobody read each COMMENT.")
_deciding("spam", "Take each COMMENT for spam, and learn from it.")
_deciding("undo", "Take the last decision about each COMMENT back.")


@command.command("delete")
@click.argument("comments", metavar="COMMENT...", nargs=-1, required=True, type=click.INT)
@click.option("--yes", is_flag=True, help="Don't ask.")
@options.as_json
@options.debug
@pass_session
def delete(session: Session, comments: tuple[int, ...], *, yes: bool) -> None:
    """Take the text of each COMMENT away for good."""
    must_be_meant(session, f"Delete {len(comments)} for good?", yes=yes)
    _decide(session, comments, "delete")


@command.command("pin")
@click.argument("comment", type=click.IntRange(1))
@click.option("--undo", is_flag=True, help="Pin it no longer.")
@options.as_json
@options.debug
@pass_session
def pin(session: Session, comment: int, *, undo: bool) -> None:
    """Let a COMMENT stand on top of its page."""
    with database_of(session) as database:
        changed = database.write_now(
            lambda tx: comments.pin(tx, roles.operator(tx), comment, pinned=not undo)
        )
    line = f"{comment}: {'no longer pinned' if undo else 'pinned'}"
    tell(session, {"changed": changed}, [line if changed else "nothing to change"])


def _decide(session: Session, ids: tuple[int, ...], act: queue.Act) -> None:
    with database_of(session) as database:
        found = database.write_now(lambda tx: queue.decide_all(tx, roles.operator(tx), ids, act))
    failed = [one for one in found if one.code]
    if failed:
        raise ContentError(
            *(problem(one.code, f"{one.comment_id}: {one.detail}") for one in failed)
        )
    tell(session, {"done": list(ids)}, [f"{one}: {DONE[act]}" for one in ids])


def _plain(one: Comment, told: Iterable[Report]) -> dict[str, Any]:
    return {
        "id": one.id,
        "page": one.page,
        "author": one.name,
        "state": one.state,
        "held": one.held,
        "at": iso(one.created_at),
        "body": one.body,
        "html": one.html,
        "reports": [
            {"by": report.name, "reason": report.reason, "text": report.text} for report in told
        ],
    }


def _row(one: Comment, told: list[Report]) -> list[str]:
    why = one.held or ", ".join(sorted({report.reason for report in told}))
    written = moment(one.created_at)
    return [str(one.id), one.page, one.name or "", written, why, quote(one.html, EXCERPT)]


def _lines(one: Comment, told: list[Report]) -> list[tuple[str, str]]:
    found = [
        ("page", one.page),
        ("by", one.name or "somebody who left"),
        ("written", moment(one.created_at)),
        ("state", f"{one.state} ({one.held})" if one.held else one.state),
    ]
    return found + [("reported", f"by {one.name}: {one.reason} {one.text}") for one in told]
