"""``streamly build``: the site into its output folder."""

import click

from streamly_ssg.api import Report, Site
from streamly_ssg.errors import ContentError

from . import options, reporting, speech
from .drawing import Progress
from .options import Wish
from .session import Session, pass_session


@click.command("build")
@options.building
@click.option("--clean", is_flag=True, help="Forget the cache first.")
@click.option(
    "--strict", is_flag=True, help="Links, anchors and images that lead nowhere fail too."
)
@click.option("--profile", is_flag=True, help="Say what took longest.")
@options.as_json
@options.debug
@pass_session
def command(session: Session, wish: Wish, *, clean: bool, strict: bool, profile: bool) -> int:
    """Make the site, or bring it up to date."""
    with wish.workers() as executor, Progress() as progress:
        site = Site(
            session.root,
            wish.options(session),
            executor=executor,
            say=speech.note,
            progress=progress,
        )
        if clean:
            site.clean()
        report = site.build()
    if strict:
        _be_strict(site, report)
    _tell(session, site, report, profile=profile)
    site.close()
    return report.exit_code


def _be_strict(site: Site, report: Report) -> None:
    from streamly_ssg.check import dead_links  # noqa: PLC0415 - parses every page

    report.problems = sorted({*report.problems, *dead_links(site)})
    if report.problems:
        report.exit_code = max(report.exit_code, ContentError.exit_code)


def _tell(session: Session, site: Site, report: Report, *, profile: bool) -> None:
    if session.json:
        speech.complain(report.problems)
        content = reporting.plain(report)
        if profile:
            from . import profiling  # noqa: PLC0415

            content["profile"] = profiling.plain(profiling.profile(site, report))
        speech.document(content)
        return
    reporting.tell(report)
    if profile:
        from . import profiling  # noqa: PLC0415

        profiling.tell(profiling.profile(site, report))
