"""
Every way in which generators are known to have shown stale pages, one test each.

Each test names exactly which files are made. The blog is small enough to know them by heart: posts
a, b and c in this order of time, a and b tagged x, c tagged y, two to a page of a list.
"""

import os
import shutil
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest

from streamly_ssg.api import Options, Site
from streamly_ssg.inputs.facts import FactsFile
from tests.support.folder import Folder, fresh_folder
from tests.support.lean import LEAN, document, site
from tests.support.rebuild import (
    AT_NOW,
    NOW,
    assert_same,
    build,
    check_rebuild,
    clean_build,
    facts,
    told,
)

SETTINGS = "[lists]\nper_page = 2\nrelated = 0\n"


def post(letter: str, **fields: object) -> str:
    """Return the post called *letter*."""
    day = ord(letter) - ord("a") + 1
    given = {
        "title": letter.upper(),
        "date": f"2026-01-0{day}",
        "tags": ["y" if letter == "c" else "x"],
        "summary": f"About {letter}",
    }
    body = fields.pop("body", f"Text of {letter}\n")
    return document(
        str(body), **{key: one for key, one in (given | fields).items() if one is not None}
    )


def feeds(*lists: str) -> set[str]:
    """Return the addresses of the feeds of *lists*."""
    return {f"{url}{name}" for url in lists for name in ("feed.xml", "atom.xml", "feed.json")}


BLOG = site({f"content/posts/{letter}.md": post(letter) for letter in "abc"}, SETTINGS)
ARCHIVE = {"/archive/2026/", "/archive/2026/01/"}
ARCHIVE_2 = {"/archive/2026/page/2/", "/archive/2026/01/page/2/"}
NEIGHBOURS_OF_A = {"/posts/b/"}
LISTS_OF_A = {"/posts/page/2/", "/tags/x/", *ARCHIVE_2}
LISTS_OF_C = {"/", "/posts/", "/tags/y/", *ARCHIVE}


# Content


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


def test_the_drafts_option_alone_shows_and_hides_drafts() -> None:
    blog = BLOG | {"content/pages/later.md": document("Later", title="Later", draft=True)}
    shown = replace(AT_NOW, drafts=True)
    check_rebuild(blog, {}, then=shown, rebuilt={"/later/", "/sitemap.xml"})
    check_rebuild(
        blog, {}, options=shown, then=AT_NOW, rebuilt={"/sitemap.xml"}, removed={"/later/"}
    )


def test_time_alone_publishes_a_post_and_takes_it_back_when_the_clock_does() -> None:
    blog = BLOG | {
        "content/pages/later.md": document("x", title="Later", publish="2026-03-01 13:00")
    }
    later = Options(now=NOW + timedelta(hours=1))
    check_rebuild(blog, {}, then=later, rebuilt={"/later/", "/sitemap.xml"})
    check_rebuild(
        blog, {}, options=later, then=AT_NOW, rebuilt={"/sitemap.xml"}, removed={"/later/"}
    )


def test_time_alone_makes_a_post_expire() -> None:
    blog = BLOG | {"content/pages/soon.md": document("x", title="Soon", expire="2026-03-01 13:00")}
    later = Options(now=NOW + timedelta(hours=1))
    check_rebuild(blog, {}, then=later, rebuilt={"/sitemap.xml"}, removed={"/soon/"})
    check_rebuild(blog, {}, options=later, then=AT_NOW, rebuilt={"/soon/", "/sitemap.xml"})


def test_time_that_passes_between_two_appointments_makes_nothing() -> None:
    blog = BLOG | {
        "content/pages/later.md": document("x", title="Later", publish="2026-03-01 13:00")
    }
    check_rebuild(blog, {}, then=Options(now=NOW + timedelta(minutes=59)), rebuilt=())


