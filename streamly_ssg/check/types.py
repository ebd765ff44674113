"""The types of what templates see: which attributes a value has, and what is in a list of them."""

import types
from collections.abc import Iterable
from typing import Any, Union, get_args, get_origin, get_type_hints

from streamly_ssg.values import Value

Known = Any  # a type, or Any if nothing is known
SIMPLE = (str, int, float, bool)


class Missing(LookupError):
    """A value has no such attribute; *known* are those it has."""

    def __init__(self, owner: str, known: Iterable[str]) -> None:
        super().__init__(owner)
        self.owner = owner
        self.known = list(known)


def fields_of(view: type) -> dict[str, Known]:
    """Return the fields of a view with their types."""
    return dict(get_type_hints(view))


def attribute(kind: Known, name: str) -> Known:
    """Return the type of the attribute *name* of a *kind*; raise `Missing` if it has none."""
    kind = _certain(kind)
    if isinstance(kind, type) and issubclass(kind, Value):
        fields = fields_of(kind)
        if name not in fields:
            raise Missing(kind.__name__, fields)
        return fields[name]
    if kind in SIMPLE and not hasattr(kind, name):
        raise Missing(kind.__name__, ())
    if _origin(kind) is dict and not hasattr(dict, name):
        return get_args(kind)[1]
    return Any


def item(kind: Known) -> Known:
    """Return the type of what is in a *kind*, if that is known."""
    kind = _certain(kind)
    if _origin(kind) is tuple:
        return get_args(kind)[0]
    return get_args(kind)[1] if _origin(kind) is dict else Any


def _origin(kind: Known) -> Any:
    return get_origin(kind)


def _certain(kind: Known) -> Known:
    """Return what an optional type is if it is not None."""
    if _origin(kind) in {Union, types.UnionType}:
        rest = [one for one in get_args(kind) if one is not type(None)]
        return rest[0] if len(rest) == 1 else Any
    return kind
