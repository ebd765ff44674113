"""``streamly worker``: what people do on the site becomes the pages that readers see."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import FrameType

import click

from interact_api import facts, logs
from interact_api.db import Database, DatabaseError
from interact_api.rebuild import aside, builds, pulls
from interact_api.rebuild.announcing import Announcer, Cache, Listener, Target
from interact_api.rebuild.bell import Bell, listening
from interact_api.rebuild.builds import Build
from interact_api.rebuild.checkout import Checkout
from interact_api.rebuild.feed import Feed
from interact_api.rebuild.keeper import Keeper
from interact_api.rebuild.pulling import Pulling
from interact_api.rebuild.showing import Show
from interact_api.rebuild.worker import Worker
from interact_api.source import DatabaseFacts
from streamly_ssg.api import Options, Site
from streamly_ssg.cli import options, publishing, speech
from streamly_ssg.cli.options import Wish
from streamly_ssg.cli.session import Session, pass_session
from streamly_ssg.errors import SystemProblem, problem
from streamly_ssg.inputs.config import Publish
from streamly_ssg.publish.targets import target

from .opening import database_of
from .telling import iso, tell

SIGNALS = (signal.SIGINT, signal.SIGTERM)


@click.command("worker")
@click.option(
    "--jobs", type=click.IntRange(1, 256), metavar="N", help="Processes.  [default: one a core]"
)
@click.option("--once", is_flag=True, help="Do what there is to do, and end.")
@click.option("--show", is_flag=True, help="Do nothing but say what was done last.")
@options.as_json
@options.debug
@pass_session
def command(session: Session, jobs: int | None, *, once: bool, show: bool) -> None:
    """Build and publish whenever somebody has done something, until told to stop."""
    with database_of(session) as database:
        if show:
            _show(session, database)
            return
        logs.configure(as_json=os.environ.get("STREAMLY_ENVIRONMENT") == "production")
        bell = Bell()
        try:
            with _stopping(bell), working(session, database, bell, jobs) as worker:
                _work(session, worker, bell, once=once)
        except DatabaseError as error:
            text = f"the database can't be read: {error}"
            hint = "`streamly db verify` says more"
            raise SystemProblem(problem("DATABASE", text, hint=hint)) from error


def _work(session: Session, worker: Worker, bell: Bell, *, once: bool) -> None:
    if once:
        worker.catch_up()
        return
    speech.say("at work  (Ctrl-C stops it)")
    with listening(session.root, bell):
        worker.work()


@contextmanager
def working(
    session: Session, database: Database, bell: Bell, jobs: int | None = None
) -> Iterator[Worker]:
    """Lend a worker for the site."""
    feed = Feed(DatabaseFacts(database.path))
    chosen = publishing.settings(session)
    with (
        Wish(jobs=jobs).workers("forkserver") as executor,
        publishing.releases(session, chosen) as releases,
    ):
        site = Site(session.root, Options(source=feed), executor=executor, say=speech.note)
        feed.known = site.fact
        keeper = Keeper(database)
        announcer = Announcer(session.root / chosen.folder, list(_listeners(chosen)))
        try:
            with announcer.at_work():
                yield Worker(
                    database,
                    site,
                    feed=feed,
                    show=Show(site, releases),
                    keeper=keeper,
                    bell=bell,
                    pulling=Pulling(database, Checkout(session.root), keeper),
                    tell=announcer.tell,
                )
        finally:
            site.close()


def _listeners(chosen: Publish) -> Iterator[Listener]:
    """Yield who wants to know of each release: the places first, then the cache before them."""
    for name in chosen.send:
        yield Target(name, target(chosen.targets, name))
    if chosen.purge:
        yield Cache(chosen.purge, os.environ.get("STREAMLY_PURGE_TOKEN", ""))


@contextmanager
def _stopping(bell: Bell) -> Iterator[None]:
    """Let the first signal end the work after what is under way, and the second one at once."""

    def hear(_number: int, _frame: FrameType | None) -> None:
        if not bell.is_wanted():
            raise KeyboardInterrupt
        bell.stop()

    former = {one: signal.signal(one, hear) for one in SIGNALS}
    try:
        yield
    finally:
        for one, handler in former.items():
            signal.signal(one, handler)


def _show(session: Session, database: Database) -> None:
    reader = database.reader
    live, last = builds.live(reader), facts.last(reader)
    found, put_aside = builds.latest(reader), aside.everything(reader)
    pulled = pulls.read(reader)
    document = {
        "facts": last,
        "live": live.seq if live else 0,
        "builds": [one._asdict() | {"at": iso(one.at)} for one in found],
        "pulled": pulled._asdict() | {"at": iso(pulled.at) if pulled.at else None},
        "aside": [{"key": one.key, "problem": one.problem, "at": iso(one.at)} for one in put_aside],
    }
    lines = [f"facts are at {last:,}, readers see {live.seq if live else 0:,}"]
    lines += map(_line, found)
    lines += [f"{one.key} is set aside: {one.problem}" for one in put_aside]
    lines += _pulled(pulled)
    tell(session, document, lines)


def _pulled(known: pulls.Pulls) -> Iterator[str]:
    if known.problem:
        yield f"what was pushed can't be pulled: {known.problem}"
    elif known.pulled:
        yield f"pulled at {iso(known.at)}: commit {known.commit_id}"


def _line(one: Build) -> str:
    when = f"{datetime.fromtimestamp(one.at / 1000, UTC):%Y-%m-%d %H:%M:%S}"
    counts = f"{speech.counted(one.made, 'file')} made, {one.removed:,} removed"
    times = f"{one.build_ms:,} + {one.publish_ms:,} ms"
    problem = f": {one.problems[0]}" if one.problems else ""
    return f"{one.number:6}  {when}  {one.state:6}  {one.reason}; {counts}, {times}{problem}"
