"""What must not be published is found by its name or by how it begins."""

import os
from pathlib import Path

import pytest

from streamly_ssg.errors import ContentError
from streamly_ssg.publish.lint import by_beginning, by_name, lint

PRIVATE = b"PRIVATE KEY-----"  # in pieces, so that nobody takes this file for one


@pytest.mark.parametrize(
    "path",
    """
    .env a/.git/config .htpasswd a/.well-known/x .well-known/.hidden var/streamly.db site.sqlite3
    x.db-wal deploy.key id_ed25519 streamly.toml secrets.yaml notes.bak page.html~ main.js.map
    """.split(),
)
def test_a_name_that_tells_is_refused(path: str) -> None:
    assert by_name(path)


@pytest.mark.parametrize(
    "path",
    """
    index.html .well-known/security.txt posts/keys/index.html assets/a.0123456789.css _headers
    id_rsa/index.html posts/secrets/index.html data.json monkey.png a.b.c/index.html
    """.split(),
)
def test_what_people_may_read_is_not_refused(path: str) -> None:
    assert by_name(path) == ""


@pytest.mark.parametrize(
    "data",
    [
        b"SQLite format 3\0and more",
        b"-----BEGIN RSA " + PRIVATE,
        b"\n-----BEGIN " + PRIVATE,
        b"PuTTY-User-Key-File-3: ssh-rsa",
    ],
)
def test_a_beginning_that_tells_is_refused_under_any_name(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "notes.txt").write_bytes(data)
    with pytest.raises(ContentError, match=r"notes\.txt: PUBLISH is a"):
        lint(tmp_path, ["notes.txt"])


def test_a_page_about_keys_is_not_refused(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_bytes(b"-----BEGIN RSA " + PRIVATE)
    lint(tmp_path, ["index.html"])


def test_a_link_is_refused(tmp_path: Path) -> None:
    os.symlink("/etc/passwd", tmp_path / "passwd")
    assert by_beginning(str(tmp_path / "passwd")) == "is a link"


def test_many_faults_are_told_and_counted(tmp_path: Path) -> None:
    with pytest.raises(ContentError) as caught:
        lint(tmp_path, [f"{number}.db" for number in range(50)])
    assert len(caught.value.problems) == 21
    assert "30 more files" in str(caught.value)
