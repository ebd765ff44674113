from itertools import pairwise

import pytest

from interact_api import audit, schema
from interact_api.accounts import roles, users
from interact_api.accounts.actor import NOBODY
from interact_api.db import Database
from interact_api.errors import Conflict, Forbidden, Invalid, NotFound, NotSignedIn
from tests.support.service import member

LADDER = ["Guest", "User", "Moderator", "Editor", "Administrator"]


def test_each_role_may_what_the_one_below_may_and_more(db: Database) -> None:
    sets = [roles.permissions_of(db.reader, role.id) for role in roles.every(db.reader)]
    assert [role.name for role in roles.every(db.reader)] == LADDER
    assert [len(one) for one in sets] == [1, 8, 12, 15, 20]
    assert all(one < other for one, other in pairwise(sets))
    assert sets[-1] == set(schema.PERMISSIONS)


def test_what_a_role_may_is_kept_as_the_ladder_says(db: Database) -> None:
    root = roles.operator(db.reader)
    db.write_now(lambda tx: roles.grant(tx, root, "Moderator", "manage_categories"))
    db.write_now(lambda tx: roles.revoke(tx, root, "User", "create_posts"))
    for role in roles.every(db.reader):
        line = db.reader.value("SELECT effective FROM roles WHERE id = :id", id=role.id)
        assert set(line.split()) == roles.permissions_of(db.reader, role.id)


def test_a_permission_is_granted_to_those_above_too(db: Database) -> None:
    root = roles.operator(db.reader)
    assert db.write_now(lambda tx: roles.grant(tx, root, "User", "view_analytics"))
    assert not db.write_now(lambda tx: roles.grant(tx, root, "User", "view_analytics"))
    for name in LADDER[1:]:
        assert "view_analytics" in roles.permissions_of(
            db.reader, roles.by_name(db.reader, name).id
        )
    (entry,) = audit.recent(db.reader)
    assert (entry.action, entry.target) == ("roles.grant", "role:User")


def test_only_those_who_manage_roles_change_them(db: Database) -> None:
    eda = member(db, "eda", "Editor")
    with pytest.raises(Forbidden):
        db.write_now(lambda tx: roles.grant(tx, eda, "Editor", "manage_users"))
    with pytest.raises(NotSignedIn):
        db.write_now(lambda tx: roles.grant(tx, NOBODY, "User", "create_posts"))


def test_nobody_gives_what_they_dont_have(db: Database) -> None:
    eda = member(db, "eda", "Editor")
    half = eda._replace(permissions=eda.permissions | {"manage_roles"})
    with pytest.raises(Forbidden):
        db.write_now(lambda tx: roles.grant(tx, half, "Editor", "manage_users"))


@pytest.mark.parametrize("permission", sorted(roles.KEPT_BY_TOP))
def test_administrators_can_always_give_it_back(db: Database, permission: str) -> None:
    root = roles.operator(db.reader)
    with pytest.raises(Forbidden):
        db.write_now(lambda tx: roles.revoke(tx, root, "Administrator", permission))


def test_guests_only_read(db: Database) -> None:
    root = roles.operator(db.reader)
    with pytest.raises(Forbidden):
        db.write_now(lambda tx: roles.grant(tx, root, "Guest", "create_comments"))


def test_unknown_roles_and_permissions_are_refused(db: Database) -> None:
    root = roles.operator(db.reader)
    with pytest.raises(Invalid):
        db.write_now(lambda tx: roles.grant(tx, root, "User", "fly"))
    with pytest.raises(NotFound, match="known are Guest, User"):
        db.write_now(lambda tx: roles.grant(tx, root, "Wizard", "read_posts"))


def test_sync_brings_back_what_is_missing_and_takes_nothing(db: Database) -> None:
    root = roles.operator(db.reader)
    db.write_now(lambda tx: roles.grant(tx, root, "User", "view_analytics"))
    db.write_now(
        lambda tx: tx.run("DELETE FROM role_permissions WHERE permission = 'upload_files'")
    )
    db.write_now(lambda tx: tx.run("DELETE FROM permissions WHERE name = 'upload_files'"))
    assert db.write_now(roles.sync) == 1
    assert db.write_now(roles.sync) == 0
    assert {"view_analytics", "upload_files"} <= set(roles.by_name(db.reader, "User").own)


def test_the_last_administrator_stays_one(db: Database) -> None:
    root, ada = roles.operator(db.reader), member(db, "ada", "Administrator")
    for act in (
        lambda tx: users.set_role(tx, root, ada.id, "User"),
        lambda tx: users.deactivate(tx, root, ada.id),
    ):
        with pytest.raises(Conflict) as refused:
            db.write_now(act)
        assert refused.value.code == "LAST_ADMIN"
    member(db, "bea", "Administrator")
    db.write_now(lambda tx: users.set_role(tx, root, ada.id, "User"))
    assert users.by_id(db.reader, ada.id).role == "User"


def test_a_role_keeps_what_nobody_else_could_give_back(db: Database) -> None:
    root, eda = roles.operator(db.reader), member(db, "eda", "Editor")
    db.write_now(lambda tx: roles.grant(tx, root, "Editor", "manage_roles"))
    with pytest.raises(Conflict) as refused:
        db.write_now(lambda tx: roles.revoke(tx, root, "Editor", "manage_roles"))
    assert refused.value.code == "LAST_ADMIN"
    assert roles.managers(db.reader) == [eda.id]
    member(db, "ada", "Administrator")
    assert db.write_now(lambda tx: roles.revoke(tx, root, "Editor", "manage_roles"))


def test_nobody_changes_their_own_role(db: Database) -> None:
    ada = member(db, "ada", "Administrator")
    member(db, "bea", "Administrator")
    with pytest.raises(Forbidden):
        db.write_now(lambda tx: users.set_role(tx, ada, ada.id, "User"))


def test_nobody_raises_another_above_themselves(db: Database) -> None:
    eda, ada = member(db, "eda", "Editor"), member(db, "ada")
    manager = eda._replace(permissions=eda.permissions | {"manage_users"})
    db.write_now(lambda tx: users.set_role(tx, manager, ada.id, "Editor"))
    with pytest.raises(Forbidden):
        db.write_now(lambda tx: users.set_role(tx, manager, ada.id, "Administrator"))
