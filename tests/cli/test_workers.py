"""Worker processes."""

import fcntl
import os
from typing import Any

import pytest

from streamly_ssg.workers import PIPE, Workers


@pytest.mark.skipif(not hasattr(fcntl, "F_SETPIPE_SZ"), reason="pipes have one size here")
def test_a_batch_fits_into_a_pipe() -> None:
    with Workers(1) as workers:
        assert workers.submit(os.getppid).result() == os.getpid()
        pool: Any = workers._pool
        queues = (pool._call_queue, pool._result_queue)
        sizes = {fcntl.fcntl(one._writer.fileno(), fcntl.F_GETPIPE_SZ) for one in queues}
    assert sizes == {PIPE}
