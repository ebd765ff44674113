"""
The site beside the service: every path that isn't the service's is a file, or a word about it.

What is served is what readers are meant to see: the release that is current, or the output of the
last build if nothing was ever released. Each request looks anew, so a release is there at once.
"""

import asyncio
import logging
from time import perf_counter

from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from interact_api.settings import Settings
from interact_api.toml import FILE
from interact_api.web.metrics import Metrics
from interact_api.web.routing import PREFIX
from streamly_ssg.inputs.config import Publish, read_settings
from streamly_ssg.publish.trees import CURRENT
from streamly_ssg.values import convert

from .finding import Asked, Finder
from .personal import Personal, wish_of
from .replies import Reply
from .sending import parts
from .tree import Tree

LOG = logging.getLogger(__name__)
SERVICE = PREFIX.encode() + b"/"
OUTPUT = "public"
NAME = "site"  # in the metrics


class Site(BaseRoute):
    """All paths but those of the service, as one route of Starlette's."""

    def __init__(self, settings: Settings, metrics: Metrics) -> None:
        self._finder = Finder(settings, tree_of(settings))
        self.personal = Personal(settings, self._finder)
        self._metrics = metrics

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Tell Starlette which requests are ours."""
        is_ours = scope["type"] == "http" and not (scope["raw_path"] + b"/").startswith(SERVICE)
        return (Match.FULL if is_ours else Match.NONE), {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Answer one request."""
        began = perf_counter()
        reply = await self._reply(scope)
        try:
            await _send(reply, send, with_body=scope["method"] != "HEAD")
        finally:
            if reply.file is not None:
                reply.file.close()
        self._metrics.count(NAME, NAME, reply.status, perf_counter() - began)

    async def _reply(self, scope: Scope) -> Reply:
        if scope["method"] not in {"GET", "HEAD"}:
            return self._finder.other_method(scope["method"])
        asked = Asked(scope["raw_path"], scope["query_string"], dict(scope["headers"]))
        wish = wish_of(asked) if scope["method"] == "GET" else None
        try:
            if wish is not None:
                return await asyncio.to_thread(self.personal.shown, asked, wish)
            return self._finder.find(asked)
        except Exception:
            LOG.exception("a page can't be served")
            return self._finder.broken()


async def _send(reply: Reply, send: Send, *, with_body: bool) -> None:
    start = {"type": "http.response.start", "status": reply.status, "headers": reply.headers}
    await send(start)
    if reply.file is None or not with_body:
        await send({"type": "http.response.body", "body": reply.body if with_body else b""})
        return
    async for part, is_more in parts(reply.file, reply.span):
        await send({"type": "http.response.body", "body": part, "more_body": is_more})


def tree_of(settings: Settings) -> Tree:
    """Return what readers see: the current release, else the output of the last build."""
    chosen = convert(read_settings(settings.root / FILE).get("publish", {}), Publish)
    return Tree(settings.root / chosen.folder / CURRENT, settings.root / OUTPUT)
