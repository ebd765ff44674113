"""
Whether an address or a name is known shows in no answer: not in its bytes, and not in its time.

Known and unknown ones are asked for in a shuffled order. Two medians differ if hardly any shuffling
of all the times makes two halves that differ as much. Two controls must be found out: handlers that
answer at once when there is nothing to do, as careless ones would.
"""

import asyncio
import random
import statistics
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

import pytest

from interact_api.accounts import addresses, joining, tokens, users
from interact_api.accounts.joining import Wish
from interact_api.db import Tx
from interact_api.errors import NotSignedIn
from interact_api.web import pace
from interact_api.web.app import TABLE
from interact_api.web.call import Answer, Call
from interact_api.web.routes import accounts
from interact_api.web.routing import Route
from tests.support.serving import Reply, Server, serving

PASSWORD = "correct horse battery"
SHORT, LONG = 100, 1000
PROMPT = 1, SHORT  # one after the other, for answers that come at once
SHUFFLES = 2000
NUMBERS = count()
LEAST = 0.0002  # seconds that a network hides in any case


class Question(NamedTuple):
    """What is asked about somebody; many at once, and fewer, where answers wait for their pace."""

    path: str
    body: Callable[[str], dict[str, str]]
    at_once: int = 12
    short: int = 24


def by_address(who: str) -> dict[str, str]:
    return {"email": f"{who}@example.org"}


def new_account(who: str) -> dict[str, str]:
    return {"name": f"new-{next(NUMBERS)}", "password": PASSWORD, **by_address(who)}


def login(who: str) -> dict[str, str]:
    return {"login": who, "password": "wrong horse battery"}


QUESTIONS = {
    "register": Question("/auth/register", new_account),
    "resend": Question("/auth/resend-confirmation", lambda who: by_address(f"w{who}")),
    "resend to who has confirmed": Question("/auth/resend-confirmation", by_address),
    "reset": Question("/auth/password-reset", by_address),
    "login by name": Question("/auth/login", login, *PROMPT),
    "login by address": Question("/auth/login", lambda who: login(f"{who}@example.org"), *PROMPT),
    "token": Question("/auth/token", login, *PROMPT),
}


@contextmanager
def crowded(folder: Path, number: int, table: tuple[Route, ...] = TABLE) -> Iterator[Server]:
    """Serve with *number* people known as k0000, k0001, …; those with a w in front haven't confirmed."""
    with serving(folder, table=table) as server:
        kept = server.service.hasher.hash_now(PASSWORD)

        def come(tx: Tx) -> None:
            for n in range(number):
                name = f"k{n:04}"
                users.claim(tx, users.add(tx, name, kept), addresses.checked(f"{name}@example.org"))
                wish = Wish(f"w{name}", addresses.checked(f"w{name}@example.org"), kept)
                joining.register(tx, wish, tokens.new_for_mail(server.service.secret))

        server.database.write_now(come)
        yield server


def samples(server: Server, question: Question, number: int) -> tuple[list[float], list[float]]:
    """Return how long *number* answers took for people who are known, and for others."""
    order = [(kind, n) for kind in "ku" for n in range(number)]
    random.Random(1).shuffle(order)

    def ask(one: tuple[str, int]) -> float:
        kind, n = one
        body, browser = question.body(f"{kind}{n:04}"), server.anonymous()
        began = perf_counter()
        browser.post(question.path, body)
        return perf_counter() - began

    with ThreadPoolExecutor(question.at_once) as pool:
        times = list(zip(order, pool.map(ask, order), strict=True))
    known, unknown = ([t for (kind, _), t in times if kind == one] for one in "ku")
    return known, unknown


def tells(server: Server, question: Question, number: int) -> bool:
    """Tell whether the time tells who is known: whether it does so twice."""
    return all(differ(*samples(server, question, number)) for _ in "ab")


