"""
A plain form that was refused, shown again with what was typed: nobody writes a comment twice.

For this the pages of the site have to be at hand. Where they aren't, and where nothing was typed,
the browser is led back as after every form.
"""

import asyncio

from starlette.responses import Response
from starlette.types import Receive

from interact_api.errors import Refusal

from . import bodies, forms, problems
from .answering import Raw
from .asking import Request
from .limits import Exceeded
from .site.dressing import Form
from .site.personal import Personal, Wish

# What the page itself put into the form.
GIVEN = {*forms.FIELDS, "parent", "undo"}


class Refilled:
    """Makes such pages: one of these for an application that has the site's pages."""

    def __init__(self, personal: Personal, origins: frozenset[bytes], limit: int) -> None:
        self._personal = personal
        self._origins = origins
        self._limit = limit

    async def answer(self, request: Request, refusal: Refusal, receive: Receive) -> Response | None:
        """Return the page of the form, or None if it isn't worth one."""
        if not request.is_form or request.origin not in self._origins:
            return None
        if isinstance(refusal, Exceeded):
            return None  # it costs more than what was refused
        try:
            fields = await self._typed(request, receive)
        except Refusal:
            return None
        if not any(value for name, value in fields.items() if name not in GIVEN):
            return None
        referer = request.headers.get(b"referer")
        page = forms.way_back(None, referer, self._origins, fields.get(forms.HELD))
        form = Form(request.raw_path.decode("latin-1"), fields, page)
        wish = Wish("error", refusal.detail, form)
        status = problems.status_of(type(refusal))
        reply = await asyncio.to_thread(self._personal.refused, page, wish, status)
        return None if reply is None else Raw(reply.status, reply.body, reply.headers)

    async def _typed(self, request: Request, receive: Receive) -> dict[str, str]:
        if not request.body:
            request.body = await bodies.read(receive, request.headers, self._limit)
        fields = bodies.pairs(request.body.decode("ascii", "replace"))
        return {name: value for name, value in fields.items() if isinstance(value, str)}
