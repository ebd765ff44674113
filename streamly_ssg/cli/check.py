"""``streamly check``: everything that can be found without asking a reader."""

import click

from streamly_ssg.api import Report, Site
from streamly_ssg.check import add_ids, check
from streamly_ssg.errors import ContentError

from . import options, speech
from .drawing import Progress
from .options import Wish
from .session import Session, pass_session


@click.command("check")
@options.building
@click.option("--fix", is_flag=True, help="Write missing ids into the documents.")
@options.as_json
@options.debug
@pass_session
def command(session: Session, wish: Wish, *, fix: bool) -> int:
    """Build, and look for dead links, images without alt, broken feeds and theme mistakes."""
    with wish.workers() as executor, Progress() as progress:
        site = Site(
            session.root,
            wish.options(session),
            executor=executor,
            say=speech.note,
            progress=progress,
        )
        fixed = add_ids(site) if fix else []
        report = site.build()
        problems = sorted({*report.problems, *check(site)})
    code = max(report.exit_code, ContentError.exit_code if problems else 0)
    if session.json:
        told = [speech.plain(one) for one in problems]
        speech.document({"problems": told, "fixed": fixed, "exit_code": code})
    else:
        for path in fixed:
            speech.say(f"{path}: its id is written down now")
        for one in problems:
            speech.say(str(one))
        speech.note(_summary(report, len(problems)))
    return code


def _summary(report: Report, count: int) -> str:
    pages = speech.counted(report.kept + len(report.made), "page")
    return f"{pages} checked, {speech.counted(count, 'problem') if count else 'nothing found'}"
