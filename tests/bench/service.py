"""
`python -m tests.bench.service`: our service beside Isso on this machine, in a temporary folder.

Sixteen connections send as fast as answers come. Goals that are missed are said so, not enforced;
exit code 1 means that something could not be measured.
"""

import json
import random
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict
from pathlib import Path

import click

from tests.bench import isso, ours, prose, report
from tests.bench.duel import Bench, Goal, Measured, Server
from tests.bench.generators import Missing
from tests.bench.load import Connection, Spoiled

CONNECTIONS = 16
TEXTS = 200
SHORT, LONG, VERY_LONG = 20, 100, 10_000
PAGES = 24_000  # that can be liked and looked at
LIKES = 20_000  # a second, more than anybody can take; three runs fit into the pages
ISSO_LIKES = 1_500
VIEWS = 24_000
READERS, WRITERS = 12, 2  # of the mixed load: readers, then writers of comments and of likes
PART = 20  # comments of one page of a thread
HEAD = ("scenario", "server", "per s", "p50 ms", "p99 ms", "every run", "cpu", "sender's", "load")


def thread(bench: Bench) -> None:
    """Read a thread of 20 comments."""
    bench.beside_isso("thread of 20", 30, lambda one: one.reading("short", CONNECTIONS))


def comments(bench: Bench) -> None:
    """Write comments."""
    texts = list(_texts(TEXTS))
    bench.beside_isso("comments", 12, lambda one: one.commenting("new", texts, CONNECTIONS))
    held = bench.ours.count("SELECT count(*) FROM comments WHERE state <> 'approved'")
    if held:
        raise Spoiled(f"{held} comments were held back")


def likes(bench: Bench) -> None:
    """Like what one hasn't liked yet."""
    taken = {"streamly": 0, "isso": 0}

    def load(server: Server) -> list[Connection]:
        first = taken[server.name]
        amount = int((bench.seconds + 1) * (LIKES if server is bench.ours else ISSO_LIKES))
        taken[server.name] += amount
        return server.liking(CONNECTIONS, first, amount)

    bench.beside_isso("likes", 12, load)


def mixed(bench: Bench) -> None:
    """Read threads while others comment and like."""
    texts = list(_texts(TEXTS))
    for number in range(bench.rounds):
        connections = bench.ours.reading("short", READERS)
        connections += bench.ours.commenting("mixed", texts, WRITERS)
        connections += bench.ours.toggling(WRITERS, 500 * number)
        outcome = bench.measure("mixed", bench.ours, connections)
        for kind in ("comment", "like"):
            bench.say(f"mixed: {outcome.sums[kind].rate:,.0f} {kind}s/s beside it")
    p99 = _median(bench, "mixed", lambda one: one.p99)
    bench.goals.append(Goal("mixed: p99 of reads", p99, 25, "ms", at_least=False))


def views(bench: Bench) -> None:
    """Send view beacons, and see that every one that was answered is counted."""
    amount = int((bench.seconds + 1) * VIEWS)
    answered = 0
    for number in range(bench.rounds):
        connections = bench.ours.seeing(CONNECTIONS, number * amount, amount)
        outcome = bench.measure("views", bench.ours, connections, warm_up=0)
        answered += outcome.sums["view"].count
    bench.goals.append(Goal("views", bench.rate("views", "streamly"), 1_000, "/s"))
    time.sleep(2 + bench.seconds)  # they are saved each two seconds
    saved = bench.ours.count("SELECT sum(views) FROM pages")
    bench.goals.append(Goal("views saved", saved / answered, 1, "of those answered"))


def parts(bench: Bench) -> None:
    """Read a page in the middle of a long thread, and of a very long one."""
    middles = {
        "of 100": ("long", bench.ours.middle("long", LONG)),
        "of 10,000": ("very-long", bench.ours.middle("very-long", VERY_LONG)),
    }
    for number in range(bench.rounds):
        for name in sorted(middles, reverse=bool(number % 2)):
            page, query = middles[name]
            connections = bench.ours.looking_up(page, CONNECTIONS, query)
            bench.measure(f"a page of a thread {name}", bench.ours, connections)
    small, large = (bench.cost(f"a page of a thread {name}", "streamly") for name in middles)
    bench.goals.append(Goal("a page of 10,000 to one of 100: cpu", large / small, 1.1, "×", False))  # noqa: FBT003


