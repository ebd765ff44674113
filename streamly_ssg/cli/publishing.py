"""What the commands around releases share."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from streamly_ssg.inputs.config import FILE, Publish, read_settings
from streamly_ssg.publish.journal import Release
from streamly_ssg.publish.releases import Releases, Rules
from streamly_ssg.values import convert

from . import speech
from .session import Session


def settings(session: Session) -> Publish:
    """Return what streamly.toml says about publishing."""
    return convert(read_settings(session.root / FILE).get("publish", {}), Publish)


@contextmanager
def releases(session: Session, chosen: Publish) -> Iterator[Releases]:
    """Lend the releases of the site."""
    rules = Rules(chosen.keep, chosen.asset_hours)
    lent = Releases(session.root / chosen.folder, rules, say=speech.note)
    try:
        yield lent
    finally:
        lent.close()


def when(release: Release) -> str:
    """Return the moment of a release as people read it."""
    return f"{datetime.fromtimestamp(release.at / 1000, UTC):%Y-%m-%d %H:%M:%S} UTC"


def summary(release: Release) -> str:
    """Return what a release changed, in one line."""
    counts = f"{speech.counted(release.written, 'file')} written, {release.removed:,} removed"
    again = f" shows release {release.content} again" if release.kind == "rollback" else ""
    return f"release {release.number}{again}: {counts}, {release.files:,} in all"


def plain(release: Release) -> dict[str, Any]:
    """Return a release as JSON shows it."""
    return {
        "number": release.number,
        "kind": release.kind,
        "content": release.content,
        "at": datetime.fromtimestamp(release.at / 1000, UTC).isoformat(),
        "written": release.written,
        "removed": release.removed,
        "files": release.files,
    }
