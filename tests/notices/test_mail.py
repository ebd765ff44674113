import asyncio
import ssl
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from interact_api import outbox
from interact_api.accounts import tokens
from interact_api.db import Database
from interact_api.errors import Unavailable
from interact_api.notices import mail
from interact_api.notices.mail import Postman
from interact_api.settings import Mail, Settings
from tests.support.post import Office, Whim, post_office
from tests.support.service import Clock

ADA = "ada@example.org"
SECRET = b"tests know it, and nobody else 0123456789abcdef"


def settings_for(db: Database, **given: Any) -> Settings:
    given = dict[str, Any]({"backend": "smtp", "security": "none", "timeout": 1} | given)
    return Settings(
        root=db.path.parent,
        database=db.path,
        environment="test",
        base_url="https://example.org",
        title="A Site",
        secret=SECRET,
        mail=Mail(**given),
    )


def post(db: Database, to: str = ADA, template: str = "welcome", **context: str) -> None:
    words = {"name": "ada", "path": "/users/ada/", "within": "30 minutes"} | context
    assert db.write_now(lambda tx: outbox.post(tx, to, template, **words))


async def deliver(postman: Postman, db: Database, clock: Clock, times: int = 1) -> None:
    """Deliver what is due, and move on to what is due next."""
    for _ in range(times):
        due = outbox.next_due(db.reader)
        if due is None:
            return
        clock.now = max(clock.now, due)
        assert await postman.deliver_next(db, 1)


def run(act: Callable[[Office, Postman], Awaitable[None]], db: Database, *whims: Whim) -> Office:
    async def all_of_it() -> Office:
        async with post_office(*whims) as office:
            await act(office, Postman(settings_for(db, port=office.port)))
            return office

    return asyncio.run(all_of_it())


def states(db: Database) -> dict[str, int]:
    return {state: count for state, count in outbox.counts(db.reader).items() if count}


def test_a_letter_arrives_whole(db: Database, clock: Clock) -> None:
    post(db)
    office = run(lambda _, postman: deliver(postman, db, clock), db)
    (message,) = office.taken
    assert office.envelopes == [("noreply@example.org", [ADA])]
    assert message["From"] == "A Site <noreply@example.org>"
    assert message["To"] == ADA
    assert message["Subject"] == "Welcome to A Site"
    assert message["Message-ID"] == f"<1.{clock.now}@example.org>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert "https://example.org/users/ada/" in message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert states(db) == {"sent": 1}


def test_a_letter_that_is_cut_off_half_way_is_sent_again(db: Database, clock: Clock) -> None:
    post(db)
    office = run(lambda _, postman: deliver(postman, db, clock, 2), db, "cut")
    assert (office.was_cut, len(office.taken)) == (1, 1)
    assert states(db) == {"sent": 1}


@pytest.mark.parametrize("whim", ["421", "450", "hang", "close"])
def test_what_fails_now_is_tried_again(db: Database, clock: Clock, whim: Whim) -> None:
    post(db)
    office = run(lambda _, postman: deliver(postman, db, clock, 3), db, whim, whim)
    assert [message["To"] for message in office.taken] == [ADA]
    assert states(db) == {"sent": 1}
    assert db.reader.value("SELECT attempts FROM outbox") == 3


@pytest.mark.parametrize("whim", ["550", "554"])
def test_what_is_refused_for_good_is_kept_and_not_tried_again(
    db: Database, clock: Clock, whim: Whim
) -> None:
    post(db)
    post(db, "bob@example.org")
    office = run(lambda _, postman: deliver(postman, db, clock, 2), db, whim)
    assert [message["To"] for message in office.taken] == ["bob@example.org"]
    assert states(db) == {"sent": 1, "dead": 1}
    assert whim in db.reader.value("SELECT error FROM outbox WHERE state = 'dead'")


