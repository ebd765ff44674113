"""What is pushed to the repository that a site comes from is pulled, built and published."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from interact_api.rebuild import pulls
from tests.support.folder import Folder, fresh_folder
from tests.support.worksite import Worksite, told, worksite

WHO = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
POST = "---\ntitle: Pushed\ndate: 2026-02-01\n---\nFrom elsewhere\n"


def git(folder: Path, *words: str) -> str:
    ran = subprocess.run(["git", *WHO, *words], cwd=folder, capture_output=True, text=True)  # noqa: PLW1510
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.strip()


def commit(folder: Path) -> str:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "More")
    return git(folder, "rev-parse", "--short", "HEAD")


@contextmanager
def cloned() -> Iterator[tuple[Worksite, Folder]]:
    """Lend a site that is a checkout, and another checkout where somebody writes."""
    with worksite() as site, fresh_folder({}) as other:
        site.folder.write(".gitignore", "var/\npublic*\n.streamly/\nworker.log\n")
        git(site.folder.root, "init", "--quiet", "--initial-branch", "main")
        commit(site.folder.root)
        git(other.root, "clone", "--quiet", "--bare", str(site.folder.root), "origin.git")
        git(other.root, "clone", "--quiet", "origin.git", "desk")
        git(site.folder.root, "remote", "add", "origin", str(other / "origin.git"))
        git(site.folder.root, "fetch", "--quiet")
        git(site.folder.root, "branch", "--quiet", "--set-upstream-to", "origin/main")
        yield site, Folder(other / "desk")


def push(desk: Folder, **files: str) -> str:
    for path, text in files.items():
        desk.write(path, text)
    found = commit(desk.root)
    git(desk.root, "push", "--quiet")
    return found


def test_what_was_pushed_is_soon_on_the_site() -> None:
    with cloned() as (site, desk):
        site.start()
        site.settle()
        found = push(desk, **{"content/posts/pushed.md": POST})
        site.database.write_now(pulls.want)
        site.wait(lambda: site.shows("pushed", "From elsewhere"))
        site.wait(lambda: f"commit {found} was pushed" in {one.reason for one in site.builds})
        assert told(site.run("--show", "--json"))["pulled"]["commit_id"] == found
        site.check()


def test_a_push_while_something_is_pulled_is_pulled_too() -> None:
    with cloned() as (site, desk):
        site.start()
        site.settle()
        for number in range(4):
            push(desk, **{f"content/posts/p{number}.md": POST})
            site.database.write_now(pulls.want)
        site.wait(lambda: all(site.shows(f"p{number}", "From elsewhere") for number in range(4)))


def test_what_was_changed_here_is_nobodys_to_throw_away() -> None:
    with cloned() as (site, desk):
        site.start()
        site.settle()
        mine = site.folder.read("content/posts/a.md") + "\nMine\n"
        push(desk, **{"content/posts/a.md": f"{POST}Theirs\n"})
        site.folder.write("content/posts/a.md", mine)
        site.wait(lambda: site.shows("a", "Mine"))
        site.database.write_now(pulls.want)
        site.wait(lambda: "git merge" in pulls.read(site.database.reader).problem)
        assert site.folder.read("content/posts/a.md") == mine
        assert "can't be pulled" in site.run("--show").stdout
        git(site.folder.root, "checkout", "--quiet", ".")
        site.wait(lambda: site.shows("a", "Theirs"))


def test_a_repository_that_is_away_is_asked_again() -> None:
    with cloned() as (site, desk):
        origin = desk.root.parent / "origin.git"
        site.start()
        site.settle()
        push(desk, **{"content/posts/pushed.md": POST})
        origin.rename(f"{origin}.away")
        site.database.write_now(pulls.want)
        site.wait(lambda: "git fetch" in pulls.read(site.database.reader).problem)
        Path(f"{origin}.away").rename(origin)
        site.wait(lambda: site.shows("pushed", "From elsewhere"))


def test_a_push_that_nobody_listened_to_is_pulled_at_the_next_start() -> None:
    with cloned() as (site, desk):
        push(desk, **{"content/posts/pushed.md": POST})
        site.database.write_now(pulls.want)
        site.start()
        site.wait(lambda: site.shows("pushed", "From elsewhere"))
