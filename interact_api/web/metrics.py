"""What the service counts about itself, in the text format of Prometheus."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
SIZES = (1, 2, 4, 8, 16, 32, 64)
MEDIA = "text/plain; version=0.0.4; charset=utf-8"
HELP = {
    "requests_total": "Requests that were answered, by route and status.",
    "request_duration_seconds": "How long requests took, by class of limit.",
    "write_group_size": "How many changes were saved with one commit.",
    "requests_in_flight": "Requests that are being answered now.",
    "facts": "The number of the last public change.",
    "letters_dead": "Letters that couldn't be delivered.",
    "letters_waiting": "Letters in the outbox.",
    "sessions": "Sessions that are good.",
    "views_waiting": "Views that aren't saved yet.",
    "writes_waiting": "Changes that wait for the writer.",
}


class Histogram:
    """Counts values below bounds."""

    __slots__ = ("_bounds", "_counts", "_sum")

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self._bounds = bounds
        self._counts = [0] * (len(bounds) + 1)
        self._sum = 0.0

    def add(self, value: float, times: int = 1) -> None:
        """Count *value*."""
        self._counts[bisect_left(self._bounds, value)] += times
        self._sum += value * times

    def lines(self, name: str, labels: str = "") -> Iterator[str]:
        """Return the lines of this histogram; *labels* end with a comma."""
        total = 0
        bounds = [f"{bound:g}" for bound in self._bounds] + ["+Inf"]
        for bound, count in zip(bounds, self._counts, strict=True):
            total += count
            yield f'{name}_bucket{{{labels}le="{bound}"}} {total}'
        own = f"{{{labels.rstrip(',')}}}" if labels else ""
        yield f"{name}_sum{own} {self._sum:.6f}"
        yield f"{name}_count{own} {total}"


class Metrics:
    """Counts since this process began."""

    def __init__(self) -> None:
        self.requests: Counter[tuple[str, int]] = Counter()
        self.flying = 0
        self._durations: dict[str, Histogram] = {}

    def count(self, route: str, kind: str, status: int, seconds: float) -> None:
        """Count a request that was answered; *kind* is the class of its limit."""
        self.requests[route, status] += 1
        durations = self._durations.get(kind)
        if durations is None:
            durations = self._durations[kind] = Histogram(SECONDS)
        durations.add(seconds)

    def text(self, groups: Mapping[int, int], **gauges: float) -> str:
        """Return everything; *groups* and *gauges* are what others measure."""
        lines = _head("requests_total", "counter")
        for (route, status), count in sorted(self.requests.items()):
            lines.append(f'streamly_requests_total{{route="{route}",status="{status}"}} {count}')
        lines += _head("request_duration_seconds", "histogram")
        for kind, durations in sorted(self._durations.items()):
            lines += durations.lines("streamly_request_duration_seconds", f'class="{kind}",')
        sizes = Histogram(SIZES)
        for size, times in groups.items():
            sizes.add(size, times)
        lines += [
            *_head("write_group_size", "histogram"),
            *sizes.lines("streamly_write_group_size"),
        ]
        for name, value in {"requests_in_flight": self.flying, **gauges}.items():
            lines += [*_head(name, "gauge"), f"streamly_{name} {value:g}"]
        return "\n".join(lines) + "\n"


def _head(name: str, kind: str) -> list[str]:
    return [f"# HELP streamly_{name} {HELP[name]}", f"# TYPE streamly_{name} {kind}"]
