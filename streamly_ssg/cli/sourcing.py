"""
Where the facts of a build come from, by what was asked for.

The service's database is read by the service's own code, which is loaded by its name and only if
there is a database: the builder doesn't know the service.
"""

import os
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from streamly_ssg.inputs.config import FILE, read_settings

from .session import Session

if TYPE_CHECKING:
    from streamly_ssg.inputs.facts import Source

READER = "interact_api.source"
USUAL = "var/streamly.db"
ENDS = (".db", ".sqlite", ".sqlite3")


def source(session: Session, given: str) -> "Source | None":
    """Return the source that *given* names, or the usual one; None for files of facts and none."""
    if "://" in given:
        from streamly_ssg.inputs.address import VARIABLE, AddressFacts  # noqa: PLC0415 - few do

        return AddressFacts(given, os.environ.get(VARIABLE, ""))
    if given:
        return _database(session.path(given)) if given.endswith(ENDS) else None
    usual = _usual(session.root)
    return _database(usual) if usual.is_file() else None


def _usual(root: Path) -> Path:
    """Return where this site's database is, if it has one."""
    service = read_settings(root / FILE).get("service")
    named = service.get("database") if isinstance(service, dict) else None
    return root / (os.environ.get("STREAMLY_DATABASE") or str(named or USUAL))


def _database(path: Path) -> "Source":
    found: Source = import_module(READER).DatabaseFacts(path)
    return found
