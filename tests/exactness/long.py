"""
`python -m tests.exactness.long --sequences 10000`: the machine of `test_machine`, for hours.

The sequences are dealt to processes in shares, each with a seed of its own, so that a find can be looked
at again: `--sequences 200 --seed 17 --jobs 1` walks the share with the seed 17 and no other.
"""

import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context

import click
from hypothesis import Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from .machine import Exactness
from .test_machine import WALK

SHARE = 200  # sequences


class Counted(Exactness):
    """The machine, and how many builds it has compared."""

    builds = 0

    def teardown(self) -> None:
        super().teardown()
        Counted.builds += self.steps


@click.command()
@click.option("--sequences", default=10_000, show_default=True)
@click.option("--steps", default=12, show_default=True, help="Changes in each sequence.")
@click.option("--seed", "first", default=1, show_default=True, help="Of the first share.")
@click.option("--jobs", default=2, show_default=True)
@click.option("--shrink", is_flag=True, help="Look for the shortest sequence that fails.")
def main(*, sequences: int, steps: int, first: int, jobs: int, shrink: bool) -> None:
    """Walk, and say what was found."""
    start, done, builds, bad = time.perf_counter(), 0, 0, 0
    shares = range(first, first + -(-sequences // SHARE))
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), max_tasks_per_child=1) as pool:
        walks = {
            pool.submit(walk, number, min(SHARE, sequences), steps, shrink=shrink): number
            for number in shares
        }
        for ended in as_completed(walks):
            more, error = ended.result()
            done, builds, bad = done + SHARE, builds + more, bad + bool(error)
            rate = builds / (time.perf_counter() - start)
            click.echo(
                f"seed {walks[ended]}: {done} sequences, {builds} builds, {rate:.1f}/s {error}"
            )
    sys.exit(bool(bad))


def walk(number: int, sequences: int, steps: int, *, shrink: bool) -> tuple[int, str]:
    """Walk one share; return how many builds were compared, and what was found."""
    phases = [Phase.generate, *([Phase.shrink] if shrink else [])]
    how = settings(
        WALK,
        max_examples=sequences,
        stateful_step_count=steps,
        derandomize=False,
        database=None,
        deadline=None,
        phases=phases,
    )
    try:
        run_state_machine_as_test(seed(number)(Counted), settings=how)
    except AssertionError as error:
        return Counted.builds, "\n".join([str(error), *getattr(error, "__notes__", ())])
    return Counted.builds, ""


if __name__ == "__main__":
    main()
