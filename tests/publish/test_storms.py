"""Whatever is killed, stopped or full: readers see one whole release after the other."""

import random
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from streamly_ssg.errors import SystemProblem
from tests.faults.test_disk import fill, mounted
from tests.publish.making import Place, edition
from tests.publish.storm import Reader, Workshop, Wrong, open_releases, reading, start
from tests.support.folder import fresh_folder, tree

KILLED = -signal.SIGKILL
LAST_MOMENT = 200  # more often no release of three pages touches a file


@pytest.fixture
def root() -> Iterator[Path]:
    with fresh_folder({}) as folder:
        first(folder.root)
        yield folder.root


def first(root: Path) -> None:
    """Publish the first edition, or the next."""
    workshop, releases = Workshop(root), open_releases(root)
    workshop.build()
    releases.publish(workshop)
    releases.close()


def settled(root: Path) -> None:
    """Publish once more, and assert that readers see exactly what was built."""
    workshop, releases = Workshop(root), open_releases(root, asset_hours=0)
    number = workshop.build()
    releases.publish(workshop)
    releases.publish(workshop)  # whose time is over goes with the release after
    seen = tree(releases.site.resolve())
    assert seen == {path: mark for path, mark in tree(root / "public").items() if path in seen}
    assert {f"p{one}/index.html" for one in range(3)} <= seen.keys()
    assert releases.kept()[0].files == len(seen)
    assert f"<html>{number} " in (releases.site / "p0/index.html").read_text()
    releases.close()
    left = {path.name for path in (root / "releases").iterdir()}
    assert left <= {"a", "b", "current", "kept", "lock", "journal.db"}


def storm(root: Path, kills: int, how: str = "release") -> Reader:
    """Kill publishers at random moments while somebody reads; return the reader."""
    chance = random.Random(kills)
    with reading(root / "releases/current") as reader:
        for _ in range(kills):
            if reader.wrong:
                break
            publisher = start(root, how)
            assert publisher.stdout is not None
            publisher.stdout.readline()
            time.sleep(chance.uniform(0, 0.25))
            publisher.kill()
            rest, _ = publisher.communicate()
            told = [int(line) for line in rest.split("\n")[:-1]]
            if told and not reader.wrong:
                page = (root / "releases/current/p0/index.html").read_text()
                assert int(page[6:].split()[0]) >= told[-1]
    return reader


def test_a_publisher_killed_at_random_shows_nothing_wrong(root: Path) -> None:
    reader = storm(root, 10)
    assert reader.fetched > 100
    settled(root)


@pytest.mark.long
def test_a_publisher_killed_three_hundred_times_shows_nothing_wrong(root: Path) -> None:
    reader = storm(root, 300)
    assert reader.fetched > 100_000
    settled(root)


@pytest.mark.parametrize("how", ["plain", "forgetful"])
def test_a_publisher_that_does_it_wrong_is_caught(root: Path, how: str) -> None:
    link = root / "releases/current"
    if how == "plain":
        link.resolve().rename(root / "releases/tree")
        link.unlink()
        (root / "releases/tree").rename(link)
    with pytest.raises(Wrong):
        storm(root, 100, how)


def moments(step: int) -> list[int]:
    return list(range(1, LAST_MOMENT, step))


def killed_at(root: Path, moment: int) -> int:
    """Kill a publisher at the *moment*; return how it ended."""
    publisher = start(root, moment=f"kill:{moment}")
    publisher.communicate()
    return publisher.returncode


def check_kills(step: int) -> None:
    with fresh_folder({}) as folder:
        first(folder.root)
        with reading(folder.root / "releases/current"):
            for moment in moments(step):
                if killed_at(folder.root, moment) == 0:
                    break
                first(folder.root)
            else:
                pytest.fail("no publisher came to its end")
        settled(folder.root)


def test_a_publisher_killed_at_some_file_shows_nothing_wrong() -> None:
    check_kills(7)


@pytest.mark.long
def test_a_publisher_killed_at_any_file_shows_nothing_wrong() -> None:
    check_kills(1)


def overtake(root: Path, moment: int) -> tuple[int, str]:
    """Stop a publisher at the *moment*, publish something newer, let it go on; return its end."""
    stopped = start(root, moment=f"stop:{moment}")
    while state(stopped.pid) not in {"T", "Z"}:
        time.sleep(0.005)
    workshop, releases = Workshop(root), open_releases(root, patience=0.2)
    with reading(root / "releases/current"):
        number = workshop.build()
        releases.publish(workshop)
        stopped.send_signal(signal.SIGCONT)
        _, err = stopped.communicate()
        assert f"<html>{number} " in (releases.site / "p0/index.html").read_text()
    releases.close()
    return stopped.returncode, err


def state(process: int) -> str:
    """Return the letter by which the kernel tells what a process does."""
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]


@pytest.mark.parametrize("moment", [4, 8, 12, 16, 20, 26, 32])
def test_a_publisher_that_slept_shows_nothing_old(root: Path, moment: int) -> None:
    overtake(root, moment)
    settled(root)


@pytest.mark.long
@pytest.mark.parametrize("moment", range(1, 70))
def test_a_publisher_that_slept_at_any_file_shows_nothing_old(root: Path, moment: int) -> None:
    overtake(root, moment)
    settled(root)


def test_a_publisher_that_was_overtaken_says_so(root: Path) -> None:
    ends = [overtake(root, moment) for moment in (12, 16)]
    assert any("another publisher has begun a newer release" in err for _, err in ends)


def test_two_publishers_at_once_show_one_release_after_the_other(root: Path) -> None:
    with reading(root / "releases/current") as reader:
        publishers = [start(root) for _ in range(2)]
        for one in publishers * 3:
            assert one.stdout
            assert one.stdout.readline() or one.communicate()[1] == ""
        begun = time.monotonic()
        while reader.newest == 1 and time.monotonic() - begun < 60:
            time.sleep(0.005)
        for one in publishers:
            one.kill()
            one.communicate()
        assert reader.newest > 1
    settled(root)


@pytest.mark.parametrize("left", [0, 4, 16, 48, 96, 160])
def test_a_full_disk_is_told_and_costs_nothing(left: int) -> None:
    with fresh_folder({}) as folder, mounted(folder / "releases"):
        place = Place(folder.root)
        place.publish(edition(1, 20))
        before = place.seen()
        ballast = fill(folder / "releases", left * 1024)
        with suppress(SystemProblem):
            assert place.publish({**edition(2, 20), "new.html": "x" * 90_000}) == 2
            before = place.seen()
        assert place.seen() == before
        ballast.unlink()
        place.publish({**edition(3, 20), "new.html": "y" * 90_000})
        gone = place.seen().keys() - place.expected().keys()
        assert all(path.startswith("assets/") for path in gone)
        assert {path: place.seen()[path] for path in place.expected()} == place.expected()
        place.releases.close()


def test_a_full_disk_is_told_with_what_to_do() -> None:
    with fresh_folder({}) as folder, mounted(folder / "releases"):
        place = Place(folder.root)
        place.publish(edition(1, 20))
        fill(folder / "releases", 8192)
        with pytest.raises(SystemProblem, match=r"no room for .* readers see what they saw before"):
            place.publish({**edition(2, 20), "new.html": "x" * 90_000})
        place.releases.close()
