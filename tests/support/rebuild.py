"""
One check carries most tests of the builder: `check_rebuild`.

It builds a site, changes it, builds again, and compares with a clean build of the same sources in
another folder: every byte, every problem, the exit code, and exactly which files were made.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from streamly_ssg.api import Options, Report, Site
from streamly_ssg.errors import StreamlyError

from .folder import Change, Folder, Sources, fresh_folder

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
AT_NOW = Options(now=NOW)
Act = Change | Callable[[Folder], object]


@dataclass(frozen=True)
class Built:
    """What came of a build: what it made and removed, what it complained about, what is there."""

    made: frozenset[str]
    removed: frozenset[str]
    written: int
    problems: tuple[str, ...]
    exit_code: int
    output: dict[str, str] = field(repr=False)
    manifest: dict[str, Any] = field(repr=False)
    reasons: dict[str, str] = field(default_factory=dict, repr=False)
    refused: bool = False


def build(folder: Folder, options: Options = AT_NOW, site: Site | None = None) -> Built:
    """Build the site in *folder*, by *site* if one is kept."""
    return told(folder, lambda: (site or Site(folder.root, options)).build())  # noqa: PLW0108 - making a Site may fail too


def told(folder: Folder, act: Callable[[], Report]) -> Built:
    """Return what came of *act*, which builds the site in *folder*."""
    try:
        report = act()
    except StreamlyError as error:
        problems = _sorted(map(str, error.problems), folder.root)
        nothing: frozenset[str] = frozenset()
        left = (folder.output(), manifest(folder.root))
        return Built(nothing, nothing, 0, problems, error.exit_code, *left, refused=True)
    return Built(
        made=frozenset(map(url_of, report.made)),
        removed=frozenset(map(url_of, report.removed)),
        written=report.written,
        problems=_sorted(map(str, report.problems), folder.root),
        exit_code=report.exit_code,
        output=folder.output(),
        manifest=manifest(folder.root),
        reasons={url_of(path): why for path, why in report.made.items()},
    )


def clean_build(folder: Folder, options: Options = AT_NOW) -> Built:
    """Build a copy of the sources in *folder* where nobody has built before."""
    with fresh_folder({}) as other:
        return build(folder.copy_sources(other.root / "copy"), options)


def manifest(root: Path) -> dict[str, Any]:
    """Return what the manifest of the site in *root* says of each page: its last line counts."""
    path = root / "public.manifest.ndjson"
    lines = path.read_text("utf-8").splitlines()[1:] if path.exists() else []
    entries = {}
    for line in map(json.loads, lines):
        entries[line["id"]] = {key: value for key, value in line.items() if key != "seq"}
    return {page: entry for page, entry in entries.items() if "removed" not in entry}


def url_of(path: str) -> str:
    """Return the address of the output file *path*."""
    return "/" + path.removesuffix("index.html")


def check_rebuild(
    sources: Sources,
    change: Act,
    *,
    rebuilt: Iterable[str],
    removed: Iterable[str] = (),
    options: Options = AT_NOW,
    then: Options | None = None,
) -> Built:
    """
    Build, change, build again: exactly *rebuilt* is made, and the output is that of a clean build.

    Args:
        sources: the site.
        change: files to write or to remove, or a function of the folder.
        rebuilt: the addresses that the second build makes; `removed`: those it takes away.
        removed: the addresses that the second build takes away.
        options: of the first build.
        then: of the second build, if they are others.
    """
    with fresh_folder(sources) as folder:
        first = build(folder, options)
        assert not first.refused, first.problems
        return _check_second(folder, change, then or options, set(rebuilt), set(removed))


def _check_second(
    folder: Folder, change: Act, options: Options, rebuilt: set[str], removed: set[str]
) -> Built:
    if callable(change):
        change(folder)
    else:
        folder.apply(change)
    second = build(folder, options)
    assert_same(second, clean_build(folder, options))
    assert set(second.made) == rebuilt, second.reasons
    assert set(second.removed) == removed, second.removed
    third = build(folder, options)
    assert third.made == frozenset(), third.reasons
    assert third.output == second.output
    assert third.problems == second.problems
    return second


def assert_same(incremental: Built, clean: Built) -> None:
    """Assert that a build gave what a clean build gives."""
    wrong = difference(incremental.output, clean.output)
    assert not wrong, wrong
    wrong = difference(incremental.manifest, clean.manifest)
    assert not wrong, wrong
    assert incremental.problems == clean.problems, (incremental.problems, clean.problems)
    assert incremental.exit_code == clean.exit_code, (incremental.exit_code, clean.exit_code)


def difference(found: Mapping[str, Any], expected: Mapping[str, Any]) -> dict[str, str]:
    """Return in which paths two trees differ, or in which pages two manifests, and how."""
    return {
        path: _compared(found.get(path), expected.get(path))
        for path in sorted(found.keys() | expected.keys())
        if found.get(path) != expected.get(path)
    }


def _compared(found: Any, expected: Any) -> str:
    if found is None:
        return "is missing"
    return "should not be there" if expected is None else "differs"


def _sorted(problems: Iterable[str], root: Path) -> tuple[str, ...]:
    return tuple(sorted(text.replace(f"{root}/", "") for text in problems))


def facts(**groups: Any) -> str:
    """Return an NDJSON file of facts: ``facts(likes={"posts.a": {"count": 1}}, popular={…})``."""
    lines = []
    for group, values in groups.items():
        pairs = {"popular": values} if group == "popular" else _keyed(group, values)
        lines += [{"key": key, "value": value} for key, value in pairs.items()]
    return "".join(
        json.dumps({**line, "seq": number}) + "\n" for number, line in enumerate(lines, 1)
    )


def _keyed(group: str, values: dict[str, Any]) -> dict[str, Any]:
    return {f"{group}/{name}": value for name, value in values.items()}
