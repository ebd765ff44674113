"""
Everything that can go wrong, drawn once.

    StreamlyError            something to tell a person; carries one or more problems
    ├── ContentError     1   the author's files: Markdown, front matter, templates, data, facts
    ├── UsageError       2   the command line or streamly.toml
    ├── SystemProblem    3   the machine: no space, no permission, a missing program, a taken port
    └── InternalError    4   a bug in Streamly

A problem says where, what was found, what was expected and what to do. Nothing else is printed to
people; tracebacks are for ``--debug``.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from .likeness import nearest


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong, at one place."""

    path: str
    line: int
    column: int
    code: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        """Return ``path:line:column: CODE message (hint)``, leaving out what is unknown."""
        numbers = [str(n) for n in (self.line, self.column) if n]
        where = ":".join([self.path, *numbers]) if self.path else ""
        hint = f" ({self.hint})" if self.hint else ""
        return f"{where + ': ' if where else ''}{self.code} {self.message}{hint}"


class StreamlyError(Exception):
    """Something to tell a person."""

    exit_code = 4

    def __init__(self, *problems: Problem) -> None:
        super().__init__(*problems)
        self.problems = problems

    def __str__(self) -> str:
        """Return one problem a line."""
        return "\n".join(map(str, self.problems))


class ContentError(StreamlyError):
    """The author's files are wrong; other pages still build."""

    exit_code = 1


class UsageError(StreamlyError):
    """The command line or the settings are wrong; nothing is built."""

    exit_code = 2


class SystemProblem(StreamlyError):
    """The machine can't do what was asked; trying again later may help."""

    exit_code = 3


class InternalError(StreamlyError):
    """A bug in Streamly."""

    exit_code = 4


def problem(
    code: str, message: str, *, path: str = "", line: int = 0, column: int = 0, hint: str = ""
) -> Problem:
    """Return a problem; *line* and *column* count from one, zero means unknown."""
    return Problem(path, line, column, code, message, hint)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ``did you mean "title"?`` for the nearest known word, or an empty string."""
    near = nearest(word, known)
    return f'did you mean "{near}"?' if near else ""
