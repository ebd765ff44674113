"""
Values: frozen records of plain data, and their one canonical form in bytes.

Whatever a task yields is encoded here; the digest of a value is the digest of these bytes, so equal
values must give equal bytes in every process: tuples instead of lists, no sets, dictionaries in
sorted order. msgspec is the only codec, because it is typed both ways and costs half a microsecond.
"""

from collections.abc import Callable
from datetime import date, time
from functools import partial
from typing import Any, TypeVar, cast, dataclass_transform

import msgspec

T = TypeVar("T")

MAX_DEPTH = 32
HUGE = 2**63
Raw = msgspec.Raw
changed = msgspec.structs.replace
field = msgspec.field


@dataclass_transform(frozen_default=True, field_specifiers=(msgspec.field,))
class Value(msgspec.Struct, frozen=True, array_like=True):
    """A frozen record; subclasses declare their fields with types."""


@dataclass_transform(frozen_default=True, field_specifiers=(msgspec.field,))
class Tagged(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """A frozen record that is one case of a union."""


@dataclass_transform(frozen_default=True, field_specifiers=(msgspec.field,))
class Record(msgspec.Struct, frozen=True):
    """A frozen record that other programs write, as a JSON object."""


class Unreadable(ValueError):
    """The bytes don't hold such a value; the message says what is wrong, and where in it."""


_ENCODER = msgspec.msgpack.Encoder(order="deterministic")
_DECODERS: dict[Any, msgspec.msgpack.Decoder[Any]] = {}
_JSON_DECODERS: dict[Any, msgspec.json.Decoder[Any]] = {}


def encode(value: object) -> bytes:
    """Return the canonical bytes of *value*."""
    return _ENCODER.encode(value)


def decode(data: bytes, kind: Any) -> Any:
    """Return the value of type *kind* that `encode` turned into *data*."""
    decoder = _DECODERS.get(kind)
    if decoder is None:
        decoder = _DECODERS[kind] = msgspec.msgpack.Decoder(kind)
    return decoder.decode(data)


def decoder(kind: Any) -> Callable[[bytes], Any]:
    """Return a function that decodes values of type *kind*."""
    return partial(decode, kind=kind)


def from_json(data: bytes, kind: type[T]) -> T:
    """Return the value of type *kind* in the JSON text *data*; raise `Unreadable` if it is none."""
    reader = _JSON_DECODERS.get(kind)
    if reader is None:
        reader = _JSON_DECODERS[kind] = msgspec.json.Decoder(kind)
    try:
        return cast("T", reader.decode(data))
    except (msgspec.DecodeError, RecursionError) as error:
        raise Unreadable(str(error) or "is nested too deeply") from error


def to_json(value: object) -> bytes:
    """Return *value* as compact JSON, its keys in sorted order."""
    return msgspec.json.encode(value, order="deterministic")


def convert(plain: object, kind: type[T]) -> T:
    """Return *plain* data as a value of type *kind*; raise `Unreadable` if it doesn't fit."""
    try:
        return msgspec.convert(plain, kind)
    except (msgspec.ValidationError, RecursionError) as error:
        raise Unreadable(str(error)) from error


def plain(value: Any, depth: int = 0) -> Any:
    """
    Return nested data as it may be encoded: dates as ISO strings, no sets, no huge numbers.

    Raises:
        Unreadable: if it holds something else, or is nested too deeply.
    """
    if depth > MAX_DEPTH:
        raise Unreadable("is nested too deeply")
    if isinstance(value, dict):
        return {plain(str(key)): plain(inner, depth + 1) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner, depth + 1) for inner in value]
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, str):
        _refuse_surrogates(value)
        return value
    if isinstance(value, int) and not -HUGE <= value < HUGE:
        raise Unreadable(f"holds a number of {len(str(abs(value)))} digits")
    if value is None or isinstance(value, bool | int | float):
        return value
    raise Unreadable(f"holds a {type(value).__name__}, which data can't be")


def _refuse_surrogates(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise Unreadable("holds half of a character (a lone surrogate)") from error


def by_name(record: Value) -> dict[str, Any]:
    """Return what the fields of *record* hold."""
    return msgspec.structs.asdict(record)


def field_names(kind: type) -> tuple[str, ...]:
    """Return the names of the fields of a record type."""
    return tuple(field.name for field in msgspec.structs.fields(kind))