@pytest.mark.parametrize("whim", ["lose", "hang after data"])
def test_a_letter_in_doubt_arrives_twice_at_most_under_one_id(
    db: Database, clock: Clock, whim: Whim
) -> None:
    post(db)
    office = run(lambda _, postman: deliver(postman, db, clock, 4), db, whim)
    assert len(office.taken) == 2
    assert len({message["Message-ID"] for message in office.taken}) == 1
    assert states(db) == {"sent": 1}


def test_nothing_is_lost_while_the_server_is_away(db: Database, clock: Clock) -> None:
    post(db)
    away = Postman(settings_for(db, port=1))
    asyncio.run(deliver(away, db, clock, 3))
    assert states(db) == {"waiting": 1}
    office = run(lambda _, postman: deliver(postman, db, clock), db)
    assert len(office.taken) == 1


def test_a_server_that_is_away_for_three_days_makes_dead_letters(
    db: Database, clock: Clock
) -> None:
    post(db)
    asyncio.run(deliver(Postman(settings_for(db, port=1)), db, clock, 100))
    assert states(db) == {"dead": 1}
    assert clock.now - db.reader.value("SELECT created_at FROM outbox") <= 3 * 86_400_000


def test_a_hundred_letters_survive_a_bad_server(db: Database, clock: Clock) -> None:
    for number in range(100):
        post(db, f"p{number}@example.org")
    whims: list[Whim] = ["ok", "421", "lose", "450", "close", "cut", "ok"] * 20
    office = run(lambda _, postman: deliver(postman, db, clock, 1000), db, *whims)
    assert {str(message["To"]) for message in office.taken} == {
        f"p{n}@example.org" for n in range(100)
    }
    assert len({message["Message-ID"] for message in office.taken}) == 100
    assert len(office.taken) <= 100 + whims.count("lose")
    assert states(db) == {"sent": 100}


def test_a_letter_that_is_sent_but_not_noted_isnt_sent_again(db: Database, clock: Clock) -> None:
    post(db)

    class Full:
        """A database whose disk is full at the worst moment."""

        reader, clock = db.reader, staticmethod(db.clock)
        writes = 0

        async def write(self, act: Any) -> Any:
            self.writes += 1
            if self.writes == 2:
                raise Unavailable("no space")
            return await db.write(act)

    async def act(_: Office, postman: Postman) -> None:
        with suppress(Unavailable):
            await postman.deliver_next(Full(), 1)  # type: ignore[arg-type]
        assert states(db) == {"waiting": 1}
        await deliver(postman, db, clock)

    assert len(run(act, db).taken) == 1
    assert states(db) == {"sent": 1}


def test_a_letter_that_cant_be_written_is_a_dead_one(db: Database, clock: Clock) -> None:
    post(db, template="nothing")
    post(db, "eve@example.org\nbcc: bob@example.org")
    post(db)
    office = run(lambda _, postman: deliver(postman, db, clock, 3), db)
    assert [message["To"] for message in office.taken] == [ADA]
    assert states(db) == {"sent": 1, "dead": 2}


