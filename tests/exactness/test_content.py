"""What authors do to their files makes the pages that show it, and no other."""

import os

from tests.support.folder import Folder
from tests.support.images import png
from tests.support.lean import document
from tests.support.rebuild import check_rebuild

from .small import ARCHIVE, ARCHIVE_2, BLOG, LISTS_OF_A, LISTS_OF_C, NEIGHBOURS_OF_A, feeds, post


def test_an_edited_body_makes_its_page_and_its_feeds() -> None:
    check_rebuild(
        BLOG,
        {"content/posts/b.md": post("b", body="Other text\n")},
        rebuilt={"/posts/b/", *feeds("/", "/tags/x/")},
    )


def test_an_edited_body_whose_beginning_lists_show_makes_the_lists_too() -> None:
    blog = BLOG | {"content/posts/c.md": post("c", summary=None)}
    check_rebuild(
        blog,
        {"content/posts/c.md": post("c", summary=None, body="Other text\n")},
        rebuilt={"/posts/c/", "/posts/b/", *LISTS_OF_C, *feeds("/", "/tags/y/")},
    )


def test_white_space_at_the_end_of_a_body_makes_nothing() -> None:
    check_rebuild(BLOG, {"content/posts/b.md": post("b", body="Text of b\n\n\n")}, rebuilt=())


def test_an_edited_title_makes_every_page_that_shows_it() -> None:
    check_rebuild(
        BLOG,
        {"content/posts/a.md": post("a", title="Ah")},
        rebuilt={"/posts/a/", *NEIGHBOURS_OF_A, *LISTS_OF_A, *feeds("/", "/tags/x/")},
    )


def test_an_edited_summary_makes_every_page_that_shows_it() -> None:
    check_rebuild(
        BLOG,
        {"content/posts/a.md": post("a", summary="Of a")},
        rebuilt={"/posts/a/", *NEIGHBOURS_OF_A, *LISTS_OF_A, *feeds("/", "/tags/x/")},
    )


def test_an_edited_extra_field_makes_its_page_alone() -> None:
    check_rebuild(
        BLOG, {"content/posts/a.md": post("a", extra={"mood": "calm"})}, rebuilt={"/posts/a/"}
    )


def test_a_date_that_keeps_the_order_makes_what_shows_it() -> None:
    check_rebuild(
        BLOG,
        {"content/posts/a.md": post("a", date="2026-01-01 10:00")},
        rebuilt={
            "/posts/a/",
            *NEIGHBOURS_OF_A,
            *LISTS_OF_A,
            *feeds("/", "/tags/x/"),
            "/sitemap.xml",
        },
    )


def test_two_posts_that_swap_dates_make_their_lists_and_neighbours() -> None:
    swapped = {
        "content/posts/b.md": post("b", date="2026-01-03"),
        "content/posts/c.md": post("c", date="2026-01-02"),
    }
    check_rebuild(
        BLOG,
        swapped,
        rebuilt={
            *("/posts/a/", "/posts/b/", "/posts/c/"),
            *("/tags/x/", "/sitemap.xml"),
            *LISTS_OF_C,
            *feeds("/", "/tags/x/", "/tags/y/"),
        },
    )


def test_a_date_in_another_month_moves_a_post_in_the_archive() -> None:
    check_rebuild(
        BLOG,
        {"content/posts/a.md": post("a", date="2025-12-31")},
        rebuilt={
            *("/posts/a/", "/posts/page/2/", "/tags/x/", "/sitemap.xml", "/archive/"),
            *NEIGHBOURS_OF_A,
            *ARCHIVE,
            *("/archive/2025/", "/archive/2025/12/"),
            *feeds("/", "/tags/x/"),
        },
        removed=ARCHIVE_2,
    )


def test_the_last_post_of_a_tag_takes_its_page_and_feeds_along() -> None:
    check_rebuild(
        BLOG,
        {"content/posts/c.md": post("c", tags=["x"])},
        rebuilt={
            *("/posts/c/", "/posts/b/", "/", "/posts/", "/tags/", "/tags/x/", "/tags/x/page/2/"),
            *ARCHIVE,
            *feeds("/", "/tags/x/"),
            "/sitemap.xml",
        },
        removed={"/tags/y/", *feeds("/tags/y/")},
    )


def test_a_new_tag_gets_its_page_and_feeds() -> None:
    check_rebuild(
        BLOG,
        {"content/posts/c.md": post("c", tags=["y", "z"])},
        rebuilt={
            *("/posts/c/", "/posts/b/", "/tags/", "/tags/z/", "/sitemap.xml"),
            *LISTS_OF_C,
            *feeds("/", "/tags/y/", "/tags/z/"),
        },
    )


