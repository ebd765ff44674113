"""What a build did, in words and as JSON."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from . import speech

if TYPE_CHECKING:
    from streamly_ssg.api import Report


def summary(report: "Report") -> str:
    """Return what a build did, in one line."""
    counts = f"{speech.counted(len(report.made), 'page')} made"
    counts += f", {report.kept:,} kept, {len(report.removed):,} removed"
    return f"{counts} in {seconds(report.seconds)}"


def tell(report: "Report") -> None:
    """Print what a build did: its problems, and in two lines the rest."""
    speech.complain(report.problems)
    speech.say(summary(report))
    if report.next_change:
        when = datetime.fromisoformat(report.next_change)
        speech.say(f"next scheduled change: {when:%Y-%m-%d %H:%M} UTC")
    if report.problems:
        speech.note(f"{speech.counted(len(report.problems), 'problem')} to solve, see above")


def plain(report: "Report") -> dict[str, Any]:
    """Return what a build did as JSON shows it; *made* gives the reason for each file."""
    return {
        "made": report.made,
        "kept": report.kept,
        "removed": report.removed,
        "written": report.written,
        "problems": [speech.plain(one) for one in report.problems],
        "next_change": report.next_change or None,
        "seconds": round(report.seconds, 4),
        "exit_code": report.exit_code,
    }


def seconds(number: float) -> str:
    """Return a duration as people say it."""
    return f"{number * 1000:.0f} ms" if number < 1 else f"{number:.1f} s"
