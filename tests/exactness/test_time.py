"""Time and the drafts option change a site without touching a file."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from streamly_ssg.api import Options, Site
from tests.support.folder import fresh_folder
from tests.support.lean import document
from tests.support.rebuild import AT_NOW, NOW, check_rebuild

from .small import BLOG


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
    told = {"/sitemap.xml", "/_redirects"}
    check_rebuild(blog, {}, then=later, rebuilt=told, removed={"/soon/"})
    check_rebuild(blog, {}, options=later, then=AT_NOW, rebuilt={"/soon/", *told})


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