def test_a_build_says_when_time_alone_will_change_it() -> None:
    blog = BLOG | {
        "content/pages/later.md": document("x", title="Later", publish="2026-03-01 13:00")
    }
    with fresh_folder(blog) as folder:
        report = Site(folder.root, AT_NOW).build()
        assert report.next_change == datetime(2026, 3, 1, 13, tzinfo=UTC).isoformat()


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
        "content/pages/trip/me.png": b"one",
    }
    check_rebuild(blog, {"content/pages/trip/me.png": b"two"}, rebuilt={"/trip/me.png"})
    check_rebuild(
        blog,
        {"content/pages/trip/me.png": None, "content/pages/trip/you.png": b"one"},
        rebuilt={"/trip/", "/trip/you.png"},
        removed={"/trip/me.png"},
    )


# Templates

ERRORS = {"/404.html", "/410.html", "/500.html"}
RANKINGS = {f"/trending/{window}" for window in ("", "day/", "week/", "month/")} | {"/popular/"}
LISTS = {
    *("/posts/", "/posts/page/2/", "/notes/", "/tags/x/", "/tags/y/"),
    *ARCHIVE,
    *ARCHIVE_2,
}
TERMS = {"/tags/", "/categories/", "/series/"}
POSTS = {"/posts/a/", "/posts/b/", "/posts/c/"}
HTML = POSTS | LISTS | TERMS | RANKINGS | ERRORS | {"/", "/archive/", "/users/"}


@pytest.mark.parametrize(
    ("path", "old", "new", "rebuilt"),
    [
        ("themes/lean/templates/post.html", "<main>", "<main >", POSTS),
        ("themes/lean/templates/list.html", "<main>", "<main >", LISTS),
        ("themes/lean/templates/partials/cards.html", "<article>", "<article >", LISTS),
        ("themes/lean/templates/home.html", '"total"', '"sum"', {"/"}),
        ("themes/lean/templates/ranking.html", '"as_of"', '"when"', RANKINGS),
        ("themes/ground/templates/terms.html", '"terms"', '"names"', TERMS),
        ("themes/ground/templates/base.html", "<body", "<body ", HTML),
        ("themes/ground/templates/macros/show.html", "<pre", "<pre ", HTML - ERRORS),
        ("themes/ground/templates/404.html", "Not here", "Nowhere", {"/404.html"}),
        ("themes/ground/templates/robots.txt", "*", "bot", {"/robots.txt"}),
        ("themes/lean/templates/card.html", "<article", "<article ", set()),
        ("themes/lean/templates/note.html", "<main>", "<main >", set()),
    ],
)
def test_an_edited_template_makes_the_pages_that_include_it(
    path: str, old: str, new: str, rebuilt: set[str]
) -> None:
    check_rebuild(BLOG, lambda folder: folder.replace(path, old, new), rebuilt=rebuilt)


def test_a_template_that_appears_in_the_nearer_theme_wins_at_once() -> None:
    check_rebuild(
        BLOG,
        {"themes/lean/templates/404.html": "<p>Here</p>\n"},
        rebuilt={"/404.html"},
    )


def test_a_template_that_goes_gives_way_to_the_parent_theme() -> None:
    blog = BLOG | {"themes/lean/templates/404.html": "<p>Here</p>\n"}
    check_rebuild(blog, {"themes/lean/templates/404.html": None}, rebuilt={"/404.html"})


def test_a_partial_that_appears_in_the_nearer_theme_wins_at_once() -> None:
    check_rebuild(
        BLOG,
        {"themes/lean/templates/macros/show.html": "{% macro shown(n, v) %}{{ v }}{% endmacro %}"},
        rebuilt=HTML - ERRORS,
    )


def test_a_template_that_only_other_themes_have_is_missed_by_nobody() -> None:
    check_rebuild(BLOG, {"themes/other/templates/post.html": "other"}, rebuilt=())


def test_an_include_by_a_computed_name_notices_a_template_that_appears() -> None:
    blog = BLOG | {"content/pages/about.md": document("x", title="About", extra={"part": "new"})}
    check_rebuild(
        blog,
        {"themes/lean/templates/partials/new.html": "<footer>new</footer>"},
        rebuilt={"/about/"},
    )


def test_an_include_by_a_computed_name_notices_a_template_that_changes() -> None:
    blog = BLOG | {"content/pages/about.md": document("x", title="About", extra={"part": "fancy"})}
    check_rebuild(
        blog,
        {"themes/lean/templates/partials/fancy.html": "<footer>!</footer>"},
        rebuilt={"/about/"},
    )


