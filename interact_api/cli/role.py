"""``streamly role``: what people may do, without the web."""

from collections.abc import Callable

import click

from interact_api.accounts import roles
from interact_api.accounts.actor import Actor
from interact_api.accounts.roles import Role
from interact_api.db import Reader, Tx
from interact_api.schema import PERMISSIONS
from streamly_ssg.cli import options
from streamly_ssg.cli.drawing import table
from streamly_ssg.cli.session import Session, pass_session
from streamly_ssg.cli.speech import counted

from .opening import database_of
from .telling import tell

CONTEXT = {"help_option_names": ["-h", "--help"]}


@click.group("role", context_settings=CONTEXT)
def command() -> None:
    """Look after roles; each may do what the one above it in the list may, and more."""


@command.command("list")
@options.as_json
@options.debug
@pass_session
def show_all(session: Session) -> None:
    """List roles, the weakest first."""
    with database_of(session) as database:
        found = roles.every(database.reader)
        plain = [_plain(database.reader, one) for one in found]
    if session.json:
        tell(session, {"roles": plain}, [])
        return
    rows = [[one.name, one.parent or "", str(one.people), " ".join(one.own)] for one in found]
    table(("role", "above", "people", "adds"), rows)


@command.command("show")
@click.argument("role")
@options.as_json
@options.debug
@pass_session
def show(session: Session, role: str) -> None:
    """Show what a ROLE may do, and where it has it from."""
    with database_of(session) as database:
        found = roles.by_name(database.reader, role)
        may = roles.permissions_of(database.reader, found.id)
        plain = _plain(database.reader, found)
    lines = [f"{found.name}: {counted(found.people, 'account')}"]
    for name, text in PERMISSIONS.items():
        mark = "+" if name in found.own else "." if name in may else " "
        lines.append(f"  {mark} {name:20} {text}")
    lines.append("+ its own   . from the roles below it")
    tell(session, {"role": plain}, lines)


@command.command("grant")
@click.argument("role")
@click.argument("permission")
@options.as_json
@options.debug
@pass_session
def grant(session: Session, role: str, permission: str) -> None:
    """Let a ROLE, and those above it, do PERMISSION."""
    _change(session, role, lambda tx, by: roles.grant(tx, by, role, permission))


@command.command("revoke")
@click.argument("role")
@click.argument("permission")
@options.as_json
@options.debug
@pass_session
def revoke(session: Session, role: str, permission: str) -> None:
    """Take PERMISSION from a ROLE; what it has from those below it stays."""
    _change(session, role, lambda tx, by: roles.revoke(tx, by, role, permission))


@command.command("sync")
@options.as_json
@options.debug
@pass_session
def sync(session: Session) -> None:
    """Add roles and permissions that are new in this version, and take nothing away."""
    with database_of(session) as database:
        added = database.write_now(roles.sync)
    tell(session, {"added": added}, [f"{added} added"])


def _change(session: Session, role: str, act: Callable[[Tx, Actor], bool]) -> None:
    with database_of(session) as database:
        changed = database.write_now(lambda tx: act(tx, roles.operator(tx)))
        found = roles.by_name(database.reader, role)
        plain = _plain(database.reader, found)
    line = f"{found.name} adds {' '.join(found.own)}" if changed else "nothing to change"
    tell(session, {"role": plain, "changed": changed}, [line])


def _plain(reader: Reader, role: Role) -> dict[str, object]:
    return {
        "name": role.name,
        "parent": role.parent,
        "default": role.is_default,
        "own": list(role.own),
        "permissions": sorted(roles.permissions_of(reader, role.id)),
        "people": role.people,
    }
