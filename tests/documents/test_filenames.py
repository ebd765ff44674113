"""File names: what a file's place says about it."""

import pytest

from streamly_ssg.documents.filenames import Naming, naming


def test_a_dated_file_name_gives_date_slug_and_title() -> None:
    expected = Naming("post", "posts.2024-01-15-hello-big_world", "hello-big-world",
                      "Hello big world", "2024-01-15", draft=False)  # fmt: skip
    assert naming("posts/2024-01-15-hello-big_world.md") == expected


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("posts/a.md", "post"),
        ("_posts/a.md", "post"),
        ("posts/2024/a.md", "post"),
        ("pages/about.md", "page"),
        ("notes/a.md", "note"),
        ("authors/ada.md", "author"),
        ("categories/news.md", "category"),
        ("about.md", ""),
        ("essays/a.md", ""),
        ("posts.md", ""),
    ],
)
def test_the_folder_says_what_it_is(path: str, kind: str) -> None:
    assert naming(path).kind == kind


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("posts/hello.md", "posts.hello"),
        ("posts/hello/index.md", "posts.hello"),
        ("posts/2024/hello.md", "posts.2024.hello"),
        ("content/posts/hello.md", "posts.hello"),
        ("about/index.md", "about"),
        ("index.md", "index"),
        ("pages/index.md", "pages.index"),
        ("posts/gru\u0308n.md", "posts.gr\u00fcn"),
    ],
)
def test_the_id_is_the_path_with_dots(path: str, name: str) -> None:
    assert naming(path).id == name


def test_a_bundle_is_dated_by_its_folder() -> None:
    assert naming("posts/2024-01-15-hello/index.md").slug == "hello"


def test_a_number_that_is_no_date_is_part_of_the_name() -> None:
    assert naming("posts/2024-recap.md").slug == "2024-recap"


def test_what_lies_among_the_drafts_is_a_draft() -> None:
    assert naming("_drafts/idea.md").draft
