"""A file of the tree is whole or not there, and nothing outside the tree is touched."""

import os
from pathlib import Path

import pytest

from streamly_ssg.engine import digest
from streamly_ssg.engine.tree import Target, Tree, Written, discard, stat_of
from streamly_ssg.errors import ContentError


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "out"


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """Return a folder of somebody else, with a file."""
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "x").write_bytes(b"theirs")
    return folder


def write(root: Path, path: str, data: bytes) -> Written:
    """Write as a new build does, which remembers no folder."""
    return Tree(str(root)).write(path, data, digest.of(data))


def test_a_file_holds_what_was_written(root: Path) -> None:
    write(root, "a/b/c.html", b"data")
    assert (root / "a/b/c.html").read_bytes() == b"data"


def test_a_new_file_counts_as_changed(root: Path) -> None:
    assert write(root, "a", b"data").is_changed


def test_the_stat_that_is_told_is_the_one_on_disk(root: Path) -> None:
    assert write(root, "a", b"data").stat == stat_of(str(root / "a"))


def test_a_file_that_holds_the_data_already_is_not_rewritten(root: Path) -> None:
    before = write(root, "a", b"data").stat
    assert write(root, "a", b"data") == Written(before, is_changed=False)


def test_a_file_is_replaced_and_not_written_over(root: Path, tmp_path: Path) -> None:
    write(root, "a", b"old")
    os.link(root / "a", tmp_path / "kept")
    write(root, "a", b"new")
    assert (tmp_path / "kept").read_bytes() == b"old"


def test_who_reads_a_file_while_it_is_replaced_reads_the_old_one(root: Path) -> None:
    write(root, "a", b"old")
    with (root / "a").open("rb") as file:
        write(root, "a", b"new")
        assert file.read() == b"old"


def test_no_draft_is_left(root: Path) -> None:
    write(root, "a/b", b"data")
    assert os.listdir(root / "a") == ["b"]


def test_a_file_gives_way_to_a_folder(root: Path) -> None:
    write(root, "a", b"file")
    write(root, "a/b", b"data")
    assert (root / "a/b").read_bytes() == b"data"


def test_a_folder_gives_way_to_a_file(root: Path) -> None:
    write(root, "a/b/c", b"data")
    write(root, "a", b"file")
    assert (root / "a").read_bytes() == b"file"


def test_a_linked_folder_is_not_followed_when_writing(root: Path, outside: Path) -> None:
    root.mkdir()
    (root / "a").symlink_to(outside)
    write(root, "a/x", b"ours")
    assert (outside / "x").read_bytes() == b"theirs"


def test_a_linked_folder_gives_way_to_a_folder(root: Path, outside: Path) -> None:
    root.mkdir()
    (root / "a").symlink_to(outside)
    write(root, "a/x", b"theirs")  # the same bytes, but they lie elsewhere
    assert not (root / "a").is_symlink()


def test_a_linked_file_gives_way_to_a_file(root: Path, outside: Path) -> None:
    root.mkdir()
    (root / "a").symlink_to(outside / "x")
    write(root, "a", b"theirs")
    assert not (root / "a").is_symlink()


def test_a_linked_file_is_not_written_through(root: Path, outside: Path) -> None:
    root.mkdir()
    (root / "a").symlink_to(outside / "x")
    write(root, "a", b"ours")
    assert (outside / "x").read_bytes() == b"theirs"


@pytest.mark.parametrize("path", ["x" * 300, "x" * 300 + "/a", "/".join(["x" * 200] * 30)])
def test_a_name_that_is_too_long_is_a_problem_of_the_content(root: Path, path: str) -> None:
    with pytest.raises(ContentError, match="can't hold"):
        write(root, path, b"data")


def test_the_longest_name_that_a_file_may_have_can_be_written(root: Path) -> None:
    write(root, "x" * 255, b"data")
    assert os.listdir(root) == ["x" * 255]


def test_a_name_that_is_too_long_leaves_no_draft(root: Path) -> None:
    with pytest.raises(ContentError):
        write(root, "x" * 300, b"data")
    assert os.listdir(root) == []


def test_a_removed_file_is_gone(root: Path) -> None:
    write(root, "a", b"data")
    Tree(str(root)).remove("a")
    assert not (root / "a").exists()


def test_folders_that_a_removal_leaves_empty_go_too(root: Path) -> None:
    write(root, "a/b/c", b"data")
    Tree(str(root)).remove("a/b/c")
    assert os.listdir(root) == []


def test_a_folder_with_something_in_it_stays(root: Path) -> None:
    write(root, "a/b/c", b"data")
    write(root, "a/d", b"data")
    Tree(str(root)).remove("a/b/c")
    assert os.listdir(root / "a") == ["d"]


def test_the_root_stays_even_if_it_is_empty(root: Path) -> None:
    write(root, "a", b"data")
    Tree(str(root)).remove("a")
    assert root.is_dir()


def test_a_folder_that_went_is_made_again(root: Path) -> None:
    tree = Tree(str(root))
    tree.write("a/b", b"data", digest.of(b"data"))
    tree.remove("a/b")
    tree.write("a/c", b"data", digest.of(b"data"))
    assert os.listdir(root / "a") == ["c"]


def test_removing_what_is_gone_already_is_no_error(root: Path) -> None:
    write(root, "a", b"data")
    Tree(str(root)).remove("b")
    assert os.listdir(root) == ["a"]


def test_a_linked_folder_is_not_followed_when_removing(root: Path, outside: Path) -> None:
    root.mkdir()
    (root / "a").symlink_to(outside)
    Tree(str(root)).remove("a/x")
    assert (outside / "x").read_bytes() == b"theirs"


def test_a_link_is_removed_and_what_it_points_to_stays(root: Path, outside: Path) -> None:
    root.mkdir()
    (root / "a").symlink_to(outside)
    Tree(str(root)).remove("a")
    assert (outside / "x").read_bytes() == b"theirs"


def test_a_folder_in_the_place_of_a_file_is_discarded_whole(root: Path) -> None:
    write(root, "a/b/c", b"data")
    discard(str(root / "a"))
    assert os.listdir(root) == []


def test_there_is_no_stat_of_what_isnt_there(root: Path) -> None:
    assert stat_of(str(root / "a")) is None


def test_there_is_no_stat_of_what_would_lie_in_a_file(root: Path) -> None:
    write(root, "a", b"data")
    assert stat_of(str(root / "a/b")) is None


def test_a_target_writes_into_its_tree(root: Path) -> None:
    Target(str(root), 1, "a/b").write(b"data", digest.of(b"data"))
    assert (root / "a/b").read_bytes() == b"data"


def test_a_target_of_the_next_build_trusts_no_folder_of_the_last(root: Path) -> None:
    Target(str(root), 2, "a/b").write(b"data", digest.of(b"data"))
    Tree(str(root)).remove("a/b")
    Target(str(root), 3, "a/c").write(b"data", digest.of(b"data"))
    assert os.listdir(root / "a") == ["c"]
