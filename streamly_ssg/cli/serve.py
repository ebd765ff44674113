"""``streamly serve``: the author's server."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import click

from streamly_ssg.devserver import DevServer, overlay
from streamly_ssg.errors import Problem, UsageError
from streamly_ssg.inputs.config import Site as SiteSettings
from streamly_ssg.inputs.config import read_settings
from streamly_ssg.pages.urls import prefix_of
from streamly_ssg.values import convert

from . import options, speech
from .options import Wish
from .rebuilding import begin, rebuilds
from .session import SETTINGS, Session, pass_session
from .stopping import until_stopped


@click.command("serve")
@options.building
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="The port; 0 takes any that is free.",
)
@click.option("--no-reload", is_flag=True, help="Leave reloading to the person at the browser.")
@options.debug
@pass_session
def command(session: Session, wish: Wish, host: str, port: int, *, no_reload: bool) -> int:
    """Build, serve, and build again whenever a file is saved."""
    root, chosen = session.root, wish.options(session)
    with until_stopped() as stop, _server(host, port, reload=not no_reload) as server:
        server.output, first = begin(session, wish, chosen)
        _show(server, root, first.problems)
        server.start()
        speech.say(f"{server.address}  (Ctrl-C stops it)")
        for result in rebuilds(session, wish, chosen, first, stop):
            _show(server, root, result.problems)
    return 0


@contextmanager
def _server(host: str, port: int, *, reload: bool) -> Iterator[DevServer]:
    """Take the port before anything is built, and give it back at the end."""
    server = DevServer(host, port, reload=reload, say=speech.note)
    try:
        yield server
    finally:
        server.stop()


def _show(server: DevServer, root: Path, problems: Sequence[Problem]) -> None:
    with suppress(UsageError):  # it is among the problems; the pages lie where they lay before
        server.prefix = _prefix(root)
    server.show(overlay(problems, root))


def _prefix(root: Path) -> str:
    """Return the path under which the site lives, as "" or "/blog"."""
    section = read_settings(root / SETTINGS).get("site", {})
    return prefix_of(convert(section, SiteSettings).base_url)
