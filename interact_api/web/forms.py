"""
Plain HTML forms: after them the browser is sent on with 303, and told once what came of it.

Where to is the form's field ``next``, else the page that held the form; either is taken only as a
path of our own site. The notice travels in a cookie for a minute. The page shows and removes it;
its text is percent-encoded and has to be shown as text, never as HTML.
"""

import re
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from interact_api.errors import NotSignedIn, Refusal
from interact_api.settings import Settings

from .headers import Headers
from .routing import PREFIX

HELD = "page"
FIELDS = ("next", "csrf_token", HELD)
NOTICE = "notice"
LONGEST = 300  # characters of a notice
# One slash, and nothing that a browser takes for a second one or leaves out.
PATH = re.compile(r"/(?![/\\])[!-\[\]-~]{0,1000}")
SIGN_IN = "/login/"
OURS = f"{PREFIX}/"


class Notice(NamedTuple):
    """What the next page tells: *kind* is ``ok`` or ``error``."""

    kind: str
    text: str


def safe_path(text: str | None) -> str:
    """Return *text* if it is a path of our own, else an empty string."""
    return text if text is not None and PATH.fullmatch(text) else ""


def way_back(
    wanted: str | None, referer: bytes | None, origins: frozenset[bytes], held: str | None = None
) -> str:
    """
    Return where a form leads: its *wanted* path, the page it was on, or the front page.

    A form that was refused is shown again at the service's own address; then its field ``page``,
    *held*, says on which page it was at first.
    """
    if path := safe_path(wanted):
        return path
    page = _page(referer, origins)
    return (safe_path(held) if not page or page.startswith(OURS) else page) or "/"


def onward(settings: Settings, origin: bytes, path: str, notice: Notice) -> Headers:
    """Return the headers that send a browser on to *path* of the site at *origin*."""
    there = path if origin.decode() == settings.origin else origin.decode() + path
    secure = "; Secure" if settings.is_secure else ""
    value = quote(f"{notice.kind} {notice.text[:LONGEST]}", safe="")
    cookie = f"{NOTICE}={value}; Path=/; Max-Age=60; SameSite=Lax{secure}"
    return [(b"location", there.encode()), (b"set-cookie", cookie.encode())]


def after_refusal(refusal: Refusal, page: str, wanted: str | None) -> tuple[str, Notice]:
    """Return where a refused form leads, and what is told there: *page* held the form."""
    held = page.partition("?")[0]
    is_sign_in = held.endswith(SIGN_IN)
    if is_sign_in or isinstance(refusal, NotSignedIn):
        onward = safe_path(wanted) or ("" if is_sign_in else page)
        door = held if is_sign_in else SIGN_IN
        page = f"{door}?next={quote(onward, safe='/')}" if onward else door
    return page, Notice("error", refusal.detail)


def _page(referer: bytes | None, origins: frozenset[bytes]) -> str:
    """Return the path of the page that *referer* names, if it is one of ours."""
    if referer is None:
        return ""
    try:
        parts = urlsplit(referer.decode("ascii"))
    except ValueError:
        return ""
    is_ours = f"{parts.scheme}://{parts.netloc}".encode() in origins
    return safe_path(parts.path) if is_ours else ""
