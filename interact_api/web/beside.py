"""
What runs beside the requests: mail leaves, views are saved, rankings are counted, pages are learnt.

Each is a task of its own that ends with the service. One that fails is logged and begun again after
a while; none of them is worth a request. What concerns a process is done by each; what concerns the
database is done by the one that has the duty, and by the next one as soon as that has ended.
"""

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from pathlib import Path

from starlette.applications import Starlette

from interact_api import manifest, prune
from interact_api.duty import on_duty
from interact_api.errors import Refusal
from interact_api.notices.mail import deliver_forever
from interact_api.numbers import rankings, views
from interact_api.service import Service

from .handling import Api

LOG = logging.getLogger(__name__)
AGAIN = 5.0  # seconds after which work that failed begins again
LOOK = 1.0  # seconds between two looks at the manifest, at the disk's state and at what waits
COUNT = 300.0  # seconds between two counts of the rankings
CLEAN = 3600.0  # seconds between two rounds of forgetting

Work = Callable[[Service], Awaitable[None]]


def beside(
    service: Service, give_up: Callable[[], None]
) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    """Return what Starlette runs around its life; *give_up* is called when the disk has failed."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        api: Api = app.state.api
        await take_in(service)
        tasks = [
            asyncio.create_task(keep_doing(save_views, service)),
            asyncio.create_task(keep_doing(do_duty, service)),
            asyncio.create_task(watch_disk(service, give_up)),
            asyncio.create_task(show_numbers(api)),
        ]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            with suppress(Refusal):
                await service.views.flush()
            api.metrics.leave()

    return lifespan


async def keep_doing(work: Work, service: Service) -> None:
    """Do *work* until cancelled, whatever goes wrong with it."""
    while True:
        try:
            await work(service)
        except Refusal as error:
            LOG.warning("%s: %s", work.__name__, error.detail)
        except Exception:
            LOG.exception("%s has failed", work.__name__)
        await asyncio.sleep(AGAIN)


async def do_duty(service: Service) -> None:
    """Do what one process does for all, once it is this one's turn."""
    works: tuple[Work, ...] = (deliver_forever, count, follow_manifest, forget)
    async with on_duty(service.settings.database):
        LOG.info("this process delivers letters, counts rankings and learns of pages")
        async with asyncio.TaskGroup() as group:
            for work in works:
                group.create_task(keep_doing(work, service))


async def show_numbers(api: Api) -> None:
    """Let the other processes know how much waits here."""
    while True:
        api.show_numbers()
        await asyncio.sleep(LOOK)


async def save_views(service: Service) -> None:
    """Save the views that wait."""
    await views.save_forever(service.views, service.settings.views.flush_seconds)


async def count(service: Service) -> None:
    """Count the rankings."""
    while True:
        await asyncio.to_thread(rankings.refresh, service.database)
        await asyncio.sleep(COUNT)


async def forget(service: Service) -> None:
    """Remove what has expired."""
    while True:
        await service.database.write(prune.prune)
        await asyncio.sleep(CLEAN)


async def follow_manifest(service: Service) -> None:
    """Learn of pages whenever the builder has written its manifest."""
    path = manifest_of(service)
    seen = None  # whoever did this before may not have come to the last one
    while True:
        stamp = _stamp(path)
        if stamp != seen:
            await take_in(service)
            seen = stamp
        await asyncio.sleep(LOOK)


async def take_in(service: Service) -> None:
    """Learn which pages there are; a manifest that can't be read changes nothing."""
    path = manifest_of(service)
    try:
        taken = await service.database.write(lambda tx: manifest.take_in(tx, path))
    except Refusal as error:
        LOG.error("pages: %s", error.detail)  # noqa: TRY400 - said in one line
    else:
        LOG.info("pages: %d changed, %d removed", *taken)


async def watch_disk(service: Service, give_up: Callable[[], None]) -> None:
    """Give up when the disk has failed: only a new process may go on."""
    while not service.database.failed.is_set():  # noqa: ASYNC110 - a thread's event
        await asyncio.sleep(LOOK)
    give_up()


def manifest_of(service: Service) -> Path:
    """Return where the builder writes the manifest: beside its output."""
    return service.settings.root / manifest.NAME


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
