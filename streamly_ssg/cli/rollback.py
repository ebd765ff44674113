"""``streamly rollback``: let readers see an earlier release again, or a later one."""

import click

from . import options, speech
from .publishing import plain, releases, settings, summary
from .session import Session, pass_session


@click.command("rollback")
@click.argument("number", metavar="[N]", type=int, required=False)
@options.as_json
@options.debug
@pass_session
def command(session: Session, number: int | None) -> None:
    """Show release N again, or the one before the present one."""
    with releases(session, settings(session)) as ours:
        release = ours.rollback(number)
        shown = release or ours.kept()[0]
    if session.json:
        speech.document({"release": plain(shown), "is_new": release is not None, "exit_code": 0})
    elif release is None:
        speech.say(f"nothing to do: release {shown.number} shows the same")
    else:
        speech.say(summary(release))
