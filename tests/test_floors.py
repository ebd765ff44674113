"""Nothing known to be weak is locked or installed, and what is locked is what was asked for."""

import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[1]
REQUIREMENTS = ROOT / "requirements"
LOCKS = sorted(path for path in REQUIREMENTS.glob("*.txt") if path.name != "floors.txt")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PINNED = re.compile(r"^([\w.-]+)==(\S+)", re.MULTILINE)
RUN_AT_START = {"_editable_impl_streamly.pth", "_virtualenv.pth", "distutils-precedence.pth"}

Versions = Iterable[tuple[str, str]]


def floors() -> dict[str, Requirement]:
    lines = (REQUIREMENTS / "floors.txt").read_text("utf-8").splitlines()
    return named(filter(None, (line.partition("#")[0].strip() for line in lines)))


def named(requirements: Iterable[str]) -> dict[str, Requirement]:
    return {canonicalize_name(one.name): one for one in map(Requirement, requirements)}


def locked(path: Path) -> dict[str, str]:
    return {canonicalize_name(name): version for name, version in PINNED.findall(path.read_text())}


def installed() -> Iterator[tuple[str, str]]:
    for one in distributions():
        yield canonicalize_name(one.name), one.version


def too_old(versions: Versions, wanted: dict[str, Requirement]) -> list[str]:
    """Return what is older than *wanted* allows."""
    return [
        f"{name} {version} is not {wanted[name].specifier}"
        for name, version in versions
        if name in wanted and not wanted[name].specifier.contains(version, prereleases=True)
    ]


def asked_for(*extras: str) -> dict[str, Requirement]:
    """Return the dependencies that pyproject.toml names."""
    project, groups = PROJECT["project"], PROJECT["dependency-groups"]
    lines = list(project["dependencies"])
    for extra in extras:
        lines += project["optional-dependencies"].get(extra) or groups[extra]
    return named(lines)


def test_nothing_installed_is_known_to_be_weak() -> None:
    assert too_old(installed(), floors()) == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.stem)
def test_nothing_locked_is_known_to_be_weak(lock: Path) -> None:
    assert too_old(locked(lock).items(), floors()) == []


def test_a_lock_with_a_weak_version_is_refused(tmp_path: Path) -> None:
    lock = tmp_path / "weak.txt"
    lock.write_text("click==8.5.1 --hash=sha256:00\nJinja2==3.1.2 --hash=sha256:00\n")
    assert too_old(locked(lock).items(), floors()) == ["jinja2 3.1.2 is not >=3.1.6"]


def test_no_lower_bound_of_the_project_allows_a_weak_version() -> None:
    lowest = [(name, _lower_bound(one)) for name, one in asked_for("test", "lint").items()]
    assert too_old(lowest, floors()) == []


@pytest.mark.parametrize(
    ("lock", "extras"),
    [("run", ()), ("test", ("test",)), ("lint", ("test", "lint"))],
)
def test_a_lock_holds_what_the_project_asks_for(lock: str, extras: tuple[str, ...]) -> None:
    found, wanted = locked(REQUIREMENTS / f"{lock}.txt"), asked_for(*extras)
    assert set(wanted) <= set(found)
    assert too_old(found.items(), wanted) == []


@pytest.mark.parametrize("group", ["build", "lock", "peers"])
def test_a_lock_holds_what_its_group_asks_for(group: str) -> None:
    found = locked(REQUIREMENTS / f"{group}.txt")
    assert set(named(PROJECT["dependency-groups"][group])) <= set(found)


def test_what_is_tested_is_what_runs() -> None:
    run, test, lint = (locked(REQUIREMENTS / f"{name}.txt") for name in ("run", "test", "lint"))
    assert run.items() <= test.items() <= lint.items()


def test_nothing_unknown_runs_whenever_python_starts() -> None:
    folders = [Path(folder) for folder in sys.path if folder.endswith("-packages")]
    assert {path.name for folder in folders for path in folder.glob("*.pth")} <= RUN_AT_START


def test_the_floor_of_python_is_met() -> None:
    wanted = Requirement(f"python{PROJECT['project']['requires-python']}")
    assert wanted.specifier.contains(Version(".".join(map(str, sys.version_info[:3]))))


def _lower_bound(one: Requirement) -> str:
    (bound,) = one.specifier
    assert bound.operator == ">="
    return bound.version
