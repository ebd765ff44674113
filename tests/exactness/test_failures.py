"""What fails stops nobody, is told by every build, and comes back when it is mended."""

import json
import shutil

import pytest

from tests.support.folder import fresh_folder
from tests.support.lean import LEAN, document
from tests.support.rebuild import assert_same, build, check_rebuild, clean_build

from .small import BLOG, POSTS, post

FEEDS = ("feed.xml", "atom.xml", "feed.json")


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
        assert {f"{folder}{name}" for folder in ("", "tags/x/") for name in FEEDS} <= set(
            second.output
        )
        folder.write("content/posts/b.md", post("b"))
        folder.replace("content/posts/a.md", "New text of a", "Text of a")
        third = build(folder)
        assert_same(third, clean_build(folder))
        assert third.output == first.output
        assert third.problems == ()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("Text with a [link](gone.md)\n", "LINK"),
        ('Text and {{< nothing "here" >}}\n', "SHORTCODE"),
        ('Text and {{< bad "here" >}}\n', "TEMPLATE"),
    ],
)
def test_a_text_that_cant_be_made_is_told_once_and_feeds_have_its_summary(
    body: str, code: str
) -> None:
    bad = {"themes/lean/templates/shortcodes/bad.html": "{{ nothing.here }}"}
    with fresh_folder(BLOG | bad | {"content/posts/b.md": post("b", body=body)}) as folder:
        built = build(folder)
        assert built.exit_code == 1
        assert [code in one for one in built.problems] == [True]
        items = {item["id"]: item for item in json.loads(folder.read("public/feed.json"))["items"]}
        entry = items.pop("https://example.org/posts/b/")
        assert (entry["content_text"], "content_html" in entry) == ("About b", False)
        assert all("content_html" in item for item in items.values())
        folder.write("content/posts/b.md", post("b"))
        mended = build(folder)
        assert mended.problems == ()
        assert mended.output == clean_build(folder).output
        assert "Text of b" in folder.read("public/feed.xml")


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
