"""Views are saved in time: by the clock, when a batch is full, and when the service stops."""

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from interact_api import schema
from interact_api.accounts.tokens import new_salt
from interact_api.db import Database
from interact_api.numbers import views
from interact_api.numbers.views import Views, Visit, save_forever
from tests.support.service import database, page

LATE = 10.0  # seconds after which a condition won't come true any more
SECONDS, MAY_BE_LOST = 0.3, 1.0  # as 2 and 5 are in life
ADDING = """
import asyncio, itertools, sys, time
from pathlib import Path
from interact_api.accounts.tokens import new_salt
from interact_api.db import Database
from interact_api.numbers.views import Views, Visit, save_forever

async def main(database):
    views = Views(database, new_salt)
    task = asyncio.create_task(save_forever(views, float(sys.argv[2])))
    for number in itertools.count():
        views.add(Visit("a", str(number), ""))
        print(time.monotonic(), flush=True)
        await asyncio.sleep(0.002)

asyncio.run(main(Database(Path(sys.argv[1]))))
"""


def visit(number: int) -> Visit:
    return Visit("a", str(number), "Firefox on Linux")


def saved(db: Database) -> int:
    return int(db.reader.value("SELECT views FROM pages WHERE id = 'a'"))


@asynccontextmanager
async def saving(counted: Views, seconds: float) -> AsyncIterator[None]:
    task = asyncio.create_task(save_forever(counted, seconds))
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(LATE):
        while not is_so():  # noqa: ASYNC110 - the database has no event
            await asyncio.sleep(0.005)


def test_views_are_saved_by_the_clock(tmp_path: Path) -> None:
    async def watch(db: Database) -> None:
        counted = Views(db, new_salt)
        async with saving(counted, 0.05):
            counted.add(visit(1))
            await until(lambda: saved(db) == 1)

    with database(tmp_path) as db:
        page(db, "a")
        asyncio.run(watch(db))


def test_a_full_batch_does_not_wait_for_the_clock(tmp_path: Path) -> None:
    async def watch(db: Database) -> None:
        counted = Views(db, new_salt)
        async with saving(counted, 1000):
            for number in range(views.BATCH):
                counted.add(visit(number))
            await until(lambda: saved(db) == views.BATCH)

    with database(tmp_path) as db:
        page(db, "a")
        asyncio.run(watch(db))


def test_a_save_that_is_called_off_is_done(tmp_path: Path) -> None:
    async def call_off(db: Database) -> None:
        counted = Views(db, new_salt)
        counted.add(visit(1))
        saving = asyncio.create_task(counted.flush())
        await asyncio.sleep(0)
        saving.cancel()
        await asyncio.gather(saving, return_exceptions=True)
        await until(lambda: saved(db) == 1)
        assert await counted.flush() == 0

    with database(tmp_path) as db:
        page(db, "a")
        asyncio.run(call_off(db))
        assert saved(db) == 1


def test_a_crash_loses_the_views_of_a_few_seconds_at_most(tmp_path: Path) -> None:
    with database(tmp_path) as db:
        page(db, "a")
    command = [sys.executable, "-c", ADDING, str(tmp_path / "streamly.db"), str(SECONDS)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()  # it has begun
        time.sleep(3 * MAY_BE_LOST)
        killed = time.monotonic()
        process.send_signal(signal.SIGKILL)
        added = [float(line) for line in process.stdout if line.endswith("\n")]
    schema.upgrade(tmp_path / "streamly.db")
    after = Database(tmp_path / "streamly.db")
    try:
        old = [at for at in added if at < killed - MAY_BE_LOST]
        assert len(old) > 100
        assert len(old) <= saved(after) <= len(added) + 2
    finally:
        after.close()
