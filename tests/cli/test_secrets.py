"""Whatever a command of the service says, and whatever goes wrong, it names no secret."""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import pytest

from interact_api.accounts import tokens
from interact_api.settings import read_settings
from tests.support.process import command, environment
from tests.support.standing import Standing, ask, standing

SECRET = "kQ7Zp3Wm9Xt1-canary-of-the-site-Yb5Nc8Vd2"
SMTP = "canary-of-the-post-4Hs6"
PASSWORD = "a canary that sings 4 times"
SENT = [tokens.new(kind) for kind in (tokens.SESSION, tokens.PERSONAL, tokens.ACCESS)]
RESET = tokens.new_for_mail(SECRET.encode()).text
CANARIES = [SECRET, SMTP, PASSWORD, RESET, *SENT]
VARIABLES = {"STREAMLY_SECRET": SECRET, "STREAMLY_SMTP_PASSWORD": SMTP}
MAIL = """
[service.mail]
backend = "smtp"
port = 1
user = "streamly"
timeout = 1
operator = "op@example.org"
"""


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Standing]:
    with standing(tmp_path) as made:
        settings = made.folder / "streamly.toml"
        settings.write_text(settings.read_text() + MAIL)
        yield made


def run(folder: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*words),
        cwd=folder,
        env=environment(VARIABLES | variables),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def told(text: str) -> list[str]:
    """Return the canaries in *text*."""
    return [one for one in CANARIES if one in text]


def requests(connection: HTTPConnection) -> Iterator[str]:
    """Send every canary wherever it may be sent, rightly and wrongly; yield the answers."""
    account = {"name": "bob", "email": "bob@example.org", "password": PASSWORD}
    bodies = [
        ("/auth/register", account),
        ("/auth/register", {**account, "more": PASSWORD}),
        ("/auth/login", {"login": "ada", "password": PASSWORD}),
        ("/auth/login", {"login": PASSWORD, "password": [PASSWORD]}),
        ("/auth/confirm", {"token": RESET}),
        ("/auth/password-reset/confirm", {"token": RESET, "password": PASSWORD}),
        ("/auth/token/refresh", {"refresh_token": RESET}),
    ]
    for path, body in bodies:
        yield ask(connection, "POST", path, body).body.decode()
    for canary in [*SENT, RESET]:
        headers = {"authorization": f"Bearer {canary}"}
        yield ask(connection, "GET", "/me", None, headers).body.decode()
        yield ask(connection, "GET", "/me", None, {"cookie": f"sid={canary}"}).body.decode()
        yield ask(connection, "POST", f"/nothing/{canary}", {canary: canary}).body.decode()


def test_the_service_says_no_secret_whatever_it_is_asked(service: Standing) -> None:
    door = service.door.fileno()
    process = subprocess.Popen(
        command("api", "--fd", str(door)),
        cwd=service.folder,
        env=environment(VARIABLES),
        pass_fds=(door,),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    with closing(service.connect()) as connection:
        answers = list(requests(connection))
        process.send_signal(signal.SIGTERM)
    said, _ = process.communicate(timeout=30)
    assert "POST /auth/login: 401" in said
    assert told(said) == []
    assert told("\n".join(answers)) == []


@pytest.mark.parametrize("word", ["upgrade", "current", "backup", "verify", "recount", "prune"])
def test_a_command_for_the_database_says_no_secret(service: Standing, word: str) -> None:
    done = run(service.folder, "db", word)
    assert done.returncode == 0, done.stderr
    assert told(done.stdout + done.stderr) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("STREAMLY_ENVIRONMENT", "production"),
        ("STREAMLY_BASE_URL", "no address"),
        ("STREAMLY_DATABASE", "public/a.db"),
        ("STREAMLY_SECRETS", SECRET),
    ],
)
def test_a_service_that_refuses_to_start_says_no_secret(
    service: Standing, name: str, value: str
) -> None:
    done = run(service.folder, "api", "--port", "0", "--debug", **{name: value})
    assert done.returncode == 2, done.stderr
    assert told(done.stdout + done.stderr) == []


def test_settings_show_no_secret(service: Standing) -> None:
    settings = read_settings(service.folder, VARIABLES)
    assert settings.secret == SECRET.encode()
    assert settings.mail.password == SMTP
    assert told(repr(settings) + str(settings) + f"{settings.mail}") == []
