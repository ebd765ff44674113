"""``streamly publish``: let readers see the last build."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from streamly_ssg.api import Options, Site
from streamly_ssg.manifest import path_beside
from streamly_ssg.publish.built import Built, built_since
from streamly_ssg.publish.outgoing import Sent
from streamly_ssg.publish.releases import Releases
from streamly_ssg.publish.targets import target

from . import options, speech
from .publishing import plain, releases, settings, summary
from .session import Session, pass_session

if TYPE_CHECKING:
    from streamly_ssg.publish.telling import Told


@click.command("publish")
@click.argument("name", metavar="[TARGET]", default="")
@click.option("--output", metavar="DIR", help="The output to publish.  [default: public]")
@click.option("--incomplete", is_flag=True, help="Even if the last build left pages out.")
@click.option("--forget", is_flag=True, help="What is replaced can't be brought back.")
@options.as_json
@options.debug
@pass_session
def command(
    session: Session, name: str, output: str | None, *, incomplete: bool, forget: bool
) -> None:
    """Let readers see the last build, and send what changed to TARGET."""
    chosen = settings(session)
    place = target(chosen.targets, name) if name else None
    found = session.path(output) if output is not None else None
    site = Site(session.root, Options(output=found), say=speech.note)

    def source(cursor: str) -> Built:
        return built_since(site, cursor, incomplete=incomplete)

    with releases(session, chosen) as ours:
        release = ours.publish(source, forget=forget)
        site.close()
        shown = release or ours.kept()[0]
        if not session.json:
            speech.say(summary(shown) if release else _nothing_new(shown.number))
        sent = place.send(ours) if place is not None else None
        told = _tell(chosen.tell, path_beside(site.output))
        late = _purge(ours, chosen.purge)
    if session.json:
        content = {"release": plain(shown), "is_new": release is not None}
        content |= {"sent": sent._asdict() if sent else None, "purges_waiting": late}
        content["told"] = {"changed": told.changed, "removed": told.removed} if told else None
        speech.document({**content, "exit_code": 0})
        return
    if sent is not None:
        speech.say(_told(name, sent))
    if told is not None:
        counts = f"{speech.counted(told.changed, 'page')} changed, {told.removed:,} removed"
        speech.say(f"{chosen.tell} knows the pages: {counts}")


def _tell(address: str, manifest: Path) -> "Told | None":
    """Tell the service on another machine which pages there are."""
    if not address:
        return None
    from streamly_ssg.publish.telling import VARIABLE, tell  # noqa: PLC0415 - few have one

    return tell(address, os.environ.get(VARIABLE, ""), manifest)


def _purge(ours: Releases, address: str) -> int:
    """Tell the cache in front of the site what changed; return how much it doesn't know yet."""
    if not address:
        return 0
    from streamly_ssg.publish.purges import Purges  # noqa: PLC0415 - few have a cache

    purges = Purges(ours, address, os.environ.get("STREAMLY_PURGE_TOKEN", ""))
    late = purges.send()
    if late:
        speech.note(f"{speech.counted(late, 'purge')} not accepted yet; tried again next time")
    return late


def _nothing_new(number: int) -> str:
    return f"nothing is new: readers see release {number}"


def _told(name: str, sent: Sent) -> str:
    counts = f"{speech.counted(sent.written, 'file')} sent, {sent.removed:,} removed"
    return f"{name} shows release {sent.release}: {counts}"
