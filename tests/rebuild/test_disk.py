"""A disk that fills and empties: readers see what they saw, and later all that they missed."""

import pytest

from tests.faults.test_disk import fill, mounted
from tests.support.worksite import worksite

PLACES = ["public", ".streamly", "var/releases"]


@pytest.mark.parametrize("place", PLACES)
def test_a_disk_that_is_full_for_a_while_costs_only_time(place: str) -> None:
    with worksite() as site, mounted(site.folder / place):
        process = site.start()
        site.settle()
        ballast = fill(site.folder / place, left=0)
        site.like("ann", "a")
        for number in range(30):
            site.comment("bob", "b", f"{number} {'and many words more ' * 50}")
        site.wait(lambda: "make room" in site.folder.read("worker.log"))
        assert site.likes("b") == 0
        assert process.poll() is None
        ballast.unlink()
        site.wait(lambda: site.likes("a") == 1 and site.shows("b", "29 and many"), 60)
        site.settle()
        site.check()
        site.end()


@pytest.mark.parametrize("place", ["public", ".streamly"])
def test_a_start_on_a_full_disk_is_told_and_made_good(place: str) -> None:
    with worksite() as site, mounted(site.folder / place):
        ballast = fill(site.folder / place, left=0)
        site.like("ann", "a")
        site.start()
        site.wait(lambda: "make room" in site.folder.read("worker.log"))
        ballast.unlink()
        site.wait(lambda: site.likes("a") == 1, 60)
        site.settle()
        site.check()
        site.end()


def test_a_start_without_room_for_the_journal_is_refused_with_a_hint() -> None:
    with worksite() as site, mounted(site.folder / "var/releases"):
        ballast = fill(site.folder / "var/releases", left=0)
        refused = site.run("--once")
        assert refused.returncode == 3
        assert "journal.db: PUBLISH the journal can't be written" in refused.stderr
        ballast.unlink()
        assert site.run("--once").returncode == 0
        site.check()
