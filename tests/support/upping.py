"""
A running `streamly up`, on a free port.

    with up(folder) as running:
        assert running.get("/")[0] == 200
"""

import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

from tests.support.process import command, environment

from .patience import PATIENCE


class Up:
    """A running `streamly up`, and what it said."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.said: list[str] = []
        assert process.stdout
        for line in process.stdout:
            self.said.append(line.rstrip())
            if line.startswith("Ctrl-C"):
                break
        self.port = int(re.findall(r":(\d+)/", "\n".join(self.said))[0])
        self.address = f"http://127.0.0.1:{self.port}"

    def get(self, path: str) -> tuple[int, bytes]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def parts(self) -> list[int]:
        """Return the processes that it looks after."""
        number = self.process.pid
        text = Path(f"/proc/{number}/task/{number}/children").read_text()
        return [int(one) for one in text.split()]

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(how)
        self.process.communicate(timeout=PATIENCE)
        return self.process.returncode


@contextmanager
def up(folder: Path, *words: str) -> Iterator[Up]:
    process = subprocess.Popen(
        command("up", "--port", "0", *words),
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield Up(process)
    finally:
        process.kill()
        process.communicate()
