"""What a route is: one row of the table in `app`, from which everything else is made."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from interact_api.errors import Refusal
from interact_api.wire import Sent

from .call import Call

Handler = Callable[[Call], Awaitable[object]]

PREFIX = "/api/v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """
    A method and a path, who may ask, what is sent and what is answered.

    Matching, guards, limits, the OpenAPI document and the tests' matrix all read this and nothing
    else.
    """

    method: str
    path: str  # below /api/v1; a parameter is a whole segment: "/pages/{page}/like"
    handler: Handler
    summary: str  # one sentence for the document
    tag: str  # "accounts", "social", ...
    body: type[Sent] | None = None
    raw: int = 0  # bytes of a body that is taken as it is
    query: type[Sent] | None = None
    reply: type | None = None  # None: 204 and nothing
    status: int = 200
    permission: str = "read_posts"  # everybody has this one
    signed_in: bool = False
    scope: str = "read"  # what a token needs: read write moderate admin any; "session": none may
    limit: str = "read"  # class of rate limit: read write auth mail beacon
    form: bool = False  # plain HTML forms may post here; they are answered 303
    refusals: tuple[type[Refusal], ...] = ()  # beyond the common ones, for the document
    asks_again: bool = False  # all it does is one `Call.write`, which asks again who asks
    public: bool = False  # the same for everybody: ETag, 304, Cache-Control
    shared: bool = False  # the same for everybody who isn't signed in: as above, for those
    moves: bool = False  # what is asked for may be at another address now: 308
    media: str = "application/json"  # of the answer, when it isn't JSON
    notice: str = "Done."  # what the page after a plain form tells
    for_programs: bool = False  # programs that have no token yet ask this; they send no Origin
    example: object = None  # a body that works, for the document

    @property
    def name(self) -> str:
        """Return what logs, metrics and tests call it: ``PUT /pages/{page}/like``."""
        return f"{self.method} {self.path}"

    @property
    def writes(self) -> bool:
        """Tell whether asking may change something."""
        return self.method not in {"GET", "HEAD"}