def test_an_edited_shortcode_makes_the_pages_and_feeds_whose_text_has_it() -> None:
    text = '{{< box title="T" >}}*inner*{{< /box >}}\n'
    blog = BLOG | {"content/posts/a.md": post("a", body=text)}
    check_rebuild(
        blog,
        {"themes/ground/templates/shortcodes/box.html": "<b>{{ content }}</b>"},
        rebuilt={"/posts/a/", *feeds("/", "/tags/x/")},
    )


def test_another_parent_theme_makes_what_it_gives() -> None:
    blog = BLOG | {"themes/earth/templates/404.html": "<p>Earth</p>", "themes/earth/theme.toml": ""}
    change = {
        "themes/lean/theme.toml": 'extends = "earth"\n',
        "themes/earth/theme.toml": 'extends = "ground"\n',
    }
    check_rebuild(blog, change, rebuilt={"/404.html"})


def test_an_edited_asset_gets_another_address_and_the_old_one_goes() -> None:
    with fresh_folder(BLOG) as folder:
        first = build(folder)
        old = {
            url for url in first.output if url.startswith("assets/lean.") and url.endswith("css")
        }
        folder.write("themes/lean/assets/lean.css", "body { margin: 1px }\n")
        second = build(folder)
        new = {
            url for url in second.output if url.startswith("assets/lean.") and url.endswith("css")
        }
        assert_same(second, clean_build(folder))
        assert old != new
        assert second.removed == {f"/{one}" for one in old}
        assert second.made >= HTML


# Settings and data


@pytest.mark.parametrize(
    ("settings", "rebuilt"),
    [
        ('[permalinks]\nnotes = "/n/:slug/"\n', set()),
        ("[lists]\nper_page = 2\nrelated = 0\nfeatured = 1\n", {"/"}),
        ('[headers."/x"]\nA = "b"\n', {"/_headers"}),
        ('[redirects]\n"/from" = "/to"\n', {"/_redirects"}),
        ("[build]\ndrafts = true\n", set()),
        ('[feeds]\ncontent = "summary"\n', feeds("/", "/tags/x/", "/tags/y/")),
        ("[markup]\nmath = false\n", set()),
        ('[comments]\nposts = "closed"\n', POSTS),
        ("[extra]\nmood = 1\n", HTML | {"/robots.txt"} | feeds("/", "/tags/x/", "/tags/y/")),
    ],
)
def test_a_setting_makes_what_reads_it(settings: str, rebuilt: set[str]) -> None:
    own = "" if settings.startswith("[lists]") else SETTINGS
    check_rebuild(BLOG, lambda folder: _set(folder, own + settings), rebuilt=rebuilt)


def _set(folder: Folder, settings: str) -> None:
    folder.write("streamly.toml", site({}, settings)["streamly.toml"])


@pytest.mark.parametrize(
    ("suffix", "old", "new"),
    [
        ("toml", 'name = "old"\n', 'name = "new"\n'),
        ("yaml", "name: old\n", "name: new\n"),
        ("yml", "name: old\n", "name: new\n"),
        ("json", '{"name": "old"}', '{"name": "new"}'),
        ("csv", "name\nold\n", "name\nnew\n"),
    ],
)
def test_a_data_file_makes_the_pages_that_read_it(suffix: str, old: str, new: str) -> None:
    path = f"data/links.{suffix}"
    check_rebuild(BLOG | {path: old}, {path: new}, rebuilt={"/"})
    check_rebuild(BLOG, {path: new}, rebuilt={"/"})
    check_rebuild(BLOG | {path: old}, {path: None}, rebuilt={"/"})


def test_a_data_file_that_nobody_reads_makes_nothing() -> None:
    check_rebuild(BLOG, {"data/others.toml": "a = 1\n"}, rebuilt=())


def test_all_data_together_notices_a_file_that_appears() -> None:
    blog = BLOG | {"content/notes/n.md": document("Note", date="2026-01-05")}
    check_rebuild(blog, {"data/others.toml": "a = 1\n"}, rebuilt={"/notes/n/"})


