"""``streamly user``: accounts, without the web."""

from collections.abc import Callable
from typing import Any

import click

from interact_api.accounts import addresses, attempts, closing, names, roles, sessions, users
from interact_api.accounts.actor import Actor
from interact_api.accounts.closing import Leaving
from interact_api.accounts.users import User
from interact_api.audit import record
from interact_api.db import Reader, Tx
from interact_api.moderation import bans
from streamly_ssg.cli import options
from streamly_ssg.cli.drawing import table
from streamly_ssg.cli.session import Session, pass_session

from .asking import line, must_be_meant, password, password_options
from .opening import database_of, settings_of
from .telling import iso, moment, tell

CONTEXT = {"help_option_names": ["-h", "--help"]}
STATUSES = ("active", "deactivated", "banned", "shadowed", "deleted")
COLUMNS = ("name", "email", "role", "status", "joined", "seen")
ALL = 1_000_000

Act = Callable[[Tx, Actor, User], object]


@click.group("user", context_settings=CONTEXT)
def command() -> None:
    """
    Look after accounts.

    The first administrator is made here:

    \b
        streamly user add ada --email ada@example.org --role administrator
    """  # noqa: D301 - click wants the character


@command.command("list")
@click.option("--role", default="", metavar="ROLE", help="Only those with this role.")
@click.option("--status", type=click.Choice(STATUSES), default=None, help="Only those.")
@options.as_json
@options.debug
@pass_session
def show_all(session: Session, role: str, status: str | None) -> None:
    """List accounts by name."""
    with database_of(session) as database:
        if role:
            roles.by_name(database.reader, role)
        found = users.every(database.reader, limit=ALL, role=role, status=status or "")
    if session.json:
        tell(session, {"users": [_plain(one) for one in found]}, [])
    elif found:
        table(COLUMNS, [_row(one) for one in found])
    else:
        tell(session, {}, ["nobody"])


@command.command("show")
@click.argument("name")
@options.as_json
@options.debug
@pass_session
def show(session: Session, name: str) -> None:
    """Show one account; NAME may be one from before, or an address."""
    with database_of(session) as database:
        user = _found(database.reader, name)
        now = database.clock()
        count = len(sessions.of(database.reader, user.id, now))
        waits = attempts.waits(database.reader, user.id, now)
    document = {**_plain(user), "sessions": count, "locked_until": iso(waits)}
    lines = [f"{label:10} {value}" for label, value in _lines(user)]
    lines.append(f"{'sessions':10} {count}")
    if waits is not None:
        lines.append(f"{'locked':10} until {moment(waits)}, for strangers; `unlock` ends it")
    tell(session, {"user": document}, lines)


@command.command("add")
@click.argument("name")
@click.option("--email", metavar="ADDRESS", help="Where letters go; no letter confirms it.")
@click.option("--role", default="user", show_default=True, metavar="ROLE", help="What they may do.")
@password_options
@options.as_json
@options.debug
@pass_session
def add(
    session: Session, name: str, email: str | None, role: str, *, generate: bool, from_stdin: bool
) -> None:
    """
    Add somebody who can sign in at once.

    A password is asked for, unless an option says where it comes from.
    """
    settings = settings_of(session)
    with database_of(session) as database:
        known, wanted = names.checked(name), roles.by_name(database.reader, role).name
        names.must_be_free(database.reader, known)
        address = addresses.checked(email or line(session, "Address", "--email"))
        chosen = password(
            session, settings, known, address.key, generate=generate, from_stdin=from_stdin
        )

        def act(tx: Tx) -> User:
            operator = roles.operator(tx)
            return users.by_id(tx, users.create(tx, operator, known, address, chosen.kept, wanted))

        user = database.write_now(act)
    lines = [f"{user.name} is here, as {user.role}"]
    _tell_with_password(session, user, lines, chosen.told)


@command.command("password")
@click.argument("name")
@password_options
@options.as_json
@options.debug
@pass_session
def change_password(session: Session, name: str, *, generate: bool, from_stdin: bool) -> None:
    """Give somebody a new password, and sign them out everywhere."""
    settings = settings_of(session)
    with database_of(session) as database:
        user = _found(database.reader, name)
        about = (user.name, user.email or "", user.display)
        chosen = password(session, settings, *about, generate=generate, from_stdin=from_stdin)

        def act(tx: Tx) -> None:
            users.set_password(tx, user.id, chosen.kept)
            record(tx, None, roles.operator(tx).name, "users.password", f"user:{user.id}")

        database.write_now(act)
    lines = [f"{user.name} has a new password, and is signed out everywhere"]
    _tell_with_password(session, user, lines, chosen.told)


@command.command("rename")
@click.argument("name")
@click.argument("new")
@options.as_json
@options.debug
@pass_session
def rename(session: Session, name: str, new: str) -> None:
    """Call somebody NEW; the old name leads there."""
    _change(
        session, name, lambda tx, by, user: users.rename(tx, by, user.id, new), "is the name now"
    )


@command.command("role")
@click.argument("name")
@click.argument("role")
@options.as_json
@options.debug
@pass_session
def set_role(session: Session, name: str, role: str) -> None:
    """Give somebody another ROLE."""
    _change(session, name, lambda tx, by, user: users.set_role(tx, by, user.id, role))


@command.command("confirm")
@click.argument("name")
@options.as_json
@options.debug
@pass_session
def confirm(session: Session, name: str) -> None:
    """Take somebody's address as confirmed."""
    _change(session, name, lambda tx, by, user: users.confirm_by_hand(tx, by, user.id))


