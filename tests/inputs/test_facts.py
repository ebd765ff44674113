"""Facts: one bad line costs one fact, and a source may tell only what is new."""

import json
from collections.abc import Iterable
from typing import Any

import pytest

from streamly_ssg.api import Options, Site
from streamly_ssg.engine.shelf import Shelf
from streamly_ssg.errors import SystemProblem
from streamly_ssg.inputs.facts import Changes, Fact
from tests.support.folder import fresh_folder
from tests.support.lean import document, site
from tests.support.process import NOW as MOMENT
from tests.support.process import streamly
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

LIKES = facts(likes={"posts.a": {"count": 12}, "posts.b": {"count": 34}})
SOURCES = site(
    {
        "content/posts/a.md": document("Text of a", title="A", date="2026-01-01"),
        "content/posts/b.md": document("Text of b", title="B", date="2026-01-02"),
    }
)
BLOG = {**SOURCES, "facts.ndjson": LIKES}


def likes(page: str, count: int | None) -> Fact:
    """Return how often *page* is liked; None: as if nobody had ever said."""
    return Fact(f"likes/{page}", None if count is None else json.dumps({"count": count}).encode())


class Told:
    """A source that tells one change after another."""

    identity = "told"

    def __init__(self, *steps: Iterable[Fact]) -> None:
        self.steps = [list(step) for step in steps]
        self.asked: list[Any] = []

    def changes(self, since: Any) -> Changes:
        """Return what was not told yet."""
        self.asked.append(since)
        done = since or 0
        new = [fact for step in self.steps[done:] for fact in step]
        return Changes(new, len(self.steps), complete=since is None)


@pytest.mark.parametrize(
    "line",
    [
        "not json",
        '{"key": "likes/posts.a"}',
        '{"key": "likes/posts.a", "value": {"count": "many"}}',
        '{"key": "likes", "value": {"count": 1}}',
        '{"key": "popular/x", "value": {"items": []}}',
        '{"key": "like/posts.a", "value": {"count": 1}}',
        '{"key": "likes/posts.a", "value": {"count": 1}, "unknown": 2}',
        '{"key": "comments/posts.a", "value": {"count": 1, "items": [{"id": "c"}]}}',
        "[]",
        "\x00",
        "[" * 5000,
    ],
)
def test_a_bad_line_is_named_by_its_number_and_the_others_count(line: str) -> None:
    with fresh_folder({**SOURCES, "facts.ndjson": f"\n{LIKES}{line}\n"}) as folder:
        built = build(folder)
        assert len(built.problems) == 1
        assert built.problems[0].startswith("facts.ndjson:4:1: FACTS ")
        assert built.exit_code == 1
        assert '<pre id="likes" title="12">' in folder.read("public/posts/a/index.html")


def test_a_fact_of_an_unknown_kind_gets_the_nearest_one() -> None:
    line = '{"key": "like/posts.a", "value": {}}\n'
    with fresh_folder({**SOURCES, "facts.ndjson": line}) as folder:
        assert 'unknown fact "like/posts.a" (did you mean "likes"?)' in build(folder).problems[0]


def test_a_bad_line_is_told_by_every_build() -> None:
    with fresh_folder({**SOURCES, "facts.ndjson": "bad\n"}) as folder:
        assert build(folder).problems == build(folder).problems


def test_the_last_line_of_a_fact_counts() -> None:
    more = facts(likes={"posts.a": {"count": 77}})
    with fresh_folder({**SOURCES, "facts.ndjson": LIKES + more}) as folder:
        build(folder)
        assert '<pre id="likes" title="77">' in folder.read("public/posts/a/index.html")


def test_a_new_count_makes_its_page_alone() -> None:
    check_rebuild(BLOG, {"facts.ndjson": LIKES.replace("12", "13")}, rebuilt=["/posts/a/"])


def test_null_takes_a_fact_away() -> None:
    null = '{"key": "likes/posts.a", "value": null, "seq": 9}\n'
    check_rebuild(BLOG, {"facts.ndjson": LIKES + null}, rebuilt=["/posts/a/"])


def test_a_line_that_is_gone_takes_its_fact_away() -> None:
    check_rebuild(BLOG, {"facts.ndjson": LIKES.splitlines()[0] + "\n"}, rebuilt=["/posts/b/"])


def test_facts_in_another_order_make_nothing() -> None:
    turned = "".join(reversed(LIKES.splitlines(keepends=True)))
    check_rebuild(BLOG, {"facts.ndjson": turned}, rebuilt=[])


