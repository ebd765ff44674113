"""Facts from the service's address: a real service, a bad line, and the same bytes as beside it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import pytest

from interact_api import backup
from interact_api.accounts import tokens
from interact_api.db import Tx
from streamly_ssg.api import Options, Site
from streamly_ssg.errors import SystemProblem, UsageError
from streamly_ssg.inputs import distant
from streamly_ssg.inputs.address import AddressFacts
from tests.support.cutting import Line, cutting
from tests.support.folder import Folder, fresh_folder
from tests.support.joint import SOURCES, Joint, joint
from tests.support.lean import SETTINGS as LEAN
from tests.support.process import streamly
from tests.support.rebuild import NOW, build
from tests.support.service import NOON, member
from tests.support.standing import SETTINGS, Standing, standing

DAY = 86_400_000


class Far(NamedTuple):
    """A site with its service, the line to it, and a token of somebody who may read facts."""

    site: Joint
    service: Standing
    line: Line
    token: str

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.line.port}/api/v1/facts"

    @property
    def source(self) -> AddressFacts:
        return AddressFacts(self.address, self.token)

    @property
    def options(self) -> Options:
        return Options(now=NOW, source=self.source)

    def there(self) -> dict[str, str]:
        """Return what a build beside the database makes."""
        with fresh_folder(SOURCES) as other:
            return build(other, self.site.options).output


@contextmanager
def far(*cuts: int, swap: tuple[bytes, bytes] = (b"", b"")) -> Iterator[Far]:
    """Lend a service that runs."""
    with (
        joint() as site,
        cutting(cuts, swap) as line,
        standing(site.folder.root, is_prepared=True) as service,
    ):
        _, _, rest = SETTINGS.format(port=line.port).partition("[service]")
        lean = LEAN.replace("https://example.org", f"http://127.0.0.1:{line.port}")
        site.folder.write("streamly.toml", f"{lean}[service]{rest}")
        line.to = service.port
        service.start()
        member(site.database, "root", "Administrator")
        yield Far(site, service, line, token(site, "root"))


def token(site: Joint, name: str) -> str:
    """Return a personal token of somebody, which may read."""
    text = tokens.new(tokens.PERSONAL)

    def made(tx: Tx) -> None:
        number = tx.value("SELECT id FROM users WHERE name = :name", name=name)
        tx.insert(
            "tokens",
            user_id=number,
            kind="personal",
            name="builder",
            token=tokens.digest(text),
            scopes="read",
            created_at=tx.now,
            expires_at=tx.now + 900 * DAY,
        )

    site.database.write_now(made)
    return text


@pytest.fixture
def elsewhere() -> Iterator[Folder]:
    with fresh_folder(SOURCES) as folder:
        yield folder


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(distant, "PAUSE", 0.01)


def test_a_build_from_afar_is_that_beside_the_database(elsewhere: Folder) -> None:
    with far() as there:
        there.site.live_a_little()
        assert build(elsewhere, there.options).output == there.there()
        there.site.like("eve", "b")
        second = build(elsewhere, there.options)
        assert second.made == {"/posts/b/"}
        assert second.output == there.there()
        assert build(elsewhere, there.options).made == frozenset()


def test_a_build_goes_on_from_one_way_by_the_other(elsewhere: Folder) -> None:
    with far() as there:
        there.site.live_a_little()
        build(elsewhere, there.site.options)
        there.site.like("eve", "b")
        second = build(elsewhere, there.options)
        assert second.made == {"/posts/b/"}
        third = build(elsewhere, there.site.options)
        assert (third.made, third.output) == (frozenset(), there.there())


def many(site: Joint, count: int) -> None:
    """Let something change that is more than one part of an answer."""

    def touch(tx: Tx) -> None:
        for number in range(count):
            tx.insert("facts", key=f"likes/nowhere-{number}")

    site.database.write_now(touch)
    site.like("ann", "a")


def test_much_comes_in_parts(elsewhere: Folder) -> None:
    with far() as there:
        many(there.site, 2_500)
        before = there.line.calls
        assert build(elsewhere, there.options).output == there.there()
        assert there.line.calls - before == 3


@pytest.mark.parametrize("cut", [10, 300, 2_000, 60_000])
def test_a_part_that_breaks_off_is_asked_for_again(elsewhere: Folder, cut: int) -> None:
    with far(cut, cut, 1 << 30, cut) as there:
        many(there.site, 2_500)
        assert build(elsewhere, there.options).output == there.there()
        assert there.line.calls == 6


def test_a_line_that_breaks_again_and_again_is_told_and_the_old_pages_stay(
    elsewhere: Folder,
) -> None:
    with far(*([1 << 30] + [200] * 50)) as there:
        before = build(elsewhere, there.options)
        there.site.like("ann", "a")
        broken = build(elsewhere, there.options)
        assert (broken.exit_code, broken.output) == (3, before.output)
        assert "FACTS the facts after " in broken.problems[0]
        assert "don't arrive" in broken.problems[0]


def test_a_value_that_was_changed_on_the_way_is_not_believed(elsewhere: Folder) -> None:
    with far(swap=(b'{"count":12}', b'{"count":21}')) as there:
        there.site.database.write_now(lambda tx: tx.run("UPDATE pages SET likes = 11"))
        there.site.like("ann", "a")
        broken = build(elsewhere, there.options)
        assert broken.exit_code == 3
        assert "the value of likes/posts.a isn't what its digest says" in broken.problems[0]


def test_a_service_that_is_away_is_told(elsewhere: Folder) -> None:
    with far() as there:
        there.service.stop()
        there.service.door.close()
        away = AddressFacts(f"http://127.0.0.1:{there.service.port}", there.token)
        with pytest.raises(SystemProblem, match="Connection refused"):
            Site(elsewhere.root, Options(source=away)).build()


def test_an_older_copy_that_came_back_gives_its_own_tree(elsewhere: Folder) -> None:
    with far() as there:
        there.site.like("ann", "a")
        copy = backup.make(there.site.path, there.site.folder / "copies", NOON)
        there.site.like("bob", "b")
        build(elsewhere, there.options)
        there.service.stop()
        there.site.put_back(copy)
        there.site.like("ann", "c")
        there.site.like("bob", "c")
        there.service.start()
        assert build(elsewhere, there.options).output == there.there()


@pytest.mark.parametrize(
    ("name", "text"), [("ed", "may not read facts \\(403\\)"), ("", "not accepted \\(401\\)")]
)
def test_a_token_that_does_not_do_is_told(elsewhere: Folder, name: str, text: str) -> None:
    with far() as there:
        member(there.site.database, "ed", "Editor")
        given = token(there.site, name) if name else tokens.new(tokens.PERSONAL)
        source = AddressFacts(there.address, given)
        with pytest.raises(SystemProblem, match=text):
            Site(elsewhere.root, Options(source=source)).build()


def test_an_address_that_is_something_else_is_told(elsewhere: Folder) -> None:
    with far() as there:
        for path, text in (("/api/v1/docs", "answered 4|no answer"), ("/x", "answered 4")):
            source = AddressFacts(there.address.replace("/api/v1/facts", path), there.token)
            with pytest.raises(SystemProblem, match=text):
                Site(elsewhere.root, Options(source=source)).build()


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ("http://example.org/api/v1/facts", "everybody can read it"),
        ("ftp://example.org/", "is no address"),
        ("https://", "is no address"),
        ("https://token@example.org/", "more than a place"),
        ("https://example.org/api/v1/facts?token=x", "more than a place"),
    ],
)
def test_an_address_that_would_give_the_token_away_is_refused(given: str, text: str) -> None:
    with pytest.raises(UsageError, match=text):
        AddressFacts(given, "token")


def test_the_command_takes_an_address_and_a_token(elsewhere: Folder) -> None:
    with far() as there:
        there.site.like("ann", "a")
        origin = there.address.removesuffix("/api/v1/facts")
        words = ("build", "--now", "2026-03-01T12:00:00Z", "--facts", origin)
        naked = streamly(elsewhere, *words)
        assert naked.returncode == 2
        assert "STREAMLY_FACTS_TOKEN is not set" in naked.stderr
        done = streamly(elsewhere, *words, env={"STREAMLY_FACTS_TOKEN": there.token})
        assert done.returncode == 0, done.stderr
        assert elsewhere.output() == there.there()
