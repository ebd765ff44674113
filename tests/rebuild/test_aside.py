"""What can't be shown is set aside, and costs nobody else anything."""

from pathlib import Path

from interact_api.db import Tx
from interact_api.rebuild import aside
from tests.support.joint import SOURCES
from tests.support.lean import LEAN, document
from tests.support.service import page
from tests.support.worksite import Worksite, worksite

# Three likes are more than this theme can bear.
FRAGILE = LEAN["templates/post.html"].replace(
    "<main>{{ content }}</main>", "<main>{{ content }}</main>{{ 1 // (likes - 3) }}"
)
TEMPLATE = "themes/lean/templates/post.html"
PEOPLE = ("ann", "bob", "eve")


def fragile(site: Worksite) -> None:
    site.folder.write(TEMPLATE, FRAGILE)
    site.start()
    site.settle()


def all_like(site: Worksite, where: str) -> None:
    """Let three people like a post at once."""

    def act(tx: Tx) -> None:
        for name in PEOPLE:
            site.like_in(tx, name, where)

    site.database.write_now(act)


def keys(site: Worksite) -> list[str]:
    return [one.key for one in aside.everything(site.database.reader)]


def test_a_fact_that_no_page_can_be_made_of_leaves_the_page_as_it_was() -> None:
    with worksite() as site:
        fragile(site)
        site.like("ann", "a")
        site.settle()
        site.like("bob", "a")
        site.like("eve", "a")
        site.like("ann", "b")
        site.wait(lambda: site.likes("b") == 1)
        assert site.likes("a") in {1, 2}
        assert keys(site) == ["likes/posts.a"]
        (found,) = aside.everything(site.database.reader)
        assert "ZeroDivisionError" in found.problem


def test_what_was_set_aside_is_tried_again_when_it_changes() -> None:
    with worksite() as site:
        fragile(site)
        all_like(site, "a")
        site.wait(lambda: keys(site) == ["likes/posts.a"])
        site.unlike("eve", "a")
        site.wait(lambda: site.likes("a") == 2)
        site.settle()
        assert keys(site) == []
        site.check()


def test_of_many_facts_only_the_bad_ones_are_set_aside() -> None:
    with worksite() as site:
        names = [f"p{number}" for number in range(30)]
        for name in names:
            page(site.database, f"posts.{name}")
            text = document("Text", title=name, date="2026-01-05")
            site.folder.write(f"content/posts/{name}.md", text)
        fragile(site)
        bad = {"p3", "p17", "p18"}

        def much(tx: Tx) -> None:
            for name in names:
                for who in PEOPLE if name in bad else PEOPLE[:1]:
                    site.like_in(tx, who, name)

        site.database.write_now(much)
        site.settle()
        assert keys(site) == sorted(f"likes/posts.{name}" for name in bad)
        assert {name: site.likes(name) for name in names} == {
            name: 0 if name in bad else 1 for name in names
        }


def test_what_is_set_aside_stays_aside_for_the_next_worker() -> None:
    with worksite() as site:
        fragile(site)
        all_like(site, "a")
        site.wait(lambda: keys(site) == ["likes/posts.a"])
        site.end()
        site.like("ann", "b")
        site.start()
        site.wait(lambda: site.likes("b") == 1)
        assert site.likes("a") == 0
        assert keys(site) == ["likes/posts.a"]


def test_a_broken_file_leaves_its_page_as_it_was_and_stops_nobody() -> None:
    with worksite() as site:
        site.start()
        site.settle()
        before = Path(site.live / "posts/a/index.html").read_bytes()
        site.folder.write("content/posts/a.md", "---\ntitel: A\n---\n")
        site.wait(lambda: site.builds[0].state == "partly")
        assert any("titel" in one for one in site.builds[0].problems)
        site.like("ann", "b")
        site.wait(lambda: site.likes("b") == 1)
        assert Path(site.live / "posts/a/index.html").read_bytes() == before


def test_what_was_removed_meanwhile_goes_when_all_is_well_again() -> None:
    with worksite() as site:
        site.start()
        site.settle()
        site.folder.write("content/posts/a.md", "---\ntitel: A\n---\n")
        site.wait(lambda: site.builds[0].state == "partly")
        site.folder.remove("content/posts/c.md")
        site.wait(lambda: "c.md" in site.builds[0].reason)
        assert site.likes("c") == 0
        site.folder.write("content/posts/a.md", SOURCES["content/posts/a.md"])
        site.wait(lambda: site.likes("c") == -1)
        site.settle()
        site.check()


def test_a_worker_that_finds_a_broken_site_leaves_what_readers_see() -> None:
    with worksite() as site:
        site.start()
        site.settle()
        site.end()
        site.folder.write("content/posts/a.md", "---\ntitel: A\n---\n")
        site.like("ann", "b")
        site.start()
        site.wait(lambda: site.likes("b") == 1)
        assert site.likes("a") == 0
