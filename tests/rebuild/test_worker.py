"""From what people do to what readers see: soon, exactly, and written down."""

import subprocess
import time
from datetime import UTC, datetime, timedelta

from interact_api.db import Tx
from interact_api.moderation import overrides
from interact_api.numbers import rankings
from interact_api.social import comments
from tests.cli.running import streamly
from tests.support.joint import NAMES
from tests.support.lean import document
from tests.support.patience import PATIENCE
from tests.support.service import member, page
from tests.support.worksite import Worksite, stop, told, worksite


def post(site: Worksite, name: str, **fields: object) -> None:
    """Write a post."""
    text = document("Some text", title=name, date="2026-01-05", **fields)
    site.folder.write(f"content/posts/{name}.md", text)


def at(seconds: float) -> str:
    """Return a moment so many seconds from now, as front matter has it."""
    moment = datetime.now(UTC) + timedelta(seconds=seconds)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_a_like_is_seen_soon() -> None:
    with worksite() as site:
        site.start()
        site.settle()
        for count, name in enumerate(("ann", "bob", "eve"), 1):
            site.like(name, "a")
            site.wait(lambda count=count: site.likes("a") == count)  # type: ignore[misc]
        site.settle()
        site.check()


def test_rankings_are_counted_before_the_first_build_not_after_it() -> None:
    with worksite() as site:
        site.like("ann", "a")
        site.start()
        site.settle()
        assert rankings.read(site.database.reader, "popular").items
        assert [one.reason for one in site.builds] == ["start"]


def test_what_happens_together_is_one_build() -> None:
    with worksite() as site:
        site.start()
        site.settle()
        before = site.builds[0].number
        for where in NAMES:
            site.like("ann", where)
        site.settle()
        assert [one.number for one in site.builds if one.number > before] == [before + 1]
        assert sorted(site.builds[0].pages) == [
            f"posts/{where}/index.html: facts:posts.{where} changed" for where in NAMES
        ]


def test_a_build_is_written_down_with_its_reason_its_pages_and_its_times() -> None:
    with worksite() as site:
        site.like("ann", "a")
        assert site.run("--once").returncode == 0
        site.like("bob", "a")
        assert site.run("--once").returncode == 0
        shown = told(site.run("--show", "--json"))
        assert (shown["live"], shown["aside"]) == (shown["facts"], [])
        second, first = shown["builds"]
        assert (first["state"], first["reason"], first["release"]) == ("live", "start", 1)
        assert (second["made"], second["removed"], second["release"]) == (1, 0, 2)
        assert second["pages"] == ["posts/a/index.html: facts:posts.a changed"]
        assert second["build_ms"] > 0
        last = shown["facts"]
        assert f"facts are at {last}, readers see {last}\n" in site.run("--show").stdout


def test_a_removed_comment_is_gone_for_good() -> None:
    with worksite() as site:
        site.start()
        number = site.comment("ann", "a", "Never to be seen again")
        site.wait(lambda: site.shows("a", "Never to be seen"))
        ann = site.actor("ann")
        site.database.write_now(lambda tx: comments.delete(tx, ann, number))
        site.wait(lambda: not site.shows("a", "Never to be seen"))
        site.settle()
        site.check()
        site.end()
        assert streamly(site.folder, "rollback").code == 0
        assert not site.shows("a", "Never to be seen")


def test_a_comment_that_was_not_removed_comes_back_with_its_release() -> None:
    with worksite() as site:
        site.start()
        site.comment("ann", "a", "Here to stay")
        site.wait(lambda: site.shows("a", "Here to stay"))
        site.settle()
        former = site.builds[0].release
        site.like("ann", "a")
        site.settle()
        site.end()
        streamly(site.folder, "rollback", str(former))
        assert (site.likes("a"), site.shows("a", "Here to stay")) == (0, True)


def test_of_much_that_happens_what_is_taken_away_goes_first() -> None:
    with worksite() as site:
        for number in range(40):
            page(site.database, f"posts.p{number}")
            post(site, f"p{number}")
        doomed = site.comment("ann", "a", "Doomed words")
        site.start()
        site.wait(lambda: site.shows("a", "Doomed words"))
        site.settle()
        mark = site.builds[0].number
        ann = site.actor("ann")

        def much(tx: Tx) -> None:
            for number in range(40):
                site.like_in(tx, "ann", f"p{number}")
            comments.delete(tx, ann, doomed)

        site.database.write_now(much)
        site.settle()
        second, first = [one for one in site.builds if one.number > mark]
        assert first.reason == "something was taken back"
        assert first.pages == ["posts/a/index.html: facts:posts.a changed"]
        assert (second.reason, second.made) == ("facts changed", 40)
        assert first.release < second.release
        site.check()


