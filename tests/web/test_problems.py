import json
import re

import pytest

from interact_api import errors
from interact_api.errors import Refusal
from interact_api.web import problems
from interact_api.wire import decode, encode
from tests.support.serving import Browser, Reply, Server

INSIDES = re.compile(
    r"Traceback|\.py|SELECT|INSERT|sqlite|/home|/work|/tmp|site-packages", re.IGNORECASE
)
KINDS = [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, Refusal)]


def check_problem(reply: Reply, status: int, code: str) -> None:
    """Check that *reply* has the documented shape, and nothing of our insides."""
    assert (reply.status, reply.headers["content-type"]) == (status, problems.MEDIA)
    found = decode(reply.body, problems.Problem)
    assert (found.status, found.code) == (status, code)
    assert found.type == f"/api/v1/docs#{code}"
    assert found.request_id == reply.headers["x-request-id"]
    assert not INSIDES.search(reply.body.decode())
    assert set(json.loads(reply.body)) == {
        "type", "title", "status", "code", "detail", "errors", "request_id"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/nothing", 404, "NOT_FOUND"),
        ("/things/7", 404, "NOT_FOUND"),
        ("/refuse/gone", 410, "GONE"),
        ("/refuse/conflict", 409, "CONFLICT"),
        ("/refuse/invalid", 422, "INVALID"),
        ("/numbers?limit=0", 422, "INVALID"),
        ("/mine", 401, "NOT_SIGNED_IN"),
        ("/err", 500, "INTERNAL"),
    ],
)
def test_a_problem_has_one_shape(nobody: Browser, path: str, status: int, code: str) -> None:
    check_problem(nobody.get(path), status, code)


def test_an_invalid_field_is_named(nobody: Browser) -> None:
    reply = nobody.get("/refuse/invalid")
    assert reply.json["errors"] == [{"field": "name", "message": "is taken"}]
    assert reply.json["detail"] == "name: is taken"


def test_a_mistake_of_ours_is_logged_with_the_id_that_is_told(
    nobody: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    nobody.get("/err", x_request_id="a-request-of-mine")
    record = next(one for one in caplog.records if one.exc_info)
    assert "SELECT password" in str(record.exc_info)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_refusal_has_a_status(kind: type[Refusal]) -> None:
    assert kind in problems.STATUSES
    assert problems.title_of(problems.status_of(kind))


def test_a_refusal_that_nobody_listed_has_the_status_of_the_one_above() -> None:
    class Special(errors.Conflict):
        """Something more precise."""

    assert problems.status_of(Special) == 409


def test_too_often_says_when_again() -> None:
    headers = problems.headers_of(errors.TooMany("Slowly.", retry_after=0.2))
    assert headers == [(b"retry-after", b"1")]


def test_a_problem_is_the_type_in_the_document() -> None:
    told = problems.problem_of(errors.invalid("a", "b"), "12345678")
    assert decode(encode(told), problems.Problem) == told


@pytest.mark.parametrize(
    ("given", "is_taken"),
    [("12345678", True), ("A.b_c-d.e", True), ("short", False), ("a" * 65, False),
     ("has space", False), ("<script>", False), ("a\xffbcdefgh", False), ("%0d%0aabc", False)],
)  # fmt: skip
def test_a_request_id_is_taken_if_it_is_harmless(
    nobody: Browser,
    given: str,
    is_taken: bool,
) -> None:
    told = nobody.get("/version", x_request_id=given).headers["x-request-id"]
    assert (told == given) is is_taken
    assert re.fullmatch(r"[\w.-]{8,64}", told)


def test_no_answer_says_what_runs_here(server: Server, nobody: Browser) -> None:
    for path in ("/version", "/nothing", "/err"):
        headers = nobody.get(path).headers
        assert "server" not in headers
        assert "x-powered-by" not in headers
    assert b"uvicorn" not in server.raw(b"BAD\r\n\r\n").lower()
