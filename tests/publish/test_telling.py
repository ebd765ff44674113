"""A service on another machine learns which pages there are, whatever the line does."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any, NamedTuple

import pytest

from interact_api.accounts import tokens
from interact_api.db import Database, Tx
from streamly_ssg.errors import SystemProblem
from streamly_ssg.inputs import distant
from streamly_ssg.manifest import path_beside
from streamly_ssg.publish import telling
from streamly_ssg.publish.telling import Told, tell
from tests.cli.running import POST, finished, site, streamly
from tests.support.cutting import Line, cutting
from tests.support.folder import Folder, fresh_folder
from tests.support.service import member
from tests.support.standing import SETTINGS, Standing, standing


class Far(NamedTuple):
    """A site here, and a service elsewhere, behind a line."""

    here: Folder
    service: Standing
    line: Line
    token: str

    def build(self) -> None:
        assert streamly(self.here, "build").code == 0

    def tell(self) -> Told:
        address = f"http://127.0.0.1:{self.line.port}"
        return tell(address, self.token, path_beside(self.here / "public"))

    def write(self, name: str, title: str = "A post") -> None:
        self.here.write(f"content/posts/{name}.md", POST.format(title=title, date="2026-01-02"))

    def knows(self, page: str) -> bool:
        return self.service.ask("GET", f"/pages/{page}").status == 200

    @property
    def is_copied(self) -> bool:
        """Tell whether the copy there is what we have here, byte for byte."""
        copy = self.service.folder / "public.manifest.ndjson"
        return copy.read_bytes() == path_beside(self.here / "public").read_bytes()


@contextmanager
def far(*cuts: int, role: str = "Administrator") -> Iterator[Far]:
    """Lend both."""
    with (
        fresh_folder({}) as here,
        fresh_folder({}) as there,
        cutting(cuts) as line,
        standing(there.root) as service,
    ):
        there.write("streamly.toml", SETTINGS.format(port=line.port))  # that is where it is met
        line.to = service.port
        service.start()
        site(here.root)
        yield Far(here, service, line, _token(service, role))


def _token(service: Standing, role: str) -> str:
    text = tokens.new(tokens.PERSONAL)
    with closing(Database(service.path)) as database:
        who = member(database, "root", role)

        def act(tx: Tx) -> None:
            row = {"user_id": who.id, "kind": "personal", "name": "builder", "scopes": "admin"}
            times = {"created_at": tx.now, "expires_at": tx.now + 86_400_000}
            tx.insert("tokens", token=tokens.digest(text), **row, **times)

        database.write_now(act)
    return text


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(distant, "PAUSE", 0.01)
    monkeypatch.setattr(telling, "PART", 500)


def test_the_service_learns_which_pages_there_are() -> None:
    with far() as both:
        both.build()
        assert not both.knows("posts.first")
        assert both.tell().changed > 0
        assert both.is_copied
        assert both.knows("posts.first")


def test_later_only_what_changed_is_sent() -> None:
    with far() as both:
        both.build()
        both.tell()
        calls = both.line.calls
        both.write("new")
        both.build()
        assert both.tell() == Told(changed=1)
        assert both.line.calls - calls == 3  # what it knows, what is new, what it knows now
        assert both.tell() == Told()
        assert both.is_copied


def test_a_page_that_is_removed_is_closed_and_keeps_what_people_did() -> None:
    with far() as both:
        both.write("new")
        both.build()
        both.tell()
        head = {"authorization": f"Bearer {both.service.sign_in()}"}
        like = "/pages/posts.new/like"
        assert both.service.ask("PUT", like, headers=head).status == 200
        (both.here / "content/posts/new.md").unlink()
        both.build()
        assert both.tell() == Told(removed=1)
        assert both.service.ask("PUT", like, headers=head).status == 404
        both.write("new", "It is back")
        both.build()
        both.tell()
        assert both.service.ask("GET", "/pages/posts.new").json["likes"] == 1


def test_a_new_generation_is_sent_whole_and_counts_when_it_is_complete() -> None:
    with far() as both:
        both.build()
        both.tell()
        path = path_beside(both.here / "public")
        path.write_bytes(path.read_bytes().replace(b'{"generation":', b'{"generation":7', 1))
        both.tell()
        assert both.is_copied
        assert both.knows("posts.first")


@pytest.mark.parametrize("number", range(6))
def test_whatever_answer_breaks_off_the_copy_is_whole(number: int) -> None:
    cuts = [1 << 30] * number + [20, 20]
    with far(*cuts) as both:
        both.build()
        both.tell()
        assert both.is_copied
        assert both.knows("posts.first")


def test_of_two_that_tell_at_once_nothing_is_mixed(monkeypatch: pytest.MonkeyPatch) -> None:
    with far() as both:
        for number in range(6):
            both.write(f"more-{number}")
        both.build()
        sent: list[int] = []
        send = telling._send

        def interrupted(*given: Any) -> Told:
            """Let somebody else begin after our first part, as long as ours."""
            told = send(*given)
            sent.append(given[1].at)
            if len(sent) == 1:
                first = path_beside(both.here / "public").read_bytes()[: sent_to(given[1])]
                headers = {"authorization": f"Bearer {both.token}"}
                other = first.replace(b'"title":"', b'"title":"Not ', 1)[: len(first)]
                other = other[: other.rfind(b"\n") + 1]
                both.service.ask("PATCH", "/manifest?at=0&more=true", other, headers)
            return told

        monkeypatch.setattr(telling, "_send", interrupted)
        both.tell()
        assert sent.count(0) > 1
        assert both.is_copied


def sent_to(part: Any) -> int:
    return int(part.at) + len(part.lines)


def test_a_line_that_stays_broken_is_told_and_the_old_pages_stay() -> None:
    with far(*([20] * 50)) as both:
        both.build()
        with pytest.raises(SystemProblem, match="PUBLISH the manifest doesn't arrive"):
            both.tell()
        assert not both.knows("posts.first")


def test_whoever_is_no_administrator_is_told() -> None:
    with far(role="Editor") as both:
        both.build()
        with pytest.raises(SystemProblem, match=r"may not say which pages there are \(403\)"):
            both.tell()


@pytest.mark.parametrize(
    ("at", "lines"),
    [
        (0, b""),
        (0, b"{}\n"),
        (0, b'{"generation": 1}'),
        (0, b'{"generation": 1}\n{"seq": 1}\n'),
        (0, b'{"generation": 1}\n{"seq": 1, "id": "a"}\n'),
        (0, b'{"generation": 1}\n\xff\n'),
        (10, b'{"seq": 1, "id": "a", "removed": true}\n'),
    ],
)
def test_what_is_no_manifest_changes_nothing(at: int, lines: bytes) -> None:
    with far() as both:
        both.build()
        both.tell()
        headers = {"authorization": f"Bearer {both.token}"}
        told = both.service.ask("PATCH", f"/manifest?at={at}", lines, headers)
        assert told.status == (409 if at else 422)
        assert both.is_copied


def test_publishing_tells_the_service() -> None:
    with far() as both:
        text = both.here.read("streamly.toml") if (both.here / "streamly.toml").exists() else ""
        address = f"http://127.0.0.1:{both.line.port}"
        both.here.write("streamly.toml", f'{text}\n[publish]\ntell = "{address}"\n')
        both.build()
        naked = streamly(both.here, "publish")
        assert naked.code == 2
        assert "STREAMLY_MANIFEST_TOKEN is not set" in naked.err
        told = finished(both.here.root, "publish", STREAMLY_MANIFEST_TOKEN=both.token)
        assert told.code == 0, told.err
        assert f"{address} knows the pages: " in told.out
        assert both.knows("posts.first")
