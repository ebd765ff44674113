from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from interact_api.errors import TooMany, Unavailable
from interact_api.settings import Limits
from interact_api.tallies import BUNCH, Full
from interact_api.web.limits import CLASSES, Counters, Limiter
from interact_api.web.routing import Route
from tests.support.service import member
from tests.support.serving import ENDLESS, serving
from tests.web import desk

RATES: dict[str, Any] = dict.fromkeys(CLASSES, "2/minute")
TWO = Limits(**RATES)


def route(limit: str, path: str = "/a") -> Route:
    return Route(method="POST", path=path, handler=desk.err, summary="", tag="", limit=limit)


def use_up(limiter: Limiter, one: Route, user: int = 0, place: str = "p") -> None:
    for _ in range(2):
        limiter.take(one, user, place)
    with pytest.raises(TooMany):
        limiter.take(one, user, place)


@pytest.mark.parametrize("name", CLASSES)
def test_what_is_too_much_is_refused(name: str) -> None:
    use_up(Limiter(TWO), route(name))


def test_whoever_is_signed_in_is_counted_by_account() -> None:
    limiter = Limiter(TWO)
    use_up(limiter, route("write"), user=1)
    assert limiter.take(route("write"), 2, "p")
    with pytest.raises(TooMany):
        limiter.take(route("write"), 1, "elsewhere")


def test_strangers_are_counted_by_their_block_of_addresses() -> None:
    limiter = Limiter(TWO)
    use_up(limiter, route("read"), place="203.0.113.0/24")
    assert limiter.take(route("read"), 0, "198.51.100.0/24")


def test_routes_with_passwords_are_counted_one_by_one() -> None:
    limiter = Limiter(TWO)
    use_up(limiter, route("auth", "/login"))
    assert limiter.take(route("auth", "/register"), 0, "p")


def test_a_password_is_guessed_from_many_places_as_slowly_as_from_one() -> None:
    limiter = Limiter(TWO)
    for place in ("a", "b"):
        limiter.take(route("auth"), 1, place)
    with pytest.raises(TooMany):
        limiter.take(route("auth"), 1, "c")


def test_a_window_says_what_is_left() -> None:
    window = Limiter(TWO).take(route("read"), 0, "p")
    assert window is not None
    assert (window.limit, window.remaining) == (2, 1)
    assert 59 <= window.reset <= 61


class Broken(Counters):
    """Counters that can't be reached."""

    def add(self, key: str, expiry: int) -> tuple[int, float]:
        raise ConnectionError(key, expiry)


@pytest.mark.parametrize("name", CLASSES)
def test_counters_that_fail_stop_what_matters_and_nothing_else(name: str) -> None:
    limiter = Limiter(TWO, Broken())
    if name in {"auth", "mail"}:
        with pytest.raises(Unavailable):
            limiter.take(route(name), 0, "p")
    else:
        assert limiter.take(route(name), 0, "p") is None


def test_counters_dont_grow_without_end() -> None:
    counters = Counters(most=BUNCH // 2)
    for number in range(BUNCH):
        counters.incr(str(number), 60)
    with pytest.raises(Full):
        counters.incr("one more", 60)
    assert counters.incr("7", 60) == 2


def test_counters_that_are_over_make_room() -> None:
    counters = Counters(most=BUNCH // 2)
    for number in range(BUNCH):
        counters.incr(str(number), 0)
    assert counters.incr("one more", 60) == 1


def test_the_limit_is_told_with_every_answer(tmp_path: Path) -> None:
    rates = replace(ENDLESS, write="2/minute")
    with serving(tmp_path, table=desk.TABLE, limits=rates) as server:
        browser = server.sign_in(member(server.database, "ada"))
        replies = [browser.post("/things", {"text": "a"}) for _ in range(3)]
        assert [one.status for one in replies] == [201, 201, 429]
        assert [one.headers.get("ratelimit-remaining") for one in replies] == ["1", "0", "0"]
        assert [one.headers["ratelimit-limit"] for one in replies] == ["2", "2", "2"]
        assert replies[-1].code == "TOO_MANY"
        assert 1 <= int(replies[-1].headers["retry-after"]) <= 60
        assert replies[-1].headers["retry-after"] == replies[-1].headers["ratelimit-reset"]


def test_the_address_that_counts_isnt_the_one_that_is_claimed(tmp_path: Path) -> None:
    with serving(tmp_path, table=desk.TABLE, limits=replace(ENDLESS, read="2/minute")) as server:
        told = [
            server.anonymous().get("/numbers", x_forwarded_for=f"198.51.{number}.1").status
            for number in range(3)
        ]
        assert told == [200, 200, 429]
