"""``streamly releases``: what readers have seen, and may see again."""

import click

from . import options, speech
from .drawing import table
from .publishing import plain, releases, settings, when
from .session import Session, pass_session


@click.command("releases")
@options.as_json
@options.debug
@pass_session
def command(session: Session) -> None:
    """List the releases that are kept; readers see the first."""
    with releases(session, settings(session)) as ours:
        kept = ours.kept()
    if session.json:
        speech.document({"releases": [plain(one) for one in kept], "exit_code": 0})
        return
    columns = ("release", "made", "shows", "written", "removed", "files")
    rows = [
        (
            f"{one.number}",
            when(one),
            f"{one.content}",
            *_counts(one.written, one.removed, one.files),
        )
        for one in kept
    ]
    table(columns, rows)


def _counts(*numbers: int) -> tuple[str, ...]:
    return tuple(f"{number:,}" for number in numbers)
