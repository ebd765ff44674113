"""Logs: one line each, with the request it is about, and without what is secret."""

import asyncio
import io
import json
import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from interact_api import logs, outbox
from interact_api.accounts import tokens
from interact_api.db import Database
from interact_api.logs import ByMail, Lines
from interact_api.notices.mail import Postman
from interact_api.settings import Mail
from tests.support.post import post_office
from tests.support.service import database
from tests.support.serving import settings_of

LOG = logging.getLogger("interact_api.somewhere")
SECRET = "k7Qm2_vXzR9tLw4BnY8cHs1dGf6jPa3e"


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """Lend a place that logs go to, and put everything back afterwards."""
    root = logging.getLogger()
    kept, level = root.handlers[:], root.level
    yield io.StringIO()
    root.handlers[:] = kept
    root.setLevel(level)
    logging.getLogger(logs.OURS).setLevel(logging.NOTSET)
    logging.captureWarnings(capture=False)


def logged(stream: io.StringIO, text: str, *, as_json: bool = True) -> str:
    logs.configure(stream, as_json=as_json, secrets=[SECRET, "ab"])
    LOG.info("%s", text)
    return stream.getvalue()


def test_a_line_is_json_with_its_request(stream: io.StringIO) -> None:
    held = logs.request_id.set("r-1")
    line = json.loads(logged(stream, "hello"))
    logs.request_id.reset(held)
    assert line["at"].endswith("Z")
    assert {**line, "at": ""} == {
        "at": "",
        "level": "info",
        "logger": "interact_api.somewhere",
        "process": os.getpid(),
        "message": "hello",
        "request_id": "r-1",
    }


def test_a_line_for_people_says_the_same(stream: io.StringIO) -> None:
    assert logged(stream, "hello", as_json=False).endswith("Z INFO hello\n")


@pytest.mark.parametrize("as_json", [True, False])
@pytest.mark.parametrize("name", ["a\nERROR b", "a\r\nb", "a\x1b[2Jb", "a\u2028b", "a\x85b"])
def test_whatever_a_name_holds_it_is_one_line(
    stream: io.StringIO, name: str, as_json: bool
) -> None:
    found = logged(stream, name, as_json=as_json)
    assert len(found.splitlines()) == 1
    assert "\x1b" not in found


@pytest.mark.parametrize("as_json", [True, False])
def test_secrets_are_not_logged(stream: io.StringIO, as_json: bool) -> None:
    mine = tokens.new(tokens.SESSION)
    found = logged(stream, f"key {SECRET} and {mine} and {'B' * 43}; abba", as_json=as_json)
    assert SECRET not in found
    assert mine not in found
    assert "B" * 43 not in found
    assert "key … and … and …; abba" in found


def test_a_trace_tells_no_secret_either(stream: io.StringIO) -> None:
    logs.configure(stream, as_json=True, secrets=[SECRET])
    try:
        int(SECRET)
    except ValueError:
        LOG.exception("a mistake")
    line = json.loads(stream.getvalue())
    assert "ValueError: invalid literal for int() with base 10: '…'" in line["trace"]
    assert SECRET not in stream.getvalue()


def test_everything_goes_to_one_place(stream: io.StringIO) -> None:
    logs.configure(io.StringIO(), as_json=True)
    logs.configure(stream, as_json=True)
    logging.getLogger("uvicorn.error").warning("once")
    assert stream.getvalue().count("once") == 1


def test_an_error_is_told_to_the_operator_and_the_next_ones_are_counted(tmp_path: Path) -> None:
    now = [0.0]
    with database(tmp_path) as db:
        by_mail = ByMail(db, "op@example.org", Lines(as_json=False), clock=lambda: now[0])
        record = logging.LogRecord("interact_api", logging.ERROR, "", 0, "a mistake", (), None)
        for seconds in (0, 1, 2, logs.QUIET):
            now[0] = seconds
            by_mail.handle(record)
        db.write_now(lambda _tx: None)
        posted = db.reader.all(json.loads, "SELECT context FROM outbox ORDER BY id")
    assert [letter["missed"] for letter in posted] == ["0", "2"]
    assert posted[0]["line"].endswith("ERROR a mistake")


def test_an_error_while_nothing_can_be_saved_is_no_second_error(tmp_path: Path) -> None:
    with database(tmp_path) as db:
        by_mail = ByMail(db, "op@example.org", Lines(as_json=False))
    by_mail.handle(logging.LogRecord("interact_api", logging.ERROR, "", 0, "a", (), None))


def test_the_operator_gets_one_letter_and_no_secret_in_it(tmp_path: Path) -> None:
    token = tokens.new(tokens.SESSION)
    error = f"it failed over {SECRET} and {token}"
    record = logging.LogRecord("interact_api", logging.ERROR, "", 0, error, (), None)

    async def told(db: Database) -> list[str]:
        by_mail = ByMail(db, "op@example.org", Lines([SECRET], as_json=False))
        async with post_office() as office:
            mail = Mail(backend="smtp", security="none", port=office.port)
            postman = Postman(settings_of(tmp_path, mail=mail))
            for _ in range(5):
                by_mail.handle(record)
            await db.write(lambda _tx: None)
            while await postman.deliver_next(db, 0.5):
                pass
            parts = [message.get_body(("plain",)) for message in office.taken]
            return [" ".join(part.get_content().split()) for part in parts if part]

    with database(tmp_path) as db:
        (letter,) = asyncio.run(told(db))
    assert "it failed over … and …" in letter
    assert {one for one in (SECRET, token) if one in letter} == set()


def test_an_error_whose_letter_was_one_too_many_is_counted(tmp_path: Path) -> None:
    with database(tmp_path) as db:
        now = [0.0]
        by_mail = ByMail(db, "op@example.org", Lines(as_json=False), clock=lambda: now[0])
        record = logging.LogRecord("interact_api", logging.ERROR, "", 0, "a", (), None)
        for number in range(outbox.PER_HOUR + 2):
            now[0] = number * logs.QUIET
            by_mail.handle(record)
            db.write_now(lambda _tx: None)
        assert by_mail._missed == 2
