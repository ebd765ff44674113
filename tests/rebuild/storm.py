"""
Everything at once, over HTTP: people write, an author saves, readers read, and processes are killed.

    with stack() as (site, service), Reader(service) as reader, Visitor(service) as visitor:
        ...
"""

import re
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from random import Random
from types import TracebackType
from typing import Self

from tests.support.joint import NAMES
from tests.support.lean import SETTINGS as LEAN
from tests.support.process import command, environment
from tests.support.standing import SETTINGS, Standing, ask, standing
from tests.support.worksite import Worksite, worksite

OPEN = "[service.moderation]\nfirst_comments = 0\n"
END = b"</body></html>\n"
WORDS = re.compile(r"Words (\d+)\.")
ASSET = re.compile(r'href="(/assets/[^"]+)"')
SLOW, PAUSE = 200, 0.4  # each so-manieth page is read slowly; meanwhile there are newer releases
MADE, BROKEN = 201, 500


class Wrong(AssertionError):
    """A reader saw what nobody may see."""


@contextmanager
def stack(settings: str = "") -> Iterator[tuple[Worksite, Standing]]:
    """Lend a site and its service, which serves the pages as well; no worker runs yet."""
    with worksite() as site, standing(site.folder.root, is_prepared=True) as service:
        _, _, rest = SETTINGS.format(port=service.port).partition("[service]")
        lean = LEAN.replace("https://example.org", f"http://127.0.0.1:{service.port}")
        site.folder.write("streamly.toml", f"{lean}{settings}[service]{rest}{OPEN}")
        service.start("--site")
        yield site, service


class Busy(threading.Thread):
    """Somebody who does one thing again and again; what went wrong is raised at the end."""

    def __init__(self, service: Standing) -> None:
        super().__init__(daemon=True)
        self.wrong: Exception | None = None
        self._service = service
        self._done = threading.Event()
        self._line: HTTPConnection | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None
    ) -> None:
        self._done.set()
        self.join()
        if self._line is not None:
            self._line.close()
        if self.wrong is not None and kind is None:
            raise self.wrong

    def run(self) -> None:
        """Go on until told to stop, or until something is wrong."""
        while not self._done.is_set() and self.wrong is None:
            try:
                self.act()
            except (OSError, HTTPException):
                self._hang_up()  # whoever answered was killed; somebody else will
            except Exception as error:  # noqa: BLE001 - raised by whoever waits for us
                self.wrong = error

    def act(self) -> None:
        """Do it once."""
        raise AssertionError

    def line(self) -> HTTPConnection:
        """Return the line to the service, which stays open."""
        self._line = self._line or self._service.connect()
        return self._line

    def _hang_up(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None


class Reader(Busy):
    """Somebody who reads page after page with what it needs, and forgets nothing."""

    def __init__(self, service: Standing, pause: float = PAUSE) -> None:
        super().__init__(service)
        self.fetched = 0
        self._pause = pause
        self._seen: dict[str, set[str]] = {name: set() for name in NAMES}

    def act(self) -> None:
        """Read a page."""
        name = NAMES[self.fetched % len(NAMES)]
        page = self._get(f"/posts/{name}/")
        if not page.endswith(END):
            raise Wrong(f"half of a page: … {page[-40:]!r}")
        words = set(WORDS.findall(page.decode()))
        if lost := self._seen[name] - words:
            raise Wrong(f"/posts/{name}/ is older than before: {len(lost)} comments are gone")
        self._seen[name] = words
        if self.fetched % SLOW == SLOW - 1:
            time.sleep(self._pause)
        for path in ASSET.findall(page.decode()):
            self._get(path)
        self.fetched += 1

    def _get(self, path: str) -> bytes:
        line = self.line()
        line.request("GET", path)
        answer = line.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise Wrong(f"{path} is answered {answer.status}")
        return body


class Visitor(Busy):
    """Somebody who comments, and remembers which comments the service has said yes to."""

    def __init__(self, service: Standing, seed: int, pause: float = 0.02) -> None:
        super().__init__(service)
        self.said: dict[int, str] = {}
        self._chance = Random(seed)
        self._pause = pause
        self._next = 0
        self._headers = {"authorization": f"Bearer {service.sign_in()}"}

    def act(self) -> None:
        """Comment on a page."""
        self._next += 1
        number, name = self._next, self._chance.choice(NAMES)
        line = self.line()
        body, where = {"body": f"Words {number}."}, f"/pages/posts.{name}/comments"
        status = ask(line, "POST", where, body, self._headers).status
        if status == MADE:
            self.said[number] = name
        elif status < BROKEN:  # who is busy or going down may say so
            raise Wrong(f"a comment is answered {status}")
        self._done.wait(self._chance.uniform(0, self._pause))


class Author(Busy):
    """Somebody who changes a style sheet again and again."""

    def __init__(self, service: Standing) -> None:
        super().__init__(service)
        self._count = 0

    def act(self) -> None:
        """Save it once more."""
        self._count += 1
        path = self._service.folder / "themes/lean/assets/lean.css"
        draft = path.with_suffix(".draft")
        draft.write_text(f"body {{ margin: {self._count}px }}\n")
        draft.replace(path)
        self._done.wait(0.6)


def publisher(site: Worksite) -> "subprocess.Popen[str]":
    """Start somebody who publishes by hand, whatever the worker does."""
    return subprocess.Popen(
        command("publish"),
        cwd=site.folder.root,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
    )


class Killer:
    """Starts and kills whatever keeps a site alive, one after the other."""

    def __init__(self, site: Worksite, service: Standing, seed: int) -> None:
        self._site = site
        self._service = service
        self._chance = Random(seed)

    def kill(self) -> None:
        """Kill something; whatever has to run is started again."""
        self._chance.choice((self._service_, self._worker, self._worker, self._publisher))()

    def _service_(self) -> None:
        process = self._service.process
        assert process
        process.kill()
        process.communicate()
        self._service.start("--site")
        self._rest(0.4)

    def _worker(self) -> None:
        """There are two of them, as a rule; one works and the other waits."""
        if len(self._site.workers) > 1:
            process = self._site.workers.pop(self._chance.randrange(2))
            process.kill()
            process.wait()
        self._site.start()
        self._rest(0.8)

    def _publisher(self) -> None:
        process = publisher(self._site)
        self._rest(0.8)
        process.kill()
        process.wait()

    def _rest(self, most: float) -> None:
        time.sleep(self._chance.uniform(0.05, most))
