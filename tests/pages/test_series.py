"""A post of a series shows the parts around it: all of a short one, some of a long one."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from streamly_ssg.api import Site
from streamly_ssg.pages.standing import PARTS
from tests.support.folder import Folder, fresh_folder
from tests.support.rebuild import AT_NOW

SETTINGS = '[site]\ntitle = "Parts"\nbase_url = "https://example.org"\n'
LONG = 2 * PARTS


def series(folder: Folder, length: int) -> None:
    """Write and build a series of so many parts."""
    folder.write("streamly.toml", SETTINGS)
    for number in range(1, length + 1):
        day = date(2025, 1, 1) + timedelta(number)
        text = f"---\ntitle: Part {number}\ndate: {day}\nseries: All of it\n---\n\nText\n"
        folder.write(f"content/posts/p{number}.md", text)
    Site(folder.root, AT_NOW).build()


def shown(folder: Folder, number: int) -> tuple[str, list[int]]:
    """Return what a part says of its place, and the parts that it shows, by the list's numbers."""
    page = folder.read(f"public/posts/p{number}/index.html")
    found = re.search(r'<nav class="series".*?</nav>', page, re.DOTALL)
    assert found
    said = " ".join(re.sub(r"<[^>]+>", " ", found[0].partition("<ol")[0]).split())
    start = re.search(r'<ol start="?(\d+)', found[0])
    first = int(start[1]) if start else 1
    numbers = [int(one) for one in re.findall(r">Part (\d+)<", found[0])]
    assert numbers == list(range(first, first + len(numbers)))
    assert re.findall(r"<span aria-current[^>]*>Part (\d+)<", found[0]) == [str(number)]
    return said, numbers


@pytest.fixture(scope="module")
def long() -> Iterator[Folder]:
    with fresh_folder({}) as folder:
        series(folder, LONG)
        yield folder


def test_a_short_series_is_shown_whole() -> None:
    with fresh_folder({}) as folder:
        series(folder, 3)
        assert shown(folder, 2) == ("Part 2 of 3 in All of it", [1, 2, 3])


@pytest.mark.parametrize(
    ("number", "first"),
    [(1, 1), (PARTS // 2, 1), (PARTS, PARTS - PARTS // 2), (LONG, LONG - PARTS + 1)],
)
def test_of_a_long_series_the_parts_around_are_shown(long: Folder, number: int, first: int) -> None:
    said, parts = shown(long, number)
    assert said == f"Part {number} of {LONG} in All of it"
    assert (parts[0], len(parts)) == (first, PARTS)
