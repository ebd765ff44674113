"""The same as `test_service_faults`, of the system itself: its n-th call fails, or is the last."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import count, takewhile
from pathlib import Path

import pytest

from interact_api import backup
from interact_api.db import Database
from tests.support import acts
from tests.support.acts import ACTS, perform, rows
from tests.support.process import HOME, environment
from tests.support.service import Clock

CALLS = "pwrite64,fdatasync,fsync,ftruncate"
SOME = (2, 4, 9)
FAULTS = ("error=EIO", "error=ENOSPC", "signal=SIGKILL")


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("prepared") / "a.db"
    acts.prepare(path)
    return path


def disturbed(path: Path, kind: str, fault: str, number: int) -> tuple[str, bool]:
    """Let the *number*-th call fail with which *kind* is written; return what was told, and if it did."""
    log = path.with_suffix(".log")
    wal = f"{path}-wal"
    given = ["-f", "-qq", "-o", str(log), "-P", str(path), "-P", wal, "-e", f"trace={CALLS}"]
    # Once, but for what the disk says: a disk that is broken stays so.
    whenever = f"{number}+" if fault == "error=EIO" else number
    command = ["strace", *given, "-e", f"inject={CALLS}:{fault}:when={whenever}"]
    program = [sys.executable, "-m", "tests.support.acts", str(path), kind]
    done = subprocess.run(
        [*command, *program],
        cwd=HOME,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    found = log.read_text()
    has_failed = "INJECTED" in found or "SIGKILL" in found
    return re.sub(r"\s", "", done.stdout), has_failed


def failures(
    prepared: Path, folder: Path, kind: str, fault: str, numbers: Iterable[int]
) -> Iterator[bool]:
    """Let each of the calls with these *numbers* fail; yield whether there was one."""
    clean = Path(shutil.copy(prepared, folder / "clean.db"))
    with closing(Database(clean, clock=Clock())) as database:
        perform(database, kind)
    before, after = rows(prepared), rows(clean)
    allowed = {"+": [after], "-": [before], "~": [before, after], "": [before, after]}
    for number in numbers:
        path = Path(shutil.copy(prepared, folder / f"{number}.db"))
        told, has_failed = disturbed(path, kind, fault, number)
        assert rows(path) in allowed[told], (number, told)
        assert backup.verify(path) == []
        assert has_failed or told == "+"
        yield has_failed


@pytest.fixture
def strace() -> None:
    """Skip where the system's calls can't be disturbed; `test_service_faults` does it everywhere."""
    try:
        done = subprocess.run(["strace", "true"], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no strace on this machine")
    if done.returncode:
        pytest.skip(f"strace may not look into programs here: {done.stderr.strip()}")


@pytest.mark.usefixtures("strace")
@pytest.mark.parametrize("fault", FAULTS)
def test_a_call_that_fails_leaves_a_comment_whole_or_not_there(
    prepared: Path, tmp_path: Path, fault: str
) -> None:
    assert all(failures(prepared, tmp_path, "comment", fault, SOME))


@pytest.mark.long
@pytest.mark.usefixtures("strace")
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("kind", ACTS)
def test_every_call_that_fails_leaves_every_write_whole_or_not_there(
    prepared: Path, tmp_path: Path, kind: str, fault: str
) -> None:
    failed = failures(prepared, tmp_path, kind, fault, count(1))
    assert sum(takewhile(bool, failed)) > 3
