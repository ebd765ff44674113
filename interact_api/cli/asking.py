"""What commands ask a person for: passwords that nobody sees, and whether they mean it."""

import sys
from collections.abc import Callable
from typing import NamedTuple, TypeVar

import click

from interact_api.accounts import passwords, tokens
from interact_api.accounts.passwords import Hasher
from interact_api.settings import Settings
from streamly_ssg.cli.session import Session
from streamly_ssg.errors import UsageError, problem

F = TypeVar("F", bound=Callable[..., object])


class Chosen(NamedTuple):
    """A password: what is kept of it, and its text if it was made here and has to be told."""

    kept: str
    told: str | None


def password_options(function: F) -> F:
    """Add the ways in which a command gets a password."""
    generate = click.option("--generate", is_flag=True, help="Make a password, and print it once.")
    from_stdin = click.option(
        "--password-stdin", "from_stdin", is_flag=True, help="Read it from standard input."
    )
    return generate(from_stdin(function))


def password(
    session: Session, settings: Settings, *about: str, generate: bool, from_stdin: bool
) -> Chosen:
    """Return a password for whom *about* tells of: made here, read, or asked for twice."""
    made = tokens.new_password() if generate else None
    text = made or (_from_stdin() if from_stdin else _asked(session))
    known = passwords.words_of("streamly", settings.title, *about)
    passwords.must_be_good(text, known, settings.accounts.password_length)
    hasher = Hasher()
    try:
        return Chosen(hasher.hash_now(text), made)
    finally:
        hasher.close()


def must_be_meant(session: Session, question: str, *, yes: bool) -> None:
    """Ask whether a person means it, unless they said so."""
    if yes:
        return
    if session.json:
        raise UsageError(problem("USAGE", "nobody can be asked", hint="add --yes"))
    click.confirm(question, abort=True, err=True)


def line(session: Session, label: str, option: str) -> str:
    """Ask for one line, which *option* would have given."""
    if session.json:
        raise UsageError(problem("USAGE", "nobody can be asked", hint=f"add {option}"))
    return str(click.prompt(label, err=True))


def _from_stdin() -> str:
    return sys.stdin.readline().rstrip("\r\n")


def _asked(session: Session) -> str:
    if session.json:
        hint = "add --generate or --password-stdin"
        raise UsageError(problem("USAGE", "nobody can be asked for a password", hint=hint))
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
