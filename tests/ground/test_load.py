"""What pages showed before there was a service becomes rows, once, and nothing is made up."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from interact_api import backup, load, values
from interact_api.db import Database
from interact_api.errors import Invalid
from interact_api.load import Loaded
from streamly_ssg.inputs.facts import Fact
from tests.support.service import NOON, database, member, page

PEOPLE = {"ada": "Ada Nwosu", "ben": "Ben", "cid": ""}


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with database(tmp_path) as made:
        page(made, "hello")
        yield made


def facts(**given: object) -> list[Fact]:
    """Return facts of three people, and what is given; `_` stands for the slash."""
    found = {f"profile/{name}": {"name": text} for name, text in PEOPLE.items()}
    found |= {key.replace("_", "/"): value for key, value in given.items()}  # type: ignore[misc]
    return [Fact(key, json.dumps(value).encode()) for key, value in found.items()]


def comment(number: str, author: str, **more: object) -> dict[str, object]:
    return {
        "id": number,
        "author": author,
        "at": "2026-01-02T03:04:05Z",
        "html": "<p>Yes</p>",
    } | more


def loaded(db: Database, **given: object) -> Loaded:
    return db.write_now(lambda tx: load.load(tx, facts(**given)))


def told(db: Database, key: str) -> dict[str, object]:
    found = values.value(db.reader, key)
    assert found
    return found


def test_people_are_who_they_were_and_nobody_can_sign_in_as_them(db: Database) -> None:
    assert loaded(db).people == 3
    assert told(db, "profile/ada")["name"] == "Ada Nwosu"
    sql = "SELECT count(*) FROM users WHERE email IS NULL AND password IS NULL"
    assert db.reader.value(sql) == 3


def test_comments_keep_their_order_their_authors_and_whom_they_answer(db: Database) -> None:
    items = [comment("x1", "ada"), comment("x2", "ben", parent="x1"), comment("x3", "nobody")]
    assert loaded(db, comments_hello={"count": 3, "items": items}).comments == 3
    shown = told(db, "comments/hello")
    assert [(one["author"], one["at"]) for one in shown["items"]] == [  # type: ignore[attr-defined]
        ("ada", "2026-01-02T03:04:05Z"),
        ("ben", "2026-01-02T03:04:05Z"),
        ("", "2026-01-02T03:04:05Z"),
    ]
    assert [one["parent"] for one in shown["items"]] == [None, "1", None]  # type: ignore[attr-defined]


def test_likes_are_given_by_people_and_the_rest_is_told(db: Database) -> None:
    result = loaded(db, likes_hello={"count": 5})
    assert (result.likes, result.nobodys) == (3, 2)
    assert told(db, "likes/hello") == {"count": 3}


def test_follows_and_settings_and_views_are_as_they_were(db: Database) -> None:
    given = {"follows_ada": {"followers": ["ben"], "following": ["cid", "nobody"]}}
    loaded(db, **given, settings_hello={"featured": True}, views_hello={"count": 300})
    assert told(db, "follows/ada") == given["follows_ada"] | {"following": ["cid"]}
    assert told(db, "settings/hello") == {"hidden": False, "featured": True, "closed": False}
    assert told(db, "views/hello") == {"count": 300}


def test_what_belongs_to_no_page_is_left_out(db: Database) -> None:
    assert loaded(db, likes_elsewhere={"count": 2}).likes == 0


def test_loading_twice_adds_nothing(db: Database) -> None:
    given = {
        "comments_hello": {"count": 1, "items": [comment("x1", "ada", likes=2)]},
        "likes_hello": {"count": 2},
        "follows_ada": {"following": ["ben"]},
    }
    loaded(db, **given)
    assert loaded(db, **given) == Loaded()


def test_who_is_there_already_stays_as_they_are(db: Database) -> None:
    ada = member(db, "ada")
    assert loaded(db).people == 2
    assert db.reader.value("SELECT email FROM users WHERE id = :id", id=ada.id)


def test_comments_are_made_harmless(db: Database) -> None:
    bad = '<p onclick="x()">Yes</p><script>x()</script><a href="javascript:x()">go</a>'
    loaded(db, comments_hello={"count": 1, "items": [comment("x1", "ada", html=bad)]})
    html = db.reader.value("SELECT html FROM comments")
    assert "Yes" in html
    assert not any(one in html for one in ("script", "onclick", "x()"))


def test_a_name_that_nobody_can_have_is_told_and_nothing_is_loaded(db: Database) -> None:
    bad = Fact("profile/../x", b'{"name": "X"}')
    with pytest.raises(Invalid, match=r"profile/\.\./x names nobody"):
        db.write_now(lambda tx: load.load(tx, [*facts(), bad]))
    assert db.reader.value("SELECT count(*) FROM users") == 0


def test_the_database_is_whole_afterwards(db: Database) -> None:
    items = [comment("x1", "ada", likes=2), comment("x2", "ben", parent="x1")]
    loaded(db, comments_hello={"count": 2, "items": items}, likes_hello={"count": 3})
    assert backup.verify(backup.make(db.path, db.path.parent / "copies", NOON)) == []
