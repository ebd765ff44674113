"""
Data files: TOML, YAML, JSON and CSV, with the guards that front matter has.

Their values are plain: dictionaries, lists, strings, numbers, truth values. Dates are ISO
strings, so that a template and the digest of its data see the same thing.
"""

import csv
import io
import json
import tomllib
from collections.abc import Callable
from typing import Any

import yaml

from streamly_ssg.errors import ContentError, problem
from streamly_ssg.values import MAX_DEPTH, plain

MAX_NODES = 200_000
FOLDER = "data"


def read(path: str, data: bytes) -> Any:
    """Return what the data file *path* holds."""
    reader = READERS.get(path.rpartition(".")[2].lower())
    if reader is None:
        known = ", ".join(sorted(READERS))
        raise _fault(path, "is of no known kind", hint=f"known endings are {known}")
    try:
        return plain(reader(data.decode("utf-8-sig")))
    except UnicodeDecodeError as error:
        raise _fault(path, "is not UTF-8", hint="save it as UTF-8") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        raise _fault(path, error.problem or "is not YAML", line, column) from error
    except json.JSONDecodeError as error:
        raise _fault(path, error.msg, error.lineno, error.colno) from error
    except (ValueError, RecursionError, csv.Error, yaml.YAMLError) as error:
        raise _fault(path, str(error) or "is nested too deeply") from error


def _yaml(text: str) -> Any:
    depth = 0
    for nodes, event in enumerate(yaml.parse(text, yaml.CSafeLoader)):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _at_line(event, "anchors and aliases are not allowed")
        if tag := getattr(event, "tag", None):
            raise _at_line(event, f"tags ({tag}) are not allowed")
        if depth > MAX_DEPTH or nodes > MAX_NODES:
            raise _at_line(event, "is nested too deeply or too large")
    return yaml.load(text, yaml.CSafeLoader)


def _csv(text: str) -> list[dict[str, str]]:
    return [
        {str(name): str(cell or "") for name, cell in row.items() if name is not None}
        for row in csv.DictReader(io.StringIO(text, newline=""))
    ]


def _at_line(event: Any, message: str) -> ValueError:
    return ValueError(f"line {event.start_mark.line + 1}: {message}")


READERS: dict[str, Callable[[str], Any]] = {
    "toml": tomllib.loads,
    "yaml": _yaml,
    "yml": _yaml,
    "json": json.loads,
    "csv": _csv,
}


def _fault(path: str, message: str, line: int = 0, column: int = 0, hint: str = "") -> ContentError:
    where = f"{FOLDER}/{path}"
    return ContentError(problem("DATA", message, path=where, line=line, column=column, hint=hint))
