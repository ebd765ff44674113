"""A release shows exactly what was built, at the cost of what changed."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from streamly_ssg.errors import SystemProblem, UsageError
from streamly_ssg.publish.releases import Rules
from tests.publish.making import Place, asset, edition
from tests.support.folder import fresh_folder

DAY = 24 * 3600


@pytest.fixture
def place() -> Iterator[Place]:
    with fresh_folder({}) as folder:
        made = Place(folder.root)
        yield made
        made.releases.close()


def test_readers_see_what_was_built(place: Place) -> None:
    assert place.publish({"index.html": "one", "a/b/index.html": "two"}) == 1
    assert place.seen() == place.expected()


def test_each_release_shows_the_last_build(place: Place) -> None:
    sites = [
        {"index.html": "1", "a/index.html": "a"},
        {"index.html": "2", "a/index.html": "a", "b/index.html": "b"},
        {"index.html": "2", "b/index.html": "b"},
        {"index.html": "2", "b/index.html": "b", "a": "a file now"},
        {"index.html": "3", "b/index.html": "b", "a/index.html": "a folder again"},
        {"index.html": "1"},
    ]
    for number, files in enumerate(sites, 1):
        assert place.publish(files) == number
        assert place.seen() == place.expected()


def test_a_build_that_changed_nothing_makes_no_release(place: Place) -> None:
    place.publish({"index.html": "one"})
    assert place.publish({"index.html": "one"}) == 0
    assert len(place.releases.kept()) == 1


def test_a_history_that_nobody_knows_gives_the_same_release(place: Place) -> None:
    place.publish({"index.html": "1", "a/index.html": "a", "b/index.html": "b"})
    place.output.build({"index.html": "2", "b/index.html": "b"})
    release = place.releases.publish(place.output.whole)
    assert release is not None
    assert (release.written, release.removed) == (1, 1)
    assert place.seen() == place.expected()


def test_files_that_stay_are_one_file_in_both_trees(place: Place) -> None:
    for text in "123":
        place.publish({"index.html": text, "stays.html": "stays"})
    trees = place.releases.root
    assert (trees / "a/stays.html").samefile(trees / "b/stays.html")


def test_a_file_is_never_changed_in_place(place: Place) -> None:
    place.publish({"index.html": "old"})
    with (place.releases.site / "index.html").open() as reader:
        place.publish({"index.html": "new"})
        place.publish({"index.html": "newer"})
        assert reader.read() == "old"


def test_a_change_of_the_output_by_hand_is_not_published(place: Place) -> None:
    place.publish({"index.html": "one"})
    place.output.build({"index.html": "two"})
    (place.output.root / "index.html").write_text("by hand")
    with pytest.raises(SystemProblem, match=r"index\.html: PUBLISH is not what the last build"):
        place.releases.publish(place.output)
    assert (place.releases.site / "index.html").read_text() == "one"


def test_readers_may_read_whatever_the_builder_left(place: Place) -> None:
    old = os.umask(0o077)
    try:
        place.publish({"a/index.html": "one"})
    finally:
        os.umask(old)
    assert (place.releases.site / "a").stat().st_mode & 0o777 == 0o755
    assert (place.releases.site / "a/index.html").stat().st_mode & 0o777 == 0o644


def test_an_asset_stays_for_a_day_after_the_last_page_that_needed_it(place: Place) -> None:
    place.publish(edition(1))
    place.publish(edition(2))
    place.now += DAY - 1
    place.publish(edition(3))
    assert (place.releases.site / asset(1)).exists()
    place.now += 1
    place.publish(edition(4))
    assert not (place.releases.site / asset(1)).exists()
    assert (place.releases.site / asset(2)).exists()


def test_an_asset_that_comes_back_stays(place: Place) -> None:
    for number in (1, 2, 1):
        place.publish(edition(number))
    place.now += 2 * DAY
    place.publish({**edition(1), "more.html": "more"})
    assert (place.releases.site / asset(1)).exists()
    assert not (place.releases.site / asset(2)).exists()


def test_a_clock_that_goes_back_takes_no_asset_away(place: Place) -> None:
    place.publish(edition(1))
    place.publish(edition(2))
    place.now -= DAY
    assert place.publish(edition(3)) == 3
    assert (place.releases.site / asset(1)).exists()


def test_five_releases_are_kept(place: Place) -> None:
    for number in range(1, 9):
        place.publish({"index.html": f"{number}"})
    assert [one.number for one in place.releases.kept()] == [8, 7, 6, 5, 4]


def test_nothing_is_kept_that_no_release_needs(place: Place) -> None:
    for number in range(1, 20):
        place.publish({"index.html": f"{number}", "a.html": f"{number % 3}"})
    kept = [path for path in (place.releases.root / "kept").rglob("*") if path.is_file()]
    assert len(kept) <= 4 + 3


@pytest.mark.parametrize("number", [4, 5, 6, 7])
def test_going_back_shows_what_was_seen_then(place: Place, number: int) -> None:
    seen = {}
    for one in range(1, 9):
        done = place.publish(
            {"index.html": f"{one}", f"p{one}/index.html": "page", "x": f"{one % 2}"}
        )
        seen[done] = place.seen()
    release = place.releases.rollback(number)
    assert release is not None
    assert (release.number, release.content) == (9, number)
    assert place.seen() == seen[number]


def test_going_back_and_forward_again(place: Place) -> None:
    for one in range(1, 4):
        place.publish({"index.html": f"{one}"})
    shown = []
    for number in (None, None, 3, 1):
        place.releases.rollback(number)
        shown.append((place.releases.site / "index.html").read_text())
    assert shown == ["2", "1", "3", "1"]


def test_after_going_back_a_publication_shows_the_last_build(place: Place) -> None:
    for one in range(1, 4):
        place.publish({"index.html": f"{one}", f"{one}.html": "page"})
    place.releases.rollback(1)
    held = [place.releases.is_rolled_back]
    place.releases.publish(place.output)
    assert [*held, place.releases.is_rolled_back] == [True, False]
    assert place.seen() == place.expected()


def test_going_back_keeps_the_assets_of_the_newer_release(place: Place) -> None:
    place.publish(edition(1))
    place.publish(edition(2))
    place.releases.rollback()
    assert (place.releases.site / asset(2)).exists()
    assert asset(1) in (place.releases.site / "p0/index.html").read_text()


def test_going_back_to_what_is_not_kept_is_refused(place: Place) -> None:
    with pytest.raises(UsageError, match="there is no release yet"):
        place.releases.rollback()
    for one in range(1, 8):
        place.publish({"index.html": f"{one}"})
    with pytest.raises(UsageError, match=r"release 2 not kept.*kept are 3, 4, 5, 6, 7"):
        place.releases.rollback(2)


def test_what_is_forgotten_never_comes_back(place: Place) -> None:
    place.publish({"index.html": "1", "ann/index.html": "Ann's secret"})
    place.publish({"index.html": "2", "ann/index.html": "Ann's other secret"})
    place.publish({"index.html": "3"})
    place.releases.forget(["ann/index.html"])
    for number in (1, 2):
        place.releases.rollback(number)
        assert (place.releases.site / "index.html").read_text() == str(number)
        assert not (place.releases.site / "ann").exists()
    assert "secret" not in everything(place.releases.root)


def test_a_release_may_forget_what_it_replaces(place: Place) -> None:
    place.publish({"index.html": "with a secret", "a.html": "1"})
    place.output.build({"index.html": "without", "a.html": "1"})
    place.releases.publish(place.output, forget=True)
    assert "secret" not in everything(place.releases.root)
    place.publish({"index.html": "without", "a.html": "2"})
    place.releases.rollback(1)
    assert place.seen() == {**place.expected(), "a.html": place.seen()["a.html"]}
    assert (place.releases.site / "a.html").read_text() == "1"


def test_a_journal_that_was_lost_costs_a_copy_and_no_gap(place: Place) -> None:
    place.publish({"index.html": "1", "a/index.html": "a"})
    place.publish({"index.html": "2", "a/index.html": "a"})
    place.releases.close()
    for path in place.releases.root.glob("journal.db*"):
        path.unlink()
    again = Place(place.output.root.parent)
    again.output = place.output
    again.releases.publish(place.output.whole)
    assert again.seen() == place.expected()
    again.publish({"index.html": "3"})
    assert again.seen() == place.expected()
    again.releases.close()


@pytest.mark.parametrize("what", ["folder", "dangling", "elsewhere"])
def test_a_strange_link_is_explained_and_left_alone(place: Place, what: str) -> None:
    place.publish({"index.html": "1"})
    link = place.releases.root / "current"
    link.unlink()
    if what == "folder":
        link.mkdir()
    else:
        link.symlink_to("nowhere" if what == "dangling" else "/tmp")  # noqa: S108
    with pytest.raises(SystemProblem, match="PUBLISH"):
        place.publish({"index.html": "2"})
    assert os.path.lexists(link)


def test_both_trees_are_ready_after_a_large_release(place: Place) -> None:
    place.publish({f"{number}.html": "text" for number in range(600)})
    trees = place.releases.root
    assert len(list((trees / "a").iterdir())) == len(list((trees / "b").iterdir())) == 600


def test_rules_say_how_many_are_kept(tmp_path: Path) -> None:
    place = Place(tmp_path, Rules(keep=2))
    for one in range(1, 5):
        place.publish({"index.html": f"{one}"})
    assert [one.number for one in place.releases.kept()] == [4, 3]
    place.releases.close()


def everything(root: Path) -> str:
    """Return all that lies in the files below *root*, but for the books."""
    files = (path for path in root.rglob("*") if path.is_file() and "journal" not in path.name)
    return "\n".join(path.read_text("utf-8") for path in files)
