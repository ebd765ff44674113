"""
The one table of what is refused and how it is told: RFC 9457, and nothing of our insides.

`Refusal`s come from the nouns; those of HTTP itself are added here. Anything else that is raised is
a mistake of ours: it is logged with the request's id, and the reader learns that id only.
"""

import math
from http import HTTPStatus

from interact_api.errors import (
    Conflict,
    Forbidden,
    Gone,
    Invalid,
    NotFound,
    NotSignedIn,
    Refusal,
    TooLarge,
    TooMany,
    Unavailable,
    Unknown,
)
from interact_api.wire import Reply

MEDIA = "application/problem+json"


class Malformed(Refusal):
    """What was sent can't even be read."""

    code = "MALFORMED"


class WrongMethod(Refusal):
    """There is such a path, but not with this method."""

    code = "METHOD_NOT_ALLOWED"


class WrongMedia(Refusal):
    """The body is of a type that isn't read here."""

    code = "UNSUPPORTED_MEDIA_TYPE"


class WrongHost(Refusal):
    """The request was meant for another site."""

    code = "WRONG_HOST"


class LongAddress(Refusal):
    """The path and the query are longer than any of ours."""

    code = "ADDRESS_TOO_LONG"


class LongHeaders(Refusal):
    """The headers are larger than any reader's."""

    code = "HEADERS_TOO_LARGE"


class Mistake(Refusal):
    """A mistake of ours."""

    code = "INTERNAL"


STATUSES: dict[type[Refusal], int] = {
    Refusal: 400,
    Malformed: 400,
    NotSignedIn: 401,
    Forbidden: 403,
    NotFound: 404,
    WrongMethod: 405,
    Conflict: 409,
    Gone: 410,
    TooLarge: 413,
    LongAddress: 414,
    WrongMedia: 415,
    WrongHost: 421,
    Invalid: 422,
    TooMany: 429,
    LongHeaders: 431,
    Mistake: 500,
    Unavailable: 503,
    Unknown: 503,
}


NEWER = {413: "Content Too Large", 414: "URI Too Long", 422: "Unprocessable Content"}


class FieldProblem(Reply):
    """What is wrong with one field."""

    field: str
    message: str


class Problem(Reply):
    """Why nothing was done, as RFC 9457 has it; `code` is for programs, `detail` for people."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[FieldProblem]
    request_id: str


def status_of(kind: type[Refusal]) -> int:
    """Return the status of a refusal, or of the nearest one above it."""
    return next(STATUSES[one] for one in kind.__mro__ if one in STATUSES)


def title_of(status: int) -> str:
    """Return the phrase of a status, in the words of HTTP as they are now."""
    return NEWER.get(status) or HTTPStatus(status).phrase


def problem_of(refusal: Refusal, request_id: str) -> Problem:
    """Return the body that tells *refusal*."""
    status = status_of(type(refusal))
    return Problem(
        type=f"/api/v1/docs#{refusal.code}",
        title=title_of(status),
        status=status,
        code=refusal.code,
        detail=refusal.detail,
        errors=[FieldProblem(field=one.field, message=one.message) for one in refusal.faults],
        request_id=request_id,
    )


def headers_of(refusal: Refusal) -> list[tuple[bytes, bytes]]:
    """Return the headers that belong to *refusal*."""
    found = []
    if refusal.retry_after:
        found.append((b"retry-after", b"%d" % max(1, math.ceil(refusal.retry_after))))
    if isinstance(refusal, NotSignedIn):
        found.append((b"www-authenticate", b'Bearer realm="streamly"'))
    return found
