"""Facts from the database: what a build reads of it, and what it does when it can't."""

from contextlib import closing
from pathlib import Path

import pytest

from interact_api import backup, facts
from interact_api.social import likes
from interact_api.source import DatabaseFacts
from interact_api.sqlite import connect
from streamly_ssg.api import Options
from streamly_ssg.errors import SystemProblem
from tests.cli.running import streamly
from tests.support.joint import SOURCES, Joint, joint
from tests.support.rebuild import NOW, Built, assert_same, build, clean_build, told
from tests.support.service import NOON

A, B = "/posts/a/", "/posts/b/"


def of_file(site: Joint) -> Built:
    """Return what a clean build makes of the facts that `streamly export` writes."""
    assert streamly(site.folder, "export", "facts", "told.ndjson").code == 0
    return clean_build(site.folder, Options(now=NOW, facts="told.ndjson"))


def copied(site: Joint) -> Path:
    """Return a copy of the database as it is now."""
    return backup.make(site.path, site.folder / "copies", NOON)


def told_keys(source: DatabaseFacts, since: object) -> tuple[list[str], bool]:
    found = source.changes(since)
    return [fact.key for fact in found.facts], found.complete


def test_a_build_from_the_database_is_that_from_the_exported_file() -> None:
    with joint() as site:
        site.live_a_little()
        assert_same(build(site.folder, site.options), of_file(site))


def test_one_like_makes_one_page() -> None:
    with joint() as site:
        site.live_a_little()
        build(site.folder, site.options)
        site.like("ann", "b")
        second = build(site.folder, site.options)
        assert second.made == {B}
        assert_same(second, of_file(site))


def test_one_like_by_the_short_way_makes_one_page() -> None:
    with joint() as site:
        kept = site.kept()
        kept.build()
        site.like("ann", "b")
        second = told(site.folder, lambda: kept.build_facts(site.source))
        kept.close()
        assert second.made == {B}
        assert_same(second, of_file(site))


def test_only_what_changed_is_read() -> None:
    with joint() as site:
        site.live_a_little()
        first = site.source.changes(None)
        assert first.complete
        list(first.facts)
        site.like("ann", "b")
        assert told_keys(site.source, first.token) == (["likes/posts.b"], False)
        assert told_keys(site.source, site.source.changes(None).token) == ([], False)


def test_what_is_written_while_a_build_reads_belongs_to_the_next_one() -> None:
    with joint() as site:
        site.like("ann", "a")
        told_now = site.source.changes(None)
        site.like("bob", "a")
        values = {fact.key: fact.value for fact in told_now.facts}
        assert values["likes/posts.a"] == b'{"count":1}'
        assert told_keys(site.source, told_now.token) == (["likes/posts.a"], False)


def test_another_process_goes_on_where_the_last_one_ended() -> None:
    with joint() as site:
        site.live_a_little()
        place = site.source.changes(None).token
        site.reopen()
        site.like("ann", "b")
        assert told_keys(site.source, place) == (["likes/posts.b"], False)


def test_an_older_copy_that_was_put_back_gives_its_own_tree() -> None:
    with joint() as site:
        site.like("ann", "a")
        copy = copied(site)
        site.like("bob", "a")
        site.like("bob", "b")
        build(site.folder, site.options)
        site.put_back(copy)
        second = build(site.folder, site.options)
        assert second.made == {A, B}
        assert_same(second, of_file(site))


def test_an_older_copy_that_went_on_beyond_gives_its_own_tree() -> None:
    with joint() as site:
        site.like("ann", "a")
        copy = copied(site)
        site.like("bob", "b")
        build(site.folder, site.options)
        seq = facts.last(site.database.reader)
        site.put_back(copy)
        site.like("ann", "c")
        site.like("bob", "c")
        assert facts.last(site.database.reader) > seq
        assert_same(build(site.folder, site.options), of_file(site))


def test_without_lives_a_copy_that_went_on_would_be_believed() -> None:
    with joint() as site:
        site.like("ann", "a")
        copy = copied(site)
        site.like("bob", "b")
        build(site.folder, site.options)
        site.put_back(copy)
        name = site.database.reader.value("SELECT name FROM lives")
        site.like("ann", "c")
        site.like("bob", "c")
        sql = "DELETE FROM lives WHERE name <> :name"
        site.database.write_now(lambda tx: tx.run(sql, name=name))
        second = build(site.folder, site.options)
        assert second.output != of_file(site).output


def test_a_copy_that_was_restored_while_the_service_runs_gives_its_own_tree() -> None:
    with joint() as site:
        site.like("ann", "a")
        copy = copied(site)
        site.like("bob", "a")
        build(site.folder, site.options)
        backup.restore(copy, site.path, NOON)
        assert_same(build(site.folder, site.options), of_file(site))
        site.like("eve", "b")
        assert_same(build(site.folder, site.options), of_file(site))


