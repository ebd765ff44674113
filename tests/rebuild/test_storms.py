"""Whatever is killed while people write and read: nothing is lost, and nothing is seen half."""

import time
from contextlib import ExitStack
from typing import NamedTuple

import pytest

from tests.rebuild.storm import Author, Killer, Reader, Visitor, Wrong, stack
from tests.support.joint import NAMES
from tests.support.standing import Standing
from tests.support.worksite import Worksite, stop


class Storm(NamedTuple):
    """How much is killed while how much is read and written."""

    seed: int
    kills: int
    fetched: int = 0  # pages at least, while all of that happens
    readers: int = 1
    pause: float = 0.02  # seconds at most between two comments


def weathered(site: Worksite, service: Standing, storm: Storm) -> None:
    """Let a storm pass, and look at what is left."""
    site.start()
    site.settle()
    killer = Killer(site, service, storm.seed)
    with ExitStack() as people:
        readers = [people.enter_context(Reader(service)) for _ in range(storm.readers)]
        visitor = people.enter_context(Visitor(service, storm.seed, storm.pause))
        author = people.enter_context(Author(service))
        for done in range(storm.kills):
            killer.kill()
            while sum(one.fetched for one in readers) < storm.fetched * (done + 1) / storm.kills:
                assert not any(one.wrong for one in (*readers, visitor, author))
                time.sleep(0.01)
    assert sum(one.fetched for one in readers) >= max(storm.kills, storm.fetched)
    assert len(visitor.said) > storm.kills
    assert service.stop() == 0  # and counts no rankings any more
    site.start()
    site.settle()
    for number, where in visitor.said.items():
        assert site.shows(where, f"Words {number}."), number
    site.check(with_old_assets=True)
    site.end()
    verified = site.command("verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr


def test_nothing_is_lost_and_nothing_is_seen_half() -> None:
    with stack() as (site, service):
        weathered(site, service, Storm(seed=1, kills=8))


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_three_hundred_kills_and_a_hundred_thousand_pages() -> None:
    with stack() as (site, service):
        # Comments are rarer, for pages become as long as all that was said on them.
        storm = Storm(seed=2, kills=300, fetched=100_000, readers=3, pause=0.5)
        weathered(site, service, storm)


def test_an_older_release_after_a_newer_one_would_be_noticed() -> None:
    with stack() as (site, service), Visitor(service, 3) as visitor:
        site.start()
        site.wait(lambda: len(visitor.said) > 20 and len(site.builds) > 2)
        assert stop(site.workers[0]) == 0
        with pytest.raises(Wrong, match="is older than before"):
            _read_while_somebody_goes_back(site, service)


def _read_while_somebody_goes_back(site: Worksite, service: Standing) -> None:
    with Reader(service) as reader:
        site.wait(lambda: reader.fetched > len(NAMES))  # nobody works: each page is the newest
        assert site.command("rollback").returncode == 0
        site.wait(lambda: reader.wrong)


def test_an_asset_that_goes_too_early_would_be_noticed() -> None:
    with stack("[publish]\nasset_hours = 0\nkeep = 1\n") as (site, service), Author(service):
        site.start()
        site.settle()
        with pytest.raises(Wrong, match=r"/assets/.* is answered 404"):
            _read_on(site, service)


def _read_on(site: Worksite, service: Standing) -> None:
    with Reader(service, pause=3) as reader:
        site.wait(lambda: reader.wrong)
