"""``streamly user``: accounts, from the command line."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from interact_api.accounts import attempts, sessions
from interact_api.accounts.passwords import Hasher
from interact_api.db import Database, Tx
from tests.support.folder import Folder

from .running import Ran, site, streamly

PASSWORD = "correct horse battery"
ADA = ("--email", "ada@example.org")


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return site(tmp_path)


def user(folder: Folder, *words: str, answers: str = "") -> Ran:
    return streamly(folder, "user", *words, answers=answers)


def done(ran: Ran) -> Ran:
    assert ran.code == 0, ran.err
    return ran


def value(folder: Folder, sql: str) -> object:
    database = Database(folder / "var/streamly.db")
    try:
        return database.reader.value(sql)
    finally:
        database.close()


def write(folder: Folder, act: Callable[[Tx], object]) -> None:
    database = Database(folder / "var/streamly.db")
    try:
        database.write_now(act)
    finally:
        database.close()


def is_password(folder: Folder, name: str, text: str) -> bool:
    kept = str(value(folder, f"SELECT password FROM users WHERE name = '{name}'"))
    hasher = Hasher()
    try:
        return asyncio.run(hasher.verify(kept, text)).is_right
    finally:
        hasher.close()


@pytest.fixture
def peopled(folder: Folder) -> Folder:
    """Return a site with an administrator and a user."""
    done(
        user(
            folder,
            "add",
            "root-one",
            "--email",
            "r@example.org",
            "--role",
            "administrator",
            "--generate",
        )
    )
    done(user(folder, "add", "ada", *ADA, "--generate"))
    return folder


def test_the_first_administrator_is_made_here(folder: Folder) -> None:
    ran = user(folder, "add", "Ada", *ADA, "--role", "administrator", answers=f"{PASSWORD}\n" * 2)
    assert done(ran).out == "ada is here, as Administrator\n"
    assert PASSWORD not in ran.out + ran.err
    assert is_password(folder, "ada", PASSWORD)
    assert value(folder, "SELECT confirmed_at IS NOT NULL FROM users") == 1
    assert value(folder, "SELECT actor || ' ' || action FROM audit") == "operator users.create"


def test_an_address_is_asked_for_if_it_isnt_given(folder: Folder) -> None:
    ran = done(user(folder, "add", "ada", "--generate", answers="ada@example.org\n"))
    assert "Address: " in ran.err
    assert value(folder, "SELECT email FROM users") == "ada@example.org"


def test_a_password_can_be_made_and_is_shown_once(folder: Folder) -> None:
    made = done(user(folder, "add", "ada", *ADA, "--generate", "--json")).json
    assert made["user"]["name"] == "ada"
    assert is_password(folder, "ada", made["password"])
    assert "password" not in done(user(folder, "show", "ada", "--json")).json["user"]


def test_a_password_can_come_from_another_program(folder: Folder) -> None:
    done(user(folder, "add", "ada", *ADA, "--password-stdin", "--json", answers=f"{PASSWORD}\n"))
    assert is_password(folder, "ada", PASSWORD)


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("a", *ADA), 1, "INVALID"),
        (("admin", *ADA), 1, "is reserved"),
        (("ada", "--email", "nowhere"), 1, "is no address"),
        (("ada", *ADA, "--role", "emperor"), 1, 'There is no role "emperor"; known are Guest'),
        (("ada", *ADA, "--password-stdin"), 1, "is one of those that are tried first"),
        (("ada", *ADA, "--json"), 2, "nobody can be asked for a password"),
        (("ada", "--generate", "--json"), 2, "add --email"),
        ((), 2, "NAME"),
    ],
)
def test_who_cant_be_added_is_told_why(
    folder: Folder, words: tuple[str, ...], code: int, told: str
) -> None:
    ran = user(folder, "add", *words, answers="password123\n")
    assert (ran.code, told in ran.err or told in ran.out) == (code, True), ran
    assert not (folder / "var/streamly.db").exists() or not value(folder, "SELECT 1 FROM users")


def test_accounts_are_listed(peopled: Folder) -> None:
    rows = done(user(peopled, "list")).out.splitlines()
    assert [row.split("\t")[:4] for row in rows] == [
        ["ada", "ada@example.org", "User", "active"],
        ["root-one", "r@example.org", "Administrator", "active"],
    ]
    found = done(user(peopled, "list", "--role", "administrator", "--json")).json["users"]
    assert [one["name"] for one in found] == ["root-one"]
    assert done(user(peopled, "list", "--status", "banned")).out == "nobody\n"


@pytest.mark.parametrize("name", ["ada", "ADA", "ada@example.org", "Ada@Example.org"])
def test_an_account_is_shown_by_name_or_address(peopled: Folder, name: str) -> None:
    shown = done(user(peopled, "show", name))
    assert "address    ada@example.org\n" in shown.out
    assert done(user(peopled, "show", name, "--json")).json["user"]["sessions"] == 0


@pytest.mark.parametrize(
    "words",
    [
        ("show",), ("password", "--generate"), ("rename", "new-name"), ("role", "user"),
        ("confirm",), ("deactivate",), ("activate",), ("ban",), ("unban",), ("unlock",),
        ("delete", "--comments", "remove", "--yes"), ("sessions",),
    ],
)  # fmt: skip
def test_nothing_is_done_to_nobody(peopled: Folder, words: tuple[str, ...]) -> None:
    ran = user(peopled, words[0], "nemo", *words[1:])
    assert (ran.code, "There is no such person" in ran.err) == (1, True)


def test_a_new_password_ends_all_sessions(peopled: Folder) -> None:
    write(peopled, lambda tx: sessions.start(tx, 2, b"a" * 32, remember=True))
    made = done(user(peopled, "password", "ada", "--generate", "--json")).json
    assert is_password(peopled, "ada", made["password"])
    assert value(peopled, "SELECT count(*) FROM sessions") == 0
    assert value(peopled, "SELECT template FROM outbox") == "password_changed"


def test_a_name_changes_and_the_old_one_leads_there(peopled: Folder) -> None:
    for name in ("countess", "lovelace"):
        done(user(peopled, "rename", "ada", name))
    assert done(user(peopled, "show", "countess", "--json")).json["user"]["name"] == "lovelace"
    assert user(peopled, "rename", "ada", "root-one").code == 1


def test_a_role_changes_but_not_that_of_the_last_administrator(peopled: Folder) -> None:
    assert done(user(peopled, "role", "ada", "editor")).out == "ada is active, as Editor\n"
    ran = user(peopled, "role", "root-one", "user")
    assert (ran.code, "LAST_ADMIN" in ran.err or "last administrator" in ran.err) == (1, True)


def test_accounts_are_closed_and_opened(peopled: Folder) -> None:
    told = [
        done(user(peopled, act, "ada")).out for act in ("deactivate", "activate", "ban", "unban")
    ]
    assert [line.split(",")[0] for line in told] == [
        "ada is deactivated", "ada is active", "ada is banned", "ada is active",
    ]  # fmt: skip
    assert done(user(peopled, "ban", "ada", "--shadow")).out == "ada is shadowed, as User\n"
    for act in ("deactivate", "ban"):
        assert user(peopled, act, "root-one").code == 1


def test_an_address_is_confirmed_by_hand(peopled: Folder) -> None:
    write(peopled, lambda tx: tx.run("UPDATE users SET confirmed_at = NULL WHERE name = 'ada'"))
    row = {"user_id": 2, "purpose": "confirm", "token": b"t", "address": "ada@example.org"}
    write(peopled, lambda tx: tx.insert("letters", created_at=1, expires_at=2, **row))
    confirmed = done(user(peopled, "confirm", "ada", "--json")).json["user"]["confirmed"]
    assert confirmed is not None
    assert user(peopled, "confirm", "ada").code == 1


def test_wrong_guesses_are_forgotten(peopled: Folder) -> None:
    for _ in range(12):
        write(peopled, lambda tx: attempts.begin(tx, "ada", 2, "198.51.100.0/24"))
    assert done(user(peopled, "show", "ada", "--json")).json["user"]["locked_until"] is not None
    assert "for strangers" in done(user(peopled, "show", "ada")).out
    assert done(user(peopled, "unlock", "ada")).out == "ada can be signed in to again\n"
    assert done(user(peopled, "show", "ada", "--json")).json["user"]["locked_until"] is None


def test_somebody_is_deleted_if_it_is_meant(peopled: Folder) -> None:
    words = ("delete", "ada", "--comments", "anonymise")
    assert user(peopled, *words, answers="n\n").code != 0
    assert user(peopled, *words, "--json").code == 2
    assert done(user(peopled, "show", "ada", "--json")).json["user"]["status"] == "active"
    assert done(user(peopled, *words, answers="y\n")).out == "ada is deleted, as User\n"
    assert user(peopled, *words, "--yes").code == 1
    assert user(peopled, "delete", "root-one", "--comments", "remove", "--yes").code == 1


def test_sessions_are_shown_and_ended(peopled: Folder) -> None:
    write(peopled, lambda tx: sessions.start(tx, 2, b"a" * 32, remember=True, agent="Firefox"))
    assert "  Firefox  " in done(user(peopled, "sessions", "ada")).out
    items = done(user(peopled, "sessions", "ada", "--end", "--json")).json["sessions"]
    assert [one["agent"] for one in items] == ["Firefox"]
    assert done(user(peopled, "sessions", "ada")).out == "nowhere\n"


def test_every_command_explains_itself(folder: Folder) -> None:
    help_ = done(user(folder, "--help")).out
    assert "streamly user add ada --email ada@example.org --role administrator" in help_
    commands = help_.partition("Commands:")[2].split("\n")
    names = [line.split()[0] for line in commands if line.startswith("  ") and line.strip()]
    assert len(names) == 14
    for name in names:
        assert "Usage: " in done(user(folder, name, "--help")).out
