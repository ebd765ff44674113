"""What was measured, as tables for people and as JSON for programs."""

import json
import platform
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.bench import parity
from tests.bench.figures import Figure, Goal, goals
from tests.bench.scenarios import Bench

HEAD = ("scenario", "posts", "generator", "seconds", "cpu s", "GB", "every run (* watched)", "load")

Rows = list[tuple[str, ...]]


def show(bench: Bench) -> None:
    """Print every table that has rows."""
    figures = bench.figures()
    for title, head, rows in (
        ("Measured", HEAD, _runs(figures)),
        ("Promised", ("goal", "value", "limit", ""), [_goal(goal) for goal in goals(figures)]),
        ("Made", ("", *bench.made), _made(bench)),
    ):
        if rows:
            table(title, head, rows)
    for line in _differences(bench):
        print(f"Not the same pages: {line}")
    for line in bench.skipped:
        print(f"Skipped {line}")


def _runs(figures: list[Figure]) -> Rows:
    return [
        (
            figure.scenario,
            f"{figure.posts:,}",
            figure.generator,
            f"{figure.seconds:.3f}",
            f"{figure.cpu_seconds:.2f}" if figure.cpu_seconds is not None else "",
            f"{figure.gigabytes:.2f}" if figure.gigabytes else "",
            " ".join(f"{run.seconds:.3g}{'*' if run.peak_bytes else ''}" for run in figure.runs),
            span([run.load for run in figure.runs]),
        )
        for figure in figures
    ]


def span(loads: list[float]) -> str:
    """Return the lowest and the highest load."""
    low, high = f"{min(loads):.1f}", f"{max(loads):.1f}"
    return low if low == high else f"{low} to {high}"


def _goal(goal: Goal) -> tuple[str, ...]:
    value, limit = f"{goal.value:.3f} {goal.unit}", f"≤ {goal.limit:g}"
    return goal.name, value, limit, "met" if goal.met else "MISSED"


def _made(bench: Bench) -> Rows:
    sites = list(bench.made.values())
    if not sites:
        return []
    rows: Rows = [(kind, *(f"{site.pages[kind]:,}" for site in sites)) for kind in sites[0].pages]
    rows += [
        (f"with {name}", *(f"{site.features[name]:.0%}" for site in sites))
        for name in sites[0].features
    ]
    return [*rows, ("megabytes", *(f"{site.megabytes:,.0f}" for site in sites))]


def _differences(bench: Bench) -> list[str]:
    ours = bench.made.get(f"streamly, {bench.posts:,} posts")
    theirs = bench.made.get(f"hugo, {bench.posts:,} posts")
    return parity.differences(ours, theirs) if ours and theirs else []


def table(title: str, head: tuple[str, ...], rows: Rows) -> None:
    """Print rows in columns."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    print(f"\n{title}")
    for row in (head, *rows):
        print(
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        )


def write(bench: Bench, path: Path) -> None:
    """Write all of it as JSON."""
    figures = bench.figures()
    document: dict[str, Any] = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {"python": platform.python_version(), "system": platform.platform()},
        "figures": [
            asdict(figure) | {"seconds": figure.seconds, "gigabytes": figure.gigabytes}
            for figure in figures
        ],
        "goals": [asdict(goal) | {"met": goal.met} for goal in goals(figures)],
        "made": {name: asdict(made) for name, made in bench.made.items()},
        "differences": _differences(bench),
        "skipped": bench.skipped,
    }
    path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
