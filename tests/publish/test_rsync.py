"""rsync brings another folder up to date, with what changed and nothing else."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from streamly_ssg.errors import SystemProblem, UsageError
from streamly_ssg.publish.rsync import Mirror
from tests.publish.making import Place, asset, edition
from tests.support.folder import fresh_folder, tree
from tests.support.programs import needs_rsync


@pytest.fixture
def place() -> Iterator[Place]:
    with fresh_folder({}) as folder:
        made = Place(folder.root)
        yield made
        made.releases.close()


@pytest.fixture
def mirror(place: Place) -> Path:
    return place.output.root.parent / "mirror"


@needs_rsync
def test_a_mirror_shows_each_release(place: Place, mirror: Path) -> None:
    target = Mirror("mirror", str(mirror))
    sites = [
        {"index.html": "1", "a/index.html": "a"},
        {"index.html": "2", "b/b.html": "b"},
        {"index.html": "1", "a": "a file now"},
        {"index.html": "1", "a/index.html": "a folder again"},
        {"index.html": "1"},
    ]
    for number, files in enumerate(sites, 1):
        place.publish(files)
        assert target.send(place.releases).release == number
        found = {path: mark for path, mark in tree(mirror).items() if mark != "an empty folder"}
        assert found == place.expected()


@needs_rsync
def test_only_what_changed_is_sent(place: Place, mirror: Path) -> None:
    target = Mirror("mirror", str(mirror))
    place.publish({"a.html": "a", "b.html": "b", "c.html": "c"})
    assert target.send(place.releases) == (1, 3, 0)
    place.publish({"a.html": "A", "b.html": "b"})
    place.publish({"a.html": "AA", "b.html": "b"})
    assert target.send(place.releases) == (3, 1, 1)
    assert target.send(place.releases) == (3, 0, 0)


@needs_rsync
def test_what_others_put_there_stays(place: Place, mirror: Path) -> None:
    mirror.mkdir()
    (mirror / "mine.txt").write_text("mine")
    target = Mirror("mirror", str(mirror))
    place.publish({"a.html": "a"})
    target.send(place.releases)
    place.publish({"b.html": "b"})
    target.send(place.releases)
    assert {path.name for path in mirror.iterdir()} == {"mine.txt", "b.html"}


@needs_rsync
def test_a_mirror_that_is_far_behind_catches_up(place: Place, mirror: Path) -> None:
    target = Mirror("mirror", str(mirror))
    place.publish({"index.html": "0", "old.html": "old"})
    target.send(place.releases)
    for number in range(1, 12):
        place.publish({"index.html": f"{number}"})
    target.send(place.releases)
    assert tree(mirror) == place.expected()


@needs_rsync
def test_assets_stay_as_long_as_here(place: Place, mirror: Path) -> None:
    target = Mirror("mirror", str(mirror))
    for number in (1, 2):
        place.publish(edition(number))
        target.send(place.releases)
    assert (mirror / asset(1)).exists()
    place.now += 25 * 3600
    place.publish(edition(3))
    target.send(place.releases)
    assert not (mirror / asset(1)).exists()


ORDERED = """\
#!{python}
import sys
listed = sys.stdin.read() if "--files-from=-" in sys.argv else "everything"
with open({log!r}, "a") as file:
    file.write(("remove " if "--delete-missing-args" in sys.argv else "") + listed + "\\n")
sys.exit(int(open({code!r}).read()))
"""


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a program in rsync's place that writes down what it was asked for."""
    program = tmp_path / "bin/rsync"
    program.parent.mkdir()
    log, code = tmp_path / "log", tmp_path / "code"
    code.write_text("0")
    program.write_text(ORDERED.format(python=sys.executable, log=str(log), code=str(code)))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    return log


def test_what_pages_need_goes_first_and_what_is_gone_goes_last(place: Place, fake: Path) -> None:
    target = Mirror("mirror", "host:/srv")
    place.publish({"old.html": "old"})
    target.send(place.releases)
    fake.unlink()
    place.publish({"index.html": "x", "assets/a.0123456789.css": "x", "me.png": "x"})
    target.send(place.releases)
    assert fake.read_text().splitlines() == [
        "assets/a.0123456789.css\0me.png",
        "index.html",
        "remove old.html",
    ]


def test_a_failure_is_told_and_made_good(place: Place, fake: Path) -> None:
    target = Mirror("mirror", "host:/srv")
    place.publish({"index.html": "1"})
    (fake.parent / "code").write_text("12")
    with pytest.raises(SystemProblem, match="host:/srv: PUBLISH rsync ended with 12"):
        target.send(place.releases)
    (fake.parent / "code").write_text("0")
    assert target.send(place.releases) == (1, 1, 0)
    assert not list(place.releases.root.glob("outgoing-*"))


def test_without_rsync_its_name_is_told(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.publish({"index.html": "1"})
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(SystemProblem, match="the program rsync is missing"):
        Mirror("mirror", "host:/srv").send(place.releases)


def test_an_option_is_no_target() -> None:
    with pytest.raises(UsageError, match="is no target for rsync"):
        Mirror("mirror", "--rsh=sh")
