"""``streamly clean``: remove what Streamly made."""

import click

from streamly_ssg.api import CACHE, Options, Site

from . import options, speech
from .session import Session, pass_session


@click.command("clean")
@click.option("--output", metavar="DIR", help="The output to remove.  [default: public]")
@options.as_json
@options.debug
@pass_session
def command(session: Session, output: str | None) -> None:
    """Remove the output and the cache, and nothing that somebody else put there."""
    chosen = session.path(output) if output is not None else None
    site = Site(session.root, Options(output=chosen), say=speech.note)
    removed = site.remove()
    left = _remove_if_empty(site)
    if session.json:
        speech.document({"removed": sorted(removed), "left": left, "exit_code": 0})
        return
    speech.say(f"{speech.counted(len(removed), 'page')} removed, and what was remembered of them")
    if left:
        speech.note(f"{site.output} stays: Streamly didn't make what is in it now")


def _remove_if_empty(site: Site) -> bool:
    """Remove the folders that nothing is left in; tell whether the output folder remains."""
    if site.output.is_dir() and not any(site.output.iterdir()):
        site.output.rmdir()
    cache = site.root / CACHE
    if cache.is_dir() and [path.name for path in cache.iterdir()] == ["lock"]:
        (cache / "lock").unlink()
        cache.rmdir()
    return site.output.exists()
