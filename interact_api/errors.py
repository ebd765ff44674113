"""
Everything that the service refuses, drawn once. `web/errors.py` is the one table of statuses.

    Refusal                  what was asked isn't done, and nothing has changed
    ├── Invalid              what was sent doesn't make sense; names the fields
    ├── NotSignedIn          somebody has to sign in first, or again
    ├── Forbidden            this person may not; names the permission if one would help
    ├── NotFound             there is no such thing, or it is none of this person's business
    ├── Gone                 there was such a thing
    ├── Conflict             it contradicts what is there
    ├── TooLarge             more than anybody may send
    ├── TooMany              too often; says when again
    ├── Unavailable          not now: stopping, overloaded, no space
    └── Unknown              the disk failed while saving: it may have happened or not
"""

from typing import NamedTuple


class Fault(NamedTuple):
    """What is wrong with one field."""

    field: str
    message: str


class Refusal(Exception):
    """What was asked isn't done; *code* is for programs, *detail* for people."""

    code = "REFUSED"

    def __init__(self, detail: str, *, code: str = "", retry_after: float = 0) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code or type(self).code
        self.retry_after = retry_after
        self.faults: tuple[Fault, ...] = ()


class Invalid(Refusal):
    """What was sent doesn't make sense."""

    code = "INVALID"

    def __init__(self, *faults: Fault, detail: str = "") -> None:
        super().__init__(detail or "; ".join(f"{one.field}: {one.message}" for one in faults))
        self.faults = faults


class NotSignedIn(Refusal):
    """Somebody has to sign in first, or again."""

    code = "NOT_SIGNED_IN"


class Forbidden(Refusal):
    """This person may not."""

    code = "FORBIDDEN"


class NotFound(Refusal):
    """There is no such thing, or it is none of this person's business."""

    code = "NOT_FOUND"


class Gone(Refusal):
    """There was such a thing."""

    code = "GONE"


class Conflict(Refusal):
    """It contradicts what is there."""

    code = "CONFLICT"


class TooLarge(Refusal):
    """More than anybody may send."""

    code = "TOO_LARGE"


class TooMany(Refusal):
    """Too often; *retry_after* says in how many seconds again."""

    code = "TOO_MANY"


class Unavailable(Refusal):
    """Not now."""

    code = "UNAVAILABLE"


class Unknown(Refusal):
    """The disk failed while saving: it may have happened or not."""

    code = "OUTCOME_UNKNOWN"


def invalid(field: str, message: str) -> Invalid:
    """Return the refusal of one field."""
    return Invalid(Fault(field, message))
