"""What readers do makes the pages that show it, and no other: a like makes one."""

import time
from dataclasses import replace

import pytest

from streamly_ssg.api import Site
from streamly_ssg.inputs.facts import FactsFile
from tests.support.folder import fresh_folder
from tests.support.rebuild import AT_NOW, assert_same, check_rebuild, clean_build, facts, told

from .small import ARCHIVE, ARCHIVE_2, BLOG, COMMENT, LIKED, commented, feeds, post


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
