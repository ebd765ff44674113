"""``streamly check``: everything that can be found without asking a reader."""

import time

import click

from streamly_ssg.api import Site
from streamly_ssg.check import Mend, advice, check, mends, outside_problems, write
from streamly_ssg.errors import UsageError, problem

from . import findings, options, speech
from .drawing import Progress
from .options import Wish
from .session import Session, pass_session

FORMATS = ("text", "json", "github")


@click.command("check")
@options.building
@click.option(
    "--external", is_flag=True, help="Ask other sites whether links to them still lead there."
)
@click.option("--fix", is_flag=True, help="Mend what is safe to mend.")
@click.option("--dry-run", is_flag=True, help="With --fix: show what would be mended, as a diff.")
@click.option("--strict", is_flag=True, help="Advice counts as a problem.")
@click.option(
    "--format", "form", type=click.Choice(FORMATS), help="How it is told.  [default: text]"
)
@options.as_json
@options.debug
@pass_session
def command(session: Session, /, wish: Wish, **given: bool | str | None) -> int:
    """
    Build, and look for what is wrong.

    Dead links, images without alt, headings out of order, broken feeds, mistakes in the theme, and
    what nobody needs. What could only be better is advice: it is told, and the command succeeds.

    --fix writes missing ids down, dates in ISO 8601, tags as most posts spell them, ids that two
    headings share, and links to where they lead. It leaves files alone that an editor has open.
    """
    form = str(given["form"] or ("json" if session.json else "text"))
    session.json = form == "json"  # so that an error is told in the same way
    if given["dry_run"] and not given["fix"]:
        raise UsageError(problem("USAGE", "--dry-run is for --fix", hint="add --fix"))
    if given["dry_run"]:
        return _rehearse(session, wish)
    with wish.workers() as executor, Progress() as progress:
        site = Site(
            session.root,
            wish.options(session),
            executor=executor,
            say=speech.note,
            progress=progress,
        )
        told = [line for one in _wanted(site, wanted=bool(given["fix"])) for line in _mended(one)]
        report = site.build()
        found, built = check(site, executor)
        problems = {*report.problems, *found, *advice(site)}
        if given["external"]:
            problems |= {*outside_problems(built, time.time())}
    pages = report.kept + len(report.made)
    told_as = findings.Findings(sorted(problems), told, pages, strict=bool(given["strict"]))
    findings.tell(told_as, form)
    return max(report.exit_code, told_as.exit_code)


def _wanted(site: Site, *, wanted: bool) -> list[Mend]:
    return list(mends(site)) if wanted else []


def _mended(one: Mend) -> list[str]:
    """Mend a file; return what was done, or why nothing was."""
    refused = write(one)
    return [refused] if refused else list(one.told)


def _rehearse(session: Session, wish: Wish) -> int:
    """Show what would be mended."""
    site = Site(session.root, wish.options(session), say=speech.note)
    found = list(mends(site))
    lines = [line for one in found for line in one.diff()]
    if session.json:
        told = [line for one in found for line in one.told]
        speech.document({"mends": told, "diff": "\n".join(lines), "exit_code": 0})
        return 0
    for line in lines:
        speech.say(line)
    speech.note(f"{speech.counted(len(found), 'file')} would be mended")
    return 0
