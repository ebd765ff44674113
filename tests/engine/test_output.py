"""The output knows what it wrote, notices what others did to it, and removes what isn't its own."""

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from streamly_ssg.engine import digest
from streamly_ssg.engine.output import Output
from streamly_ssg.engine.shelf import SCHEMA, Shelf


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    database = sqlite3.connect(tmp_path / "state.db", isolation_level=None)
    database.execute(SCHEMA)
    yield Shelf(database, "outputs")
    database.close()


@pytest.fixture
def beside(tmp_path: Path) -> Iterator[Shelf]:
    database = sqlite3.connect(tmp_path / "beside.db", isolation_level=None)
    database.execute(SCHEMA)
    yield Shelf(database, "beside")
    database.close()


@pytest.fixture
def mark(tmp_path: Path) -> Path:
    return tmp_path / "writing"


@pytest.fixture
def output(tmp_path: Path, shelf: Shelf, mark: Path, beside: Shelf) -> Output:
    """Return an output with one file, ``a/b``."""
    made = Output(tmp_path / "out", shelf, mark, beside)
    write(made, "a/b", b"data")
    return made


def write(output: Output, path: str, data: bytes) -> None:
    output.write(path, data, digest.of(data))


def place(output: Output, path: str) -> Path:
    """Put a file at *path* that no task made."""
    full = output.root / path
    full.parent.mkdir(parents=True, exist_ok=True)
    full.write_bytes(b"strange")
    return full


def test_a_written_file_is_known(output: Output) -> None:
    assert output.known() == ["a/b"]


def test_a_path_that_nobody_wrote_is_not_known(output: Output) -> None:
    assert not output.knows("a")


def test_the_length_is_the_number_of_files(output: Output) -> None:
    write(output, "c", b"data")
    assert len(output) == 2


def test_only_files_that_changed_count_as_written(
    output: Output, shelf: Shelf, mark: Path, beside: Shelf
) -> None:
    following = Output(output.root, shelf, mark, beside)
    write(following, "a/b", b"data")
    write(following, "c", b"data")
    assert following.written == 1


def test_a_file_that_was_written_by_another_process_is_known(output: Output) -> None:
    found = digest.of(b"data")
    output.record("c", found, output.target("c").write(b"data", found))
    assert output.damaged() == []


def test_what_nobody_touched_is_not_damaged(output: Output) -> None:
    assert output.damaged() == []


def test_a_deleted_file_is_damaged(output: Output) -> None:
    (output.root / "a/b").unlink()
    assert output.damaged() == ["a/b"]


def test_an_edited_file_is_damaged(output: Output) -> None:
    (output.root / "a/b").write_bytes(b"edited by hand")
    assert output.damaged() == ["a/b"]


def test_an_edit_that_hides_its_size_and_time_is_noticed(output: Output) -> None:
    file = output.root / "a/b"
    before = file.stat()
    file.write_bytes(b"dat4")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert output.damaged() == ["a/b"]


def test_a_file_that_was_replaced_by_a_folder_is_damaged(output: Output) -> None:
    (output.root / "a/b").unlink()
    (output.root / "a/b").mkdir()
    assert output.damaged() == ["a/b"]


def test_a_file_whose_folder_became_a_file_is_damaged(output: Output) -> None:
    (output.root / "a/b").unlink()
    (output.root / "a").rmdir()
    place(output, "a")
    assert output.damaged() == ["a/b"]


def test_a_damaged_file_that_was_written_again_is_whole(output: Output) -> None:
    (output.root / "a/b").write_bytes(b"edited")
    write(output, "a/b", b"data")
    assert output.damaged() == []


def test_a_removed_file_is_not_known(output: Output) -> None:
    output.remove("a/b")
    assert not output.knows("a/b")


def test_a_removed_file_is_told(output: Output) -> None:
    output.remove("a/b")
    assert output.removed == ["a/b"]


@pytest.mark.parametrize("path", ["strange", "a/strange", "x/y/z", "a/.hidden"])
def test_a_sweep_removes_what_no_task_made(output: Output, path: str) -> None:
    strange = place(output, path)
    output.sweep()
    assert not strange.exists()


def test_a_sweep_keeps_what_was_made(output: Output) -> None:
    place(output, "a/strange")
    output.sweep()
    assert output.damaged() == []


@pytest.mark.parametrize("path", [".nojekyll", ".git/config", ".well-known/a/b"])
def test_a_sweep_keeps_entries_of_the_root_that_begin_with_a_dot(output: Output, path: str) -> None:
    kept = place(output, path)
    output.sweep()
    assert kept.exists()


def test_a_sweep_removes_empty_folders(output: Output) -> None:
    (output.root / "x/y").mkdir(parents=True)
    output.sweep()
    assert os.listdir(output.root) == ["a"]


def test_a_sweep_removes_a_link_to_a_folder(output: Output, tmp_path: Path) -> None:
    (output.root / "link").symlink_to(tmp_path)
    output.sweep()
    assert os.listdir(output.root) == ["a"]


def test_a_sweep_doesnt_go_through_a_link(output: Output, tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs/x").touch()
    (output.root / "link").symlink_to(tmp_path / "theirs")
    output.sweep()
    assert (tmp_path / "theirs/x").exists()


def test_a_sweep_of_a_root_that_isnt_there_is_no_error(
    tmp_path: Path, shelf: Shelf, mark: Path, beside: Shelf
) -> None:
    output = Output(tmp_path / "nowhere", shelf, mark, beside)
    output.sweep()
    assert output.removed == []


def test_no_mark_is_made_before_something_is_written(
    tmp_path: Path, shelf: Shelf, mark: Path, beside: Shelf
) -> None:
    Output(tmp_path / "out", shelf, mark, beside)
    assert not mark.exists()


@pytest.mark.usefixtures("output")
def test_a_mark_lies_there_while_files_are_written(mark: Path) -> None:
    assert mark.exists()


def test_a_mark_lies_there_while_others_write(
    tmp_path: Path, shelf: Shelf, mark: Path, beside: Shelf
) -> None:
    Output(tmp_path / "out", shelf, mark, beside).target("a")
    assert mark.exists()


def test_a_mark_lies_there_while_files_are_removed(output: Output, mark: Path) -> None:
    output.finish()
    output.remove("a/b")
    assert mark.exists()


def test_the_mark_goes_when_all_is_done(output: Output, mark: Path) -> None:
    output.finish()
    assert not mark.exists()


def test_a_build_that_died_is_noticed(
    output: Output, shelf: Shelf, mark: Path, beside: Shelf
) -> None:
    assert Output(output.root, shelf, mark, beside).was_interrupted


def test_a_build_that_ended_was_not_interrupted(
    output: Output, shelf: Shelf, mark: Path, beside: Shelf
) -> None:
    output.finish()
    assert not Output(output.root, shelf, mark, beside).was_interrupted


def test_an_end_in_doubt_makes_the_next_build_look(
    output: Output, shelf: Shelf, mark: Path, beside: Shelf
) -> None:
    output.finish(in_doubt=True)
    assert Output(output.root, shelf, mark, beside).was_interrupted


def test_an_end_in_doubt_leaves_a_mark_even_if_nothing_was_written(
    tmp_path: Path, shelf: Shelf, mark: Path, beside: Shelf
) -> None:
    Output(tmp_path / "out", shelf, mark, beside).finish(in_doubt=True)
    assert mark.exists()
