"""
Front matter: where it ends, and what is read from it.

python-frontmatter splits the file; our strict loaders read the fields; `meta.py` says what they
mean. A file that begins with a thematic break and no ``key:`` is ordinary Markdown.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from streamly_ssg.errors import ContentError, Problem, problem

from .raw import Broken, Field

if TYPE_CHECKING:
    from frontmatter.default_handlers import BaseHandler

MAX_BYTES = 64 * 1024
# A field in the first lines, or nothing but blank lines and comments before the closing line.
_YAML_FIELD = re.compile(
    r"""---[ \t]*\n(?:[ \t]*(?:\#.*)?\n)*
    (?: ---[ \t]*(?:\n|\Z)
      | (?:(?!---[ \t]*\n)[^\n]+\n)*? [ \t]*(?:[&!]\S*[ \t]+)? ["']?[\w.-]+["']?[ \t]*:(?:\s|\Z)
      | [ \t]*(?: <<: | \{[ \t]*["'\w] )
    )""",
    re.VERBOSE,
)
_TOML_FIELD = re.compile(
    r"""\+\+\+[ \t]*\n(?:[ \t]*(?:\#.*)?\n)*
    (?: \+\+\+[ \t]*(?:\n|\Z)
      | (?:(?!\+\+\+[ \t]*\n)[^\n]+\n)*? [ \t]*(?: [\w"'.-]+[ \t]*= | \[+[\w"'.-]+\]+[ \t]*\n )
    )""",
    re.VERBOSE,
)


class Split(NamedTuple):
    """A file in two parts; *first_line* is the line of the file on which the body begins."""

    fields: dict[str, Field]
    body: str
    first_line: int


def split(path: str, text: str) -> Split:
    """Return the fields and the body of *text*; raise ContentError if the fields can't be read."""
    if _YAML_FIELD.match(text):
        return _split(path, text, _yaml(), "---")
    if _TOML_FIELD.match(text):
        return _split(path, text, _toml(), "+++")
    return Split({}, text, 1)


def _split(path: str, text: str, handler: BaseHandler, fence: str) -> Split:
    try:
        source, body = handler.split(text)
    except ValueError:
        hint = f'end it with a line "{fence}"'
        raise _error(path, "the front matter is never closed", 1, 1, hint) from None
    if len(source.encode()) > MAX_BYTES:
        raise _error(path, f"the front matter has more than {MAX_BYTES // 1024} KiB", 1, 1)
    try:
        fields = handler.load(source)
    except Broken as error:
        raise _error(path, error.message, error.line, error.column, error.hint) from None
    return Split(fields, body, text.count("\n", 0, len(text) - len(body)) + 1)


def _error(path: str, message: str, line: int, column: int, hint: str = "") -> ContentError:
    found: Problem = problem(
        "FRONT_MATTER", message, path=path, line=line, column=column, hint=hint
    )
    return ContentError(found)


@cache
def _yaml() -> BaseHandler:
    from .strict_yaml import Handler  # noqa: PLC0415 - 30 ms

    return Handler()


@cache
def _toml() -> BaseHandler:
    from .strict_toml import Handler  # noqa: PLC0415 - 30 ms

    return Handler()
