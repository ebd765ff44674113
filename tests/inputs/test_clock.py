"""The clock: nothing is made between two moments at which a document appears or disappears."""

from datetime import UTC, datetime

import pytest

from streamly_ssg.api import Options, Site
from tests.support.folder import Folder, fresh_folder
from tests.support.lean import document, site
from tests.support.rebuild import Built, assert_same, build, clean_build

BLOG = site(
    {
        "content/posts/a.md": document("Always", title="A", date="2026-01-01"),
        "content/posts/later.md": document(
            "Later", title="Later", date="2026-01-02", publish="2026-03-10 08:00"
        ),
        "content/posts/short.md": document(
            "Short", title="Short", date="2026-01-03", expire="2026-03-20 08:00"
        ),
    }
)


def at(day: int, hour: int = 12, minute: int = 0, month: int = 3) -> Options:
    """Return how to build for a moment of March 2026."""
    return Options(now=datetime(2026, month, day, hour, minute, tzinfo=UTC))


def then(folder: Folder, first: Options, second: Options) -> Built:
    """Build for one moment and for another; the second has to be as good as a clean one."""
    build(folder, first)
    built = build(folder, second)
    assert_same(built, clean_build(folder, second))
    return built


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(at(1), at(10, 7, 59), id="until a minute before"),
        pytest.param(at(10, 8), at(20, 7, 59), id="from the very moment on"),
        pytest.param(at(15), at(11), id="backwards in the same span"),
        pytest.param(at(21), at(28, month=12), id="after the last moment"),
    ],
)
def test_nothing_is_made_between_two_moments(first: Options, second: Options) -> None:
    with fresh_folder(BLOG) as folder:
        assert then(folder, first, second).made == frozenset()


def test_a_document_appears_at_its_moment() -> None:
    with fresh_folder(BLOG) as folder:
        assert "/posts/later/" in then(folder, at(10, 7, 59), at(10, 8)).made


def test_a_document_disappears_at_its_moment() -> None:
    with fresh_folder(BLOG) as folder:
        assert "/posts/short/" in then(folder, at(20, 7, 59), at(20, 8)).removed


def test_a_clock_that_goes_backwards_takes_a_document_away() -> None:
    with fresh_folder(BLOG) as folder:
        assert "/posts/later/" in then(folder, at(10, 8), at(10, 7, 59)).removed


def test_a_clock_that_goes_backwards_gives_a_document_back() -> None:
    with fresh_folder(BLOG) as folder:
        assert "/posts/short/" in then(folder, at(20, 8), at(20, 7, 59)).made


def test_two_moments_passed_at_once_both_count() -> None:
    with fresh_folder(BLOG) as folder:
        built = then(folder, at(1), at(25))
        assert "/posts/later/" in built.made
        assert "/posts/short/" in built.removed


@pytest.mark.parametrize(
    ("options", "next_change"),
    [(at(1), "2026-03-10"), (at(12), "2026-03-20"), (at(22), "")],
    ids=["something appears", "something disappears", "nothing more"],
)
def test_the_report_says_when_the_site_will_change(options: Options, next_change: str) -> None:
    with fresh_folder(BLOG) as folder:
        assert Site(folder.root, options).build().next_change[:10] == next_change


def test_a_new_moment_of_a_document_counts_at_once() -> None:
    with fresh_folder(BLOG) as folder:
        build(folder, at(15))
        folder.replace("content/posts/later.md", "2026-03-10", "2026-03-18")
        assert "/posts/later/" in build(folder, at(15)).removed
        assert "/posts/later/" in build(folder, at(18)).made
