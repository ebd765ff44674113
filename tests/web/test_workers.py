"""The service in two processes, asked over HTTP: what one does and counts, both do and count."""

import json
import os
import signal
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from http.client import HTTPConnection
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from interact_api import outbox
from interact_api.accounts import grants
from interact_api.db import Database
from tests.support.patience import PATIENCE, until
from tests.support.service import page
from tests.support.serving import Reply
from tests.support.standing import BROWSER, Standing, ask, standing

CROWD = 16  # connections
LIVES = grants.Lives()
MAIL = '[service.mail]\nbackend = "file"\n'


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Standing]:
    with two(tmp_path, MAIL) as made:
        yield made


@contextmanager
def two(folder: Path, settings: str = "") -> Iterator[Standing]:
    """Lend a service of two processes, both of which answer."""
    with standing(folder, settings=settings) as made:
        made.start("--workers", "2")
        until(lambda: processes(made) == 2)
        yield made
        if made.process is not None and made.process.returncode is None:
            made.stop()


def processes(service: Standing) -> float:
    return numbers(service)["streamly_processes", ()]


def numbers(service: Standing) -> dict[tuple[str, Any], float]:
    text = service.ask("GET", "/metrics").body.decode()
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


Ask = tuple[str, str, Any, dict[str, str]]


def together(service: Standing, asks: Iterable[Ask]) -> list[Reply]:
    """Ask for all of this over a crowd of connections, which both processes share."""
    with ExitStack() as stack:
        lines = [stack.enter_context(closing(service.connect())) for _ in range(CROWD)]
        for line in lines:
            line.connect()
        given = list(asks)
        shares = [given[number::CROWD] for number in range(CROWD)]
        with ThreadPoolExecutor(CROWD) as pool:
            found = pool.map(
                lambda pair: [ask(pair[0], *one) for one in pair[1]],
                zip(lines, shares, strict=True),
            )
            return [reply for replies in found for reply in replies]


def bearer(service: Standing) -> dict[str, str]:
    return {"authorization": f"Bearer {service.sign_in()}"}


def sockets(number: int) -> int:
    links = [os.readlink(one) for one in Path(f"/proc/{number}/fd").iterdir() if one.is_symlink()]
    return sum(link.startswith("socket:") for link in links)


def test_connections_are_shared(service: Standing) -> None:
    time.sleep(0.5)  # those that asked before are gone
    before = {one: sockets(one) for one in service.parts()}
    with ExitStack() as stack:
        for _ in range(CROWD):
            stack.enter_context(closing(service.connect())).connect()
        until(lambda: sum(map(sockets, before)) == sum(before.values()) + CROWD)
        shares = [sockets(one) - count for one, count in before.items()]
    assert min(shares) >= CROWD // 2 - 2


def test_whoever_is_alone_takes_everybody(service: Standing) -> None:
    one, _ = service.parts()
    os.kill(one, signal.SIGSTOP)
    try:
        with ExitStack() as stack:
            lines = [stack.enter_context(closing(service.connect())) for _ in range(CROWD)]
            assert [ask(line, "GET", "/health").status for line in lines] == [200] * CROWD
    finally:
        os.kill(one, signal.SIGCONT)


def test_two_hundred_likes_of_one_person_are_one(service: Standing) -> None:
    mine = bearer(service)
    replies = together(service, [("PUT", "/pages/hello/like", None, mine)] * 200)
    assert {one.status for one in replies} == {200}
    assert service.value("SELECT likes FROM pages WHERE id = 'hello'") == 1
    assert service.value("SELECT count(*) FROM likes") == 1


def test_a_comment_that_is_sent_again_is_written_once(service: Standing) -> None:
    mine = bearer(service) | {"idempotency-key": "once"}
    body = {"body": "Only once."}
    replies = together(service, [("POST", "/pages/hello/comments", body, mine)] * 100)
    assert {one.status for one in replies} == {201}
    assert len({one.json["id"] for one in replies}) == 1
    assert service.value("SELECT count(*) FROM comments") == 1


