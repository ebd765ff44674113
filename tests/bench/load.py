"""
A load generator: requests that are made beforehand, over so many connections, as fast as they go.

It runs in a process of its own (`python -m tests.bench.load`), is told what to do on its standard
input, and says on its standard output how many answers came and how long each took. Everything that
could be done before is done before, so it costs a fifth of what a service does; how much of a
processor it took is said as well.
"""

import json
import pickle
import re
import selectors
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from socket import IPPROTO_TCP, TCP_NODELAY, create_connection, socket
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
CLOSES = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)
HEAD_END = b"\r\n\r\n"


class Spoiled(Exception):
    """An answer that means that nothing was measured."""


@dataclass(slots=True)
class Connection:
    """What one connection sends, again and again or until nothing is left; *kind* names the sum."""

    kind: str
    requests: list[bytes]
    again: bool = True


@dataclass(slots=True)
class Plan:
    """Where to, for how long, and what over each connection."""

    port: int
    seconds: float
    connections: list[Connection]
    warm_up: float  # seconds that aren't counted


@dataclass(slots=True)
class Sum:
    """What came of one kind of request."""

    kind: str
    count: int  # answered with success while it counted
    seconds: float
    milliseconds: list[float]  # sorted
    statuses: dict[str, int]

    @property
    def rate(self) -> float:
        """Return answers a second."""
        return self.count / self.seconds

    def percentile(self, share: float) -> float:
        """Return how many milliseconds that *share* of the answers took at most."""
        if not self.milliseconds:
            return float("nan")
        return self.milliseconds[
            min(int(len(self.milliseconds) * share), len(self.milliseconds) - 1)
        ]


@dataclass(slots=True)
class Outcome:
    """What came of a plan; *processor* is the share of one that the generator took."""

    sums: dict[str, Sum]
    processor: float


def run(plan: Plan) -> Outcome:
    """Carry out *plan* in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.load"],
        input=pickle.dumps(plan),
        capture_output=True,
        check=False,
        cwd=ROOT,
    )
    if done.returncode:
        raise Spoiled(done.stderr.decode()[-2000:])
    told = json.loads(done.stdout)
    return Outcome({kind: Sum(**one) for kind, one in told["sums"].items()}, told["processor"])


@dataclass(slots=True)
class _Wire:
    """One connection while it runs."""

    plan: Connection
    port: int
    door: socket | None = None
    requests: Any = None
    buffer: bytearray = field(default_factory=bytearray)
    wanted: int = -1  # bytes of the whole answer, once its head is there
    began: float = 0.0

    def open(self, selector: selectors.BaseSelector) -> None:
        self.door = create_connection(("127.0.0.1", self.port))
        self.door.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
        selector.register(self.door, selectors.EVENT_READ, self)

    def close(self, selector: selectors.BaseSelector) -> None:
        if self.door is not None:
            selector.unregister(self.door)
            self.door.close()
            self.door = None

    def send(self, selector: selectors.BaseSelector) -> bool:
        """Send the next request; tell whether there was one."""
        request = next(self.requests, None)
        if request is None:
            return False
        if self.door is None:
            self.open(selector)
        assert self.door is not None
        self.buffer.clear()
        self.wanted = -1
        self.began = time.perf_counter()
        self.door.sendall(request)
        return True

    def take(self, selector: selectors.BaseSelector) -> bytes:
        """Take what came; return the answer's head once it is whole."""
        assert self.door is not None
        data = self.door.recv(262_144)
        self.buffer += data
        if self.wanted < 0 and (end := self.buffer.find(HEAD_END)) >= 0:
            length = LENGTH.search(self.buffer, 0, end)
            self.wanted = (
                end + 4 + int(length[1]) if length else (end + 4 if _is_empty(self.buffer) else -1)
            )
        if not data:
            self.close(selector)
            if not self.buffer:
                raise Spoiled("a connection was closed without an answer")
            return bytes(self.buffer)
        if self.wanted < 0 or len(self.buffer) < self.wanted:
            return b""
        if CLOSES.search(self.buffer, 0, self.buffer.find(HEAD_END)):
            self.close(selector)
        return bytes(self.buffer[:12])


def _is_empty(answer: bytearray) -> bool:
    return bytes(answer[9:12]) in {b"204", b"304"}


class _Run:
    """One run of a plan."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.selector = selectors.DefaultSelector()
        self.took: dict[str, list[float]] = {one.kind: [] for one in plan.connections}
        self.statuses: dict[str, Counter[str]] = {kind: Counter() for kind in self.took}

    def go(self) -> dict[str, Any]:
        """Send and take until the time is over, or nothing is left to send."""
        wires = [_Wire(one, self.plan.port) for one in self.plan.connections]
        for wire in wires:
            requests = wire.plan.requests
            wire.requests = cycle(requests) if wire.plan.again else iter(requests)
        busy = sum(wire.send(self.selector) for wire in wires)
        counting = time.perf_counter() + self.plan.warm_up
        end = counting + self.plan.seconds
        used, now = 0.0, 0.0
        while busy and now < end:
            if not used and now >= counting:
                used = time.process_time()
            for key, _ in self.selector.select(timeout=10):
                busy -= not self._turn(key.data, counting)
            now = time.perf_counter()
        seconds = now - counting
        if seconds <= 0:
            raise Spoiled("nothing was left to send when counting began")
        for wire in wires:
            wire.close(self.selector)
        return {
            "sums": {kind: self._sum(kind, seconds) for kind in self.took},
            "processor": (time.process_time() - used) / seconds,
        }

    def _turn(self, wire: _Wire, counting: float) -> bool:
        head = wire.take(self.selector)
        if not head:
            return True
        now = time.perf_counter()
        if wire.began >= counting:
            status = head[9:12].decode()
            self.statuses[wire.plan.kind][status] += 1
            if status[0] in "23":
                self.took[wire.plan.kind].append((now - wire.began) * 1000)
        return wire.send(self.selector)

    def _sum(self, kind: str, seconds: float) -> dict[str, Any]:
        took = sorted(self.took[kind])
        return {
            "kind": kind,
            "count": len(took),
            "seconds": seconds,
            "milliseconds": took,
            "statuses": self.statuses[kind],
        }


def main() -> None:
    """Carry out the plan on standard input."""
    plan: Plan = pickle.load(sys.stdin.buffer)  # noqa: S301 - from our parent
    json.dump(_Run(plan).go(), sys.stdout)


if __name__ == "__main__":
    # The plan was pickled by the module's own name, not as part of __main__.
    from tests.bench.load import main as start

    start()
