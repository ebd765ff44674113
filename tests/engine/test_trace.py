"""A trace is checked in the order of its fetches, and doubt goes to everybody who read."""

from streamly_ssg.engine import digest
from streamly_ssg.engine.key import Key, make
from streamly_ssg.engine.trace import affected, first_difference

A, B, C = (make("text", letter) for letter in "abc")
THEN = {key: digest.of(key.encode()) for key in (A, B, C)}
READ = tuple(THEN.items())
READERS: dict[Key, list[Key]] = {A: [B], B: [C], C: [A]}


class World:
    """What things are now, and who asked."""

    def __init__(self, *changed: Key) -> None:
        self.asked: list[Key] = []
        self._now = THEN | dict.fromkeys(changed, digest.ABSENT)

    def digest_of(self, key: Key) -> bytes:
        self.asked.append(key)
        return self._now[key]


def test_nothing_differs_if_all_is_as_it_was() -> None:
    assert first_difference(READ, {A, B, C}, World().digest_of) is None


def test_the_first_of_two_differences_is_told() -> None:
    assert first_difference(READ, {A, B, C}, World(B, C).digest_of) == B


def test_things_are_looked_at_in_the_order_in_which_they_were_fetched() -> None:
    world = World()
    first_difference(READ, {C, B, A}, world.digest_of)
    assert world.asked == [A, B, C]


def test_nothing_is_looked_at_after_the_first_difference() -> None:
    world = World(B)
    first_difference(READ, {A, B, C}, world.digest_of)
    assert world.asked == [A, B]


def test_what_nobody_doubts_is_not_looked_at() -> None:
    world = World(A)
    first_difference(READ, {C}, world.digest_of)
    assert world.asked == [C]


def test_what_changed_is_affected_itself() -> None:
    assert affected([A], lambda _key: ()) == {A}


def test_readers_of_readers_are_affected() -> None:
    chain = {A: [B], B: [C]}
    assert affected([A], lambda key: chain.get(key, ())) == {A, B, C}


def test_what_read_nothing_that_changed_is_not_affected() -> None:
    chain = {A: [B]}
    assert affected([B], lambda key: chain.get(key, ())) == {B}


def test_readers_in_a_circle_are_affected_once() -> None:
    assert affected([A], READERS.__getitem__) == {A, B, C}


def test_no_change_affects_nothing() -> None:
    assert affected([], READERS.__getitem__) == set()
