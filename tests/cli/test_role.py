"""``streamly role``: what people may do, from the command line."""

from pathlib import Path

import pytest

from tests.support.folder import Folder

from .running import Ran, site, streamly


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return site(tmp_path)


def role(folder: Folder, *words: str) -> Ran:
    return streamly(folder, "role", *words)


def test_roles_are_listed_the_weakest_first(folder: Folder) -> None:
    found = role(folder, "list", "--json").json["roles"]
    assert [one["name"] for one in found] == [
        "Guest", "User", "Moderator", "Editor", "Administrator",
    ]  # fmt: skip
    assert len(found[-1]["permissions"]) == 20
    assert role(folder, "list").out.splitlines()[0].split("\t") == ["Guest", "", "0", "read_posts"]


def test_a_role_is_shown_with_what_it_may(folder: Folder) -> None:
    out = role(folder, "show", "moderator").out
    assert "  + moderate_comments    Work on the queue and on reports\n" in out
    assert "  . create_comments " in out
    assert "    manage_users " in out


def test_a_permission_is_granted_and_revoked(folder: Folder) -> None:
    granted = role(folder, "grant", "user", "api_access", "--json").json
    assert (granted["changed"], "api_access" in granted["role"]["own"]) == (True, True)
    assert role(folder, "grant", "user", "api_access").out == "nothing to change\n"
    revoked = role(folder, "revoke", "user", "api_access", "--json").json
    assert (revoked["changed"], "api_access" in revoked["role"]["own"]) == (True, False)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("show", "emperor"), 'There is no role "emperor"'),
        (("grant", "emperor", "api_access"), 'There is no role "emperor"'),
        (("grant", "user", "fly"), 'there is no "fly"'),
        (("grant", "guest", "create_comments"), "Who isn't signed in can read"),
        (("revoke", "administrator", "manage_roles"), "nobody could give it back"),
    ],
)
def test_what_makes_no_sense_is_refused(folder: Folder, words: tuple[str, ...], told: str) -> None:
    ran = role(folder, *words)
    assert (ran.code, told in ran.err) == (1, True)


def test_what_is_new_in_this_version_is_added_once(folder: Folder) -> None:
    assert role(folder, "sync").out == "0 added\n"


@pytest.mark.parametrize("name", ["list", "show", "grant", "revoke", "sync"])
def test_every_command_explains_itself(folder: Folder, name: str) -> None:
    assert "Usage: " in role(folder, name, "--help").out