def test_a_removed_static_file_is_removed_from_the_output() -> None:
    blog = BLOG | {"static/a.txt": "a", "static/deep/b.txt": "b"}
    built = check_rebuild(blog, {"static/deep/b.txt": None}, rebuilt=(), removed={"/deep/b.txt"})
    assert not any(path.startswith("deep") for path in built.output)


# Outputs


def test_a_deleted_output_comes_back_alone() -> None:
    def delete(folder: Folder) -> None:
        folder.remove("public/posts/a/index.html")

    check_rebuild(BLOG, delete, rebuilt={"/posts/a/"})


def test_an_output_edited_by_hand_is_made_again() -> None:
    def edit(folder: Folder) -> None:
        folder.write("public/posts/a/index.html", "by hand")

    check_rebuild(BLOG, edit, rebuilt={"/posts/a/"})


def test_an_output_edited_by_hand_to_the_same_size_and_mtime_is_made_again() -> None:
    def edit(folder: Folder) -> None:
        path = folder / "public/posts/a/index.html"
        before = path.stat()
        path.write_bytes(bytes(before.st_size))
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    check_rebuild(BLOG, edit, rebuilt={"/posts/a/"})


def test_an_output_replaced_by_a_folder_is_made_again() -> None:
    def replace_it(folder: Folder) -> None:
        folder.remove("public/posts/a/index.html")
        folder.write("public/posts/a/index.html/inside.txt", "a folder now")

    check_rebuild(BLOG, replace_it, rebuilt={"/posts/a/"})


def test_a_folder_of_the_output_replaced_by_a_file_is_made_again() -> None:
    def replace_it(folder: Folder) -> None:
        folder.remove("public/posts/a/index.html")
        folder.write("public/posts/a", "a file now")

    check_rebuild(BLOG, replace_it, rebuilt={"/posts/a/"})


def test_two_output_folders_never_share_what_is_remembered() -> None:
    with fresh_folder(BLOG) as folder:
        first = build(folder)
        elsewhere = Options(now=NOW, output=folder / "elsewhere")
        second = build(folder, elsewhere)
        folder.write("content/posts/a.md", post("a", title="Ah"))
        build(folder, elsewhere)
        third = build(folder)
        assert len(second.made) == len(first.made)
        assert "/posts/a/" in third.made
        assert_same(third, clean_build(folder))


def test_removing_the_cache_changes_no_byte() -> None:
    def forget(folder: Folder) -> None:
        for path in (folder / ".streamly").rglob("*"):
            if path.is_file():
                path.unlink()

    with fresh_folder(BLOG) as folder:
        first = build(folder)
        forget(folder)
        folder.write("public/stale/index.html", "nobody makes this")
        second = build(folder)
        assert second.written == 0
        assert second.removed == {"/stale/"}
        assert second.output == first.output


def test_another_version_of_the_builder_makes_everything_again_and_changes_no_byte() -> None:
    with fresh_folder(BLOG) as folder:
        first = build(folder)
        with patch("streamly_ssg.api.engine_version", lambda: "another"):
            second = build(folder)
        assert second.made == first.made
        assert second.written == 0
        assert second.output == first.output


def test_what_another_version_left_is_swept() -> None:
    with fresh_folder(BLOG) as folder:
        with patch("streamly_ssg.api.engine_version", lambda: "another"):
            build(folder)
        folder.remove("content/posts/a.md")
        assert_same(build(folder), clean_build(folder))


def test_a_build_that_died_before_it_was_remembered_is_made_good() -> None:
    with fresh_folder(BLOG) as folder:
        build(folder)
        folder.remove("content/posts/a.md")
        folder.write("content/posts/d.md", post("d"))
        dead = patch("streamly_ssg.engine.store.Store.commit", side_effect=KeyboardInterrupt)
        with dead, pytest.raises(KeyboardInterrupt):
            build(folder)
        folder.remove("content/posts/d.md")
        assert_same(build(folder), clean_build(folder))


