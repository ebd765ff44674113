"""
What a command can end with, drawn once.

    0  done
    1  the content or a check failed
    2  usage
    3  environment
    4  a bug in Streamly
    130  stopped with Ctrl-C
"""

import errno
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import click

from streamly_ssg.errors import (
    InternalError,
    Problem,
    StreamlyError,
    SystemProblem,
    UsageError,
    did_you_mean,
    problem,
)

from . import speech
from .session import Session

STOPPED = 130
ENVIRONMENT = {
    errno.EACCES,
    errno.EDQUOT,
    errno.EIO,
    errno.EMFILE,
    errno.ENAMETOOLONG,
    errno.ENFILE,
    errno.ENOMEM,
    errno.ENOSPC,
    errno.EPERM,
    errno.EROFS,
}


class End(NamedTuple):
    """How a command ended badly."""

    exit_code: int
    problems: Sequence[Problem]


def attempt(act: Callable[[], object], session: Session) -> int:
    """Do *act*; return the exit code, and tell a person what went wrong."""
    try:
        given = act()
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return UsageError.exit_code
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the last place there is
        return _told(error, session)
    return given if isinstance(given, int) else 0


@contextmanager
def reader_may_leave() -> Iterator[None]:
    """Let whoever reads our output close it when they have seen enough: that is no error."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _told(error: BaseException, session: Session) -> int:
    if session.debug:
        import traceback  # noqa: PLC0415 - nobody else needs it

        traceback.print_exception(error)
    end = end_of(error)
    speech.complain(end.problems)
    if session.json:
        told = [speech.plain(one) for one in end.problems]
        speech.document({"problems": told, "exit_code": end.exit_code})
    return end.exit_code


def end_of(error: BaseException) -> End:
    """Return what *error* means to a person."""
    match error:
        case StreamlyError():
            return End(error.exit_code, error.problems)
        case click.ClickException():
            return End(UsageError.exit_code, [_usage(error)])
        case click.Abort() | KeyboardInterrupt():
            text = "stopped before it was done"
            return End(STOPPED, [problem("STOPPED", text, hint="nothing is lost, run it again")])
        case OSError() | MemoryError() if getattr(error, "errno", errno.ENOMEM) in ENVIRONMENT:
            return End(SystemProblem.exit_code, [_system(error)])
        case _:
            return End(InternalError.exit_code, [bug(error)])


def bug(error: BaseException) -> Problem:
    """Return what to say about an error that nobody expected."""
    text = " ".join(f"{type(error).__name__}: {error}".split())
    hint = "this is a mistake in Streamly, please report it with what --debug prints"
    return problem("BUG", text, hint=hint)


def _usage(error: click.ClickException) -> Problem:
    text = error.format_message().rstrip(".")
    hints = []
    if isinstance(error, click.NoSuchOption):
        text = f"no such option: {error.option_name}"
        known = [name for one in _parameters(error) for name in one.opts]
        hints.append(did_you_mean(error.option_name, known))
    if isinstance(error, click.UsageError) and error.ctx is not None:
        hints.append(f"see `{error.ctx.command_path} --help`")
    return problem("USAGE", text[:1].lower() + text[1:], hint="; ".join(filter(None, hints)))


def _parameters(error: click.UsageError) -> list[click.Parameter]:
    return error.ctx.command.get_params(error.ctx) if error.ctx is not None else []


def _system(error: OSError | MemoryError) -> Problem:
    if isinstance(error, MemoryError):
        hint = "use fewer processes, as --jobs 1"
        return problem("SYSTEM", "there is not enough memory", hint=hint)
    path = str(error.filename or "")
    hint = "make room, or check the permissions"
    return problem("SYSTEM", error.strerror or str(error), path=path, hint=hint)
