"""
The route of webhooks: a forge says that somebody has pushed, and the worker pulls.

Nothing of what is sent is believed but that it is signed. GitHub, Forgejo and Gitea sign the body
with the shared secret; GitLab sends the secret itself.
"""

import hmac
from collections.abc import Mapping

from interact_api.errors import Forbidden, NotFound
from interact_api.rebuild import pulls
from interact_api.web.call import Call
from interact_api.web.routing import Route
from interact_api.wire import Reply

SIGNATURE, TOKEN = "x-hub-signature-256", "x-gitlab-token"
MOST = 4 << 20  # bytes; a push of many commits tells each of them


class Pushed(Reply):
    """It was heard; `number` says how often."""

    number: int


async def hear(call: Call) -> Pushed:
    """Remember that there is something to pull."""
    secret = call.settings.hook_secret
    if not secret:
        raise NotFound("No webhook is set up here.")
    if not is_signed(call.headers, call.body, secret):
        raise Forbidden("The signature is missing or wrong.")
    return Pushed(number=await call.write(pulls.want))


def is_signed(headers: Mapping[str, str], body: bytes, secret: bytes) -> bool:
    """Tell whether whoever sent *body* knows the secret."""
    if (given := headers.get(SIGNATURE)) is not None:
        right = "sha256=" + hmac.new(secret, body, "sha256").hexdigest()
        return hmac.compare_digest(given.encode(), right.encode())
    return hmac.compare_digest(headers.get(TOKEN, "").encode(), secret)


ROUTES = (
    Route(
        method="POST", path="/hooks/content", handler=hear, tag="hooks", raw=MOST, reply=Pushed,
        status=202, limit="write", scope="any", for_programs=True, refusals=(Forbidden, NotFound),
        summary="A forge says that something was pushed; the worker pulls, builds and publishes.",
    ),
)  # fmt: skip