# Errors


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        (document("x", titel="A"), "FRONT_MATTER"),
        ("---\ntitle: [\n---\nx\n", "FRONT_MATTER"),
        (post("b", body="[gone](gone.md)\n"), "LINK"),
        (post("b", body='{{< nothing "here" >}}\n'), "SHORTCODE"),
        (post("b", template="nothing.html"), "TEMPLATE"),
    ],
)
def test_a_post_that_fails_stops_nobody_and_comes_back_when_it_is_mended(
    broken: str, code: str
) -> None:
    with fresh_folder(BLOG) as folder:
        first = build(folder)
        folder.write("content/posts/b.md", broken)
        folder.replace("content/posts/a.md", "Text of a", "New text of a")
        second = build(folder)
        assert_same(second, clean_build(folder))
        assert second.exit_code == 1
        assert all(
            text.startswith(("content/posts/b.md", "templates/")) for text in second.problems
        )
        assert code in second.problems[0]
        assert "/posts/a/" in second.made
        assert "posts/b/index.html" not in second.output
        folder.write("content/posts/b.md", post("b"))
        folder.replace("content/posts/a.md", "New text of a", "Text of a")
        third = build(folder)
        assert_same(third, clean_build(folder))
        assert third.output == first.output
        assert third.problems == ()


def test_a_post_that_goes_on_failing_goes_on_being_told() -> None:
    blog = BLOG | {"content/posts/b.md": post("b", body="[gone](gone.md)\n")}
    built = check_rebuild(blog, {}, rebuilt=())
    assert built.problems[0].startswith("content/posts/b.md:7:8: LINK")


def test_a_link_to_a_document_that_appears_is_mended_by_it() -> None:
    blog = BLOG | {"content/pages/about.md": document("[new](new.md)", title="About")}
    built = check_rebuild(
        blog,
        {"content/pages/new.md": document("New", title="New")},
        rebuilt={"/about/", "/new/", "/sitemap.xml"},
    )
    assert built.exit_code == 0


def test_a_link_to_a_document_that_goes_is_told_at_once() -> None:
    blog = BLOG | {
        "content/pages/about.md": document("[new](new.md)", title="About"),
        "content/pages/new.md": document("New", title="New"),
    }
    built = check_rebuild(
        blog, {"content/pages/new.md": None}, rebuilt={"/sitemap.xml"}, removed={"/new/", "/about/"}
    )
    assert built.problems[0].startswith("content/pages/about.md:4:7: LINK")


def test_a_template_that_fails_and_is_mended_makes_its_pages_again() -> None:
    with fresh_folder(BLOG) as folder:
        first = build(folder)
        folder.write("themes/lean/templates/post.html", "{{ nothing.here }}")
        second = build(folder)
        assert_same(second, clean_build(folder))
        assert second.removed == POSTS
        assert "themes/lean/templates/post.html:1: TEMPLATE" in second.problems[0]
        folder.write("themes/lean/templates/post.html", LEAN["templates/post.html"])
        third = build(folder)
        assert third.made == POSTS
        assert third.output == first.output


def test_a_build_that_can_make_nothing_leaves_the_old_site_alone() -> None:
    with fresh_folder(BLOG) as folder:
        first = build(folder)
        folder.write("themes/lean/theme.toml", 'extends = "nothing"\n')
        second = build(folder)
        assert second.exit_code == 1
        assert second.output == first.output


def test_nothing_is_forgotten_by_a_build_that_could_not_make_anything() -> None:
    with fresh_folder(BLOG) as folder:
        build(folder)
        folder.write("themes/lean/theme.toml", 'extends = "nothing"\n')
        folder.replace("themes/lean/templates/post.html", "<main>", "<main >")
        folder.replace("content/posts/a.md", "Text of a", "New text of a")
        build(folder)
        folder.write("themes/lean/theme.toml", LEAN["theme.toml"])
        third = build(folder)
        assert third.made >= POSTS
        assert_same(third, clean_build(folder))
        folder.replace("content/posts/b.md", "Text of b", "New text of b")
        assert_same(build(folder), clean_build(folder))


