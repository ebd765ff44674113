"""
What the service counts about itself, in the text format of Prometheus.

Each process counts into a part of the shared memory that is its own, so counting takes no lock, and
whoever is asked adds up what all have counted. A process that takes another one's place goes on
from its numbers: they never become less while the service runs.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from http import HTTPStatus

from interact_api.shared import Shared

from .routing import Route

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
SIZES = (1, 2, 4, 8, 16, 32, 64)
MEDIA = "text/plain; version=0.0.4; charset=utf-8"
HELP = {
    "requests_total": "Requests that were answered, by route and status.",
    "request_duration_seconds": "How long requests took, by class of limit.",
    "write_group_size": "How many changes were saved with one commit.",
    "processes": "Processes that answer.",
    "requests_in_flight": "Requests that are being answered now.",
    "facts": "The number of the last public change.",
    "letters_dead": "Letters that couldn't be delivered.",
    "letters_waiting": "Letters in the outbox.",
    "sessions": "Sessions that are good.",
    "views_waiting": "Views that aren't saved yet.",
    "writes_waiting": "Changes that wait for the writer.",
}
OTHERS = ("none", "site")  # what isn't a route, and the site's own pages
STATUSES = {status.value: place for place, status in enumerate(HTTPStatus)}
MARK, CELL = 64, 8  # bytes: of what the numbers mean, and of one of them
GAUGES = ("processes", "requests_in_flight", "views_waiting", "writes_waiting")


class Metrics:
    """The numbers of one process, and of all."""

    def __init__(self, table: Iterable[Route] = (), shared: Shared | None = None) -> None:
        self._shared = shared or Shared()
        routes = sorted({*OTHERS, *(route.name for route in table)})
        kinds = sorted({*OTHERS, *(route.limit for route in table)})
        self._routes = {name: place * len(STATUSES) for place, name in enumerate(routes)}
        begin = len(routes) * len(STATUSES)
        width = len(SECONDS) + 2
        self._kinds = {kind: begin + place * width for place, kind in enumerate(kinds)}
        self._groups = begin + len(kinds) * width
        self._gauges = self._groups + len(SIZES) + 2
        self._size = self._gauges + len(GAUGES)
        self._mark = _mark(routes, kinds)
        self._cells = self._begin()
        self.flying = 0

    def count(self, route: str, kind: str, status: int, seconds: float) -> None:
        """Count a request that was answered; *kind* is the class of its limit."""
        self._cells[self._routes[route] + STATUSES[status]] += 1
        self._add(SECONDS, self._kinds[kind], seconds)

    def count_group(self, size: int) -> None:
        """Count a group of changes that were saved at once."""
        self._add(SIZES, self._groups, size)

    def show(self, *, views_waiting: int, writes_waiting: int) -> None:
        """Let the other processes know how it is here."""
        now = (1, self.flying, views_waiting, writes_waiting)
        for place, value in enumerate(now, self._gauges):
            self._cells[place] = value

    def leave(self) -> None:
        """Let the others know that nothing happens here any more."""
        for place in range(self._gauges, self._size):
            self._cells[place] = 0

    def text(self, **gauges: float) -> str:
        """Return everything, of all processes; *gauges* are what others measure."""
        cells = self._sum()
        lines = _head("requests_total", "counter")
        for route, begin in self._routes.items():
            for status, place in STATUSES.items():
                if count := cells[begin + place]:
                    labels = f'route="{route}",status="{status}"'
                    lines.append(f"streamly_requests_total{{{labels}}} {count:.0f}")
        lines += _head("request_duration_seconds", "histogram")
        for kind, begin in self._kinds.items():
            found = cells[begin : begin + len(SECONDS) + 2]
            if any(found):
                name = "streamly_request_duration_seconds"
                lines += _histogram(name, SECONDS, found, f'class="{kind}",')
        found = cells[self._groups : self._groups + len(SIZES) + 2]
        lines += _head("write_group_size", "histogram")
        lines += _histogram("streamly_write_group_size", SIZES, found)
        own = dict(zip(GAUGES, cells[self._gauges :], strict=True))
        for name, value in {**own, **gauges}.items():
            lines += [*_head(name, "gauge"), f"streamly_{name} {value:.15g}"]
        return "\n".join(lines) + "\n"

    def _begin(self) -> "memoryview[float]":
        """Return our cells, with what our predecessor has counted, if it counted the same."""
        memory = self._shared.own(self._shared.number)
        if bytes(memory[: len(self._mark)]) != self._mark:
            memory[: MARK + self._size * CELL] = bytes(MARK + self._size * CELL)
            memory[: len(self._mark)] = self._mark
        cells = memory[MARK : MARK + self._size * CELL].cast("d")
        cells[self._gauges : self._size] = memoryview(array("d", [0] * len(GAUGES)))
        return cells

    def _sum(self) -> list[float]:
        """Return the cells of all processes, added up."""
        found = []
        for number in range(self._shared.many):
            memory = self._shared.own(number)
            if bytes(memory[: len(self._mark)]) == self._mark:
                found.append(memory[MARK : MARK + self._size * CELL].cast("d").tolist())
        return [sum(column) for column in zip(*found, strict=True)]

    def _add(self, bounds: tuple[float, ...], begin: int, value: float) -> None:
        """Count *value* into the histogram that begins there; the last of its cells is the sum."""
        self._cells[begin + bisect_left(bounds, value)] += 1
        self._cells[begin + len(bounds) + 1] += value


def _histogram(
    name: str, bounds: tuple[float, ...], cells: list[float], labels: str = ""
) -> Iterator[str]:
    """Yield the lines of a histogram; *labels* end with a comma."""
    total = 0.0
    shown = [f"{bound:g}" for bound in bounds] + ["+Inf"]
    for bound, count in zip(shown, cells, strict=False):
        total += count
        yield f'{name}_bucket{{{labels}le="{bound}"}} {total:.0f}'
    own = f"{{{labels.rstrip(',')}}}" if labels else ""
    yield f"{name}_sum{own} {cells[-1]:.6f}"
    yield f"{name}_count{own} {total:.0f}"


def _mark(routes: Iterable[str], kinds: Iterable[str]) -> bytes:
    """Return what tells these numbers from those of another version."""
    meaning = repr((routes, kinds, tuple(STATUSES), SECONDS, SIZES, GAUGES))
    return blake2b(meaning.encode(), digest_size=MARK).digest()


def _head(name: str, kind: str) -> list[str]:
    return [f"# HELP streamly_{name} {HELP[name]}", f"# TYPE streamly_{name} {kind}"]
