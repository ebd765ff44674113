"""What the two front matter loaders give: values as they were written, and where."""

from typing import Any, NamedTuple

FIRST_LINE = 2  # of the fields, in a file that begins with a fence


class Plain(str):
    """A YAML scalar without quotes: its meaning depends on the field."""

    __slots__ = ()


class Field(NamedTuple):
    """A top-level field: its value, and where in the file its name and its value begin."""

    value: Any
    line: int
    column: int
    value_line: int
    value_column: int


class Broken(Exception):
    """The front matter can't be read; *line* and *column* are those of the file."""

    def __init__(self, message: str, line: int, column: int, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column
        self.hint = hint
