"""`streamly up` as its operator meets it: one address, one command, an end that loses nothing."""

import os
import signal
import subprocess
import time
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.support.patience import PATIENCE
from tests.support.process import command, environment
from tests.support.sites import write
from tests.support.upping import up

SETTINGS = '[site]\nbase_url = "http://127.0.0.1:8000"\n'
HELLO = "/hello.txt"  # the same before the first release and after


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "streamly.toml").write_text(SETTINGS)
    write(tmp_path / "static", {"hello.txt": "Hello"})
    write(tmp_path / "public", {"hello.txt": "Hello", "404.html": "nothing"})
    return tmp_path


def test_site_and_service_have_one_address(folder: Path) -> None:
    with up(folder) as running:
        assert running.get(HELLO) == (200, b"Hello")
        assert running.get("/nothing")[0] == 404
        assert running.get("/api/v1/ready")[0] == 200
        assert running.said[0].startswith("site ")
        assert "streamly user add" in "\n".join(running.said)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_being_told_to_end_is_no_failure(folder: Path, how: signal.Signals) -> None:
    with up(folder) as running:
        assert running.get(HELLO)[0] == 200
        parts = running.parts()
        assert parts
        assert running.stop(how) == 0
        assert not any(Path(f"/proc/{one}").exists() for one in parts)


@pytest.mark.parametrize(
    ("workers", "words", "count"),
    [(0, (), min(len(os.sched_getaffinity(0)), 4)), (3, (), 3), (3, ("--workers", "1"), 1)],
)
def test_as_many_processes_answer_as_were_asked_for(
    folder: Path, workers: int, words: tuple[str, ...], count: int
) -> None:
    (folder / "streamly.toml").write_text(f"{SETTINGS}[service]\nworkers = {workers}\n")
    with up(folder, *words) as running:
        assert running.get("/api/v1/ready")[0] == 200
        parts = running.parts()
        assert len(parts) == count + 1  # and the worker
        assert not any(Path(f"/proc/{one}/task/{one}/children").read_text() for one in parts[:-1])


@pytest.mark.parametrize("workers", ["1", "2"])
def test_nobody_notices_that_the_service_died(folder: Path, workers: str) -> None:
    with up(folder, "--workers", workers) as running:
        assert running.get(HELLO)[0] == 200
        before = running.parts()
        os.kill(before[0], signal.SIGKILL)
        assert running.get(HELLO) == (200, b"Hello")
        assert running.get("/api/v1/ready")[0] == 200
        while before[0] in running.parts():
            time.sleep(0.01)
        assert running.get(HELLO) == (200, b"Hello")


def test_a_site_on_this_machine_is_where_it_listens(folder: Path) -> None:
    with up(folder) as running:
        connection = HTTPConnection("127.0.0.1", running.port, timeout=PATIENCE)
        own = {"Origin": f"http://127.0.0.1:{running.port}", "Content-Type": "application/json"}
        connection.request("POST", "/api/v1/auth/login", b'{"login": "a", "password": "b"}', own)
        assert connection.getresponse().status == 401
        connection.close()


def test_unsafe_settings_are_told_once(folder: Path) -> None:
    (folder / "streamly.toml").write_text(f'{SETTINGS}[service]\nenvironment = "production"\n')
    ran = subprocess.run(
        command("up", "--port", "0"),
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.count("production needs https") == 1
