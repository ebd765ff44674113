"""How commands of the service tell what came of them: as lines, or as one JSON document."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from streamly_ssg.cli import speech
from streamly_ssg.cli.session import Session


def tell(session: Session, document: dict[str, Any], lines: Sequence[str]) -> None:
    """Print *document* if JSON was asked for, else *lines*."""
    if session.json:
        speech.document({**document, "exit_code": 0})
        return
    for line in lines:
        speech.say(line)


def moment(at: int | None) -> str:
    """Return a time as a person reads it; "never" for none."""
    return "never" if at is None else f"{datetime.fromtimestamp(at / 1000, UTC):%Y-%m-%d %H:%M}"


def iso(at: int | None) -> str | None:
    """Return a time as it travels."""
    return None if at is None else f"{datetime.fromtimestamp(at / 1000, UTC):%Y-%m-%dT%H:%M:%SZ}"
