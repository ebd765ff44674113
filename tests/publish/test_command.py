"""The commands around releases, on a real site."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from streamly_ssg.api import Options, Site
from streamly_ssg.publish.built import built_since
from streamly_ssg.publish.releases import Releases
from tests.cli.running import POST, site, streamly

PRIVATE = "PRIVATE KEY"  # in pieces, so that nobody takes this file for one
RSYNC = '[publish.targets.mirror]\nto = "{to}"\n'


def built(root: Path, more: dict[str, str | bytes] | None = None) -> Path:
    """Return a folder with a small site that was built."""
    site(root, more)
    assert streamly(root, "build").code == 0
    return root


def seen(root: Path, path: str = "posts/first/index.html") -> str:
    return (root / "var/releases/current" / path).read_text("utf-8")


def test_what_was_built_is_published(tmp_path: Path) -> None:
    root = built(tmp_path)
    ran = streamly(root, "publish", "--json")
    assert ran.code == 0
    assert ran.json["release"]["number"] == 1
    assert ran.json["release"]["files"] == sum(p.is_file() for p in (root / "public").rglob("*"))
    assert "first" in seen(root)


def test_a_later_release_carries_what_changed(tmp_path: Path) -> None:
    root = built(tmp_path)
    streamly(root, "publish")
    (root / "content/posts/first.md").write_text(POST.format(title="Else", date="2026-01-02"))
    made = streamly(root, "build", "--json").json
    release = streamly(root, "publish", "--json").json["release"]
    assert (release["number"], release["written"]) == (2, made["written"])
    assert "Else" in seen(root)


def test_without_a_build_nothing_is_new(tmp_path: Path) -> None:
    root = built(tmp_path)
    streamly(root, "publish")
    ran = streamly(root, "publish")
    assert (ran.code, ran.out) == (0, "nothing is new: readers see release 1\n")


def test_a_cache_that_was_forgotten_makes_no_difference(tmp_path: Path) -> None:
    root = built(tmp_path)
    streamly(root, "publish")
    streamly(root, "build", "--clean")
    assert not streamly(root, "publish", "--json").json["is_new"]


def test_releases_are_listed_and_brought_back(tmp_path: Path) -> None:
    root = built(tmp_path)
    streamly(root, "publish")
    (root / "content/posts/first.md").write_text(POST.format(title="Else", date="2026-01-02"))
    streamly(root, "build")
    streamly(root, "publish")
    assert streamly(root, "rollback").out.startswith("release 3 shows release 1 again: ")
    assert "Else" not in seen(root)
    listed = streamly(root, "releases", "--json").json["releases"]
    assert [(one["number"], one["content"]) for one in listed] == [(3, 1), (2, 2), (1, 1)]
    assert streamly(root, "releases").out.splitlines()[0].split("\t")[0] == "3"
    streamly(root, "rollback", "2")
    assert "Else" in seen(root)


def test_a_site_without_a_build_is_told_to_build(tmp_path: Path) -> None:
    site(tmp_path)
    ran = streamly(tmp_path, "publish")
    assert ran.code == 2
    assert "run `streamly build` first" in ran.err


def test_a_build_that_left_pages_out_is_not_published_by_accident(tmp_path: Path) -> None:
    root = built(tmp_path)
    (root / "content/posts/first.md").write_text("---\ntitel: x\n---\n")
    assert streamly(root, "build").code == 1
    ran = streamly(root, "publish")
    assert ran.code == 1
    assert "PUBLISH the last build left" in ran.err
    assert streamly(root, "publish", "--incomplete").code == 0


def test_a_build_that_died_is_not_published(tmp_path: Path) -> None:
    root = built(tmp_path)
    (root / ".streamly/public/writing").touch()
    ran = streamly(root, "publish")
    assert ran.code == 1
    assert "the last build didn't come to its end" in ran.err


def test_going_back_without_a_release_is_told(tmp_path: Path) -> None:
    ran = streamly(built(tmp_path), "rollback")
    assert ran.code == 2
    assert "there is no release yet (make one with `streamly publish`)" in ran.err


def test_an_unknown_target_is_told(tmp_path: Path) -> None:
    root = built(tmp_path, {"streamly.toml": RSYNC.format(to="/tmp/x")})  # noqa: S108
    ran = streamly(root, "publish", "miror")
    assert ran.code == 2
    assert 'there is no target "miror" (did you mean "mirror"?)' in ran.err


@pytest.mark.parametrize("line", ["folder = 1", "keep = 0", "kep = 3", "targets = 3"])
def test_settings_without_a_meaning_are_refused(tmp_path: Path, line: str) -> None:
    root = built(tmp_path)
    (root / "streamly.toml").write_text(f"[publish]\n{line}\n")
    ran = streamly(root, "publish")
    assert ran.code == 2
    assert "streamly.toml:2" in ran.err


def test_an_unknown_key_of_a_target_is_refused(tmp_path: Path) -> None:
    root = built(tmp_path)
    (root / "streamly.toml").write_text(RSYNC.format(to="/x") + 'too = "y"\n')
    ran = streamly(root, "publish", "mirror")
    assert ran.code == 2
    assert "`too`" in ran.err


def test_secrets_in_static_are_named_and_not_published(tmp_path: Path) -> None:
    key = f"-----BEGIN OPENSSH {PRIVATE}-----\n"
    secrets = {"static/deploy.txt": key, "static/data.db": "x", "static/id_rsa": "x"}
    root = built(tmp_path, dict(secrets))
    ran = streamly(root, "publish")
    assert ran.code == 1
    for path in ("deploy.txt", "data.db", "id_rsa"):
        assert f"{path}: PUBLISH is a" in ran.err
    assert not (root / "var/releases/current").exists()


def test_the_folder_of_the_releases_may_be_elsewhere(tmp_path: Path) -> None:
    root = built(tmp_path / "site")
    place = tmp_path / "www"
    (root / "streamly.toml").write_text(f'[publish]\nfolder = "{place}"\n')
    streamly(root, "build")
    assert streamly(root, "publish").code == 0
    assert (place / "current/index.html").exists()


def test_a_site_that_is_kept_in_memory_is_published_after_each_build(tmp_path: Path) -> None:
    kept = Site(site(tmp_path).root, Options(now=datetime(2026, 3, 1, tzinfo=UTC)))
    releases = Releases(tmp_path / "releases")
    written = []
    for title in ("One", "Two", "Two", "Three"):
        text = POST.format(title=title, date="2026-01-02")
        (tmp_path / "content/posts/first.md").write_text(text)
        report = kept.build()
        release = releases.publish(lambda cursor: built_since(kept, cursor))
        written.append((release.written if release else 0) == report.written)
    assert written == [True] * 4
    assert "Three" in (releases.site / "posts/first/index.html").read_text("utf-8")
    releases.close()
    kept.close()
