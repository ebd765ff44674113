"""``streamly init``: a new site."""

import re
import secrets
import shlex
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from streamly_ssg.api import builtin_themes
from streamly_ssg.errors import UsageError, did_you_mean, problem
from streamly_ssg.starter import Plan, create, refuse_occupied, site_files

from . import options, speech
from .options import Moment
from .session import Session, pass_session

DEFAULTS: dict[str, Any] = {
    "title": "A new site",
    "author": "Author",
    "base_url": "http://127.0.0.1:8000",
    "languages": "en",
    "theme": "default",
    "service": False,
}
QUESTIONS = {
    "title": "Title of the site",
    "author": "Your name",
    "base_url": "Address of the site (base URL)",
    "languages": "Languages, the main one first",
    "theme": "Theme",
    "service": "With the interaction service (comments, likes)?",
}


@click.command("init")
@click.argument("folder", metavar="[DIR]", default=".")
@click.option("--title", help=QUESTIONS["title"] + ".")
@click.option("--author", help=QUESTIONS["author"] + ".")
@click.option("--base-url", "--address", "base_url", help=QUESTIONS["base_url"] + ".")
@click.option("--languages", metavar="LIST", help=QUESTIONS["languages"] + ", as en,de.")
@click.option("--theme", help=f"{QUESTIONS['theme']}.")
@click.option("--service/--no-service", default=None, help=QUESTIONS["service"])
@click.option("--now", type=Moment(), help="The date of the first post.")
@click.option("--yes", is_flag=True, help="Ask nothing.")
@options.as_json
@options.debug
@pass_session
def command(
    session: Session, /, folder: str, now: datetime | None, *, yes: bool, **given: Any
) -> None:
    """Make a new site in the folder DIR, which must be new or empty."""
    root = session.path(folder)
    refuse_occupied(root)
    _check(given)
    answers = {
        name: _answer(name, given[name], ask=not (yes or session.json)) for name in QUESTIONS
    }
    _check(answers)
    languages = tuple(part.strip() for part in answers.pop("languages").split(","))
    moment = now or datetime.now(UTC)
    plan = Plan(languages=languages, today=moment.replace(microsecond=0), **answers)
    files = site_files(plan)
    create(root, files, secrets.token_urlsafe(48) if plan.service else "")
    if session.json:
        speech.document({"folder": str(root), "files": sorted(files), "exit_code": 0})
        return
    speech.say(f"made a site in {root}, with a README that says what lies where")
    where = "" if root == session.cwd else f"cd {shlex.quote(_from(root, session.cwd))} && "
    speech.say(f"next: {where}streamly serve")


def _answer(name: str, given: Any, *, ask: bool) -> Any:
    if given is not None:
        return given
    if not ask:
        return DEFAULTS[name]
    if name == "service":
        return click.confirm(QUESTIONS[name], default=DEFAULTS[name], err=True)
    question = f"{QUESTIONS[name]} ({', '.join(_themes())})" if name == "theme" else QUESTIONS[name]
    return click.prompt(question, default=DEFAULTS[name], err=True, value_proc=_asker(name))


def _asker(name: str) -> Callable[[str], str]:
    """Return what takes an answer; if it can't be used, the question is asked again."""

    def take(value: str) -> str:
        fault, hint = _fault(name, value)
        if fault:
            raise click.UsageError(f'"{speech.printable(value)}" {fault}: {hint}')
        return value

    return take


def _check(answers: dict[str, Any]) -> None:
    """Raise UsageError for an answer that would make a site that can't be built."""
    faults = [
        problem("USAGE", f'--{name.replace("_", "-")} "{answers[name]}": {fault}', hint=hint)
        for name, (fault, hint) in ((one, _fault(one, answers[one])) for one in QUESTIONS)
        if fault
    ]
    if faults:
        raise UsageError(*faults)


def _fault(name: str, value: Any) -> tuple[str, str]:
    if value is None or name == "service":
        return "", ""
    if not value.strip() or any(ord(mark) < ord(" ") for mark in value):
        return "is empty, or has invisible characters", "write something readable"
    if name == "base_url" and not re.fullmatch(r"https?://[^\s/?#]+(/[^\s?#]*)?", value):
        return "is no address", "write it as https://example.org"
    if name == "languages":
        bad = [one for one in value.split(",") if not re.fullmatch(LANGUAGE, one.strip())]
        return ("is no list of languages", "write it as en,de") if bad else ("", "")
    if name == "theme":
        known = _themes()
        hint = did_you_mean(value, known) or f"known are {', '.join(known)}"
        return ("", "") if value in known else ("is no theme", hint)
    return "", ""


def _themes() -> list[str]:
    return sorted(path.name for path in builtin_themes().iterdir() if path.is_dir())


LANGUAGE = r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*"


def _from(root: Path, cwd: Path) -> str:
    return str(root.relative_to(cwd) if root.is_relative_to(cwd) else root)
