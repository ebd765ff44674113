"""
What was measured, and whether it is what Streamly promises.

A figure is every run of one generator in one scenario; a goal compares figures with a limit.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from tests.bench.measure import Run


@dataclass(frozen=True, slots=True)
class Figure:
    """The runs of one generator in one scenario."""

    scenario: str
    generator: str
    posts: int
    runs: tuple[Run, ...]

    @property
    def seconds(self) -> float:
        """The median time; runs that were watched for memory count only if there are no others."""
        unwatched = [run.seconds for run in self.runs if run.peak_bytes is None]
        return median(unwatched or [run.seconds for run in self.runs])

    @property
    def cpu_seconds(self) -> float | None:
        """The median processor time, which says more than the clock on a busy machine."""
        used = [run.cpu_seconds for run in self.runs if run.cpu_seconds is not None]
        return median(used) if used else None

    @property
    def gigabytes(self) -> float | None:
        """The highest memory seen, if any run was watched."""
        peaks = [run.peak_bytes for run in self.runs if run.peak_bytes is not None]
        return max(peaks) / 1e9 if peaks else None


@dataclass(frozen=True, slots=True)
class Goal:
    """A promise: *value* must not be above *limit*."""

    name: str
    value: float
    limit: float
    unit: str

    @property
    def met(self) -> bool:
        """Whether the promise is kept."""
        return self.value <= self.limit


AGAINST_HUGO = {
    "cold": 0.33,
    "nothing changed": 0.02,
    "one body edited": 0.03,
    "one like": 0.03,
    "template edited": 0.25,
}
MEMORY_AGAINST_HUGO = 0.35
WARM_LIKE_SECONDS = 0.05
WARM_LIKE_GROWTH = 1.5
COLD_GROWTH = 11
LARGE_GIGABYTES = 2.5
SMALL, MIDDLE, LARGE = 1_000, 10_000, 100_000


def goals(figures: Iterable[Figure]) -> list[Goal]:
    """Return every goal for which the needed figures are there."""
    known = {(figure.scenario, figure.generator, figure.posts): figure for figure in figures}
    return [*_against_hugo(known), *_alone(known)]


Known = dict[tuple[str, str, int], Figure]


def _against_hugo(known: Known) -> Iterable[Goal]:
    for (scenario, generator, posts), ours in known.items():
        theirs = known.get((scenario, "hugo", posts))
        if generator != "streamly" or theirs is None or scenario not in AGAINST_HUGO:
            continue
        name = f"{scenario}, {posts:,} posts"
        limit = AGAINST_HUGO[scenario]
        yield Goal(f"{name}: time", ours.seconds / theirs.seconds, limit, "× Hugo")
        if ours.gigabytes and theirs.gigabytes:
            ratio = ours.gigabytes / theirs.gigabytes
            yield Goal(f"{name}: memory", ratio, MEMORY_AGAINST_HUGO, "× Hugo")


def _alone(known: Known) -> Iterable[Goal]:
    warm = {posts: figure for (name, _, posts), figure in known.items() if name == "warm like"}
    cold = {
        posts: figure
        for (name, generator, posts), figure in known.items()
        if name == "cold" and generator == "streamly"
    }
    for posts, figure in warm.items():
        yield Goal(f"warm like, {posts:,} posts", figure.seconds, WARM_LIKE_SECONDS, "s")
    if SMALL in warm and LARGE in warm:
        growth = warm[LARGE].seconds / warm[SMALL].seconds
        yield Goal(f"warm like, {LARGE:,} to {SMALL:,} posts", growth, WARM_LIKE_GROWTH, "×")
    if MIDDLE in cold and LARGE in cold:
        growth = cold[LARGE].seconds / cold[MIDDLE].seconds
        yield Goal(f"cold, {LARGE:,} to {MIDDLE:,} posts", growth, COLD_GROWTH, "×")
    if LARGE in cold and (memory := cold[LARGE].gigabytes):
        yield Goal(f"cold, {LARGE:,} posts: memory", memory, LARGE_GIGABYTES, "GB")
