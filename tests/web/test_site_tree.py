"""What a request sees while a release is switched under it, and how it tells absence from trouble."""

import errno
import os
from pathlib import Path

import pytest

from interact_api.web.site.tree import Opened, Shown, Tree
from tests.support.sites import write


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write(tmp_path / "a", {"index.html": "a", "old.html": "old"})
    write(tmp_path / "b", {"index.html": "b"})
    os.symlink("a", tmp_path / "current")
    return tmp_path


def switch(root: Path) -> None:
    os.symlink("b", root / "next")
    os.replace(root / "next", root / "current")


def text(file: Opened) -> str:
    with open(file.descriptor, encoding="utf-8") as opened:
        return opened.read()


@pytest.mark.parametrize(("name", "seen"), [("index.html", "b"), ("old.html", "")])
def test_a_request_that_a_release_overtook_begins_again(root: Path, name: str, seen: str) -> None:
    asked = 0

    def question(shown: Shown | None) -> str:
        nonlocal asked
        asked += 1
        assert shown is not None
        if asked == 1:
            switch(root)  # the request was held up: it has opened what was current until now
        found = shown.file((name,))
        return text(found) if found else ""

    assert Tree(root / "current").ask(question) == seen
    assert asked == 2


def test_a_request_sees_nothing_while_there_is_nothing(tmp_path: Path) -> None:
    assert Tree(tmp_path / "current", tmp_path / "public").ask(lambda shown: shown is None)


def test_trouble_is_no_absence(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> int:
        raise OSError(errno.EMFILE, "Too many open files")

    shown = Shown(str(root / "current"))
    with monkeypatch.context() as patch:
        patch.setattr(os, "open", full)
        with pytest.raises(OSError, match="Too many open files"):
            shown.file(("index.html",))
    shown.close()


def test_nothing_stays_open(root: Path) -> None:
    write(root / "a", {"x/y/index.html": "deep"})
    before = os.listdir("/proc/self/fd")
    tree = Tree(root / "current")
    for steps in [("x", "y", ""), ("x", "y"), ("x", "z", ""), ("index.html", "x"), ("x",)]:

        def question(shown: Shown | None, steps: tuple[str, ...] = steps) -> None:
            assert shown is not None
            found = shown.file(steps)
            if found:
                found.close()

        tree.ask(question)
    assert os.listdir("/proc/self/fd") == before