def test_a_server_without_tls_gets_nothing(db: Database, clock: Clock) -> None:
    post(db)

    async def all_of_it() -> Office:
        async with post_office() as office:
            postman = Postman(settings_for(db, port=office.port, security="starttls"))
            await deliver(postman, db, clock, 2)
            return office

    assert asyncio.run(all_of_it()).taken == []
    assert states(db) == {"waiting": 1}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a certificate that nobody has signed, and its key, in one folder."""
    folder = tmp_path_factory.mktemp("tls")
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    command = (
        "openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2".split()
    )
    subprocess.run([*command, *subject], cwd=folder, check=True, capture_output=True)
    return folder


@asynccontextmanager
async def encrypted_office(certificate: Path) -> AsyncIterator[Office]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    async with post_office(tls=context) as office:
        yield office


def test_a_letter_travels_encrypted(db: Database, clock: Clock, certificate: Path) -> None:
    post(db)

    async def all_of_it() -> Office:
        async with encrypted_office(certificate) as office:
            trusted = str(certificate / "cert.pem")
            given = settings_for(db, port=office.port, security="starttls", ca_file=trusted)
            await deliver(Postman(given), db, clock)
            return office

    assert asyncio.run(all_of_it()).was_encrypted == [True]


def test_a_server_whom_nobody_vouches_for_gets_nothing(
    db: Database, clock: Clock, certificate: Path
) -> None:
    post(db)

    async def all_of_it() -> Office:
        async with encrypted_office(certificate) as office:
            given = settings_for(db, port=office.port, security="starttls")
            await deliver(Postman(given), db, clock)
            return office

    assert asyncio.run(all_of_it()).taken == []
    assert states(db) == {"waiting": 1}


def test_who_wrote_through_the_site_is_answered(db: Database, clock: Clock) -> None:
    for email in ("eve@example.org", "eve"):
        post(db, "root@example.org", "contact", email=email, body="Hello")
    office = run(lambda _, postman: deliver(postman, db, clock, 2), db)
    assert [message["Reply-To"] for message in office.taken] == ["eve@example.org", None]


def test_a_letter_says_when_it_was(db: Database, clock: Clock) -> None:
    post(db, template="password_changed")
    clock.pass_by(days=1)
    office = run(lambda _, postman: deliver(postman, db, clock), db)
    text = office.taken[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "was changed on 21 September 2026 at 14:13 UTC." in " ".join(text.split())


def test_letters_can_become_files(db: Database, clock: Clock) -> None:
    post(db)
    asyncio.run(deliver(Postman(settings_for(db, backend="file")), db, clock))
    (file,) = (db.path.parent / "var/mail").iterdir()
    assert file.name == f"1.{clock.now}.eml"
    assert b"To: ada@example.org\r\n" in file.read_bytes()


def test_letters_can_be_shown(
    db: Database, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    post(db, template="reset", seed="abc")
    asyncio.run(deliver(Postman(settings_for(db, backend="console")), db, clock))
    shown = capsys.readouterr().err
    assert "a letter to ada@example.org: Choose a new password" in shown
    assert "#token=st_mail_" in shown


class Held:
    """A service of which the worker sees two things."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self.settings = settings
        self.database = database


def has_sent(db: Database, number: int) -> bool:
    return states(db) == {"sent": number}


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not holds():  # noqa: ASYNC110 - the database rings no bell here
            await asyncio.sleep(0.01)


def test_the_worker_sends_what_comes_and_ends_when_told(db: Database) -> None:
    async def all_of_it() -> None:
        async with post_office() as office:
            held = Held(settings_for(db, port=office.port), db)
            work = asyncio.create_task(mail.deliver_forever(held, pause=0.01))
            for number in (1, 2):
                post(db, f"p{number}@example.org")
                await until(partial(has_sent, db, number))
            work.cancel()
            with pytest.raises(asyncio.CancelledError):
                await work

    asyncio.run(all_of_it())


def test_a_letter_on_its_way_arrives_before_the_worker_ends(db: Database) -> None:
    post(db)

    async def all_of_it() -> Office:
        async with post_office() as office:
            held = Held(settings_for(db, port=office.port), db)
            work = asyncio.create_task(mail.deliver_forever(held, pause=0.01))
            await until(lambda: db.reader.value("SELECT attempts FROM outbox") == 1)
            work.cancel()
            with pytest.raises(asyncio.CancelledError):
                await work
            return office

    assert len(asyncio.run(all_of_it()).taken) == 1
    assert states(db) == {"sent": 1}


def test_the_log_holds_no_token(
    db: Database, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    post(db, template="reset", seed="abc")
    run(lambda _, postman: deliver(postman, db, clock, 2), db, "450")
    token = tokens.from_seed(SECRET, "abc").text
    assert "letter 1 (reset) not sent: 450" in caplog.text
    assert token not in caplog.text
    assert token.encode() not in db.path.read_bytes()
