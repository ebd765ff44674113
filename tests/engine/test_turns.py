"""Whose turn it is."""

from streamly_ssg.engine.key import make
from streamly_ssg.engine.turns import Turns

A, B, C = make("a"), make("b"), make("c")


def test_a_key_comes_again_when_the_last_that_it_waits_for_is_there() -> None:
    turns = Turns()
    turns.put_aside(A, {B, C})
    turns.arrived(B)
    assert turns
    assert not turns.ready
    turns.arrived(C)
    assert list(turns.ready) == [A]


def test_nobody_waits_for_what_nobody_wants() -> None:
    turns = Turns([A])
    turns.arrived(B)
    assert list(turns.ready) == [A]