def test_another_slug_moves_a_page_and_makes_what_links_to_it() -> None:
    check_rebuild(
        BLOG,
        {"content/posts/a.md": post("a", slug="aleph")},
        rebuilt={
            *("/posts/aleph/", "/sitemap.xml"),
            *NEIGHBOURS_OF_A,
            *LISTS_OF_A,
            *feeds("/", "/tags/x/"),
        },
        removed={"/posts/a/"},
    )


def test_a_page_that_links_to_another_document_follows_its_address() -> None:
    blog = BLOG | {
        "content/pages/about.md": document("See [a](../posts/a.md#part).", title="About")
    }
    check_rebuild(
        blog,
        {"content/posts/a.md": post("a", slug="aleph")},
        rebuilt={
            *("/posts/aleph/", "/sitemap.xml", "/about/"),
            *NEIGHBOURS_OF_A,
            *LISTS_OF_A,
            *feeds("/", "/tags/x/"),
        },
        removed={"/posts/a/"},
    )


def test_an_added_post_moves_others_to_the_next_page() -> None:
    check_rebuild(
        BLOG,
        {"content/posts/d.md": post("d", tags=["y"])},
        rebuilt={
            *("/posts/d/", "/posts/c/", "/posts/page/2/", "/tags/", "/archive/", "/sitemap.xml"),
            *LISTS_OF_C,
            *ARCHIVE_2,
            *feeds("/", "/tags/y/"),
        },
    )


def test_the_last_post_of_the_last_page_takes_the_page_along() -> None:
    check_rebuild(
        BLOG,
        {"content/posts/a.md": None},
        rebuilt={
            *("/", "/posts/b/", "/posts/", "/tags/x/", "/tags/", "/archive/", "/sitemap.xml"),
            *ARCHIVE,
            *feeds("/", "/tags/x/"),
        },
        removed={"/posts/a/", "/posts/page/2/", *ARCHIVE_2},
    )


def test_a_renamed_file_is_a_new_page_and_leaves_nothing_behind() -> None:
    def rename(folder: Folder) -> None:
        folder.rename("content/posts/a.md", "content/posts/aleph.md")

    check_rebuild(
        BLOG,
        rename,
        rebuilt={
            *("/posts/aleph/", "/sitemap.xml"),
            *NEIGHBOURS_OF_A,
            *LISTS_OF_A,
            *feeds("/", "/tags/x/"),
        },
        removed={"/posts/a/"},
    )


def test_a_draft_disappears_and_comes_back() -> None:
    changed = {
        *("/posts/b/", "/", "/posts/", "/tags/x/", "/tags/", "/archive/", "/sitemap.xml"),
        *ARCHIVE,
        *feeds("/", "/tags/x/"),
    }
    gone = {"/posts/a/", "/posts/page/2/", *ARCHIVE_2}
    draft = {"content/posts/a.md": post("a", draft=True)}
    check_rebuild(BLOG, draft, rebuilt=changed, removed=gone)
    check_rebuild(
        BLOG | draft, {"content/posts/a.md": post("a")}, rebuilt=changed | gone, removed=()
    )


def test_the_weight_of_a_page_that_is_in_no_list_makes_its_page_alone() -> None:
    blog = BLOG | {"content/pages/about.md": document("About", title="About")}
    heavy = {"content/pages/about.md": document("About", title="About", weight=3)}
    assert check_rebuild(blog, heavy, rebuilt={"/about/"}).written == 0


def test_the_order_of_a_series_is_told_to_all_its_parts() -> None:
    blog = BLOG | {f"content/posts/{one}.md": post(one, series="Saga", tags=None) for one in "ab"}
    check_rebuild(
        blog,
        {"content/posts/a.md": post("a", series="Saga", tags=None, weight=5)},
        rebuilt={"/posts/a/", "/posts/b/", "/series/saga/"},
    )


def test_a_post_that_joins_a_series_is_told_to_all_its_parts() -> None:
    blog = BLOG | {f"content/posts/{one}.md": post(one, series="Saga", tags=None) for one in "ab"}
    check_rebuild(
        blog,
        {"content/posts/c.md": post("c", series="Saga")},
        rebuilt={
            *("/posts/a/", "/posts/b/", "/posts/c/"),
            *("/series/", "/series/saga/", "/series/saga/page/2/", "/sitemap.xml"),
            *feeds("/series/saga/"),
        },
    )


def test_a_translation_that_appears_and_goes_is_told_to_the_original() -> None:
    original = {"content/pages/about.md": document("About", title="About", translation_key="about")}
    german = document("Über", title="Über", translation_key="about", lang="de", slug="ueber")
    check_rebuild(
        BLOG | original,
        {"content/pages/ueber.md": german},
        rebuilt={"/about/", "/ueber/", "/sitemap.xml"},
    )
    check_rebuild(
        BLOG | original | {"content/pages/ueber.md": german},
        {"content/pages/ueber.md": None},
        rebuilt={"/about/", "/sitemap.xml"},
        removed={"/ueber/"},
    )


