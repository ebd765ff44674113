"""The package as people install it."""

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

from tests.support.house import ROOT, tracked


def wheel(folder: Path) -> Path:
    """Make the package as people install it."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (made,) = folder.glob("*.whl")
    return made


def test_the_wheel_brings_the_themes(tmp_path: Path) -> None:
    with ZipFile(wheel(tmp_path)) as archive:
        held = {name for name in archive.namelist() if name.startswith("streamly_ssg/themes/")}
    ours = {path.relative_to(ROOT).as_posix() for path in tracked()}
    themes = {f"streamly_ssg/{name}" for name in ours if name.startswith("themes/")}
    assert held == themes
    assert themes


def test_the_wheel_is_the_same_twice(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    assert wheel(first).read_bytes() == wheel(second).read_bytes()
