"""
What travels: typed records as JSON, both ways. The only door to msgspec.

The types that validate are the types in the OpenAPI document, so a rule that is written down here
(`Length`, a pattern, a literal) is checked and published at once.
"""

from collections.abc import Iterable
from typing import Any, TypeVar, dataclass_transform

import msgspec
from msgspec import UNSET, Meta, UnsetType

from .errors import Fault, Invalid

__all__ = ["UNSET", "Meta", "Reply", "Sent", "UnsetType", "decode", "encode", "fit", "schemas"]

T = TypeVar("T")


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(msgspec.field,))
class Sent(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A body that a client sends: unknown fields are refused."""


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(msgspec.field,))
class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """A body that the service answers with."""


_ENCODER = msgspec.json.Encoder()
_DECODERS: dict[Any, msgspec.json.Decoder[Any]] = {}


def encode(value: object) -> bytes:
    """Return *value* as JSON."""
    return _ENCODER.encode(value)


def decode(data: bytes, kind: type[T]) -> T:
    """Return the *kind* that the JSON text *data* holds, or raise `Invalid`."""
    decoder = _DECODERS.get(kind)
    if decoder is None:
        decoder = _DECODERS[kind] = msgspec.json.Decoder(kind)
    try:
        found: T = decoder.decode(data)
    except msgspec.ValidationError as error:
        raise _refused(str(error)) from error
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise Invalid(detail="the body isn't JSON that can be read") from error
    return found


def fit(plain: object, kind: type[T], *, strict: bool = False) -> T:
    """
    Return what a form or a query holds as a *kind*, or raise `Invalid`.

    Forms know nothing but texts; if *strict*, a text is no number.
    """
    try:
        return msgspec.convert(plain, kind, strict=strict)
    except (msgspec.ValidationError, RecursionError) as error:
        raise _refused(str(error)) from error


def schemas(kinds: Iterable[Any], reference: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Return the JSON schemas of *kinds*, and the definitions that they refer to."""
    found = msgspec.json.schema_components(list(kinds), ref_template=reference)
    return list(found[0]), dict(found[1])


def _refused(text: str) -> Invalid:
    """Turn ``message - at `$.a.b``` into a fault of the field a.b."""
    message, _, where = text.partition(" - at `")
    field = where.removesuffix("`").removeprefix("$").lstrip(".")
    return Invalid(Fault(field or "body", message))