def test_a_page_deleted_while_nothing_could_be_made_leaves_the_manifest() -> None:
    with fresh_folder(BLOG) as folder:
        build(folder)
        folder.write("themes/lean/theme.toml", 'extends = "nothing"\n')
        folder.remove("content/posts/a.md")
        assert "posts.a" in build(folder).manifest
        folder.write("themes/lean/theme.toml", LEAN["theme.toml"])
        assert_same(build(folder), clean_build(folder))


def test_a_new_cache_and_a_broken_theme_leave_the_old_site_alone() -> None:
    with fresh_folder(BLOG) as folder:
        first = build(folder)
        folder.write("themes/lean/theme.toml", 'extends = "nothing"\n')
        shutil.rmtree(folder / ".streamly")
        assert build(folder).output == first.output


def test_an_unknown_author_is_told_and_mended_by_an_author_file() -> None:
    blog = BLOG | {
        "content/authors/ada.md": document("Bio", title="Ada"),
        "content/pages/about.md": document("x", title="About", author="bob"),
    }
    with fresh_folder(blog) as folder:
        first = build(folder)
        assert "content/pages/about.md:3:1: AUTHOR" in first.problems[0]
        assert "about/index.html" not in first.output
        folder.write("content/authors/bob.md", document("Bio", title="Bob"))
        second = build(folder)
        assert second.problems == ()
        assert_same(second, clean_build(folder))


# Interactions

LIKED = facts(likes={"posts.a": {"count": 1}})
COMMENT = {"id": "c1", "author": "mira", "at": "2026-02-01T10:00:00Z", "html": "<p>Hello</p>"}


def commented(*items: Mapping[str, object]) -> str:
    """Return the facts of a page with these comments."""
    return facts(comments={"posts.a": {"count": len(items), "items": items}})


def test_a_like_makes_the_liked_page_alone() -> None:
    check_rebuild(BLOG, {"facts.ndjson": LIKED}, rebuilt={"/posts/a/"})


def test_a_like_by_the_short_way_makes_the_liked_page_alone() -> None:
    with fresh_folder(BLOG) as folder:
        kept = Site(folder.root, AT_NOW)
        kept.build()
        folder.write("facts.ndjson", LIKED)
        source = FactsFile(folder / "facts.ndjson", started=time.time_ns())
        found = told(folder, lambda: kept.build_facts(source))
        assert found.made == {"/posts/a/"}
        assert_same(found, clean_build(folder))
        assert kept.build().made == {}
        kept.close()


def test_views_make_the_viewed_page_alone() -> None:
    check_rebuild(
        BLOG, {"facts.ndjson": facts(views={"posts.b": {"count": 100}})}, rebuilt={"/posts/b/"}
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (commented(), commented(COMMENT)),
        (commented(COMMENT), commented(COMMENT | {"html": "<p>Edited</p>"})),
        (commented(COMMENT), commented(COMMENT | {"likes": 2})),
        (commented(COMMENT), commented()),
        (commented(COMMENT), ""),
        (commented(COMMENT), commented(COMMENT, COMMENT | {"id": "c2", "parent": "c1"})),
    ],
)
def test_a_comment_makes_its_page_alone(before: str, after: str) -> None:
    check_rebuild(BLOG | {"facts.ndjson": before}, {"facts.ndjson": after}, rebuilt={"/posts/a/"})


def test_a_fact_that_is_told_again_makes_nothing() -> None:
    check_rebuild(BLOG | {"facts.ndjson": LIKED}, {"facts.ndjson": LIKED + LIKED}, rebuilt=())


def test_a_null_takes_a_fact_away() -> None:
    null = facts(likes={"posts.a": None})
    check_rebuild(
        BLOG | {"facts.ndjson": LIKED}, {"facts.ndjson": LIKED + null}, rebuilt={"/posts/a/"}
    )


def test_facts_of_a_draft_or_of_no_page_make_nothing() -> None:
    blog = BLOG | {"content/posts/d.md": post("d", draft=True)}
    given = facts(likes={"posts.d": {"count": 3}, "posts.gone": {"count": 4}})
    check_rebuild(blog, {"facts.ndjson": given}, rebuilt=())


