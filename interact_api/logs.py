"""
Logs: set up in this one place, as JSON lines or for people, each with the request that it is about.

What is secret doesn't pass: neither what the settings hold, nor anything that looks like one of our
tokens. A line is a line, whatever strangers put into their names.
"""

import json
import logging
import re
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from contextvars import ContextVar
from typing import Any, TextIO

from . import outbox
from .db import Database, Tx
from .errors import Refusal

# Which request the task at hand serves; the web sets it, and every line shows it.
request_id: ContextVar[str] = ContextVar("request_id", default="")

SHORTEST = 8  # letters; hiding shorter secrets would hide words
# Our tokens, and whatever 32 random bytes look like in base64.
TOKEN = re.compile(r"\bst_[a-z]+_[\w-]{8,}|(?<![\w-])[\w-]{43}(?![\w-])")
HIDDEN = "…"
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
OURS = "interact_api"
QUIET = 600  # seconds after a letter in which errors are only counted


def configure(
    stream: TextIO = sys.stderr,
    *,
    as_json: bool,
    secrets: Iterable[str] = (),
    level: int = logging.INFO,
) -> logging.Handler:
    """Send all that is logged to *stream*, and nowhere else; return the handler that does."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Lines(secrets, as_json=as_json))
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.getLogger(OURS).setLevel(level)
    logging.captureWarnings(capture=True)
    return handler


class Lines(logging.Formatter):
    """One line for each record, without *secrets*."""

    def __init__(self, secrets: Iterable[str] = (), *, as_json: bool = True) -> None:
        super().__init__()
        self._as_json = as_json
        long = [one for one in secrets if len(one) >= SHORTEST]
        self._secrets = re.compile("|".join(map(re.escape, long))) if long else None

    def format(self, record: logging.LogRecord) -> str:
        """Return *record* as one line."""
        text = self._harmless(record.getMessage())
        trace = self._harmless(self.formatException(record.exc_info)) if record.exc_info else ""
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        at = f"{moment}.{int(record.msecs):03}Z"
        level, asked = record.levelname.lower(), request_id.get()
        if not self._as_json:
            shown = " ".join(filter(None, (at, level.upper(), asked, text)))
            return escaped(shown) + (f"\n{trace}" if trace else "")
        line: dict[str, Any] = {"at": at, "level": level, "logger": record.name}
        line |= {"process": record.process, "message": text}
        if asked:
            line["request_id"] = asked
        if trace:
            line["trace"] = trace
        return escaped(json.dumps(line, ensure_ascii=False))

    def _harmless(self, text: str) -> str:
        found = TOKEN.sub(HIDDEN, text)
        return self._secrets.sub(HIDDEN, found) if self._secrets else found


class ByMail(logging.Handler):
    """
    Tells the operator of errors, by a letter in the outbox.

    After a letter there is none for `QUIET` seconds; the next one says how many errors it missed.
    """

    def __init__(
        self,
        database: Database,
        operator: str,
        lines: logging.Formatter,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(logging.ERROR)
        self.setFormatter(lines)
        self._database = database
        self._operator = operator
        self._clock = clock
        self._next = clock()
        self._missed = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Post a letter about *record*, unless there was one lately or nothing can be saved."""
        if self._clock() < self._next:
            self._missed += 1
            return
        self._next = self._clock() + QUIET
        missed, self._missed = self._missed, 0
        text, operator = self.format(record), self._operator

        def act(tx: Tx) -> bool:
            return outbox.post(tx, operator, "error", line=text, missed=str(missed))

        def look(done: "Future[bool]") -> None:
            if done.exception() is not None or not done.result():
                self._missed += 1 + missed

        try:
            self._database.submit(act).add_done_callback(look)
        except Refusal:
            self._missed += 1 + missed


def escaped(text: str) -> str:
    r"""Return *text* as one line: a line break in it becomes ``\n``."""
    return CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), text)