def test_a_token_that_works_once_works_once(service: Standing) -> None:
    pair = grants.new_pair()
    with closing(Database(service.path)) as database:
        database.write_now(lambda tx: grants.issue(tx, 1, "read", pair, LIVES))
    asks: list[Ask] = [("POST", "/auth/token/refresh", {"refresh_token": pair.refresh}, {})] * 200
    replies = together(service, asks)
    assert sorted(one.status for one in replies) == [200] + [401] * 199


def allow(service: Standing, rate: str) -> None:
    """Let each account write that often."""
    file = service.folder / "streamly.toml"
    file.write_text(file.read_text().replace('write = "1000000/second"', f'write = "{rate}"'))


def test_a_limit_is_one_for_both(tmp_path: Path) -> None:
    with standing(tmp_path) as service:
        allow(service, "50/hour")
        service.start("--workers", "2")
        until(lambda: processes(service) == 2)
        mine = bearer(service)
        replies = together(service, [("PUT", "/pages/hello/like", None, mine)] * 120)
        assert sorted(one.status for one in replies) == [200] * 50 + [429] * 70
        left = {int(one.headers["ratelimit-remaining"]) for one in replies}
        assert left == set(range(50))


def test_a_limit_outlives_the_process_that_counted(tmp_path: Path) -> None:
    with standing(tmp_path) as service:
        allow(service, "5/hour")
        service.start("--workers", "2")
        mine = bearer(service)
        wish = ("PUT", "/pages/hello/like", None, mine)
        assert [one.status for one in together(service, [wish] * 5)] == [200] * 5
        for number in service.parts():
            os.kill(number, signal.SIGKILL)
        assert service.ask(*wish).status == 429


def test_a_reader_who_meets_both_is_one_view(service: Standing) -> None:
    body = {"page": "hello"}
    again = [
        ("POST", "/events/view", body, {"user-agent": f"{BROWSER} 1.{n % 30}"}) for n in range(480)
    ]
    together(service, again)
    assert service.stop() == 0
    assert service.value("SELECT views FROM pages WHERE id = 'hello'") == 30
    assert service.value("SELECT visitors FROM pages WHERE id = 'hello'") == 1


def test_the_numbers_are_those_of_both(service: Standing) -> None:
    with ExitStack() as stack:
        lines = [stack.enter_context(closing(service.connect())) for _ in range(CROWD)]
        for line in lines:
            for _ in range(5):
                ask(line, "GET", "/version")
        # An answer is counted once it is sent, so the other process may be asked before that.
        until(lambda: _count(lines[0], "GET /version") >= 5 * CROWD)
        told = [_count(line, "GET /version") for line in lines]
    assert told == [5.0 * CROWD] * CROWD


def _count(line: HTTPConnection, route: str) -> float:
    found = text_string_to_metric_families(ask(line, "GET", "/metrics").body.decode())
    return sum(
        sample.value
        for family in found
        for sample in family.samples
        if sample.labels.get("route") == route
    )


def test_the_numbers_never_become_less(service: Standing) -> None:
    for _ in range(40):
        service.ask("GET", "/version")
    key = ("streamly_requests_total", (("route", "GET /version"), ("status", "200")))
    until(lambda: numbers(service).get(key, 0) >= 40)  # an answer is counted once it is sent
    for number in service.parts():
        os.kill(number, signal.SIGKILL)
    until(lambda: processes(service) == 2)
    assert numbers(service)[key] == 40


def post(service: Standing, name: str) -> None:
    with closing(Database(service.path)) as database:
        database.write_now(
            lambda tx: outbox.post(tx, f"{name}@example.org", "error", line="x", missed="0")
        )


def letters(service: Standing) -> list[str]:
    found = (service.folder / "var/mail").glob("*.eml")
    return sorted(
        line for path in found for line in path.read_text().splitlines() if line.startswith("To: ")
    )


def test_a_letter_leaves_once(service: Standing) -> None:
    names = [f"a{number}" for number in range(10)]
    for name in names:
        post(service, name)
    until(lambda: len(letters(service)) >= len(names))
    time.sleep(1.5)
    assert letters(service) == sorted(f"To: {name}@example.org" for name in names)
    assert service.value("SELECT max(attempts) FROM outbox") == 1


