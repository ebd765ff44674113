"""Options that several commands share, and what they mean."""

import os
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

import click

from streamly_ssg.errors import UsageError, problem

from .session import Session

if TYPE_CHECKING:
    from streamly_ssg.api import Options
    from streamly_ssg.engine.crew import Executor

F = TypeVar("F", bound=Callable[..., Any])


class Moment(click.ParamType[datetime]):
    """A moment in ISO 8601; without a zone it is UTC."""

    name = "ISO"

    def convert(self, value: Any, param: Any, ctx: Any) -> datetime:  # noqa: ARG002
        """Return the moment that *value* names."""
        if isinstance(value, datetime):
            return value
        return moment(value)


def moment(text: str) -> datetime:
    """Return the moment that *text* names in ISO 8601; without a zone it is UTC."""
    try:
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        hint = "write it as 2026-01-31T09:30:00Z"
        raise UsageError(problem("USAGE", f'"{text}" is no moment', hint=hint)) from error


@dataclass(frozen=True, slots=True)
class Wish:
    """What a build was asked for on the command line."""

    output: str | None = None
    facts: str = ""
    drafts: bool | None = None
    now: datetime | None = None
    jobs: int | None = None

    def options(self, session: Session) -> "Options":
        """Return what the builder has to know of it; paths are as the person meant them."""
        from streamly_ssg.api import Options  # noqa: PLC0415 - `--help` doesn't need it

        from .sourcing import source  # noqa: PLC0415 - the same

        facts = self.facts
        found = source(session, facts)
        if facts and facts != "none" and "://" not in facts:
            facts = str(session.path(facts))
        output = session.path(self.output) if self.output is not None else None
        return Options(output, facts, found, self.drafts, self.now)

    def workers(self, start: str = "fork") -> "AbstractContextManager[Executor | None]":
        """Return the processes that render; none if one is enough."""
        jobs = self.jobs or len(os.sched_getaffinity(0))
        if jobs == 1:
            return nullcontext()
        from streamly_ssg.workers import Workers  # noqa: PLC0415

        return Workers(jobs, start)


def building(function: F) -> F:
    """Add the options of whatever builds; they arrive as one `Wish`."""

    @wraps(function)
    def gathered(*args: Any, **given: Any) -> Any:
        wish = {name: given.pop(name) for name in Wish.__dataclass_fields__}
        return function(*args, wish=Wish(**wish), **given)

    for option in reversed(_BUILDING):
        gathered = option(gathered)
    return gathered  # type: ignore[return-value]


_BUILDING = (
    click.option("--output", metavar="DIR", help="Where the site goes.  [default: public]"),
    click.option(
        "--facts",
        metavar="SRC",
        default="",
        help="The service's database or address, a file, or none.  [default: what there is]",
    ),
    click.option("--drafts/--no-drafts", default=None, help="Whether drafts are shown."),
    click.option("--now", type=Moment(), help="The moment that the build is for."),
    click.option(
        "--jobs", type=click.IntRange(1, 256), metavar="N", help="Processes.  [default: one a core]"
    ),
)


def _set_json(ctx: click.Context, _param: click.Parameter, wanted: bool) -> None:  # noqa: FBT001
    ctx.ensure_object(Session).json |= wanted


def _set_debug(ctx: click.Context, _param: click.Parameter, wanted: bool) -> None:  # noqa: FBT001
    ctx.ensure_object(Session).debug |= wanted


as_json = click.option(
    "--json",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_set_json,
    help="One JSON document on standard output.",
)
debug = click.option(
    "--debug",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_set_debug,
    help="Show the traceback of every error.",
)
