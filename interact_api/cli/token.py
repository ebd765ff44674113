"""``streamly token``: personal tokens, which let programs in, without the web."""

from typing import Any

import click

from interact_api.accounts import roles, tokens, users
from interact_api.accounts.tokens import Token
from interact_api.db import Tx
from streamly_ssg.cli import options
from streamly_ssg.cli.drawing import table
from streamly_ssg.cli.session import Session, pass_session

from .opening import database_of
from .telling import iso, moment, tell

CONTEXT = {"help_option_names": ["-h", "--help"]}
COLUMNS = ("id", "of", "name", "scopes", "made", "until")


@click.group("token", context_settings=CONTEXT)
def command() -> None:
    """
    Let programs in.

    \b
        streamly token add ada "the builder" --scope read --days 30
        streamly token revoke 7
    """  # noqa: D301 - click wants the character


@command.command("list")
@click.argument("name", required=False)
@options.as_json
@options.debug
@pass_session
def show_all(session: Session, name: str | None) -> None:
    """List personal tokens that are good: everybody's, or those of NAME."""
    with database_of(session) as database:
        owner = None if name is None else users.by_name(database.reader, name).id
        found = tokens.every(database.reader, database.clock(), owner)
    if session.json:
        tell(session, {"tokens": [_plain(of, one) for of, one in found]}, [])
    elif found:
        table(COLUMNS, [_row(of, one) for of, one in found])
    else:
        tell(session, {}, ["no tokens"])


@command.command("add")
@click.argument("name")
@click.argument("title")
@click.option(
    "--scope",
    "scopes",
    type=click.Choice(tokens.SCOPES),
    multiple=True,
    default=("read",),
    show_default=True,
    help="What it is good for; may be given more than once.",
)
@click.option(
    "--days", type=click.IntRange(1, tokens.LONGEST_LIFE), default=90, show_default=True,
    help="How long it is good.",
)  # fmt: skip
@options.as_json
@options.debug
@pass_session
def add(session: Session, name: str, title: str, scopes: tuple[str, ...], days: int) -> None:
    """Make a token of NAME's, called TITLE, and print it once; it may no more than NAME may."""
    text = tokens.new(tokens.PERSONAL)

    def act(tx: Tx) -> tuple[str, Token]:
        owner = users.as_actor(tx, users.by_name(tx, name).id)
        made = tokens.create(tx, owner, title, scopes, days, text, roles.operator(tx))
        return owner.name, made

    with database_of(session) as database:
        of, made = database.write_now(act)
    lines = [f"token {made.id} of {of}: {' '.join(made.scopes)}, until {moment(made.expires_at)}"]
    tell(session, {"token": {**_plain(of, made), "text": text}}, [*lines, text])


@command.command("revoke")
@click.argument("numbers", metavar="TOKEN...", nargs=-1, required=True, type=click.IntRange(1))
@options.as_json
@options.debug
@pass_session
def revoke(session: Session, numbers: tuple[int, ...]) -> None:
    """End each TOKEN, named by its number; all of them or none."""

    def act(tx: Tx) -> None:
        for number in numbers:
            tokens.take_away(tx, roles.operator(tx), number)

    with database_of(session) as database:
        database.write_now(act)
    tell(session, {"revoked": list(numbers)}, [f"token {one} is good no more" for one in numbers])


def _plain(of: str, one: Token) -> dict[str, Any]:
    return {
        "id": one.id,
        "of": of,
        "name": one.name,
        "scopes": list(one.scopes),
        "created": iso(one.created_at),
        "expires": iso(one.expires_at),
    }


def _row(of: str, one: Token) -> list[str]:
    scopes = " ".join(one.scopes)
    return [str(one.id), of, one.name, scopes, moment(one.created_at), moment(one.expires_at)]