def test_another_database_starts_over() -> None:
    with joint() as site, joint() as other:
        site.like("ann", "a")
        other.like("ann", "b")
        build(site.folder, site.options)
        second = build(site.folder, other.options)
        assert second.made == {A, B}


def test_a_fact_of_a_page_that_was_pruned_is_taken_away() -> None:
    with joint() as site:
        site.like("ann", "a")
        first = build(site.folder, site.options)
        ann = site.actor("ann")
        site.database.write_now(lambda tx: likes.unlike(tx, ann, "posts.a"))
        site.database.write_now(lambda tx: tx.run("DELETE FROM pages WHERE id = 'posts.a'"))
        second = build(site.folder, site.options)
        assert second.made == {A}
        assert second.output != first.output
        assert_same(second, of_file(site))


def test_a_locked_database_is_told_and_the_old_pages_stay() -> None:
    with joint() as site:
        site.like("ann", "a")
        before = build(site.folder, site.options)
        site.like("bob", "a")
        site.database.close()
        with closing(connect(site.path)) as holder:
            holder.execute("PRAGMA locking_mode = EXCLUSIVE")
            holder.execute("BEGIN EXCLUSIVE")
            locked = build(site.folder, site.options)
        assert (locked.exit_code, locked.output) == (3, before.output)
        assert "var/streamly.db: FACTS " in locked.problems[0]
        assert "database is locked" in locked.problems[0]
        assert build(site.folder, site.options).made == {A}


@pytest.mark.parametrize("data", [b"", b"no database" * 900])
def test_a_file_that_is_no_database_is_told_and_the_old_pages_stay(data: bytes) -> None:
    with joint() as site:
        site.like("ann", "a")
        before = build(site.folder, site.options)
        site.database.close()
        site.path.write_bytes(data)
        broken = build(site.folder, site.options)
        assert (broken.exit_code, broken.output) == (3, before.output)
        assert "var/streamly.db: FACTS " in broken.problems[0]
        assert "--facts none" in broken.problems[0]


def test_damage_in_the_middle_is_told_and_the_old_pages_stay() -> None:
    with joint() as site:
        site.live_a_little()
        before = build(site.folder, site.options)
        for _ in range(40):
            site.comment("ann", "c", "word " * 200)
        root = site.database.reader.value("SELECT rootpage FROM sqlite_master WHERE name = 'pages'")
        site.database.close()
        data = bytearray(site.path.read_bytes())
        data[(root - 1) * 4096 : root * 4096] = b"\xff" * 4096
        site.path.write_bytes(data)
        broken = build(site.folder, site.options)
        assert (broken.exit_code, broken.output) == (3, before.output)
        assert "FACTS the facts can't be read: " in broken.problems[0]


@pytest.mark.parametrize(
    ("sql", "text"),
    [
        ("INSERT INTO migrations VALUES (99, 'later', 'x', 0)", "made by a newer Streamly"),
        ("UPDATE migrations SET digest = 'x'", "was made by another Streamly"),
        ("DELETE FROM migrations", "isn't a database of Streamly"),
    ],
)
def test_a_schema_that_nobody_knows_is_refused(sql: str, text: str) -> None:
    with joint() as site:
        site.database.close()
        with closing(connect(site.path)) as connection:
            connection.execute(sql)
        with pytest.raises(SystemProblem, match=text):
            site.kept().build()


def test_reading_leaves_the_database_alone() -> None:
    with joint() as site:
        site.like("ann", "a")
        site.database.close()
        before = site.path.read_bytes()
        build(site.folder, site.options)
        assert site.path.read_bytes() == before


def test_the_command_takes_the_database_that_is_there() -> None:
    with joint() as site:
        site.like("ann", "a")
        site.folder.write("facts.ndjson", '{"key": "likes/posts.a", "value": {"count": 77}}\n')
        page = site.folder / "public/posts/a/index.html"
        for words, count in (
            ((), 1),
            (("--facts", "facts.ndjson"), 77),
            (("--facts", "none"), 0),
            (("--facts", "var/streamly.db"), 1),
        ):
            assert streamly(site.folder, "build", *words).code == 0
            assert f'<pre id="likes" title="{count}">' in page.read_text()


def test_the_command_finds_the_database_where_the_settings_say() -> None:
    with joint() as site, joint() as other:
        other.like("ann", "a")
        other.database.close()
        text = f'[service]\ndatabase = "{other.path}"\n'
        site.folder.write("streamly.toml", SOURCES["streamly.toml"] + text)  # type: ignore[operator]
        assert streamly(site.folder, "build").code == 0
        assert '<pre id="likes" title="1">' in site.folder.read("public/posts/a/index.html")


def test_a_database_that_was_asked_for_and_is_not_there_ends_the_command_with_three() -> None:
    with joint() as site:
        ran = streamly(site.folder, "build", "--facts", "gone.db")
        assert ran.code == 3
        assert "gone.db: FACTS there is no database here" in ran.err


def test_verify_reads_the_database_too() -> None:
    with joint() as site:
        site.live_a_little()
        assert streamly(site.folder, "verify").code == 0
