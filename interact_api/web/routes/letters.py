"""Routes of letters: how somebody ends those that they don't want, from the letter itself."""

import base64
from functools import cache
from hashlib import sha256
from html import escape
from importlib.resources import files
from typing import Annotated

from interact_api.accounts import subscriptions
from interact_api.errors import Gone
from interact_api.web.call import Answer, Call
from interact_api.web.routing import Route
from interact_api.wire import Meta, Sent

MEDIA = "text/html; charset=utf-8"
ABOUT = {
    "comment": "comments on what you wrote",
    "reply": "answers to your comments",
    "mention": "comments that mention you",
    "follow": "people who follow you",
}
# Its forms have to be sent with an Origin, so it has a policy of its own about referrers.
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="same-origin"><meta name="robots" content="noindex">
<style>{style}</style></head>
<body><main><h1>{title}</h1>
<p>{site} writes to you about {about}.</p>
<form class="first" method="post" action="?token={token}">
<button>No more letters about that</button></form>
<form method="post" action="?token={token}&amp;every=true">
<button>No more letters about anything that others do</button></form>
<p class="aside">You are always told what concerns your account itself.
<a href="/">Back to {site}</a></p></main></body></html>
"""


class Stop(Sent):
    """The token of a letter; `every`: all kinds of letters about what others do, not only its."""

    token: Annotated[str, Meta(min_length=1, max_length=100)]
    every: bool = False


async def ask(call: Call) -> Answer:
    """Ask whether somebody means it: whatever looks at links mustn't end anything by looking."""
    token = call.query.token
    about = subscriptions.opened(call.settings.secret, token)
    shown = PAGE.format(
        title="Fewer letters?",
        site=escape(call.settings.title),
        about=ABOUT[about.kind],
        token=escape(token),
        style=_style(),
    )
    return Answer(shown.encode(), headers=(("content-security-policy", _policy()),))


async def stop(call: Call) -> Answer:
    """End letters of one kind, or of every kind."""
    query = call.query
    about = subscriptions.opened(call.settings.secret, query.token)
    await call.write(lambda tx: subscriptions.end(tx, about, every=query.every))
    what = "what others do" if query.every else ABOUT[about.kind]
    return Answer(onward="/", notice=f"You get no more letters about {what}.")


@cache
def _style() -> str:
    return files("interact_api.web").joinpath("letters.css").read_text("utf-8")


def _policy() -> str:
    digest = base64.b64encode(sha256(_style().encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    )


ROUTES = (
    Route(
        method="GET", path="/unsubscribe", handler=ask, tag="me", query=Stop, reply=str,
        media=MEDIA, refusals=(Gone,),
        summary="Ask whether letters like the one that this link was in are to end.",
    ),
    Route(
        method="POST", path="/unsubscribe", handler=stop, tag="me", query=Stop, status=204,
        scope="session", limit="write", form=True, for_programs=True, refusals=(Gone,),
        summary="End them, with the one click of a mail program (RFC 8058) or with a form.",
    ),
)  # fmt: skip
