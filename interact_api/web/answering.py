"""From what a handler returned, or what was refused, to an answer with all its headers."""

from collections.abc import AsyncIterator
from typing import NamedTuple

from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from interact_api.errors import Refusal, TooLarge
from interact_api.settings import Settings
from interact_api.wire import encode

from . import cors, forms, headers, problems, whole
from .asking import Request
from .call import Answer
from .headers import Headers
from .limits import Window
from .matching import Tree
from .routing import Route

NO_BODY = (204, 304)
OK = 200
GOES_ALONG = {b"set-cookie", b"retry-after"}  # what a redirect keeps of an answer

Content = bytes | AsyncIterator[bytes]


class Outcome(NamedTuple):
    """What a handler answered, on its way out."""

    status: int
    content: Content
    headers: Headers
    onward: str = ""
    notice: str = ""
    etag: bytes = b""


class Raw(Response):
    """An answer whose headers are made already."""

    def __init__(self, status: int, body: bytes, found: Headers) -> None:
        # Starlette's own would make headers anew.
        self.status_code = status
        self.body = body
        self.raw_headers = found
        self.background = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it, at once if the server takes that."""
        take = whole.taker(scope)
        if take is None:
            await super().__call__(scope, receive, send)
        else:
            await take(self.status_code, self.raw_headers, bytes(self.body))


def outcome_of(route: Route, reply: object) -> Outcome:
    """Return what a handler returned as status, content and headers."""
    answer = reply if isinstance(reply, Answer) else Answer(reply)
    content = answer.body
    status = answer.status or (204 if content is None else route.status)
    own = [(name.lower().encode(), one.encode("latin-1")) for name, one in answer.headers]
    own += [(b"set-cookie", one.encode("latin-1")) for one in answer.cookies]
    if content is None:
        return Outcome(status, b"", own, answer.onward, answer.notice)
    if not any(name == b"content-type" for name, _ in own):
        own.append((b"content-type", route.media.encode()))
    if isinstance(content, bytes | AsyncIterator):
        return Outcome(status, content, own)
    return Outcome(status, encode(content), own, answer.onward, answer.notice)


class Answers:
    """Makes answers: one of these for an application."""

    def __init__(self, settings: Settings, tree: Tree) -> None:
        self.origins = cors.origins_of(settings)
        self._settings = settings
        self._tree = tree
        self._common = headers.common(settings)
        self._changed = {b"content-security-policy", b"cache-control"}

    def told(
        self, request: Request, route: Route, outcome: Outcome, window: Window | None
    ) -> Response:
        """Return the answer of a handler."""
        status, content, own, onward, told, etag = outcome
        if request.is_form:
            notice = forms.Notice("ok", told or route.notice)
            return self._onward(request, self._back(request, onward), notice, own)
        is_shared = route.shared and request.is_nobodys
        is_public = (route.public or is_shared) and status == OK
        found = self._headers(request, own, window, is_public=is_public)
        if not isinstance(content, bytes):
            return _streaming(request, status, content, found)
        if is_shared:
            found.append(headers.BY_ASKER)
        if is_public:
            etag = etag or headers.etag_of(content)
            found.append((b"etag", etag))
            if headers.is_known(etag, request.headers.get(b"if-none-match")):
                return Raw(304, b"", [one for one in found if one[0] != b"content-type"])
        if status not in NO_BODY:
            found.append((b"content-length", b"%d" % len(content)))
        return Raw(status, content, found)

    def refused(self, request: Request, refusal: Refusal, window: Window | None = None) -> Response:
        """Return the answer that tells *refusal*."""
        own = problems.headers_of(refusal)
        if isinstance(refusal, problems.WrongMethod):
            own.append((b"allow", self._tree.methods(request.raw_path).encode()))
        if request.is_form and request.origin in self.origins:
            wanted, referer = request.rest.get("next"), request.headers.get(b"referer")
            held = request.rest.get(forms.HELD)
            page = forms.way_back(None if referer else wanted, referer, self.origins, held)
            path, notice = forms.after_refusal(refusal, page, wanted)
            return self._onward(request, path, notice, own)
        body = encode(problems.problem_of(refusal, request.id))
        own.append((b"content-type", problems.MEDIA.encode()))
        own.append((b"content-length", b"%d" % len(body)))
        if isinstance(refusal, TooLarge | problems.LongHeaders):
            own.append((b"connection", b"close"))  # what is still coming isn't waited for
        status = problems.status_of(type(refusal))
        return Raw(status, body, self._headers(request, own, window))

    def options(self, request: Request) -> Response:
        """Return what a path takes, to whoever asks, and to a browser before it asks."""
        methods = self._tree.methods(request.raw_path).encode()
        own = [(b"allow", methods), (b"x-request-id", request.id.encode()), headers.PRIVATE]
        allowed = cors.preflight(request.origin, self.origins, methods)
        return Raw(204, b"", [*self._common, *own, *allowed])

    def _back(self, request: Request, onward: str = "") -> str:
        referer = request.headers.get(b"referer")
        wanted, held = request.rest.get("next") or onward, request.rest.get(forms.HELD)
        return forms.way_back(wanted, referer, self.origins, held)

    def _onward(self, request: Request, path: str, notice: forms.Notice, own: Headers) -> Response:
        origin = request.headers[b"origin"]
        found = forms.onward(self._settings, origin, path, notice)
        found += [one for one in own if one[0] in GOES_ALONG]
        return Raw(303, b"", self._headers(request, [*found, (b"content-length", b"0")], None))

    def _headers(
        self, request: Request, own: Headers, window: Window | None, *, is_public: bool = False
    ) -> Headers:
        names = {name for name, _ in own} & self._changed
        common = [one for one in self._common if one[0] not in names] if names else self._common
        found = [*common, *own, (b"x-request-id", request.id.encode())]
        if b"cache-control" not in names:
            found.append(headers.PUBLIC if is_public else headers.PRIVATE)
        if window is not None:
            found += window.headers
        if request.origin is not None:
            found += cors.allowance(request.origin, self.origins)
        return found


def _streaming(
    request: Request, status: int, content: AsyncIterator[bytes], found: Headers
) -> Response:
    if request.method == "HEAD":
        return Raw(status, b"", found)
    response = StreamingResponse(content, status)
    response.raw_headers = found
    return response
