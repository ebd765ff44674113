import threading
from pathlib import Path

import pytest

from interact_api import answers
from interact_api.errors import Conflict
from interact_api.web import repeats
from interact_api.web.app import TABLE
from tests.support.service import Clock, database, member
from tests.support.serving import Browser, Reply, Server


def count(server: Server) -> int:
    return int(server.database.reader.value("SELECT count(*) FROM contact"))


def say(browser: Browser, key: str, text: str = "a") -> Reply:
    return browser.post("/things", {"text": text}, idempotency_key=key)


def test_a_request_that_is_sent_again_is_done_once(ada: Browser) -> None:
    before = count(ada.server)
    first, again = say(ada, "k1"), say(ada, "k1")
    assert (first.status, first.body) == (again.status, again.body)
    assert first.headers["location"] == again.headers["location"]
    assert again.headers["idempotency-replayed"] == "true"
    assert count(ada.server) == before + 1


def test_without_a_key_each_request_is_done(ada: Browser) -> None:
    before = count(ada.server)
    for _ in range(2):
        ada.post("/things", {"text": "a"})
    assert count(ada.server) == before + 2


def test_a_key_is_for_one_request(ada: Browser) -> None:
    say(ada, "k2", "a")
    reply = say(ada, "k2", "b")
    assert (reply.status, reply.code) == (409, "KEY_REUSED")


def test_a_key_is_for_one_person(server: Server, ada: Browser) -> None:
    other = server.sign_in(member(server.database, "grace"))
    assert say(ada, "k3").json["by"] == "ada"
    assert say(other, "k3").json["by"] == "grace"


def test_twenty_at_once_are_one(ada: Browser) -> None:
    before, bodies = count(ada.server), []
    assert ada.csrf
    threads = [
        threading.Thread(target=lambda: bodies.append(say(ada, "k4").body)) for _ in range(20)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert count(ada.server) == before + 1
    assert len(set(bodies)) == 1


def test_what_was_refused_is_judged_again(ada: Browser) -> None:
    assert say(ada, "k5", "").status == 422
    assert say(ada, "k5", "a").status == 201


@pytest.mark.parametrize("key", ["", "a" * 101, "has space", "\xff"])
def test_a_key_that_isnt_one_is_refused(ada: Browser, key: str) -> None:
    before = count(ada.server)
    assert say(ada, key).code == "MALFORMED"
    assert count(ada.server) == before


def test_routes_whose_answers_hold_secrets_take_no_key() -> None:
    taking = [one for one in TABLE if repeats.takes_key(one)]
    assert not [one.name for one in taking if one.scope == "session" or one.limit != "write"]


def test_an_answer_is_kept_for_a_day(tmp_path: Path) -> None:
    clock = Clock()
    stored = answers.Stored(b"request", 201, b"body")
    with database(tmp_path, clock) as db:
        db.write_now(lambda tx: answers.keep(tx, 1, "k", stored))
        clock.pass_by(days=0.9)
        db.write_now(answers.prune)
        assert answers.find(db.reader, 1, "k", b"request") == stored
        with pytest.raises(Conflict):
            answers.find(db.reader, 1, "k", b"another")
        clock.pass_by(days=0.2)
        assert db.write_now(answers.prune) == 1
        assert answers.find(db.reader, 1, "k", b"another") is None
