"""streamly.toml as the service reads it: its text, its tables, and where in it something stands."""

import re
import tomllib
from pathlib import Path
from typing import Any

from streamly_ssg.errors import Problem, UsageError, problem

FILE = "streamly.toml"


def text_of(path: Path) -> str:
    """Return what stands in the file; nothing if there is none."""
    try:
        return path.read_text("utf-8-sig")
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError as error:
        raise UsageError(fault("is not UTF-8", "save it as UTF-8")) from error


def tables_of(text: str) -> dict[str, Any]:
    """Return its tables."""
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        hint = 'the file is TOML: name = "value" under [section] headers'
        raise UsageError(fault(str(error), hint)) from error


def line_of(text: str, section: str, key: str) -> int:
    """Return the line of *key* in *section*; 0 if it isn't found."""
    inside = ""
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*\[([\w.-]+)\]", line):
            inside = header[1]
        elif inside == section and re.match(rf"\s*\"?{re.escape(key)}\"?\s*=", line):
            return number
    return 0


def fault(message: str, hint: str, line: int = 0) -> Problem:
    """Return a problem of the file, as all of them look."""
    return problem("SETTINGS", message, path=FILE, line=line, column=1 if line else 0, hint=hint)
