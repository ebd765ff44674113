"""
Answers for one reader: a page with the notice that waits, or with the form that was refused.

The notice waits in a cookie, which goes with the answer that shows it. Such an answer is kept by
nobody. If the pages come from somewhere else, a cache or another server, the theme's script shows
the notice instead.
"""

import os
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote

from interact_api.settings import Settings
from interact_api.web import forms
from interact_api.web.headers import PRIVATE, Headers

from .dressing import Form, dressed
from .finding import Asked, Finder
from .replies import Reply
from .words import Words

LARGEST = 4 << 20  # bytes of a page that is looked through
OK = 200
HTML = b"text/html"
SIGN_IN = forms.SIGN_IN.encode()
SHARED = {b"etag", b"last-modified", b"accept-ranges", b"surrogate-key", b"cache-control", b"vary"}
SHARED |= {b"content-length"}


class Wish(NamedTuple):
    """What a page is to show to this reader only."""

    kind: str = "ok"
    text: str = ""
    form: Form | None = None


def wish_of(asked: Asked) -> Wish | None:
    """Return what is waiting for whoever asks; None: nothing, as nearly always."""
    cookie = asked.headers.get(b"cookie", b"")
    leads_on = b"next=" in asked.query and asked.path.endswith(SIGN_IN)
    if b"notice=" not in cookie and not leads_on:
        return None
    if asked.headers.get(b"sec-purpose", b"").startswith(b"prefetch"):
        return None
    kind, _, text = _notice(cookie).partition(" ")
    onward = _onward(asked.query) if leads_on else ""
    form = Form("", {"next": onward}) if onward else None
    return Wish(kind, text, form) if text or form else None


class Personal:
    """Makes such answers of the site's pages."""

    def __init__(self, settings: Settings, finder: Finder) -> None:
        self._finder = finder
        self._words = Words(settings)
        secure = "; Secure" if settings.is_secure else ""
        forget = f"{forms.NOTICE}=; Path=/; Max-Age=0; SameSite=Lax{secure}"
        self._forget = (b"set-cookie", forget.encode())

    def shown(self, asked: Asked, wish: Wish) -> Reply:
        """Return the answer to a request of somebody for whom something is waiting."""
        reply = self._finder.find(Asked(asked.path, asked.query))
        return self._dressed(reply, wish, reply.status) or reply

    def refused(self, path: str, wish: Wish, status: int) -> Reply | None:
        """Return the page at *path* with the form that was refused; None if there is no page."""
        reply = self._finder.find(Asked(path.partition("?")[0].encode()))
        found = self._dressed(reply, wish, status) if reply.status == OK else None
        if found is None and reply.file is not None:
            reply.file.close()
        return found

    def _dressed(self, reply: Reply, wish: Wish, status: int) -> Reply | None:
        file = reply.file
        if file is None or not dict(reply.headers).get(b"content-type", b"").startswith(HTML):
            return None
        if file.size > LARGEST:
            return None
        with os.fdopen(file.descriptor, "rb") as opened:
            page = opened.read().decode("utf-8", "replace")
        told = wish._replace(text=self._words.said(wish.text, page))
        body = dressed(page, *told).encode()
        found: Headers = [one for one in reply.headers if one[0] not in SHARED]
        found += [PRIVATE, self._forget, (b"content-length", b"%d" % len(body))]
        return Reply(status, found, body)


def _onward(query: bytes) -> str:
    """Return where the sign-in leads, as *query* has it."""
    return forms.safe_path(dict(parse_qsl(query.decode("latin-1"))).get("next"))


def _notice(cookie: bytes) -> str:
    """Return the notice among *cookie*, or an empty string."""
    for part in cookie.decode("latin-1").split(";"):
        name, _, value = part.strip().partition("=")
        if name == forms.NOTICE:
            return unquote(value)[: forms.LONGEST]
    return ""
