"""Many threads at once leave what some order of their acts would have left."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from interact_api.accounts.actor import Actor
from interact_api.db import Database, Tx
from interact_api.social import follows, likes
from tests.support.service import member
from tests.support.social import say, wrong_counters

PARALLEL = 200


def together(db: Database, acts: list[Callable[[Tx], tuple[int, bool]]]) -> list[bool]:
    """Run *acts* from 16 threads; return which of them changed something."""
    with ThreadPoolExecutor(16) as threads:
        return [changed for _, changed in threads.map(db.write_now, acts)]


@pytest.fixture
def pairs(
    db: Database, ann: Actor, bob: Actor
) -> dict[str, tuple[Callable[[Tx], tuple[int, bool]], ...]]:
    comment = say(db, ann, "a")
    return {
        "like": (lambda tx: likes.like(tx, bob, "a"), lambda tx: likes.unlike(tx, bob, "a")),
        "like_comment": (
            lambda tx: likes.like_comment(tx, bob, comment.id),
            lambda tx: likes.unlike_comment(tx, bob, comment.id),
        ),
        "follow": (
            lambda tx: follows.follow(tx, bob, "ann"),
            lambda tx: follows.unfollow(tx, bob, "ann"),
        ),
    }


@pytest.mark.parametrize("what", ["like", "like_comment", "follow"])
def test_the_same_act_many_times_has_one_effect(
    db: Database, pairs: dict[str, tuple[Callable[[Tx], tuple[int, bool]], ...]], what: str
) -> None:
    assert sum(together(db, [pairs[what][0]] * PARALLEL)) == 1
    assert wrong_counters(db.reader) == []


@pytest.mark.parametrize("what", ["like", "like_comment", "follow"])
def test_toggles_take_turns(
    db: Database, pairs: dict[str, tuple[Callable[[Tx], tuple[int, bool]], ...]], what: str
) -> None:
    on, off = pairs[what]
    changed = together(db, [on, off] * (PARALLEL // 2))
    ons, offs = sum(changed[::2]), sum(changed[1::2])
    assert ons - offs in {0, 1}
    assert wrong_counters(db.reader) == []


def test_a_crowd_counts_everybody_once(db: Database) -> None:
    crowd = [member(db, f"fan{number}") for number in range(20)]
    acts = [lambda tx, one=one: likes.like(tx, one, "a") for one in crowd] * 10
    assert sum(together(db, acts)) == 20  # type: ignore[arg-type]
    assert db.reader.value("SELECT likes FROM pages") == 20
