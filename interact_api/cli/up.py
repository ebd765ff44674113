"""``streamly up``: the whole site in one tree of processes, at one address."""

import asyncio
import os
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import click

from interact_api import logs
from interact_api.accounts import roles
from interact_api.settings import LOOPBACK, Settings, read_settings
from interact_api.supervisor import Supervisor
from interact_api.web import serving
from streamly_ssg.cli import options, speech
from streamly_ssg.cli.session import Session, pass_session

from . import workers
from .api import address_of
from .opening import database_of, problems

BASE_URL = "STREAMLY_BASE_URL"
WORKER = "interact_api.cli.worker"
ADMINISTRATOR = "streamly user add ada --email ada@example.org --role administrator"


@click.command("up")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="The port; 0 takes any that is free.",
)
@click.option("--fd", type=int, help="A listening socket that the parent process keeps.")
@workers.option(f"one a core, at most {workers.MOST_BY_ITSELF}")
@options.debug
@pass_session
def command(session: Session, host: str, port: int, fd: int | None, many: int | None) -> int:
    """
    Serve the site and its service at one address, and keep both running.

    The site is what was released last, or the output of the last build. What dies is started again;
    Ctrl-C and SIGTERM end everything in order.
    """
    with problems():
        door = serving.listen(host, port) if fd is None else serving.inherited(fd)
    address = address_of(door.getsockname())
    settings = _settings(session.root, address)
    logs.configure(as_json=settings.environment == "production")
    many = many or settings.workers or workers.by_itself()
    parts = workers.service_parts(session, door, many, "--site")
    has_worker = find_spec(WORKER) is not None
    if has_worker:
        parts.append(workers.part(session, "worker", "worker"))
    _announce(session, settings, address, has_worker=has_worker)
    code = asyncio.run(Supervisor(parts).run())
    speech.note("stopped")
    return code


def _settings(root: Path, address: str) -> Settings:
    """Return the settings; a site on this machine is wherever it was asked to listen."""
    settings = read_settings(root, os.environ)
    parts = urlsplit(settings.base_url)
    is_here = parts.hostname in LOOPBACK and urlsplit(address).hostname in LOOPBACK
    if not is_here or settings.origin == address or os.environ.get(BASE_URL):
        return settings
    os.environ[BASE_URL] = address + parts.path
    return read_settings(root, os.environ)


def _announce(session: Session, settings: Settings, address: str, *, has_worker: bool) -> None:
    """Say what runs where, and how somebody becomes administrator."""
    base = settings.base_url
    speech.say(f"site     {base}/" + ("" if base.startswith(address) else f"  at {address}"))
    speech.say(f"service  {address}/api/v1/docs")
    if has_worker:
        speech.say("worker   makes pages of what people do")
    with database_of(session) as database:
        if not roles.managers(database.reader):
            speech.say(f"\nNobody is administrator yet. In another window:\n    {ADMINISTRATOR}\n")
    speech.say("Ctrl-C stops everything.")
