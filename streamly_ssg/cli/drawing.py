"""What is drawn on a terminal: a bar while a build takes longer than a moment, and tables."""

import sys
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Self

from . import speech

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

MOMENT = 0.7  # seconds without a sign of life that nobody minds
BETWEEN = 0.1


class Progress:
    """
    Called with the number of things done so far, and with how many there are if that is known.

    It draws when it is called and never by itself: a thread of its own would be copied, in whatever
    state it is, into the processes that are forked for rendering.
    """

    def __init__(self) -> None:
        self._bar: Bar | None = None
        self._next = time.monotonic() + MOMENT if speech.is_terminal() else float("inf")

    def __call__(self, done: int, total: int | None) -> None:
        """Show that so much is done: documents that were read, or files of *total*."""
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + BETWEEN
        if self._bar is None:
            self._bar = _bar()
        self._bar.update(
            self._bar.task_ids[0],
            description="reading" if total is None else "building",
            number=f"{done:,}" if total is None else f"{done:,} of {total:,}",
            completed=done,
            total=total,
            refresh=True,
        )

    def __enter__(self) -> Self:
        """Wait for the first call."""
        return self

    def __exit__(self, *_: object) -> None:
        """Leave no trace on the terminal."""
        if self._bar is not None:
            self._bar.stop()


def _bar() -> "Bar":
    from rich.console import Console  # noqa: PLC0415 - 60 ms that a short build doesn't pay
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[number]}"),
    )
    bar = Progress(
        *columns, TimeElapsedColumn(), console=console, auto_refresh=False, transient=True
    )
    bar.add_task("reading", total=None, number="")
    bar.start()
    return bar


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table: for people with lines, for programs with tabs between the cells."""
    if not sys.stdout.isatty():
        for row in rows:
            speech.say("\t".join(" ".join(cell.split()) for cell in row))
        return
    from rich import box  # noqa: PLC0415
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    shown = Table(box=box.SIMPLE_HEAD)
    for column in columns:
        shown.add_column(column, overflow="fold")
    for row in rows:
        shown.add_row(*(Text(speech.printable(cell)) for cell in row))
    Console().print(shown)
