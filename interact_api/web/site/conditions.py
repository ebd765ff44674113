"""
Conditional requests and ranges, as RFC 9110 has them: plain values in, a decision out.

``If-Range`` with a date is never believed, because two releases may lie within one second; the
whole file is sent then, which is always right. So it is for several ranges at once.
"""

import re
from collections.abc import Mapping
from datetime import UTC
from email.utils import formatdate, parsedate_to_datetime
from functools import lru_cache
from typing import Literal, NamedTuple

from interact_api.web.headers import is_known

RANGE = re.compile(rb"bytes=[ \t]*(\d{0,19})-(\d{0,19})[ \t]*")

Verdict = Literal[200, 304, 412]


class Span(NamedTuple):
    """Bytes of a file, from *first* up to but without *end*."""

    first: int
    end: int


class Unsatisfiable(Exception):
    """The range lies behind the end of the file."""


def verdict(headers: Mapping[bytes, bytes], tag: bytes, modified: int) -> Verdict:
    """Return 200 if the file is to be sent, else why it isn't."""
    if (wanted := headers.get(b"if-match")) is not None:
        if not is_match(tag, wanted):
            return 412
    elif (date := _seconds(headers.get(b"if-unmodified-since"))) is not None and modified > date:
        return 412
    if (known := headers.get(b"if-none-match")) is not None:
        return 304 if is_known(tag, known) else 200
    date = _seconds(headers.get(b"if-modified-since"))
    return 304 if date is not None and modified <= date else 200


def span(headers: Mapping[bytes, bytes], tag: bytes, size: int) -> Span | None:
    """
    Return the part of the file that is asked for, or None if it is the whole.

    Raises:
        Unsatisfiable: if there is no such part.
    """
    wanted = RANGE.fullmatch(headers.get(b"range", b""))
    if wanted is None or headers.get(b"if-range", tag) != tag:
        return None
    first, last = wanted.groups()
    if not first and not last:
        return None
    if not first:
        found = Span(max(0, size - int(last)), size)
    elif last and int(last) < int(first):
        return None
    else:
        found = Span(int(first), min(size, int(last) + 1) if last else size)
    if found.first >= found.end:
        raise Unsatisfiable
    return found


def is_match(tag: bytes, wanted: bytes) -> bool:
    """Tell whether *tag* is among those that ``If-Match`` names; weak ones never are."""
    known = [one.strip() for one in wanted.split(b",")]
    return tag in known or known == [b"*"]


@lru_cache(maxsize=1024)
def date_of(seconds: int) -> bytes:
    """Return a moment as HTTP writes it."""
    return formatdate(seconds, usegmt=True).encode()


def _seconds(date: bytes | None) -> float | None:
    """Return a moment as HTTP writes it in seconds; what is no date doesn't count."""
    if date is None:
        return None
    try:
        found = parsedate_to_datetime(date.decode("ascii"))
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError, UnicodeDecodeError):
        return None
