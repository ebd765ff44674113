"""``streamly api``: the service, with the site's files or without them."""

import asyncio
import logging
import socket

import click

from interact_api import logs, schema
from interact_api.service import Service, open_service
from interact_api.settings import Settings
from interact_api.supervisor import Supervisor
from interact_api.web import serving
from streamly_ssg.cli import speech
from streamly_ssg.cli.session import Session, pass_session
from streamly_ssg.errors import SystemProblem, problem

from . import workers
from .opening import problems, settings_of


@click.command("api")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8001,
    show_default=True,
    help="The port; 0 takes any that is free.",
)
@click.option("--fd", type=int, help="A listening socket that the parent process keeps.")
@click.option("--site", "with_site", is_flag=True, help="Serve the site's files too.")
@workers.option("1")
@click.option("--shared", type=(int, int, int), hidden=True, help="What a parent shares out.")
@pass_session
def command(  # noqa: PLR0917 - the options
    session: Session,
    host: str,
    port: int,
    fd: int | None,
    many: int | None,
    shared: tuple[int, int, int] | None,
    *,
    with_site: bool,
) -> int:
    """Answer what people do on the site, until told to stop."""
    settings = settings_of(session)
    with problems():
        door = serving.listen(host, port) if fd is None else serving.inherited(fd)
        if fd is None:
            speech.say(f"{address_of(door.getsockname())}/api/v1/docs  (Ctrl-C stops it)")
        many = many or settings.workers or 1
        if many > 1 and shared is None:
            return _look_after(session, settings, door, many, with_site=with_site)
        service = open_service(settings, workers.inherited(shared))
        _write_down(service)
        try:
            went_well = serving.serve(service, door, with_site=with_site)
        finally:
            service.close()
    if not went_well:
        raise SystemProblem(problem("DISK", "the disk failed while saving", hint="look at it"))
    return 0


def _look_after(
    session: Session, settings: Settings, door: socket.socket, many: int, *, with_site: bool
) -> int:
    """Let so *many* processes answer, until told to stop."""
    schema.upgrade(settings.database)
    logs.configure(as_json=settings.environment == "production")
    words = ("--site",) if with_site else ()
    parts = workers.service_parts(session, door, many, *words)
    return asyncio.run(Supervisor(parts).run())


def _write_down(service: Service) -> None:
    """Set up the logs: for people while developing, as JSON otherwise; errors go by mail too."""
    settings = service.settings
    keys = (settings.secret, settings.hook_secret)
    hidden = (*(one.decode("latin-1") for one in keys), settings.mail.password)
    handler = logs.configure(as_json=settings.environment == "production", secrets=hidden)
    if settings.mail.operator and handler.formatter is not None:
        letters = logs.ByMail(service.database, settings.mail.operator, handler.formatter)
        logging.getLogger().addHandler(letters)


def address_of(name: tuple[str, int]) -> str:
    """Return the address of a socket with this name."""
    host, port = name[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