@command.command("deactivate")
@click.argument("name")
@options.as_json
@options.debug
@pass_session
def deactivate(session: Session, name: str) -> None:
    """Close an account until it is activated; nothing is lost."""
    _change(session, name, lambda tx, by, user: users.deactivate(tx, by, user.id))


@command.command("activate")
@click.argument("name")
@options.as_json
@options.debug
@pass_session
def activate(session: Session, name: str) -> None:
    """Open an account that was deactivated."""
    _change(session, name, lambda tx, by, user: users.activate(tx, by, user.id))


@command.command("ban")
@click.argument("name")
@click.option("--shadow", is_flag=True, help="They notice nothing, and nobody hears them.")
@click.option("--spam", is_flag=True, help="Take all that they wrote for spam.")
@click.option("--reason", default="", metavar="TEXT", help="For the audit log.")
@options.as_json
@options.debug
@pass_session
def ban(session: Session, name: str, *, shadow: bool, spam: bool, reason: str) -> None:
    """Let somebody in no more."""

    def act(tx: Tx, by: Actor, user: User) -> None:
        kind: bans.Kind = "shadowed" if shadow else "banned"
        bans.ban(tx, by, user.name, kind, reason, as_spam=spam)

    _change(session, name, act)


@command.command("unban")
@click.argument("name")
@options.as_json
@options.debug
@pass_session
def unban(session: Session, name: str) -> None:
    """Let somebody in again."""
    _change(session, name, lambda tx, by, user: bans.lift(tx, by, user.name))


@command.command("unlock")
@click.argument("name")
@options.as_json
@options.debug
@pass_session
def unlock(session: Session, name: str) -> None:
    """Forget how often somebody's password was guessed wrong."""

    def act(tx: Tx, by: Actor, user: User) -> None:
        attempts.clear(tx, user.id)
        record(tx, None, by.name, "users.unlock", f"user:{user.id}")

    _change(session, name, act, "can be signed in to again")


@command.command("delete")
@click.argument("name")
@click.option(
    "--comments",
    type=click.Choice(("anonymise", "remove")),
    required=True,
    help="What becomes of theirs: they lose their author, or their text.",
)
@click.option("--yes", is_flag=True, help="Don't ask.")
@options.as_json
@options.debug
@pass_session
def delete(session: Session, name: str, comments: Leaving, *, yes: bool) -> None:
    """Close an account for good."""
    with database_of(session) as database:
        user = _found(database.reader, name)
    must_be_meant(session, f"Close the account of {user.name} for good?", yes=yes)
    _change(session, name, lambda tx, by, user: closing.delete(tx, by, user.id, comments))


@command.command("sessions")
@click.argument("name")
@click.option("--end", is_flag=True, help="Sign them out everywhere.")
@options.as_json
@options.debug
@pass_session
def show_sessions(session: Session, name: str, *, end: bool) -> None:
    """Show where somebody is signed in."""
    with database_of(session) as database:
        user = _found(database.reader, name)
        found = sessions.of(database.reader, user.id, database.clock())
        if end:
            database.write_now(lambda tx: _end_sessions(tx, user))
    items = [
        {
            "id": one.id,
            "agent": one.agent,
            "place": one.place,
            "used": iso(one.used_at),
            "expires": iso(one.expires_at),
        }
        for one in found
    ]
    lines = [f"{moment(one.used_at)}  {one.agent or 'unknown'}  {one.place}" for one in found]
    lines += [f"ended {len(found)}"] if end else []
    tell(session, {"sessions": items, "ended": end}, lines or ["nowhere"])


def _end_sessions(tx: Tx, user: User) -> None:
    sessions.end_all(tx, user.id)
    record(tx, None, roles.operator(tx).name, "users.sign_out", f"user:{user.id}")


def _change(session: Session, name: str, act: Act, told: str = "") -> None:
    """Do *act* to somebody, as whoever stands at the machine; tell what they are now."""
    with database_of(session) as database:

        def change(tx: Tx) -> User:
            user = _found(tx, name)
            act(tx, roles.operator(tx), user)
            return users.by_id(tx, user.id)

        user = database.write_now(change)
    line = f"{user.name} {told}" if told else f"{user.name} is {user.status}, as {user.role}"
    tell(session, {"user": _plain(user)}, [line])


def _found(reader: Reader, text: str) -> User:
    """Return somebody by name, or by address."""
    if "@" not in text:
        return users.by_name(reader, text)
    return users.by_id(reader, users.by_login(reader, text) or 0)


def _tell_with_password(
    session: Session, user: User, lines: list[str], generated: str | None
) -> None:
    document: dict[str, Any] = {"user": _plain(user)}
    if generated is not None:
        document["password"] = generated
        lines.append(f"the password, shown this once: {generated}")
    tell(session, document, lines)


def _plain(user: User) -> dict[str, Any]:
    return {
        "name": user.name,
        "email": user.email,
        "role": user.role,
        "status": user.status,
        "display": user.display,
        "comments": user.comments,
        "joined": iso(user.created_at),
        "confirmed": iso(user.confirmed_at),
        "last_seen": iso(user.seen_at),
    }


def _row(user: User) -> list[str]:
    dates = (moment(user.created_at), moment(user.seen_at))
    return [user.name, user.email or "", user.role, user.status, *dates]


def _lines(user: User) -> list[tuple[str, str]]:
    return [
        ("name", user.name),
        ("address", f"{user.email or 'none'}{'' if user.confirmed_at else ', not confirmed'}"),
        ("role", user.role),
        ("status", user.status),
        ("display", user.display or "none"),
        ("comments", str(user.comments)),
        ("joined", moment(user.created_at)),
        ("seen", moment(user.seen_at)),
    ]
