"""Several processes as one: real ones, that die as told."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

from tests.support.patience import PATIENCE, until
from tests.support.process import environment

SUPERVISE = """
import asyncio, logging, sys
from interact_api.supervisor import Part, Supervisor
logging.basicConfig(format="%(message)s", level=logging.INFO)
pause, codes = float(sys.argv[1]), sys.argv[2:]
parts = [Part(f"part {n}", [sys.executable, "-c", code]) for n, code in enumerate(codes)]
sys.exit(asyncio.run(Supervisor(parts, patience=1, pause=pause).run()))
"""
# What parts do: say that they began, in a file of their own.
BEGIN = """
import os, signal, sys, time
with open({path!r}, "a") as file:
    file.write(f"{{os.getpid()}} {{time.monotonic()}}\\n")
"""
STAY = "time.sleep(60)"
DIE = "os.kill(os.getpid(), signal.SIGKILL)"
IGNORE = "signal.signal(signal.SIGTERM, signal.SIG_IGN)\nopen({path!r} + '.deaf', 'w')\n" + STAY


class Watched:
    """A supervisor in a process of its own, and what its parts wrote down."""

    def __init__(self, process: "subprocess.Popen[str]", paths: list[Path]) -> None:
        self.process = process
        self._paths = paths

    def began(self, part: int = 0) -> list[tuple[int, float]]:
        """Return the process and the time of each beginning of a part."""
        if not self._paths[part].exists():
            return []
        lines = self._paths[part].read_text().splitlines()
        return [(int(line.split()[0]), float(line.split()[1])) for line in lines]

    def tell(self, how: signal.Signals) -> None:
        self.process.send_signal(how)

    def end(self) -> tuple[int, str]:
        """Wait for the end; return the exit code and what was said."""
        said = self.process.communicate(timeout=PATIENCE)[1]
        return self.process.returncode, said


@contextmanager
def watched(folder: Path, *parts: str, pause: float = 0.05) -> Iterator[Watched]:
    paths = [folder / f"part-{number}" for number, _ in enumerate(parts)]
    codes = [(BEGIN + part).format(path=str(path)) for path, part in zip(paths, parts, strict=True)]
    process = subprocess.Popen(
        [sys.executable, "-c", SUPERVISE, str(pause), *codes],
        env=environment(),
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield Watched(process, paths)
    finally:
        process.kill()
        process.wait()


def is_alive(number: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{number}/stat").read_text().rpartition(")")[2]
    except FileNotFoundError:
        return False


def test_all_parts_run_until_they_are_told_to_end(tmp_path: Path) -> None:
    with watched(tmp_path, STAY, STAY) as made:
        until(lambda: made.began(0) and made.began(1))
        made.tell(signal.SIGTERM)
        code, said = made.end()
    assert code == 0
    assert "ended" not in said
    assert not any(is_alive(made.began(part)[0][0]) for part in (0, 1))


def test_a_part_that_dies_begins_again_and_the_others_go_on(tmp_path: Path) -> None:
    with watched(tmp_path, STAY, STAY) as made:
        until(lambda: made.began(0) and made.began(1))
        os.kill(made.began(0)[0][0], signal.SIGKILL)
        until(lambda: len(made.began(0)) == 2)
        assert len(made.began(1)) == 1
        made.tell(signal.SIGINT)
        code, said = made.end()
    assert code == 0
    assert "part 0 was ended by SIGKILL; starting it again in 0.05 s" in said


def test_a_part_that_keeps_dying_is_left_alone_longer_each_time(tmp_path: Path) -> None:
    with watched(tmp_path, DIE) as made:
        until(lambda: len(made.began()) == 6)
        made.tell(signal.SIGTERM)
        assert made.end()[0] == 0
    pauses = [after - before for (_, before), (_, after) in pairwise(made.began())]
    assert [pause > 0.05 * 2**turn for turn, pause in enumerate(pauses)] == [True] * 5


def test_a_pause_doesnt_delay_the_end(tmp_path: Path) -> None:
    with watched(tmp_path, DIE, pause=2 * PATIENCE) as made:
        until(made.began)
        made.tell(signal.SIGTERM)
        made.end()
    assert len(made.began()) == 1


def test_a_part_that_was_called_wrongly_ends_all(tmp_path: Path) -> None:
    with watched(tmp_path, STAY, "sys.exit(2)") as made:
        assert made.end()[0] == 2
    assert len(made.began(1)) == 1
    assert not any(is_alive(number) for number, _ in made.began(0))


def test_a_part_that_doesnt_listen_is_ended_at_last(tmp_path: Path) -> None:
    with watched(tmp_path, IGNORE) as made:
        until((tmp_path / "part-0.deaf").exists)
        made.tell(signal.SIGTERM)
        code, said = made.end()
    assert code == 0
    assert "part 0 didn't end within 1 seconds" in said
    assert not is_alive(made.began()[0][0])


def test_nothing_outlives_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    with watched(tmp_path, STAY, STAY) as made:
        until(lambda: made.began(0) and made.began(1))
        made.process.kill()
        made.process.communicate()
        until(lambda: not any(is_alive(made.began(part)[0][0]) for part in (0, 1)))
