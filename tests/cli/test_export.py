"""``streamly export``: facts from the database to a file that a build takes."""

import json
import os
from pathlib import Path

import pytest

from interact_api.db import Database
from interact_api.social import likes
from tests.support.folder import Folder
from tests.support.service import member, page

from .running import site, streamly


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    folder = site(tmp_path)
    assert streamly(folder, "db", "upgrade").code == 0
    database = Database(folder / "var/streamly.db")
    page(database, "a")
    ann = member(database, "ann")
    database.write_now(lambda tx: likes.like(tx, ann, "a"))
    database.close()
    return folder


def test_facts_are_written_as_lines(folder: Folder) -> None:
    assert streamly(folder, "export", "facts", "mine.ndjson").code == 0
    lines = [json.loads(line) for line in (folder / "mine.ndjson").read_text().splitlines()]
    found = {line["key"]: line["value"] for line in lines}
    assert found["likes/a"] == {"count": 1}


def test_a_build_takes_the_file(folder: Folder) -> None:
    streamly(folder, "export", "facts", "mine.ndjson")
    assert streamly(folder, "build", "--facts", "mine.ndjson").code == 0


def test_what_changed_since_is_little(folder: Folder) -> None:
    first = streamly(folder, "export", "facts").out.splitlines()
    last = json.loads(first[-1])["seq"]
    assert streamly(folder, "export", "facts", "--since", str(last)).out == ""


def test_a_file_that_cannot_be_written_stays_as_it_was(folder: Folder) -> None:
    (folder / "kept").mkdir()
    (folder / "kept/mine.ndjson").mkdir()
    told = streamly(folder, "export", "facts", "kept/mine.ndjson")
    assert told.code == 3
    assert os.listdir(folder / "kept") == ["mine.ndjson"]
