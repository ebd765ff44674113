"""
`python -m tests.bench.run`: Streamly beside its peers on this machine, in a temporary folder.

Goals that are missed are said so, not enforced; exit code 1 means that something could not be
measured.
"""

import sys
import tempfile
from pathlib import Path

import click

from tests.bench import report
from tests.bench.figures import MIDDLE, SMALL
from tests.bench.generators import Missing
from tests.bench.measure import BuildFailed
from tests.bench.scenarios import SCENARIOS, Bench, Unchanged

BY_DEFAULT = tuple(name for name in SCENARIOS if name != "large")
QUICK = ("cold", "nothing", "body", "like", "template", "warm")


@click.command()
@click.option("--posts", type=int, help="Posts in each site.  [default: 10000, quick: 1000]")
@click.option("--rounds", default=3, show_default=True, help="Cold builds of each generator.")
@click.option("--quick", is_flag=True, help="A thousand posts, two rounds, Hugo only.")
@click.option("--large", is_flag=True, help="Also a site of 100,000 posts.")
@click.option("--only", multiple=True, type=click.Choice(list(SCENARIOS)), help="Just this one.")
@click.option("--json", "target", type=click.Path(path_type=Path), help="Also write JSON here.")
def main(
    posts: int | None,
    rounds: int,
    quick: bool,
    large: bool,
    only: tuple[str, ...],
    target: Path | None,
) -> None:
    """Measure Streamly beside Hugo, Pelican and Eleventy on the same posts."""
    chosen = only or ((QUICK if quick else BY_DEFAULT) + (("large",) if large else ()))
    with tempfile.TemporaryDirectory(prefix="streamly-bench-") as folder:
        amount = posts or (SMALL if quick else MIDDLE)
        bench = Bench(Path(folder), amount, 2 if quick else rounds, say=_say)
        for name in chosen:
            try:
                SCENARIOS[name](bench)
            except (Missing, BuildFailed, Unchanged) as error:
                bench.skip(name, error)
    report.show(bench)
    if target:
        report.write(bench, target)
    sys.exit(bool(bench.skipped))


def _say(line: str) -> None:
    click.echo(line, err=True)


if __name__ == "__main__":
    main()
