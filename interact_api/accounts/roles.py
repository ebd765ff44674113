"""
Roles: what people may do, as data.

Each role may do what the one above it may, and more of its own. What that comes to is kept with the
role (`effective`), so a request doesn't climb the ladder; whoever changes a role writes it anew.
"""

from typing import NamedTuple

from interact_api import audit, schema
from interact_api.db import Reader, Tx
from interact_api.errors import Conflict, Forbidden, NotFound, invalid

from .actor import Actor

# Everybody who isn't signed in; what they may do is written into `actor.NOBODY`.
GUEST = "Guest"
TOP = "Administrator"
KEPT_BY_TOP = frozenset({"manage_roles", "manage_users", "admin_access"})

_COLUMNS = (
    "r.id, r.name, r.description, p.name, r.is_default,"
    " (SELECT group_concat(permission, ' ') FROM role_permissions WHERE role_id = r.id),"
    " (SELECT count(*) FROM users WHERE role_id = r.id AND status <> 'deleted')"
)
_FROM = "FROM roles AS r LEFT JOIN roles AS p ON p.id = r.parent_id"


class Role(NamedTuple):
    """A role; *own* is what it adds to its parent."""

    id: int
    name: str
    description: str
    parent: str | None
    is_default: bool
    own: tuple[str, ...]
    people: int


def every(reader: Reader) -> list[Role]:
    """Return the roles, the weakest first."""
    return reader.all(_role, f"SELECT {_COLUMNS} {_FROM} ORDER BY r.id")


def by_name(reader: Reader, name: str) -> Role:
    """Return the role *name*, in any case."""
    sql = f"SELECT {_COLUMNS} {_FROM} WHERE lower(r.name) = lower(:name)"
    found = reader.one(_role, sql, name=name)
    if found is None:
        known = ", ".join(one.name for one in every(reader))
        raise NotFound(f'There is no role "{name}"; known are {known}.')
    return found


def permissions_of(reader: Reader, role_id: int) -> frozenset[str]:
    """Return everything that a role may do, climbing the ladder."""
    return frozenset(
        reader.all(
            str,
            "WITH RECURSIVE above (id) AS (SELECT :id UNION SELECT r.parent_id FROM roles AS r"
            " JOIN above ON r.id = above.id WHERE r.parent_id IS NOT NULL)"
            " SELECT permission FROM role_permissions JOIN above ON role_id = above.id",
            id=role_id,
        )
    )


def operator(reader: Reader) -> Actor:
    """Return whoever stands at the machine itself: they may do everything."""
    known = reader.all(str, "SELECT name FROM permissions")
    return Actor(0, "operator", TOP, frozenset(known))


def managers(reader: Reader) -> list[int]:
    """Return who can manage roles: one number, or two if there are more."""
    return reader.all(
        int,
        "SELECT u.id FROM users AS u JOIN roles AS r ON r.id = u.role_id WHERE u.status = 'active'"
        " AND u.confirmed_at IS NOT NULL AND ' ' || r.effective || ' ' LIKE '% manage_roles %'"
        " LIMIT 2",
    )


def grant(tx: Tx, actor: Actor, role: str, permission: str) -> bool:
    """Let *role*, and those above it, do *permission*; tell whether that is new."""
    found = _must_change(tx, actor, role, permission)
    added = tx.insert_or_ignore("role_permissions", role_id=found.id, permission=permission)
    return _changed(tx, actor, found, "roles.grant", permission) if added else False


def revoke(tx: Tx, actor: Actor, role: str, permission: str) -> bool:
    """Take *permission* from *role*; tell whether it had it. What is inherited stays."""
    found = _must_change(tx, actor, role, permission)
    if found.name == TOP and permission in KEPT_BY_TOP:
        raise Forbidden(f"Without {permission} nobody could give it back.")
    had_managers = bool(managers(tx))
    taken = tx.run(
        "DELETE FROM role_permissions WHERE role_id = :id AND permission = :permission",
        id=found.id,
        permission=permission,
    )
    if not taken:
        return False
    _changed(tx, actor, found, "roles.revoke", permission)
    if had_managers and not managers(tx):
        raise Conflict("Nobody would be left who can manage roles.", code="LAST_ADMIN")
    return True


def assign(tx: Tx, actor: Actor, role: str, permissions: frozenset[str]) -> None:
    """Let *permissions* be what *role* adds to its parent."""
    before = frozenset(by_name(tx, role).own)
    for permission in sorted(permissions - before):
        grant(tx, actor, role, permission)
    for permission in sorted(before - permissions):
        revoke(tx, actor, role, permission)


def sync(tx: Tx) -> int:
    """
    Add the permissions and roles that this Streamly knows and the database lacks.

    What somebody took from a role on purpose isn't given back: only what is new is given out.
    """
    new = {
        name
        for name, text in schema.PERMISSIONS.items()
        if tx.insert_or_ignore("permissions", name=name, description=text)
    }
    added, parent = len(new), None
    for name, permissions in schema.ROLES.items():
        role_id = tx.value("SELECT id FROM roles WHERE name = :name", name=name)
        given = new & set(permissions)
        if role_id is None:
            role_id = tx.insert("roles", name=name, parent_id=parent)
            added, given = added + 1, set(permissions)
        for permission in given:
            tx.insert_or_ignore("role_permissions", role_id=role_id, permission=permission)
        parent = role_id
    _write_effective(tx)
    return added


def _must_change(reader: Reader, actor: Actor, role: str, permission: str) -> Role:
    actor.must("manage_roles")
    found = by_name(reader, role)
    if found.name == GUEST:
        raise Forbidden("Who isn't signed in can read, and nothing else.")
    if reader.value("SELECT 1 FROM permissions WHERE name = :name", name=permission) is None:
        raise invalid("permission", f'there is no "{permission}"')
    actor.must(permission)
    return found


def _changed(tx: Tx, actor: Actor, role: Role, action: str, permission: str) -> bool:
    _write_effective(tx)
    details = {"permission": permission}
    audit.record(tx, actor.id or None, actor.name, action, f"role:{role.name}", details)
    return True


def _write_effective(tx: Tx) -> None:
    for role_id in tx.all(int, "SELECT id FROM roles"):
        line = " ".join(sorted(permissions_of(tx, role_id)))
        tx.run("UPDATE roles SET effective = :line WHERE id = :id", line=line, id=role_id)


def _role(  # noqa: PLR0917 - the columns
    role_id: int,
    name: str,
    description: str,
    parent: str | None,
    is_default: int,
    own: str | None,
    people: int,
) -> Role:
    added = tuple(sorted((own or "").split()))
    return Role(role_id, name, description, parent, bool(is_default), added, people)
