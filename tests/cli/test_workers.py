"""Worker processes."""

import fcntl
import os
import signal
import subprocess
import sys
import time
from typing import Any

import pytest

from streamly_ssg.workers import PIPE, Workers
from tests.support.patience import PATIENCE
from tests.support.process import environment

WAITS = 0.2  # seconds after which it surely does

# Has much to do for its workers, and waits for them where it is told to.
BUSY = """
import sys, time
from streamly_ssg.workers import Workers

def main():
    with Workers(2, sys.argv[1]) as workers:
        given = [workers.submit(time.sleep, 600) for _ in range(4)]
        print("at work", flush=True)
        if sys.argv[2] == "inside":
            given[0].result()

if __name__ == "__main__":
    main()
"""


@pytest.mark.skipif(not hasattr(fcntl, "F_SETPIPE_SZ"), reason="pipes have one size here")
def test_a_batch_fits_into_a_pipe() -> None:
    with Workers(1) as workers:
        assert workers.submit(os.getppid).result() == os.getpid()
        pool: Any = workers._pool
        queues = (pool._call_queue, pool._result_queue)
        sizes = {fcntl.fcntl(one._writer.fileno(), fcntl.F_GETPIPE_SZ) for one in queues}
    assert sizes == {PIPE}


# Sends the signal to itself while its workers are in the midst of long answers.
TALKING = """
import os, signal, sys
from streamly_ssg.workers import Workers

def main():
    with Workers(2, sys.argv[1]) as workers:
        given = [workers.submit(bytes, 50_000_000) for _ in range(6)]
        given[0].result()
        os.kill(os.getpid(), signal.SIGINT)

if __name__ == "__main__":
    main()
"""


@pytest.mark.parametrize("start", ["fork", "forkserver"])
def test_ctrl_c_waits_for_no_answer(start: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", TALKING, start],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert ran.stderr.endswith("KeyboardInterrupt\n")
    assert ran.returncode == -signal.SIGINT


@pytest.mark.parametrize("start", ["fork", "forkserver"])
@pytest.mark.parametrize("where", ["inside", "at its end"])
def test_ctrl_c_waits_for_no_worker(start: str, where: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", BUSY, start, where],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "at work\n"
        time.sleep(WAITS)
        process.send_signal(signal.SIGINT)
        # Their ends of the pipes are closed as well, so none of them is left.
        _, told = process.communicate(timeout=PATIENCE)
    assert told.endswith("KeyboardInterrupt\n")
    assert process.returncode == -signal.SIGINT
