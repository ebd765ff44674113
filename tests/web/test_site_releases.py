"""Readers over HTTP while one release follows the other: never a mixture, never an older one."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.publish.making import Place
from tests.support.patience import PATIENCE
from tests.support.serving import serving
from tests.support.sites import Shown, write


@contextmanager
def released(folder: Path) -> Iterator[tuple[Place, Shown]]:
    """Serve the releases of *folder*."""
    (folder / "streamly.toml").write_text('[publish]\nfolder = "releases"\n')
    place = Place(folder)
    try:
        with serving(folder, with_site=True) as server:
            yield place, Shown(server, folder / "public")
    finally:
        place.releases.close()


def edition(number: int) -> dict[str, str]:
    """Return a site whose page names an asset of its own, and an asset that says which it is."""
    asset = f"assets/style.{number:08x}.css"
    return {"index.html": f"{number} {asset}", asset: str(number), "still/index.html": "still"}


def test_a_release_is_there_at_once(tmp_path: Path) -> None:
    with released(tmp_path) as (place, site):
        for number in range(5):
            place.publish(edition(number))
            assert site.get("/").body.startswith(b"%d " % number)


def test_a_release_goes_before_the_last_build(tmp_path: Path) -> None:
    with released(tmp_path) as (place, site):
        place.output.build({"index.html": "built"})
        assert site.get("/").body == b"built"
        place.publish({"index.html": "released"})
        place.output.build({"index.html": "built again"})
        assert site.get("/").body == b"released"


def test_what_didnt_change_is_known_after_a_release(tmp_path: Path) -> None:
    with released(tmp_path) as (place, site):
        place.publish(edition(0))
        known = site.get("/still/").headers["etag"]
        for number in range(1, 4):
            place.publish(edition(number))
            assert site.get("/still/", if_none_match=known).status == 304


class Reader(threading.Thread):
    """Somebody who loads the page and its asset, again and again."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self.count = 0
        self.wrong: list[str] = []
        self.is_over = threading.Event()
        self._last = -1
        self._connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)

    def run(self) -> None:
        while not self.is_over.is_set() and not self.wrong:
            self._look()
            self.count += 1
        self._connection.close()

    def _look(self) -> None:
        page = self._get("/")
        found = re.fullmatch(r"(\d+) (assets/style\.[0-9a-f]{8}\.css)", page)
        if found is None:
            self.wrong.append(f"page: {page!r}")
        elif int(found[1]) < self._last:
            self.wrong.append(f"{found[1]} after {self._last}")
        elif (asset := self._get(f"/{found[2]}")) != found[1]:
            self.wrong.append(f"asset of {found[1]}: {asset!r}")
        else:
            self._last = int(found[1])

    def _get(self, path: str) -> str:
        self._connection.request("GET", path, headers={"Host": "example.org"})
        answer = self._connection.getresponse()
        return answer.read().decode() if answer.status == 200 else str(answer.status)


@pytest.mark.parametrize("releases", [25, pytest.param(400, marks=pytest.mark.long)])
def test_readers_never_see_a_mixture(tmp_path: Path, releases: int) -> None:
    with released(tmp_path) as (place, site):
        place.publish(edition(0))
        readers = [Reader(site.server.port) for _ in range(3)]
        for reader in readers:
            reader.start()
        for number in range(1, releases):
            place.publish(edition(number))
        for reader in readers:
            reader.is_over.set()
            reader.join()
    assert [reader.wrong for reader in readers] == [[], [], []]
    assert sum(reader.count for reader in readers) > releases


def test_a_folder_that_is_changed_in_place_would_be_noticed(tmp_path: Path) -> None:
    with released(tmp_path) as (_, site):
        write(site.folder, edition(0))
        reader = Reader(site.server.port)
        reader.start()
        for number in range(1, 2000):
            write(site.folder, {"index.html": edition(number)["index.html"]})
            if reader.wrong:
                break
        reader.is_over.set()
        reader.join()
    assert reader.wrong