def differ(some: list[float], others: list[float]) -> bool:
    """Tell whether the medians differ by more than chance explains."""
    gap = abs(statistics.median(some) - statistics.median(others))
    both, chance, wider = [*some, *others], random.Random(2), 0
    for _ in range(SHUFFLES):
        chance.shuffle(both)
        halves = both[: len(some)], both[len(some) :]
        wider += abs(statistics.median(halves[0]) - statistics.median(halves[1])) >= gap
    return gap > LEAST and wider <= SHUFFLES // 1000


def shown(reply: Reply) -> tuple[Any, ...]:
    """Return all that somebody sees of an answer, but its number and what counts on."""
    changing = {"date", "x-request-id", "ratelimit-remaining", "ratelimit-reset"}
    headers = {name: one for name, one in reply.headers.items() if name not in changing}
    body = reply.json
    body.pop("request_id", None)
    return reply.status, sorted(headers.items()), body, reply.cookies


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with crowded(tmp_path_factory.mktemp("crowd"), SHORT + 1) as server:
        yield server


@pytest.mark.parametrize("name", QUESTIONS)
def test_known_and_unknown_get_the_same_bytes(crowd: Server, name: str) -> None:
    question = QUESTIONS[name]
    replies = [
        crowd.anonymous().post(question.path, question.body(f"{kind}{SHORT:04}")) for kind in "ku"
    ]
    known, unknown = (shown(reply) for reply in replies)
    assert known == unknown


@pytest.mark.parametrize("name", QUESTIONS)
def test_known_and_unknown_take_the_same_time(crowd: Server, name: str) -> None:
    assert not tells(crowd, QUESTIONS[name], QUESTIONS[name].short)


@pytest.mark.parametrize("name", ["register", "resend", "reset"])
def test_what_may_send_a_letter_is_answered_at_a_full_step(crowd: Server, name: str) -> None:
    known, unknown = samples(crowd, QUESTIONS[name]._replace(at_once=1), 2)
    assert min(*known, *unknown) >= pace.STEP


@pytest.mark.parametrize("took", [0, 0.004, 0.012])
def test_work_of_any_length_ends_with_a_step(took: float) -> None:
    async def work() -> float:
        began = perf_counter()
        async with pace.even(0.01):
            await asyncio.sleep(took)
        return perf_counter() - began

    spent = asyncio.run(work())
    assert spent >= 0.01 * (took // 0.01 + 1)


@pytest.mark.long
@pytest.mark.parametrize("name", QUESTIONS)
def test_a_thousand_known_and_unknown_take_the_same_time(tmp_path: Path, name: str) -> None:
    with crowded(tmp_path, LONG) as server:
        assert not tells(server, QUESTIONS[name], LONG)


# Controls


async def careless_reset(call: Call) -> accounts.Told:
    """Send a letter if there is somebody to send one to, and answer when that is done."""
    address, token = addresses.checked(call.body.email), tokens.new_for_mail(call.service.secret)
    await call.write(lambda tx: joining.ask_for_reset(tx, address, token))
    return accounts.LETTER


async def careless_sign_in(call: Call) -> Answer:
    """Look at the password only if there is somebody whose it could be."""
    if users.by_login(call.reader, call.body.login) is None:
        raise NotSignedIn("The name or the password is wrong.", code="INVALID_CREDENTIALS")
    return await accounts.sign_in(call)


def careless(route: Route) -> Route:
    """Return *route* with a handler that saves itself work."""
    handlers = {"/auth/password-reset": careless_reset, "/auth/login": careless_sign_in}
    return replace(route, handler=handlers.get(route.path, route.handler))


@pytest.mark.parametrize("name", ["reset", "login by name", "login by address"])
def test_a_careless_answer_is_found_out(tmp_path: Path, name: str) -> None:
    table = tuple(careless(route) for route in TABLE)
    question = Question(QUESTIONS[name].path, QUESTIONS[name].body, *PROMPT)
    with crowded(tmp_path, SHORT, table) as server:
        # What it saves is less than a millisecond, which a busy machine may hide from one look.
        assert any(differ(*samples(server, question, SHORT)) for _ in range(5))
