"""Who guesses waits longer and longer; the owner is never locked out."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.service import Clock
from tests.support.serving import Browser, Reply, Server, serving
from tests.web.joined import NEWER, PASSWORD, joined, token_for

HOME, NEIGHBOUR = "192.0.2.1", "192.0.2.77"
ABROAD = "203.0.113.5"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def door(tmp_path: Path, clock: Clock) -> Iterator[Server]:
    """Serve behind a proxy that tells where requests come from; ada has signed in at home."""
    with serving(tmp_path, clock=clock, proxies=("127.0.0.1",)) as made:
        joined(made, "ada")
        assert sign_in(made, HOME).status == 200
        yield made


def sign_in(
    server: Server, where: str, password: str = PASSWORD, *, browser: Browser | None = None
) -> Reply:
    sent = {"login": "ada", "password": password}
    asking = browser or server.anonymous()
    return asking.post("/auth/login", sent, x_forwarded_for=where)


def guess(server: Server, places: int) -> list[int]:
    """Guess once from each of so many places; return the answers."""
    return [sign_in(server, f"198.51.{n}.9", f"guess number {n}").status for n in range(places)]


def test_guesses_from_many_places_wait_and_the_owner_signs_in(door: Server) -> None:
    assert guess(door, 40) == [401] * 10 + [429] * 30
    for where in (HOME, NEIGHBOUR):
        assert sign_in(door, where).status == 200


def test_the_owner_signs_in_while_the_guessing_goes_on(door: Server, clock: Clock) -> None:
    looked_at = []
    for _ in range(5):
        looked_at.append(guess(door, 12).count(401))
        assert sign_in(door, HOME).status == 200
        clock.pass_by(days=1)
    assert looked_at == [10, 1, 1, 1, 1]


def test_each_guess_waits_twice_as_long(door: Server, clock: Clock) -> None:
    guess(door, 10)
    waits = []
    for n in range(4):
        reply = sign_in(door, f"198.51.{100 + n}.9", "guess")
        waits.append(int(reply.headers["retry-after"]))
        clock.pass_by(seconds=waits[-1])
        assert sign_in(door, f"198.51.{200 + n}.9", "guess").status == 401
    assert waits == [60, 120, 240, 480]


def test_a_letter_lets_the_owner_in_from_abroad(door: Server) -> None:
    guess(door, 20)
    assert sign_in(door, ABROAD).status == 429
    browser = door.anonymous()
    browser.post("/auth/password-reset", {"email": "ada@example.org"})
    sent = {"token": token_for(door, "ada@example.org", "reset"), "password": NEWER}
    assert browser.post("/auth/password-reset/confirm", sent).status == 204
    assert sign_in(door, ABROAD, NEWER).status == 200


def test_who_is_signed_in_stays_signed_in(door: Server) -> None:
    browser = door.anonymous()
    sign_in(door, HOME, browser=browser)
    guess(door, 40)
    assert browser.get("/me").status == 200
    sent = {"current": PASSWORD, "password": NEWER}
    assert browser.post("/me/password", sent, x_forwarded_for=ABROAD).status == 204


@pytest.mark.parametrize("where", [HOME, ABROAD])
def test_a_borrowed_session_waits_wherever_it_is(door: Server, where: str) -> None:
    browser = door.anonymous()
    sign_in(door, HOME, browser=browser)
    sent = {"current": "guess", "password": NEWER}
    told = [browser.post("/me/password", sent, x_forwarded_for=where).status for _ in range(12)]
    assert told == [403] * 10 + [429] * 2
    assert sign_in(door, HOME).status == 200


def test_a_guess_at_home_costs_the_guests_at_home_alone(door: Server) -> None:
    told = [sign_in(door, NEIGHBOUR, f"guess number {n}").status for n in range(12)]
    assert told == [401] * 10 + [429] * 2
    assert sign_in(door, ABROAD).status == 200


def test_an_address_that_a_client_made_up_is_no_place(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        joined(server, "ada")
        assert guess(server, 12) == [401] * 10 + [429] * 2
        places = server.database.reader.all(str, "SELECT account FROM attempts")
        assert sum(place.endswith("@127.0.0.0/24") for place in places) == 1
