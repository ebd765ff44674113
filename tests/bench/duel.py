"""
Two services under the same load: answers a second, how long they took, and what was promised.

Both run all the time and take turns, so that both meet the machine in the same mood; the one that
isn't asked waits.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median

from tests.bench.isso import Isso
from tests.bench.load import Connection, Outcome, Plan, Spoiled, Sum, run
from tests.bench.measure import session_seconds
from tests.bench.ours import Ours

Server = Ours | Isso
WARM_UP = 0.5  # seconds that aren't counted


@dataclass(frozen=True, slots=True)
class Goal:
    """A promise: *value* is to be at least, or at most, *limit*."""

    name: str
    value: float
    limit: float
    unit: str
    at_least: bool = True

    @property
    def met(self) -> bool:
        """Tell whether the promise is kept."""
        return self.value >= self.limit if self.at_least else self.value <= self.limit


@dataclass(frozen=True, slots=True)
class Measured:
    """One run of one scenario by one server; processors are in shares of one."""

    scenario: str
    server: str
    rate: float
    p50: float
    p99: float
    generator: float
    processor: float
    load: float


@dataclass(slots=True)
class Bench:
    """Two servers, and what was measured."""

    ours: Ours
    isso: Isso | None
    seconds: float
    rounds: int
    say: Callable[[str], None]
    runs: list[Measured] = field(default_factory=list)
    goals: list[Goal] = field(default_factory=list)

    def measure(
        self,
        scenario: str,
        server: Server,
        connections: list[Connection],
        *,
        warm_up: float = WARM_UP,
    ) -> Outcome:
        """Run one load against one server, and keep what came of its first kind of request."""
        os.sync()
        load, used = os.getloadavg()[0], session_seconds(server.session)
        plan = Plan(server.port, self.seconds, connections, warm_up)
        outcome = run(plan)
        used = session_seconds(server.session) - used
        for found in outcome.sums.values():
            _must_be_good(found, f"{server.name}, {scenario}")
        first = outcome.sums[connections[0].kind]
        self.runs.append(
            Measured(
                scenario=scenario,
                server=server.name,
                rate=first.rate,
                p50=first.percentile(0.5),
                p99=first.percentile(0.99),
                generator=outcome.processor,
                processor=used / (first.seconds + plan.warm_up),
                load=load,
            )
        )
        self.say(f"{scenario}: {server.name} {first.rate:,.0f}/s")
        return outcome

    def of(self, scenario: str, server: str) -> list[Measured]:
        """Return what was measured of a server in a scenario."""
        return [one for one in self.runs if (one.scenario, one.server) == (scenario, server)]

    def rate(self, scenario: str, server: str) -> float:
        """Return the median rate of a server in a scenario."""
        return median(one.rate for one in self.of(scenario, server))

    def cost(self, scenario: str, server: str) -> float:
        """Return the median of the processor seconds that an answer took."""
        return median(one.processor / one.rate for one in self.of(scenario, server))

    def beside_isso(
        self, scenario: str, wanted: float, load: Callable[[Server], list[Connection]]
    ) -> None:
        """Let both servers carry a load in turns, and compare their rates."""
        for number in range(self.rounds):
            turns = (self.ours, self.isso) if number % 2 == 0 else (self.isso, self.ours)
            for server in turns:
                if server is not None:
                    self.measure(scenario, server, load(server))
        if self.isso is not None:
            value = self.rate(scenario, "streamly") / self.rate(scenario, "isso")
            self.goals.append(Goal(scenario, value, wanted, "× Isso"))


def _must_be_good(found: Sum, what: str) -> None:
    """Refuse to count answers that are faster because nothing was done."""
    if not found.count or any(status[0] not in "23" for status in found.statuses):
        raise Spoiled(f"{what}, {found.kind}: {found.statuses or 'no answer'}")