def test_two_events_in_one_build_make_both_pages() -> None:
    given = facts(likes={"posts.a": {"count": 1}, "posts.b": {"count": 2}})
    check_rebuild(BLOG, {"facts.ndjson": given}, rebuilt={"/posts/a/", "/posts/b/"})


def test_facts_that_go_back_to_a_backup_are_believed() -> None:
    later = facts(likes={"posts.b": {"count": 9}, "posts.a": {"count": 2}})
    check_rebuild(
        BLOG | {"facts.ndjson": later}, {"facts.ndjson": LIKED}, rebuilt={"/posts/a/", "/posts/b/"}
    )


def test_facts_switched_off_and_on_again() -> None:
    blog = BLOG | {"facts.ndjson": LIKED}
    off = replace(AT_NOW, facts="none")
    check_rebuild(blog, {}, then=off, rebuilt={"/posts/a/"})
    check_rebuild(blog, {}, options=off, then=AT_NOW, rebuilt={"/posts/a/"})


def test_a_member_who_is_renamed_is_renamed_in_their_comments() -> None:
    comments = commented(COMMENT)
    profile = {"name": "Mira", "bio": "Reads"}
    blog = BLOG | {"facts.ndjson": comments + facts(profile={"mira": profile})}
    check_rebuild(
        blog,
        {"facts.ndjson": comments + facts(profile={"mira": profile | {"name": "Mira O."}})},
        rebuilt={
            *("/posts/a/", "/users/", "/users/mira/", "/users/mira/card.html"),
            *("/users/mira/followers/", "/users/mira/following/"),
            *feeds("/users/mira/"),
        },
    )


def test_a_member_who_appears_gets_their_pages() -> None:
    check_rebuild(
        BLOG,
        {"facts.ndjson": facts(profile={"mira": {"name": "Mira"}})},
        rebuilt={
            *("/users/", "/users/mira/", "/users/mira/card.html", "/sitemap.xml"),
            *("/users/mira/followers/", "/users/mira/following/"),
            *feeds("/users/mira/"),
        },
    )


def test_a_follow_makes_the_pages_of_the_two() -> None:
    given = facts(profile={"mira": {"name": "Mira"}, "jon": {"name": "Jon"}})
    follows = {"mira": {"followers": ["jon"]}, "jon": {"following": ["mira"]}}
    pages = ("", "followers/", "following/", "card.html")
    check_rebuild(
        BLOG | {"facts.ndjson": given},
        {"facts.ndjson": given + facts(follows=follows)},
        rebuilt={f"/users/{name}/{page}" for name in ("mira", "jon") for page in pages},
    )


def test_a_ranking_makes_its_own_pages_and_the_front() -> None:
    ranking = {"items": [{"page": "posts.b", "likes": 3}, {"page": "posts.gone"}]}
    check_rebuild(
        BLOG,
        {"facts.ndjson": facts(trending={"week": ranking})},
        rebuilt={"/", "/trending/", "/trending/week/"},
    )
    check_rebuild(BLOG, {"facts.ndjson": facts(popular=ranking)}, rebuilt={"/popular/"})


def test_a_hidden_post_disappears_everywhere() -> None:
    check_rebuild(
        BLOG,
        {"facts.ndjson": facts(settings={"posts.a": {"hidden": True}})},
        rebuilt={
            *("/", "/posts/b/", "/posts/", "/tags/x/", "/tags/", "/archive/", "/sitemap.xml"),
            *ARCHIVE,
            *feeds("/", "/tags/x/"),
        },
        removed={"/posts/a/", "/posts/page/2/", *ARCHIVE_2},
    )


def test_a_closed_post_makes_its_page_alone() -> None:
    closed = facts(settings={"posts.a": {"closed": True}})
    check_rebuild(BLOG, {"facts.ndjson": closed}, rebuilt={"/posts/a/"})


def test_a_featured_post_makes_the_front_alone() -> None:
    featured = facts(settings={"posts.a": {"featured": True}})
    check_rebuild(BLOG, {"facts.ndjson": featured}, rebuilt={"/"})
