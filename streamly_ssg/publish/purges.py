"""
Telling a cache in front of the site what it has to forget.

The journal is the outbox: it knows what changed since the cache last listened. So no purge can be
lost, and those that failed are sent together with the next.
"""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from http import HTTPStatus

from streamly_ssg.errors import UsageError, problem

from . import media
from .journal import Target
from .releases import Releases

NAME = "purge:"
BATCH = 200  # keys in one request; caches take 256
TIMEOUT = 10  # seconds
LONGEST = 600_000  # milliseconds between two tries


class Purges:
    """The cache that listens at *address*."""

    def __init__(self, releases: Releases, address: str, token: str = "") -> None:
        if not address.startswith(("http://", "https://")):
            text = f'"{address}" is no address to send purges to'
            hint = 'write it as "https://cache.example.org/purge"'
            raise UsageError(problem("PUBLISH", text, path="streamly.toml", hint=hint))
        self._releases = releases
        self._address = address
        self._token = token

    def send(self) -> int:
        """Send what the cache doesn't know yet, if it is time; return how many keys still wait."""
        journal = self._releases.journal
        live = journal.live
        if live is None:
            return 0
        known = journal.target(NAME + self._address)
        known = known or Target(NAME + self._address, self._address, 0)
        keys = self._keys(known)
        if keys and (self._releases.now < known.due or not all(map(self._post, _batches(keys)))):
            self._wait(known)
            return len(keys)
        if known.release != live.number:
            journal.note(Target(known.name, known.address, live.number))
        return 0

    def _keys(self, known: Target) -> list[str]:
        changed = self._releases.journal.behind(known.release) if known.release else None
        if changed is None:
            return [media.EVERYTHING]
        return sorted({media.surrogate_key(path) for path in changed})

    def _wait(self, known: Target) -> None:
        if self._releases.now < known.due:
            return
        pause = min(1000 * 2**known.tries, LONGEST)
        due = self._releases.now + pause
        self._releases.journal.note(known._replace(tries=known.tries + 1, due=due))

    def _post(self, keys: list[str]) -> bool:
        body = json.dumps({"surrogate_keys": keys}).encode()
        headers = {"Content-Type": "application/json", "Surrogate-Key": " ".join(keys)}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        request = urllib.request.Request(  # noqa: S310 - only http and https came this far
            self._address, body, headers, method="POST"
        )
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310
                return bool(answer.status < HTTPStatus.BAD_REQUEST)
        except (urllib.error.URLError, OSError):
            return False


def _batches(keys: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(keys), BATCH):
        yield keys[start : start + BATCH]
