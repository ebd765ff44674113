"""Who is written to when somebody comments or follows: once, as they wish, and never in a storm."""

import asyncio
import json
from collections.abc import Callable
from email.message import EmailMessage

import pytest

from interact_api import outbox
from interact_api.accounts import closing, subscriptions
from interact_api.accounts.actor import Actor
from interact_api.accounts.subscriptions import Subscription
from interact_api.db import Database, Tx
from interact_api.errors import Gone
from interact_api.moderation import admission, bans, queue
from interact_api.notices.mail import Postman
from interact_api.settings import Moderation, Settings
from interact_api.social import blocks, comments, follows, pages, text
from interact_api.social.comments import Comment
from tests.notices.test_mail import SECRET, deliver, settings_for
from tests.support.post import post_office
from tests.support.service import Clock, member, page
from tests.support.social import LIMITS, shadowed

OPEN, CLOSED = Moderation(first_comments=0, links=0), Moderation(everything=True)
HOUR = 3_600


class Town:
    """A page of ann's, and people who comment on it."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self.db = db
        self.clock = clock
        page(db, "a", authors='["ann", "a-guest"]')
        self.ann, self.bob, self.cyd = (member(db, name) for name in ("ann", "bob", "cyd"))
        self.mod = member(db, "mod", "Moderator")
        self.raw: list[bytes] = []  # what was posted last, as it travelled

    def says(
        self,
        who: Actor,
        body: str = "Well *said*.",
        to: Comment | None = None,
        rules: Moderation = OPEN,
    ) -> Comment:
        """Let somebody comment, by the rules."""
        settings = _settings(self.db, rules)
        written, parent = text.written(body, LIMITS), None if to is None else to.id
        return self.db.write_now(
            lambda tx: admission.write(
                tx, who, pages.find(tx, "a"), written, settings, parent_id=parent
            )
        )

    def decides(self, comment: Comment, decision: queue.Decision) -> None:
        self.db.write_now(lambda tx: queue.decide(tx, self.mod, comment.id, decision))

    def wants(self, who: Actor, **settings: bool) -> None:
        sql = "UPDATE users SET settings = :given WHERE id = :id"
        self.db.write_now(lambda tx: tx.run(sql, given=json.dumps(settings), id=who.id))

    @property
    def told(self) -> list[tuple[str, str]]:
        """Return who is written to, and of what."""
        sql = "SELECT replace(recipient, '@example.org', ''), template FROM outbox ORDER BY id"
        return self.db.reader.all(lambda *row: row, sql)

    def forget(self) -> None:
        self.db.write_now(lambda tx: tx.run("DELETE FROM outbox"))

    def post(self, times: int = 10) -> list[EmailMessage]:
        """Let what waits leave, however late, through a real server; return what it took."""

        async def all_of_it() -> list[EmailMessage]:
            async with post_office() as office:
                postman = Postman(settings_for(self.db, port=office.port))
                await deliver(postman, self.db, self.clock, times)
                self.raw = office.raw
                return office.taken

        return asyncio.run(all_of_it())


def _settings(db: Database, rules: Moderation) -> Settings:
    made = settings_for(db)
    return Settings(
        **{name: getattr(made, name) for name in made.__slots__} | {"moderation": rules}
    )


@pytest.fixture
def town(db: Database, clock: Clock) -> Town:
    return Town(db, clock)


def text_of(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def test_an_author_hears_of_a_comment_and_who_is_answered_of_the_answer(town: Town) -> None:
    first = town.says(town.bob)
    town.says(town.cyd, to=first)
    assert town.told == [("ann", "comment"), ("bob", "reply")]  # ann's second is in her first
    to_ann, to_bob = town.post()
    assert to_ann["Subject"] == "bob wrote a comment – A Site"
    assert "> Well said." in text_of(to_ann)
    assert "And 1 more since then" in text_of(to_ann)
    assert to_bob["Subject"] == "cyd answered you – A Site"
    assert f"https://example.org/posts/a/#comment-{first.id + 1}" in text_of(to_bob)
    assert " more since" not in text_of(to_bob)


def test_who_is_called_by_name_hears_of_it(town: Town) -> None:
    town.says(town.ann, "Ask @bob and @nobody-here, or @ann.")
    assert town.told == [("bob", "mention")]
    assert town.post()[0]["Subject"] == "ann mentioned you – A Site"


def test_who_is_followed_hears_of_it(town: Town) -> None:
    town.db.write_now(lambda tx: follows.follow(tx, town.bob, "ann"))
    town.db.write_now(lambda tx: follows.follow(tx, town.bob, "ann"))
    assert town.told == [("ann", "follow")]
    (letter,) = town.post()
    assert letter["Subject"] == "bob follows you – A Site"
    assert "https://example.org/users/bob/" in text_of(letter)


def test_one_comment_is_one_letter_whatever_it_is_to_somebody(town: Town) -> None:
    first = town.says(town.ann)
    town.says(town.bob, "You are right, @ann.", to=first)
    assert town.told == [("ann", "reply")]


def test_nobody_hears_of_themselves(town: Town) -> None:
    first = town.says(town.ann, "As I said, @ann.")
    town.says(town.ann, to=first)
    assert town.told == []


def test_a_letter_is_in_the_transaction_of_what_it_tells(town: Town) -> None:
    def act(tx: Tx) -> None:
        follows.follow(tx, town.bob, "ann")
        raise Gone("But no.")

    with pytest.raises(Gone):
        town.db.write_now(act)
    assert town.told == []


@pytest.mark.parametrize("one_blocks", ["bob", "ann"])
def test_nobody_hears_of_those_they_keep_apart_from(town: Town, one_blocks: str) -> None:
    one, other = (town.bob, "ann") if one_blocks == "bob" else (town.ann, "bob")
    town.db.write_now(lambda tx: blocks.block(tx, one, other))
    town.says(town.bob, "Hello @ann.")
    assert town.told == []


def test_the_shadowed_cause_no_letter_not_even_when_they_are_back(town: Town) -> None:
    bob = shadowed(town.db, town.bob)
    town.says(bob, "Hello @cyd.")
    town.db.write_now(lambda tx: follows.follow(tx, bob, "ann"))
    town.db.write_now(lambda tx: bans.lift(tx, town.mod, "bob"))
    assert town.told == []


def test_the_banned_cause_no_letter_when_their_comment_is_approved(town: Town) -> None:
    held = town.says(town.bob, rules=CLOSED)
    town.db.write_now(lambda tx: bans.ban(tx, town.mod, "bob", "banned"))
    town.decides(held, "approve")
    assert town.told == []


@pytest.mark.parametrize(
    ("column", "value"),
    [("status", "'banned'"), ("status", "'deactivated'"), ("email", "NULL"), ("confirmed_at", "NULL")],
)  # fmt: skip
def test_who_cant_be_written_to_isnt(town: Town, column: str, value: str) -> None:
    sql = f"UPDATE users SET {column} = {value} WHERE name = 'ann'"
    town.db.write_now(lambda tx: tx.run(sql))
    town.says(town.bob)
    assert town.told == []


def test_a_shadowed_reader_hears_as_before(town: Town) -> None:
    shadowed(town.db, town.ann)
    town.says(town.bob)
    assert town.told == [("ann", "comment")]


def test_a_comment_that_waits_is_told_of_when_it_is_approved_and_once(town: Town) -> None:
    held = town.says(town.bob, rules=CLOSED)
    assert town.told == []
    for decision in ("reject", "approve", "spam", "approve"):
        town.decides(held, decision)
    assert [letter["Subject"] for letter in town.post()] == []  # the last "spam" took it back
    fresh = town.says(town.cyd, rules=CLOSED)
    town.decides(fresh, "approve")
    assert town.told == [("ann", "comment")]


def test_a_comment_that_was_public_before_isnt_news_again(town: Town) -> None:
    comment = town.says(town.bob)
    town.post()
    town.decides(comment, "spam")
    town.decides(comment, "approve")
    assert town.told == [("ann", "comment")]


def test_what_is_taken_away_is_told_of_no_more(town: Town) -> None:
    comment = town.says(town.bob)
    town.decides(comment, "spam")
    assert town.told == []


def test_what_is_taken_away_is_no_longer_quoted_but_the_rest_is_counted(town: Town) -> None:
    comment = town.says(town.bob, "Buy something.")
    town.says(town.cyd)
    town.db.write_now(lambda tx: comments.delete(tx, town.bob, comment.id))
    (letter,) = town.post()
    assert "Buy something" not in letter.as_string()
    assert "And 1 more" in text_of(letter)


def _ban(town: Town) -> None:
    town.db.write_now(lambda tx: bans.ban(tx, town.mod, "bob", "banned"))


def _shadow(town: Town) -> None:
    town.db.write_now(lambda tx: bans.ban(tx, town.mod, "bob", "shadowed"))


def _block(town: Town) -> None:
    town.db.write_now(lambda tx: blocks.block(tx, town.ann, "bob"))


def _be_blocked(town: Town) -> None:
    town.db.write_now(lambda tx: blocks.block(tx, town.bob, "ann"))


def _leave(town: Town) -> None:
    town.db.write_now(lambda tx: closing.delete(tx, town.bob, town.bob.id, "remove"))


@pytest.mark.parametrize("event", [_ban, _shadow, _block, _be_blocked, _leave])
def test_what_somebody_did_isnt_told_once_they_are_kept_away(
    town: Town, event: Callable[[Town], None]
) -> None:
    town.says(town.bob, "You again.")
    event(town)
    assert ("ann", "comment") not in town.told
    town.forget()
    if event in {_ban, _shadow}:
        town.db.write_now(lambda tx: bans.lift(tx, town.mod, "bob"))
    town.says(town.cyd)
    assert town.told == [("ann", "comment")]


def test_a_letter_that_counts_others_forgets_who_was_kept_away(town: Town) -> None:
    town.says(town.bob, "You again.")
    town.says(town.cyd)
    _block(town)
    (letter,) = town.post()
    assert letter["Subject"] == "Somebody wrote a comment – A Site"
    assert "bob" not in letter.as_string()


def test_who_is_blocked_by_one_is_heard_by_others(town: Town) -> None:
    town.says(town.bob, "Hello @cyd.")
    _block(town)
    assert town.told == [("cyd", "mention")]


def test_people_say_what_they_are_written_about(town: Town) -> None:
    town.wants(town.ann, mail_comments=False, mail_follows=False)
    comment = town.says(town.ann)
    town.says(town.bob)
    town.db.write_now(lambda tx: follows.follow(tx, town.bob, "ann"))
    assert town.told == []
    town.says(town.bob, to=comment)
    assert town.told == [("ann", "reply")]


def test_who_wants_no_answers_may_still_want_mentions(town: Town) -> None:
    town.wants(town.ann, mail_replies=False)
    town.says(town.bob, "Yes, @ann.", to=town.says(town.ann))
    assert town.told == [("ann", "mention")]


def test_a_storm_of_answers_is_a_letter_an_hour(town: Town) -> None:
    crowd = [member(town.db, f"fan{number}") for number in range(20)]
    for _ in range(3):
        for one in crowd:
            town.says(one)
            town.clock.pass_by(seconds=1)
    assert town.told == [("ann", "comment")]
    assert "And 59 more since then" in text_of(town.post(1)[0])
    for one in crowd:
        town.says(one)
    assert town.told == [("ann", "comment")] * 2
    due = outbox.next_due(town.db.reader)
    assert due is not None
    assert due - town.clock.now == HOUR * 1000
    assert "And 19 more" in text_of(town.post(1)[0])


def test_a_letter_that_couldnt_leave_isnt_changed_any_more(town: Town) -> None:
    town.says(town.bob)
    letter = town.db.write_now(outbox.take)
    assert letter is not None
    town.says(town.cyd)
    contexts = town.db.reader.all(json.loads, "SELECT context FROM outbox ORDER BY id")
    assert [one["more"] for one in contexts] == ["", ""]


def test_a_storm_leaves_room_for_the_letters_of_ones_account(town: Town) -> None:
    for hours in range(30):
        town.says(town.bob)
        town.clock.pass_by(seconds=HOUR if hours else 0)
        assert town.db.write_now(outbox.take) is not None
    add = {"name": "ann", "seed": "x", "within": "1 hour"}
    assert town.db.write_now(lambda tx: outbox.post(tx, "ann@example.org", "reset", **add))


def test_a_letter_says_how_to_end_letters_like_it(town: Town) -> None:
    town.says(town.bob)
    (letter,) = town.post()
    link = f"https://example.org/api/v1/unsubscribe?token={_token(town.ann, 'comment')}"
    assert letter["List-Unsubscribe"] == f"<{link}>"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert f"No more letters like this: {link}" in text_of(letter)
    assert f'href="{link}"' in letter.as_string().replace("=\n", "").replace("=3D", "=")


def test_a_header_that_a_machine_reads_is_one_line(town: Town) -> None:
    town.says(town.bob)
    town.post()
    lines = [one for one in town.raw[0].splitlines() if one.startswith(b"List-Unsubscribe:")]
    link = f"https://example.org/api/v1/unsubscribe?token={_token(town.ann, 'comment')}"
    assert lines == [f"List-Unsubscribe: <{link}>".encode()]


def test_letters_about_ones_account_have_no_way_out(town: Town) -> None:
    town.db.write_now(
        lambda tx: outbox.post(tx, "ann@example.org", "welcome", name="ann", path="/users/ann/")
    )
    (letter,) = town.post()
    assert letter["List-Unsubscribe"] is None
    assert "No more letters" not in text_of(letter)


def _token(who: Actor, kind: str) -> str:
    return subscriptions.token(SECRET, Subscription(who.id, kind))