def test_one_of_the_two_has_the_duty(service: Standing) -> None:
    until(lambda: any(map(service.has_duty, service.parts())))
    assert sum(map(service.has_duty, service.parts())) == 1


def test_the_other_delivers_when_the_one_is_killed(service: Standing) -> None:
    post(service, "before")
    until(lambda: len(letters(service)) == 1)
    assert service.process
    parts = service.parts()
    (leader,) = filter(service.has_duty, parts)
    os.kill(service.process.pid, signal.SIGSTOP)  # nobody is started again
    try:
        os.kill(leader, signal.SIGKILL)
        post(service, "after")
        until(lambda: len(letters(service)) == 2)
        (other,) = {*parts} - {leader}
        assert service.has_duty(other)
    finally:
        os.kill(service.process.pid, signal.SIGCONT)


class Skipped(AssertionError):
    """A reader of the log has missed a fact, or read one twice."""


def follow(service: Standing, wanted: set[str], over: threading.Event) -> None:
    """Read the log from place to place until *over*; all that is *wanted* has come, each once."""
    place = ("0", "")
    seen: list[str] = []
    is_over, is_more = False, True
    headers = {"authorization": f"Bearer {administrator(service)}"}
    with closing(service.connect()) as line:
        while is_more or not is_over:
            is_over = over.is_set()
            reply = ask(
                line, "GET", f"/facts?since={place[0]}&life={place[1]}&limit=7", None, headers
            )
            assert (reply.status, reply.headers["streamly-since"]) == (200, place[0])
            place = (reply.headers["streamly-seq"], reply.headers["streamly-life"])
            is_more = bool(reply.body)
            seen += [json.loads(text)["key"] for text in reply.body.splitlines()]
    told = [key for key in seen if key in wanted]
    if sorted(told) != sorted(wanted):
        raise Skipped


def administrator(service: Standing) -> str:
    with closing(Database(service.path)) as database:
        role = database.reader.value("SELECT id FROM roles WHERE name = 'Administrator'")
        database.write_now(lambda tx: tx.run("UPDATE users SET role_id = :role", role=role))
    return service.sign_in()


@pytest.mark.parametrize("is_wrong", [False, True])
def test_a_reader_of_the_log_misses_nothing(service: Standing, *, is_wrong: bool) -> None:
    names = [f"p{number}" for number in range(200)]
    with closing(Database(service.path)) as database:
        for name in names:
            page(database, name)
        if is_wrong:  # as if a change had its number before others, and was saved after them
            database.write_now(
                lambda tx: tx.run(
                    "CREATE TRIGGER late AFTER INSERT ON facts WHEN new.seq % 50 = 0"
                    " BEGIN UPDATE facts SET seq = 0 - seq WHERE seq = new.seq; END"
                )
            )
    mine, over = bearer(service), threading.Event()
    with ThreadPoolExecutor(1) as beside:
        reading = beside.submit(follow, service, {f"likes/{name}" for name in names}, over)
        together(service, [("PUT", f"/pages/{name}/like", None, mine) for name in names])
        over.set()
        if is_wrong:
            with pytest.raises(Skipped):
                reading.result()
        else:
            reading.result()
    lives = service.value("SELECT count(*) FROM lives")
    assert lives >= 2  # both have written


def test_adjacent_lives_begin_where_the_one_before_had_come(service: Standing) -> None:
    mine = bearer(service)
    together(service, [("PUT", "/pages/hello/like", None, mine)] * CROWD)
    with closing(Database(service.path)) as database:
        after = database.reader.all(int, "SELECT after FROM lives ORDER BY number")
    assert all(one <= other for one, other in pairwise(after))


def test_being_told_to_end_is_no_failure(service: Standing) -> None:
    service.ask("GET", "/health")
    process = service.tell(signal.SIGTERM)
    _, told = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert "service 2 runs" in told
    assert "ERROR" not in told