SCENARIOS: dict[str, Callable[[Bench], None]] = {
    "thread": thread,
    "parts": parts,
    "views": views,
    "mixed": mixed,
    "likes": likes,
    "comments": comments,
}


@click.command()
@click.option("--seconds", default=5.0, show_default=True, help="Of each run.")
@click.option("--rounds", default=3, show_default=True, help="Runs of each scenario and server.")
@click.option("--alone", is_flag=True, help="Without Isso.")
@click.option("--only", multiple=True, type=click.Choice(list(SCENARIOS)), help="Just this one.")
@click.option("--json", "target", type=click.Path(path_type=Path), help="Also write JSON here.")
def main(
    seconds: float, rounds: int, alone: bool, only: tuple[str, ...], target: Path | None
) -> None:
    """Measure the service beside Isso under the same load."""
    skipped = []
    with servers(alone=alone) as (our_server, their_server):
        bench = Bench(our_server, their_server, seconds, rounds, _say)
        for name in only or SCENARIOS:
            try:
                SCENARIOS[name](bench)
            except Spoiled as error:
                skipped.append(f"{name}: {error}")
    show(bench)
    if target:
        runs, goals = (
            map(asdict, bench.runs),
            (asdict(one) | {"met": one.met} for one in bench.goals),
        )
        target.write_text(json.dumps({"runs": list(runs), "goals": list(goals)}, indent=2) + "\n")
    for line in skipped:
        print(f"Skipped {line}")
    sys.exit(bool(skipped))


@contextmanager
def servers(*, alone: bool) -> Iterator[tuple[ours.Ours, isso.Isso | None]]:
    """Run both services, with what there is to read."""
    both = {"short": list(_texts(SHORT))}
    own = both | {"long": list(_texts(LONG)), "very-long": list(_texts(VERY_LONG))}
    own |= {f"{name}-{number}": [] for name in ("new", "mixed") for number in range(CONNECTIONS)}
    pages = [f"page-{number}" for number in range(PAGES)]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="streamly-bench-")))
        ours_ = stack.enter_context(ours.running(folder / "ours", free_port(), own, pages))
        if alone:
            yield ours_, None
            return
        try:
            theirs = stack.enter_context(isso.running(folder / "isso", free_port(), both))
        except Missing as error:
            raise click.ClickException(f"{error} (or say --alone)") from error
        yield ours_, theirs


def show(bench: Bench) -> None:
    """Print what was measured, and what of it was promised."""
    pairs = dict.fromkeys((one.scenario, one.server) for one in bench.runs)
    rows = [_row(bench, *pair) for pair in pairs]
    goals = [_goal(one) for one in bench.goals]
    report.table("Measured, sixteen connections", HEAD, rows)
    report.table("Promised", ("goal", "value", "limit", ""), goals)


def _row(bench: Bench, scenario: str, server: str) -> tuple[str, ...]:
    runs = bench.of(scenario, server)
    return (
        scenario,
        server,
        f"{bench.rate(scenario, server):,.0f}",
        f"{_median(bench, scenario, lambda one: one.p50, server):.1f}",
        f"{_median(bench, scenario, lambda one: one.p99, server):.1f}",
        " ".join(f"{one.rate:,.0f}" for one in runs),
        f"{max(one.processor for one in runs):.0%}",
        f"{max(one.generator for one in runs):.0%}",
        report.span([one.load for one in runs]),
    )


def _goal(goal: Goal) -> tuple[str, ...]:
    sign = "≥" if goal.at_least else "≤"
    value, limit = f"{goal.value:,.2f} {goal.unit}", f"{sign} {goal.limit:g}"
    return goal.name, value, limit, "met" if goal.met else "MISSED"


def _median(
    bench: Bench, scenario: str, what: Callable[[Measured], float], server: str = "streamly"
) -> float:
    found = sorted(what(one) for one in bench.of(scenario, server))
    return found[len(found) // 2]


def _texts(count: int) -> Iterator[str]:
    """Make comments of two paragraphs, with a little markup."""
    source = random.Random(2)
    for _ in range(count):
        yield "\n\n".join(f"{prose.sentence(source)} {prose.sentence(source)}" for _ in range(2))


def free_port() -> int:
    """Return a port that nobody listens to."""
    with closing(socket.create_server(("127.0.0.1", 0))) as door:
        return int(door.getsockname()[1])


def _say(line: str) -> None:
    click.echo(line, err=True)


if __name__ == "__main__":
    main()