def test_an_alias_that_is_added_and_taken_back() -> None:
    aliased = {"content/posts/a.md": post("a", aliases=["/old/a"])}
    check_rebuild(BLOG, aliased, rebuilt={"/posts/a/", "/old/a/", "/_redirects"})
    check_rebuild(
        BLOG | aliased,
        {"content/posts/a.md": post("a")},
        rebuilt={"/posts/a/", "/_redirects"},
        removed={"/old/a/"},
    )


def test_an_edit_of_the_same_size_and_the_same_mtime_is_noticed() -> None:
    def edit(folder: Folder) -> None:
        path = folder / "content/posts/b.md"
        before = path.stat()
        folder.replace("content/posts/b.md", "Text of b", "Tell of b")
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert (path.stat().st_size, path.stat().st_mtime_ns) == (
            before.st_size,
            before.st_mtime_ns,
        )

    check_rebuild(BLOG, edit, rebuilt={"/posts/b/", *feeds("/", "/tags/x/")})


def test_an_edit_whose_mtime_goes_backwards_is_noticed() -> None:
    def edit(folder: Folder) -> None:
        folder.replace("content/posts/b.md", "Text of b", "Old words")
        os.utime(folder / "content/posts/b.md", (0, 0))

    check_rebuild(BLOG, edit, rebuilt={"/posts/b/", *feeds("/", "/tags/x/")})


def test_a_touched_file_makes_nothing() -> None:
    def touch(folder: Folder) -> None:
        for top in ("content", "themes", "streamly.toml"):
            for path in [folder / top, *(folder / top).rglob("*")]:
                os.utime(path, (2_000_000_000, 2_000_000_000))

    check_rebuild(BLOG, touch, rebuilt=())


def test_a_link_to_nothing_is_told_and_stops_nobody() -> None:
    def dangle(folder: Folder) -> None:
        (folder / "content/posts/d.md").symlink_to("nowhere.md")

    built = check_rebuild(BLOG, dangle, rebuilt=())
    assert built.exit_code == 1
    assert built.problems == (
        "content/posts/d.md: FILE is a link to nothing (remove the link, or restore its target)",
    )


def test_two_documents_at_one_address_are_told_and_the_first_wins() -> None:
    built = check_rebuild(BLOG, {"content/posts/d.md": post("d", slug="a")}, rebuilt=())
    assert built.exit_code == 1
    assert built.problems[0].startswith("content/posts/d.md:6:1: DUPLICATE would be at /posts/a/")


def test_two_documents_with_one_id_are_told_and_the_first_wins() -> None:
    built = check_rebuild(BLOG, {"content/posts/d.md": post("d", id="posts.a")}, rebuilt=())
    assert "DUPLICATE" in built.problems[0]


def test_a_category_document_names_the_category_wherever_it_is_shown() -> None:
    blog = BLOG | {"content/posts/a.md": post("a", category="news")}
    check_rebuild(
        blog,
        {"content/categories/news.md": document("All of it", title="The news")},
        rebuilt={
            *("/posts/a/", "/categories/", "/categories/news/"),
            *NEIGHBOURS_OF_A,
            *LISTS_OF_A,
            *feeds("/categories/news/"),
        },
    )


def test_an_author_document_names_the_author_wherever_they_are_shown() -> None:
    blog = BLOG | {
        "content/posts/a.md": post("a", author="ada"),
        "content/authors/ada.md": document("Bio", title="Ada"),
    }
    check_rebuild(
        blog,
        {"content/authors/ada.md": document("Bio", title="Ada L.")},
        rebuilt={
            *("/posts/a/", "/users/", "/users/ada/"),
            *("/users/ada/followers/", "/users/ada/following/", "/users/ada/card.html"),
            *NEIGHBOURS_OF_A,
            *LISTS_OF_A,
            *feeds("/", "/tags/x/", "/users/ada/"),
        },
    )


def test_a_file_in_a_bundle_travels_along_and_goes_away() -> None:
    blog = BLOG | {
        "content/pages/trip/index.md": document("![me](me.png)", title="Trip"),
        "content/pages/trip/me.png": png(red=1),
    }
    check_rebuild(blog, {"content/pages/trip/me.png": png(red=2)}, rebuilt={"/trip/me.png"})
    check_rebuild(
        blog,
        {"content/pages/trip/me.png": None, "content/pages/trip/you.png": png(red=1)},
        rebuilt={"/trip/you.png"},
        removed={"/trip/", "/trip/me.png"},
    )
