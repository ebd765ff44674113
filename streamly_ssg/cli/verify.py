"""``streamly verify``: prove that nothing was forgotten."""

import click

from streamly_ssg.api import Site
from streamly_ssg.errors import ContentError
from streamly_ssg.verify import Difference, Verdict, settled, verify

from . import options, reporting, speech
from .options import Wish
from .session import Session, pass_session


@click.command("verify")
@options.building
@options.as_json
@options.debug
@pass_session
def command(session: Session, wish: Wish) -> int:
    """Make a clean build beside the output and compare them, byte by byte."""
    chosen = settled(wish.options(session))
    with wish.workers() as executor:
        site = Site(session.root, chosen, executor=executor, say=speech.note)
        verdict = verify(site, chosen, executor)
    site.close()
    speech.complain(verdict.report.problems)
    if session.json:
        speech.document(_plain(verdict))
    elif verdict.first is not None:
        _tell(verdict.first, len(verdict.differing))
    elif speech.is_terminal():
        speech.note(f"{speech.counted(verdict.files, 'file')}, all as a clean build makes them")
    return _exit_code(verdict)


def _exit_code(verdict: Verdict) -> int:
    return ContentError.exit_code if verdict.first else verdict.report.exit_code


def _tell(first: Difference, count: int) -> None:
    place = f"{first.path}:{first.line}" if first.line else first.path
    speech.say(f"{place}: {first.what}")
    speech.say(f"  made because: {first.reason or 'no build remembers it'}")
    speech.say(
        f"  seen differently by the clean build: {', '.join(first.disagreeing) or 'nothing'}"
    )
    speech.say("  read, in this order:")
    for key in first.read:
        speech.say(f"    {key}")
    if count > 1:
        speech.say(f"{speech.counted(count, 'file')} differ in all")
    if first.reason:
        hint = "please report it, and use `build --clean` until then"
        speech.note(f"this is a mistake in Streamly: {hint}")
    else:
        speech.note("somebody put it there: move it into static/, or remove it")


def _plain(verdict: Verdict) -> dict[str, object]:
    first = verdict.first
    return {
        "same": first is None,
        "files": verdict.files,
        "differing": list(verdict.differing),
        "first": {
            "path": first.path,
            "what": first.what,
            "line": first.line,
            "reason": first.reason,
            "read": list(first.read),
            "disagreeing": list(first.disagreeing),
        }
        if first
        else None,
        "build": reporting.plain(verdict.report),
        "exit_code": _exit_code(verdict),
    }
