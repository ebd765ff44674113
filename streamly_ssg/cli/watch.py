"""``streamly watch``: build whenever a file is saved."""

import click

from . import options, speech
from .options import Wish
from .rebuilding import begin, rebuilds
from .session import Session, pass_session
from .stopping import until_stopped


@click.command("watch")
@options.building
@options.debug
@pass_session
def command(session: Session, wish: Wish) -> int:
    """Build, and build again whenever a file is saved."""
    chosen = wish.options(session)
    with until_stopped() as stop:
        _, first = begin(session, wish, chosen)
        speech.say("watching  (Ctrl-C stops it)")
        for _ in rebuilds(session, wish, chosen, first, stop):
            pass
    return 0
