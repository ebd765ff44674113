"""
What was sent, from bytes to a checked record: sizes are counted, nothing is guessed.

JSON is looked through before the parser of types sees it: how deep it is, whether a name comes
twice (parsers differ in which one they believe), and whether a string holds a NUL.
"""

import asyncio
import json
import re
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from starlette.types import Receive

from interact_api.errors import Fault, Invalid, TooLarge
from interact_api.wire import Sent, decode, fit

from .problems import Malformed, WrongMedia

T = TypeVar("T", bound=Sent)

DEEPEST = 16
MOST_FIELDS = 50
SLOWEST = 10  # seconds for a body of at most 64 KiB
FORM = b"application/x-www-form-urlencoded"
JSON = b"application/json"
TEXT = b"text/plain"
# A string that never ends runs to the end of the text, so that each byte is looked at once.
MARKS = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)|[\[{]|[\]}]', re.DOTALL)


async def read(receive: Receive, headers: dict[bytes, bytes], limit: int) -> bytes:
    """Return the body, at most *limit* bytes of it."""
    told = headers.get(b"content-length")
    if told is not None and int(told) > limit:
        raise _too_large(limit)
    if headers.get(b"content-encoding", b"identity") != b"identity":
        raise WrongMedia("Compressed bodies aren't read.")
    charset = headers.get(b"content-type", b"").lower().partition(b"charset=")[2].strip(b' "')
    if charset not in {b"", b"utf-8", b"utf8"}:
        raise WrongMedia("Only UTF-8 is read.")
    message = await receive()
    body: bytes = message.get("body", b"")
    if message.get("more_body"):
        body = await _read_rest(receive, body, limit)
    if len(body) > limit:
        raise _too_large(limit)
    return body


async def _read_rest(receive: Receive, body: bytes, limit: int) -> bytes:
    parts, size = [body], len(body)
    try:
        async with asyncio.timeout(SLOWEST):
            while size <= limit:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise Malformed("The body ended too early.")
                parts.append(message.get("body", b""))
                size += len(parts[-1])
                if not message.get("more_body"):
                    break
    except TimeoutError as error:
        raise Malformed("The body came too slowly.") from error
    return b"".join(parts)


def media_of(headers: dict[bytes, bytes]) -> bytes:
    """Return the type of the body without its parameters."""
    return headers.get(b"content-type", b"").partition(b";")[0].strip().lower()


def from_json(body: bytes, kind: type[T]) -> T:
    """Return the record that the JSON text *body* holds."""
    check_json(body)
    return decode(body, kind)


def from_form(
    body: bytes, kind: type[T] | None, apart: tuple[str, ...]
) -> tuple[T | None, dict[str, str]]:
    """Return the record that a form holds, and the fields *apart*, unless they are the record's."""
    try:
        fields = pairs(body.decode("ascii"))
    except UnicodeDecodeError as error:
        raise Malformed("The form isn't urlencoded.") from error
    known = getattr(kind, "__struct_fields__", ())
    rest = {name: fields[name] for name in apart if isinstance(fields.get(name), str)}
    for name in rest:
        if name not in known:
            del fields[name]
    return _fitted(fields, kind), rest


def from_query(query: bytes, kind: type[T] | None) -> T | None:
    """Return the record that the query of an address holds."""
    if not query:
        return _fitted({}, kind)
    try:
        fields = pairs(query.decode("ascii"))
    except UnicodeDecodeError as error:
        raise Malformed("The query isn't urlencoded.") from error
    return _fitted(fields, kind)


def _fitted(fields: dict[str, Any], kind: type[T] | None) -> T | None:
    if kind is not None:
        return fit(fields, kind)
    if fields:
        raise Invalid(*(Fault(name, "is unknown here") for name in fields))
    return None


def pairs(text: str) -> dict[str, Any]:
    """Return the fields of a form or query; a list where a name comes more than once."""
    try:
        found = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError as error:  # too many, or not UTF-8
        raise Malformed("The fields can't be read.") from error
    fields: dict[str, Any] = {}
    for name, value in found:
        if "\0" in value or "\0" in name:
            raise Invalid(Fault(name.replace("\0", ""), "holds a NUL"))
        if name in fields:
            before = fields[name]
            fields[name] = [*before, value] if isinstance(before, list) else [before, value]
        else:
            fields[name] = value
    return fields


def check_json(body: bytes) -> None:
    """Refuse what parsers might read in different ways, or not survive."""
    if body.count(b"[") + body.count(b"{") > DEEPEST:
        _check_depth(body)
    try:
        plain = _DECODER.decode(body.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise Malformed(f"The body isn't JSON: {_reason(error)}.") from error
    if b"\\u0000" in body and _has_nul(plain):
        raise Malformed("The body isn't JSON: a string holds a NUL.")


def _check_depth(body: bytes) -> None:
    depth = 0
    for mark in MARKS.finditer(body):
        sign = body[mark.start()]
        if sign in b"[{":
            depth += 1
            if depth > DEEPEST:
                raise Malformed(f"The body is nested deeper than {DEEPEST} levels.")
        elif sign in b"]}":
            depth -= 1


def _has_nul(plain: Any) -> bool:
    if isinstance(plain, str):
        return "\0" in plain
    if isinstance(plain, dict):
        return any(_has_nul(one) for pair in plain.items() for one in pair)
    return isinstance(plain, list) and any(map(_has_nul, plain))


def _unique(found: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(found)
    if len(record) != len(found):
        raise _Twice
    return record


def _no_constant(name: str) -> Any:
    raise _Twice(name)


class _Twice(ValueError):
    """A name that comes twice, or a number that is none."""


def _reason(error: Exception) -> str:
    if isinstance(error, _Twice):
        return f"{error} is no number" if error.args else "a name comes twice"
    return "it can't be parsed" if isinstance(error, json.JSONDecodeError) else "it isn't UTF-8"


_DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_no_constant)


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"The body has more than {limit} bytes.")
