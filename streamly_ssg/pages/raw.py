"""What the two front matter loaders give: values as they were written, and where."""

from typing import Any, NamedTuple


class Plain(str):
    """A YAML scalar without quotes: its meaning depends on the field."""

    __slots__ = ()


class Field(NamedTuple):
    """A top-level field: its value, where its name stands and where its value begins."""

    value: Any
    line: int
    column: int
    value_line: int
    value_column: int


class Broken(Exception):
    """The front matter can't be read; lines count from its own first line."""

    def __init__(self, message: str, line: int, column: int, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column
        self.hint = hint
