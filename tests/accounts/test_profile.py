from functools import partial

import pytest

from interact_api import facts
from interact_api.accounts import profile, users
from interact_api.accounts.profile import Changes
from interact_api.accounts.users import Link
from interact_api.db import Database
from interact_api.errors import Invalid
from tests.support.service import Clock, member, page


def edit(db: Database, name: str = "ada", **changes: object) -> users.User:
    actor = member(db, name)
    db.write_now(lambda tx: profile.edit(tx, actor, Changes(**changes)))  # type: ignore[arg-type]
    return users.by_id(db.reader, actor.id)


def test_a_profile_says_what_was_written(db: Database) -> None:
    links = (Link("Notes", "https://notes.example.org/a?b=c#d"),)
    user = edit(db, display=" Ada Lovelace ", bio="First line\nand second", links=links)
    assert (user.display, user.bio, user.links) == ("Ada Lovelace", "First line\nand second", links)


def test_what_isnt_sent_stays(db: Database) -> None:
    actor = member(db, "ada")
    for changes in (Changes(display="Ada"), Changes(bio="Hello"), Changes(display=""), Changes()):
        db.write_now(partial(profile.edit, actor=actor, changes=changes))
    user = users.by_id(db.reader, actor.id)
    assert (user.display, user.bio) == ("", "Hello")


def test_a_change_of_the_profile_is_told(db: Database) -> None:
    edit(db, bio="Hello")
    assert [change.key for change in facts.since(db.reader, 0, 10)] == ["profile/ada"]


def test_a_new_display_name_changes_the_threads_that_show_it(db: Database) -> None:
    ada, where = member(db, "ada"), page(db, "a")
    row = {"body": "Hello", "html": "<p>Hello</p>", "state": "approved"}
    db.write_now(lambda tx: tx.insert("comments", page=where, user_id=ada.id, created_at=1, **row))
    db.write_now(lambda tx: profile.edit(tx, ada, Changes(display="Ada")))
    assert {change.key for change in facts.since(db.reader, 0, 10)} == {"profile/ada", "comments/a"}


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "//evil.example",
        "https:evil", "https://", "http://user@evil.example", "https://exa mple.org", "ftp://a.org",
        'https://a.org/"onmouseover=x', "https://a.org/<script>", "https://a.org/\n", "https://[",
        "https://a.org:99999/", "\x01https://a.org", "https://a.org/" + "x" * 200, "mailto:a@b.org",
    ],
)  # fmt: skip
def test_a_link_leads_to_the_web_and_nowhere_else(db: Database, url: str) -> None:
    with pytest.raises(Invalid):
        edit(db, "ada", website=url)
    with pytest.raises(Invalid):
        edit(db, "bea", links=(Link("Mine", url),))


@pytest.mark.parametrize(
    "changes",
    [
        {"display": "x" * 51}, {"bio": "x" * 501}, {"location": "x" * 101}, {"display": "a\nb"},
        {"display": "Ada\u202ecod.exe"}, {"bio": "a\x00b"}, {"location": "\u200b"}, {"bio": "\ud800"},
        {"links": (Link("", "https://a.org"),)}, {"links": (Link("x" * 31, "https://a.org"),)},
        {"links": (Link("a", "https://a.org"),) * 6}, {"settings": {"is_admin": True}},
    ],
)  # fmt: skip
def test_what_would_spoil_a_page_is_refused(db: Database, changes: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        edit(db, "ada", **changes)


def test_every_fault_is_told_at_once(db: Database) -> None:
    with pytest.raises(Invalid) as refused:
        edit(db, display="x" * 51, website="javascript:x", settings={"fly": True})
    assert [fault.field for fault in refused.value.faults] == ["display", "website", "settings"]


def test_only_people_who_are_signed_in_see_who_is_here(db: Database, clock: Clock) -> None:
    user = edit(db)._replace(seen_at=clock.now - 60_000)
    assert profile.is_online(user, clock.now, by_somebody=True)
    assert not profile.is_online(user, clock.now, by_somebody=False)
    assert not profile.is_online(user, clock.now + 300_000, by_somebody=True)


def test_people_can_hide_when_they_were_here(db: Database, clock: Clock) -> None:
    user = edit(db, settings={"hide_last_seen": True})._replace(seen_at=clock.now)
    assert profile.last_seen(user, by_somebody=True) is None
    assert user.settings == {"hide_last_seen": True}
