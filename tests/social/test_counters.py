"""
Whatever people do in whatever order, counters equal rows, and facts tell exactly what changed.

The public values are those of `values`, which is all that a page ever shows.
"""

import contextlib
import tempfile
from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from interact_api import values
from interact_api.accounts.actor import NOBODY, Actor
from interact_api.db import Database, Tx
from interact_api.errors import Refusal
from interact_api.moderation import bans, overrides, queue
from interact_api.settings import Moderation
from interact_api.social import blocks, comments, follows, likes, reports, text
from interact_api.social.people import PRESENT
from tests.support.service import Clock, database, member, page
from tests.support.social import LIMITS, say_in, touched, wrong_counters

NAMES = ("ann", "bob", "carl", "mod", "eve")
PAGES = ("a", "b")
RULES = Moderation(reports=2, trusted_days=0)

people = st.sampled_from(NAMES)
where = st.sampled_from(PAGES)
which = st.integers(1, 12)
words = st.sampled_from(["Hello @bob", "A *b* http://c.d", "Cheap pills", "Same"])


class Crowd(RuleBasedStateMachine):
    """Five people, one a moderator and one an editor, on two pages."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.clock = Clock()
        self.opened = database(Path(self.folder.name), self.clock)
        self.db: Database = self.opened.__enter__()
        roles = {"mod": "Moderator", "eve": "Editor"}
        self.actors = {name: member(self.db, name, roles.get(name, "User")) for name in NAMES}
        for name in PAGES:
            page(self.db, name, authors='["bob"]')
        self.known = self.public()
        self.seq = 0

    def teardown(self) -> None:
        self.opened.__exit__(None, None, None)
        self.folder.cleanup()

    def public(self) -> dict[str, object]:
        keys = [f"{kind}/{one}" for kind in ("likes", "comments", "settings") for one in PAGES]
        keys += [f"{kind}/{one}" for kind in ("follows", "profile") for one in NAMES]
        return {key: values.value(self.db.reader, key) for key in keys}

    def who(self, name: str) -> Actor:
        """Return somebody as their next request would find them."""
        status = self.db.reader.value("SELECT status FROM users WHERE name = :name", name=name)
        if status not in PRESENT:
            return NOBODY
        return self.actors[name]._replace(is_shadowed=status == "shadowed")

    def act(self, what: Any, *given: Any, **named: Any) -> None:
        self.clock.pass_by(seconds=30)
        with contextlib.suppress(Refusal):
            self.db.write_now(lambda tx: what(tx, *given, **named))

    @invariant()
    def counters_equal_rows(self) -> None:
        assert wrong_counters(self.db.reader) == []

    @invariant()
    def facts_tell_what_changed(self) -> None:
        now = self.public()
        changed = {key for key in now if now[key] != self.known[key]}
        assert set(touched(self.db, self.seq)) == changed
        self.known = now
        self.seq = self.db.reader.value("SELECT coalesce(max(seq), 0) FROM facts")

    @rule(who=people, at=where, off=st.booleans())
    def like(self, who: str, at: str, off: bool) -> None:
        self.act(likes.unlike if off else likes.like, self.who(who), at)

    @rule(who=people, one=which, off=st.booleans())
    def like_comment(self, who: str, one: int, off: bool) -> None:
        self.act(likes.unlike_comment if off else likes.like_comment, self.who(who), one)

    @rule(who=people, whom=people, off=st.booleans())
    def follow(self, who: str, whom: str, off: bool) -> None:
        self.act(follows.unfollow if off else follows.follow, self.who(who), whom)

    @rule(who=people, whom=people, off=st.booleans())
    def block(self, who: str, whom: str, off: bool) -> None:
        self.act(blocks.unblock if off else blocks.block, self.who(who), whom)

    @rule(
        who=people, at=where, body=words, to=st.none() | which, held=st.sampled_from(["", "links"])
    )
    def comment(self, who: str, at: str, body: str, to: int | None, held: str) -> None:
        said = text.written(body, LIMITS)
        self.act(say_in, self.who(who), at, said, parent_id=to, held=held)

    @rule(who=people, one=which, body=words, held=st.sampled_from(["", "links"]))
    def edit(self, who: str, one: int, body: str, held: str) -> None:
        self.act(comments.edit, self.who(who), one, text.written(body, LIMITS), LIMITS, held=held)

    @rule(who=people, one=which)
    def delete(self, who: str, one: int) -> None:
        self.act(comments.delete, self.who(who), one)

    @rule(who=people, one=which, pinned=st.booleans())
    def pin(self, who: str, one: int, pinned: bool) -> None:
        self.act(comments.pin, self.who(who), one, pinned=pinned)

    @rule(who=people, one=which)
    def report(self, who: str, one: int) -> None:
        self.act(reports.report, self.who(who), one, "spam", "", rules=RULES)

    @rule(one=which, decision=st.sampled_from(["approve", "reject", "spam"]))
    def decide(self, one: int, decision: queue.Decision) -> None:
        self.act(queue.decide, self.who("mod"), one, decision)

    @rule(one=which)
    def undo(self, one: int) -> None:
        self.act(queue.undo, self.who("mod"), one)

    @rule(
        ids=st.lists(which, max_size=4), act=st.sampled_from(["approve", "spam", "delete", "undo"])
    )
    def bulk(self, ids: list[int], act: queue.Act) -> None:
        self.act(queue.decide_all, self.who("mod"), ids, act)

    @rule(whom=people, kind=st.sampled_from(["banned", "shadowed"]), as_spam=st.booleans())
    def ban(self, whom: str, kind: bans.Kind, as_spam: bool) -> None:
        self.act(bans.ban, self.who("mod"), whom, kind, as_spam=as_spam)

    @rule(whom=people)
    def lift(self, whom: str) -> None:
        self.act(bans.lift, self.who("mod"), whom)

    @rule(at=where, name=st.sampled_from(["hidden", "featured", "closed"]), value=st.booleans())
    def override(self, at: str, name: str, value: bool) -> None:
        self.act(overrides.change, self.who("eve"), at, **{name: value})


def run(
    machine: type[RuleBasedStateMachine],
    examples: int,
    steps: int,
    phases: Collection[Phase] = tuple(Phase),
) -> None:
    from hypothesis.stateful import run_state_machine_as_test  # noqa: PLC0415

    chosen = settings(
        max_examples=examples, stateful_step_count=steps, deadline=None, phases=phases
    )
    seed(4)(machine)
    run_state_machine_as_test(machine, settings=chosen)


def test_counters_equal_rows_and_facts_tell_what_changed() -> None:
    run(Crowd, 30, 50)


@pytest.mark.long
def test_counters_equal_rows_and_facts_tell_what_changed_for_long() -> None:
    run(Crowd, 400, 120)


class Forgetful(Crowd):
    """The control: a like that isn't counted."""

    @initialize()
    def forget(self) -> None:
        def act(tx: Tx) -> None:
            tx.run("CREATE TRIGGER forget AFTER INSERT ON likes BEGIN"
                   " UPDATE pages SET likes = 7 WHERE id = NEW.page; END")  # fmt: skip

        self.db.write_now(act)


def test_a_counter_that_is_wrong_is_found() -> None:
    with pytest.raises(AssertionError):
        run(Forgetful, 40, 60, [Phase.generate])
