"""`streamly check --external`: other sites are asked politely, and never stop anybody."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from streamly_ssg.check.outside import DAY, Answer, Asking, ask, asked, fault
from tests.cli.running import site, streamly

QUICK = Asking(patience=5, pause=0)
NOWHERE = "http://127.0.0.1:9/"  # the port of "discard", where nobody listens


class Handler(BaseHTTPRequestHandler):
    """Answers as the path says, and remembers what was asked."""

    server: "Elsewhere"

    def do_GET(self) -> None:
        """Answer."""
        self.server.asked[f"{self.command} {self.path}"] += 1
        self.server.agents.add(self.headers["User-Agent"])
        with self.server.gate:
            self.server.now += 1
            self.server.most = max(self.server.most, self.server.now)
        word = self.path.split("?")[0].strip("/")
        if word == "shy" and self.command == "HEAD":
            word = "405"
        status = int(word) if word.isdecimal() else 200
        self.send_response(301 if word in {"old", "circle"} else 302 if word == "away" else status)
        if word in {"old", "away"}:
            self.send_header("Location", "/new")
        if word == "circle":
            self.send_header("Location", "/circle")
        self.send_header("Content-Length", "0")
        with self.server.gate:
            self.server.now -= 1  # before the answer goes out, and with it the next question comes
        self.end_headers()

    do_HEAD = do_GET  # noqa: N815 - as the library calls it

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as its base has it
        """Stay silent."""


class Elsewhere(ThreadingHTTPServer):
    """Another site."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: Counter[str] = Counter()
        self.agents: set[str] = set()
        self.gate = threading.Lock()
        self.now = self.most = 0

    def url(self, path: str) -> str:
        """Return the address of *path* there."""
        return f"http://127.0.0.1:{self.server_port}/{path}"


@contextmanager
def running() -> Iterator[Elsewhere]:
    with Elsewhere() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    with running() as server:
        yield server


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("", Answer(200)),
        ("a page/ü?q=ü", Answer(200)),
        ("404", Answer(404)),
        ("410", Answer(410)),
        ("503", Answer(503)),
        ("shy", Answer(200)),
        ("away", Answer(200)),
    ],
)
def test_what_another_site_says(path: str, answer: Answer, elsewhere: Elsewhere) -> None:
    assert ask(elsewhere.url(path)) == answer


def test_what_has_moved_for_good_says_where_to(elsewhere: Elsewhere) -> None:
    assert ask(elsewhere.url("old")) == Answer(200, "", elsewhere.url("new"))


def test_going_round_in_circles_ends(elsewhere: Elsewhere) -> None:
    assert ask(elsewhere.url("circle")).status == 0
    assert elsewhere.asked["HEAD /circle"] == 5


def test_who_likes_head_is_not_asked_for_the_whole_page(elsewhere: Elsewhere) -> None:
    ask(elsewhere.url("x"))
    assert elsewhere.asked == {"HEAD /x": 1}
    assert all("Streamly" in agent for agent in elsewhere.agents)


@pytest.mark.parametrize("url", [NOWHERE, "http://[::1", "http://a b/", "https://127.0.0.1:9/"])
def test_who_can_not_be_reached_gives_no_status(url: str) -> None:
    found = ask(url, 5)
    assert found.status == 0
    assert found.why


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Answer(200), None),
        (Answer(403), None),
        (Answer(429), None),
        (Answer(404), "OUTSIDE"),
        (Answer(410), "OUTSIDE"),
        (Answer(500), "UNREACHABLE"),
        (Answer(0, "timed out"), "UNREACHABLE"),
        (Answer(200, "", "https://b.example/"), "MOVED"),
    ],
)
def test_what_an_answer_means_for_the_link(answer: Answer, code: str | None) -> None:
    told = fault("https://a.example/", answer)
    assert (told[0] if told else None) == code


def test_a_host_is_asked_one_thing_at_a_time(elsewhere: Elsewhere, tmp_path: Path) -> None:
    urls = [elsewhere.url(str(n)) for n in range(200, 220)]
    found = asked(urls, tmp_path / "cache", 0, QUICK)
    assert {one.status for one in found.values()} == set(range(200, 220))
    assert elsewhere.most == 1


def test_several_hosts_are_asked_side_by_side(tmp_path: Path) -> None:
    with running() as one, running() as other:
        found = asked([one.url("x"), other.url("404")], tmp_path / "cache", 0, QUICK)
    assert [answer.status for answer in found.values()] == [200, 404]


def test_an_answer_holds_for_a_day(elsewhere: Elsewhere, tmp_path: Path) -> None:
    urls = [elsewhere.url("old"), elsewhere.url("404")]
    first = asked(urls, tmp_path / "cache", 1000, QUICK)
    elsewhere.asked.clear()
    assert asked(urls, tmp_path / "cache", 999 + DAY, QUICK) == first
    assert not elsewhere.asked
    asked(urls, tmp_path / "cache", 1000 + DAY, QUICK)
    assert elsewhere.asked["HEAD /old"] == 1


def test_who_did_not_answer_is_asked_again(tmp_path: Path) -> None:
    assert asked([NOWHERE], tmp_path / "cache", 0, QUICK)[NOWHERE].status == 0
    assert asked([NOWHERE], tmp_path / "cache", 1, QUICK)[NOWHERE].why


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"http://a/": 1}', '{"http://a/": [1, ["x", ""]]}']
)
def test_a_broken_cache_is_no_cache(text: str, elsewhere: Elsewhere, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text(text)
    assert (
        asked([elsewhere.url("x")], tmp_path / "cache", 0, QUICK)[elsewhere.url("x")].status == 200
    )


# The command


def linking(*urls: str) -> str:
    return "---\ntitle: P\nid: p\n---\n" + "\n".join(f"[a]({url})" for url in urls) + "\n"


def test_a_dead_link_is_told_where_it_was_written(elsewhere: Elsewhere, tmp_path: Path) -> None:
    text = linking(elsewhere.url("fine"), elsewhere.url("404"))
    ran = streamly(site(tmp_path, {"content/pages/p.md": text}), "check", "--external")
    assert ran.out.startswith(f'content/pages/p.md:6:5: OUTSIDE links to "{elsewhere.url("404")}"')
    assert ran.code == 1


def test_nobody_is_asked_unless_it_is_wanted(elsewhere: Elsewhere, tmp_path: Path) -> None:
    streamly(site(tmp_path, {"content/pages/p.md": linking(elsewhere.url("404"))}), "check")
    assert not elsewhere.asked


def test_without_a_network_there_is_one_line_and_no_failure(tmp_path: Path) -> None:
    text = linking(NOWHERE, f"{NOWHERE}x")
    ran = streamly(site(tmp_path, {"content/pages/p.md": text}), "check", "--external")
    assert ran.code == 0
    assert ran.out.startswith(
        "UNREACHABLE no other site can be reached, so 2 links were not looked"
    )
    assert ran.out.count("\n") == 1


def test_one_that_sleeps_is_advice(elsewhere: Elsewhere, tmp_path: Path) -> None:
    text = linking(NOWHERE, elsewhere.url("fine"))
    ran = streamly(site(tmp_path, {"content/pages/p.md": text}), "check", "--external")
    assert ran.code == 0
    assert f'p.md:5:5: UNREACHABLE links to "{NOWHERE}", which can\'t be reached: ' in ran.out
