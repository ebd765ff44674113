"""Who may say that something was pushed: whoever knows the secret, and nobody else."""

import hmac
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from interact_api.rebuild import pulls
from tests.support.serving import Server, serving

SECRET = b"a3f0c1b2-shared-with-the-forge-of-our-repository"
BODY = json.dumps({"ref": "refs/heads/main"}).encode()
SIGNED = {"X-Hub-Signature-256": "sha256=" + hmac.new(SECRET, BODY, "sha256").hexdigest()}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with serving(tmp_path, hook_secret=SECRET) as made:
        yield made


def wanted(server: Server) -> int:
    return pulls.read(server.database.reader).wanted


def test_a_signed_push_is_heard(server: Server) -> None:
    answer = server.program().send("POST", "/hooks/content", BODY, SIGNED)
    assert (answer.status, answer.json) == (202, {"number": 1})
    assert wanted(server) == 1


def test_a_forge_that_sends_the_secret_itself_is_heard(server: Server) -> None:
    given = {"X-Gitlab-Token": SECRET.decode()}
    assert server.program().send("POST", "/hooks/content", BODY, given).status == 202


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Hub-Signature-256": ""},
        {"X-Hub-Signature-256": "sha256=" + "0" * 64},
        {"X-Hub-Signature-256": SIGNED["X-Hub-Signature-256"].removeprefix("sha256=")},
        {"X-Hub-Signature-256": "\u00e9", "X-Gitlab-Token": SECRET.decode()},
        {"X-Gitlab-Token": ""},
        {"X-Gitlab-Token": "a guess"},
    ],
)
def test_whoever_does_not_know_the_secret_is_refused(
    server: Server, headers: dict[str, str]
) -> None:
    answer = server.program().send("POST", "/hooks/content", BODY, headers)
    assert (answer.status, answer.code) == (403, "FORBIDDEN")
    assert wanted(server) == 0


def test_a_signature_is_for_one_body(server: Server) -> None:
    answer = server.program().send("POST", "/hooks/content", BODY + b" ", SIGNED)
    assert answer.status == 403


def test_a_push_of_many_commits_is_heard_and_no_flood(server: Server) -> None:
    body = json.dumps({"commits": ["x" * 1000] * 1000}).encode()
    signed = {"X-Hub-Signature-256": "sha256=" + hmac.new(SECRET, body, "sha256").hexdigest()}
    assert server.program().send("POST", "/hooks/content", body, signed).status == 202
    head = f"POST /api/v1/hooks/content HTTP/1.1\r\nHost: {server.host}\r\nContent-Length: 9999999"
    assert b"HTTP/1.1 413 " in server.raw(f"{head}\r\n\r\n".encode())


def test_without_a_secret_there_is_no_webhook(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        given = {"X-Gitlab-Token": ""}
        assert server.program().send("POST", "/hooks/content", BODY, given).status == 404
        assert wanted(server) == 0
