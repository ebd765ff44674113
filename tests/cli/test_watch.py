"""The watch: what wakes it, and what doesn't."""

import errno
from pathlib import Path

import pytest
from watchdog.observers.polling import PollingObserver

from streamly_ssg import watch
from streamly_ssg.watch import Watch
from tests.cli.running import site

SOON = 20.0
NEVER = 0.4


@pytest.mark.parametrize(
    "path",
    ["content/posts/first.md", "content/new/deep/er.md", "streamly.toml", "static/.well-known/x"],
)
def test_what_a_build_reads_wakes_it(path: str, tmp_path: Path) -> None:
    folder = site(tmp_path, {"static/a.txt": "a"})
    with Watch(tmp_path) as watching:
        folder.write(path, "changed\n")
        assert path.partition("/")[0] in {one.partition("/")[0] for one in watching.wait(SOON)}


@pytest.mark.parametrize(
    "path", ["public/index.html", "content/posts/.first.md.swp", "content/posts/first.md~", "x.txt"]
)
def test_what_a_build_does_not_read_lets_it_sleep(path: str, tmp_path: Path) -> None:
    folder = site(tmp_path, {"public/a.html": "a"})
    with Watch(tmp_path) as watching:
        folder.write(path, "changed\n")
        assert watching.wait(NEVER) == set()


def test_reading_lets_it_sleep(tmp_path: Path) -> None:
    folder = site(tmp_path)
    with Watch(tmp_path) as watching:
        folder.read("content/posts/first.md")
        assert watching.wait(NEVER) == set()


def test_a_file_elsewhere_can_be_watched(tmp_path: Path) -> None:
    site(tmp_path / "site")
    facts = tmp_path / "facts.ndjson"
    with Watch(tmp_path / "site", [facts]) as watching:
        facts.write_text("{}\n")
        assert watching.wait(SOON) == {"../facts.ndjson"}


def test_what_is_saved_together_is_told_together(tmp_path: Path) -> None:
    folder = site(tmp_path)
    with Watch(tmp_path) as watching:
        folder.apply({f"content/posts/p{n}.md": "x" for n in range(20)})
        assert len(watching.wait(SOON)) == 20


class Hasty(Watch):
    """A watch over somebody who makes a folder right after it was looked for."""

    def _listen_to(self, folder: str) -> None:
        super()._listen_to(folder)
        (self._root / folder).mkdir(exist_ok=True)


def test_a_folder_that_appears_while_the_watch_begins_is_watched(tmp_path: Path) -> None:
    folder = site(tmp_path)
    with Hasty(tmp_path) as watching:
        assert "static" in watching.wait(SOON)
        folder.write("static/late.txt", "late")
        assert "static/late.txt" in watching.wait(SOON)


def test_a_folder_that_is_replaced_is_still_watched(tmp_path: Path) -> None:
    folder = site(tmp_path, {"static/a.txt": "a"})
    with Watch(tmp_path) as watching:
        folder.remove("static/a.txt")
        watching.wait(SOON)
        folder.write("static/b.txt", "b")
        watching.wait(SOON)
        folder.write("static/b.txt", "c")
        assert watching.wait(SOON) == {"static/b.txt"}


class Refused:
    """An observer for which the kernel has no watches left."""

    def start(self) -> None:
        return

    def schedule(self, *_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "inotify watch limit reached")

    def stop(self) -> None:
        return


def test_a_kernel_that_watches_no_more_is_asked_again_and_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = site(tmp_path)
    monkeypatch.setattr(watch, "Observer", Refused)
    with Watch(tmp_path) as watching:
        assert isinstance(watching._observer, PollingObserver)
        folder.replace("content/posts/first.md", "*first*", "*changed*")
        assert "content/posts/first.md" in watching.wait(SOON)


def test_otherwise_the_kernel_tells(tmp_path: Path) -> None:
    site(tmp_path)
    with Watch(tmp_path) as watching:
        assert not isinstance(watching._observer, PollingObserver)