def test_the_usual_file_may_go_and_takes_its_facts_away() -> None:
    check_rebuild(BLOG, {"facts.ndjson": None}, rebuilt=["/posts/a/", "/posts/b/"])


def test_a_file_that_was_asked_for_and_is_not_there_is_an_error_of_the_machine() -> None:
    with fresh_folder(BLOG) as folder:
        with pytest.raises(SystemProblem) as raised:
            Site(folder.root, Options(now=NOW, facts="gone.ndjson")).build()
        assert "gone.ndjson: FACTS can't be read: No such file" in str(raised.value)


def test_a_file_that_is_gone_ends_the_command_with_three() -> None:
    with fresh_folder(BLOG) as folder:
        done = streamly(folder, "build", "--now", MOMENT, "--facts", "gone.ndjson")
        assert done.returncode == 3
        assert "name another file, or --facts none" in done.stderr


def test_a_file_that_disappears_leaves_the_old_site_alone() -> None:
    with fresh_folder({**SOURCES, "told.ndjson": LIKES}) as folder:
        options = Options(now=NOW, facts="told.ndjson")
        before = build(folder, options)
        folder.remove("told.ndjson")
        after = build(folder, options)
        assert (after.exit_code, after.output) == (3, before.output)


def test_no_facts_can_be_asked_for() -> None:
    with fresh_folder(BLOG) as folder:
        build(folder)
        none = Options(now=NOW, facts="none")
        second = build(folder, none)
        assert second.made == {"/posts/a/", "/posts/b/"}
        assert_same(second, clean_build(folder, none))


def test_a_source_is_asked_only_for_what_is_new() -> None:
    source = Told([likes("posts.a", 1)])
    with fresh_folder(SOURCES) as folder:
        kept = Site(folder.root, AT_NOW)
        kept.build()
        kept.build_facts(source)
        source.steps.append([likes("posts.b", 2)])
        report = kept.build_facts(source)
        kept.close()
        assert source.asked == [None, 1]
        assert list(report.made) == ["posts/b/index.html"]


def test_facts_from_a_source_give_what_a_file_of_them_gives() -> None:
    steps = [[likes("posts.a", 1), likes("posts.b", 34)], [likes("posts.a", 12)]]
    source = Told(steps[0])
    with fresh_folder(SOURCES) as folder, fresh_folder(BLOG) as other:
        kept = Site(folder.root, AT_NOW)
        kept.build()
        kept.build_facts(source)
        source.steps.append(steps[1])
        second = told(folder, lambda: kept.build_facts(source))
        kept.close()
        assert second.output == build(other).output


def test_a_source_that_tells_nothing_new_makes_nothing() -> None:
    source = Told([likes("posts.a", 1)])
    with fresh_folder(SOURCES) as folder:
        kept = Site(folder.root, AT_NOW)
        kept.build()
        kept.build_facts(source)
        assert kept.build_facts(source).made == {}
        kept.close()


def test_a_source_may_take_a_fact_away() -> None:
    source = Told([likes("posts.a", 1)])
    with fresh_folder(SOURCES) as folder:
        kept = Site(folder.root, AT_NOW)
        before = told(folder, kept.build)
        kept.build_facts(source)
        source.steps.append([likes("posts.a", None)])
        after = told(folder, lambda: kept.build_facts(source))
        kept.close()
        assert after.output == before.output


def test_another_source_starts_over() -> None:
    with fresh_folder(SOURCES) as folder:
        kept = Site(folder.root, AT_NOW)
        kept.build_facts(Told([likes("posts.a", 1)]))
        other = Told([likes("posts.b", 1)])
        other.identity = "another"
        report = kept.build_facts(other)
        kept.close()
        assert set(report.made) == {"posts/a/index.html", "posts/b/index.html"}


def test_however_many_people_come_their_names_are_written_down_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written: list[str] = []
    put = Shelf.set

    def listen(shelf: Shelf, key: str, record: Any) -> None:
        written.append(key)
        put(shelf, key, record)

    monkeypatch.setattr(Shelf, "set", listen)
    people = facts(profile={f"p{number}": {"name": f"P {number}"} for number in range(50)})
    with fresh_folder({**SOURCES, "facts.ndjson": people}) as folder:
        build(folder)
    assert written.count("fact-names:profile") == 2  # the names, and what we know of them
