"""The benchmark measures what it says: honest posts, honest memory."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from statistics import mean

import pytest

from tests.bench import measure
from tests.bench.posts import posts

FENCE = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
SHARED = """
import os, time
held = b"x" * 200_000_000
print(flush=True)
os.fork()
time.sleep(20)
"""


def test_posts_are_the_same_every_time() -> None:
    assert list(posts(30)) == list(posts(30))


def test_a_post_has_the_same_body_in_a_larger_site() -> None:
    small, large = list(posts(10)), list(posts(20))
    assert [post.body for post in small] == [post.body for post in large[:10]]


def test_posts_have_the_promised_size() -> None:
    bodies = [post.body for post in posts(400)]
    assert 530 < mean(len(FENCE.sub("", body).split()) for body in bodies) < 570
    assert 1.4 < mean(len(FENCE.findall(body)) for body in bodies) < 1.6


def test_no_two_code_blocks_are_alike() -> None:
    blocks = [block for post in posts(400) for block in FENCE.findall(post.body)]
    assert len(set(blocks)) == len(blocks)


def test_code_blocks_have_8_to_20_lines() -> None:
    sizes = [block.count("\n") - 1 for post in posts(400) for block in FENCE.findall(post.body)]
    assert min(sizes) >= 8
    assert max(sizes) <= 20


@pytest.mark.skipif(
    not Path("/proc/self/smaps_rollup").exists(),
    reason="this kernel doesn't tell shared pages apart",
)
def test_memory_that_processes_share_counts_once() -> None:
    command = (sys.executable, "-c", SHARED)
    with subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(0.2)
        held = measure.session_bytes(process.pid)
        os.killpg(process.pid, signal.SIGKILL)
    assert 200e6 < held < 300e6