def test_a_hidden_page_is_gone_soon() -> None:
    with worksite() as site:
        mod = member(site.database, "mod", "Administrator")
        site.start()
        site.settle()
        site.database.write_now(lambda tx: overrides.change(tx, mod, "posts.b", hidden=True))
        site.wait(lambda: site.likes("b") == -1)
        site.settle()
        site.check()


def test_a_saved_file_is_seen_soon() -> None:
    with worksite() as site:
        site.start()
        site.settle()
        site.folder.replace("content/posts/a.md", "Text of a", "Other words")
        site.wait(lambda: site.shows("a", "Other words"))
        site.wait(lambda: site.builds[0].reason == "content/posts/a.md changed")
        site.check()


def test_a_new_post_appears_at_its_second_and_leaves_at_its_second() -> None:
    with worksite() as site:
        site.start()
        site.settle()
        begins, ends = at(3), at(8)
        post(site, "brief", publish=begins, expire=ends)
        site.wait(lambda: site.shows("brief", "Some text"))
        late = datetime.now(UTC) - datetime.fromisoformat(begins)
        assert late >= timedelta(0)
        site.wait(lambda: not site.shows("brief", "Some text"))
        late = datetime.now(UTC) - datetime.fromisoformat(ends)
        assert late >= timedelta(0)
        site.wait(lambda: site.builds[0].reason == f"it is {_iso(ends)}")
        site.check()


def _iso(text: str) -> str:
    return datetime.fromisoformat(text).isoformat()


def test_what_happened_while_nobody_worked_is_seen_at_the_start() -> None:
    with worksite() as site:
        assert stop(_begun(site)) == 0
        site.live_a_little()
        site.folder.replace("content/posts/c.md", "Text of c", "Other words")
        site.start()
        site.settle()
        assert (site.likes("a"), site.shows("c", "Other words")) == (2, True)
        site.check()


def _begun(site: Worksite) -> "subprocess.Popen[str]":
    process = site.start()
    site.settle()
    return process


def test_a_worker_that_believes_itself_up_to_date_is_noticed() -> None:
    forgetful = (
        "from interact_api.rebuild import worker\n"
        "from interact_api import facts\n"
        "begin = worker.Worker._begin\n"
        "def forget(self):\n"
        "    begin(self)\n"
        "    self._again = None\n"
        "    self._feed.place = facts.place(self._database.reader)\n"
        "worker.rankings.refresh = lambda _database: []\n"
        "worker.Worker._begin = forget\n"
    )
    with worksite() as site:
        assert stop(_begun(site)) == 0
        site.like("ann", "a")
        site.start(before=forgetful)
        time.sleep(1)
        assert site.likes("a") == 0


def test_new_rankings_are_built_as_they_come() -> None:
    with worksite() as site:
        site.start()
        site.settle()
        site.like("ann", "a")
        site.like("bob", "a")
        site.settle()
        rankings.refresh(site.database)
        site.settle()
        assert "/posts/a/" in site.live.read("popular/index.html")
        site.check()


def test_a_release_that_somebody_went_back_to_stays_until_they_say_so() -> None:
    with worksite() as site:
        site.start()
        site.settle()
        former = site.builds[0].release
        site.like("ann", "a")
        site.settle()
        assert streamly(site.folder, "rollback", str(former)).code == 0
        assert site.likes("a") == 0
        site.like("bob", "a")
        site.wait(lambda: site.builds[0].state == "held")
        assert site.likes("a") == 0
        assert streamly(site.folder, "publish").code == 0
        site.like("eve", "a")
        site.wait(lambda: site.likes("a") == 3)
        site.settle()
        site.check()


def test_settings_that_cannot_be_read_leave_readers_what_they_see() -> None:
    with worksite() as site:
        site.start()
        site.settle()
        settings = site.folder.read("streamly.toml")
        site.folder.write("streamly.toml", "[site\n")
        site.wait(lambda: site.builds[0].state == "failed")
        assert "streamly.toml:1" in site.builds[0].problems[0]
        site.like("ann", "a")
        assert site.likes("a") == 0
        site.folder.write("streamly.toml", settings)
        site.wait(lambda: site.likes("a") == 1)
        site.settle()
        site.check()


def test_another_build_in_between_makes_no_difference() -> None:
    with worksite() as site:
        site.start()
        site.settle()
        site.like("ann", "a")
        assert streamly(site.folder, "build", "--facts", "none").code == 0
        site.like("bob", "b")
        site.wait(lambda: (site.likes("a"), site.likes("b")) == (1, 1))
        site.settle()
        site.check()


def test_a_database_that_was_replaced_ends_the_worker() -> None:
    with worksite() as site:
        process = site.start()
        site.settle()
        other = site.path.with_name("other.db")
        other.write_bytes(site.path.read_bytes())
        other.replace(site.path)
        assert process.wait(PATIENCE) == 3
        assert "was replaced by another file" in site.folder.read("worker.log")
