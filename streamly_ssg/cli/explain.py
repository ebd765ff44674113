"""``streamly explain``: why a page was made, what it read, who reads it."""

import click

from streamly_ssg.api import Options, Site
from streamly_ssg.explain import Explanation, explain

from . import options, speech
from .session import Session, pass_session


@click.command("explain")
@click.argument("page")
@click.option("--output", metavar="DIR", help="The output to ask about.  [default: public]")
@options.as_json
@options.debug
@pass_session
def command(session: Session, page: str, output: str | None) -> None:
    """
    Say why PAGE was last made, what it read, and who reads it.

    PAGE is an address (/posts/hello/), a file of the output, or a file of the site: a document, a
    template, an image.
    """
    chosen = session.path(output) if output is not None else None
    site = Site(session.root, Options(output=chosen), say=speech.note)
    found = explain(site, page, session.cwd)
    site.close()
    if session.json:
        speech.document(_plain(found))
    else:
        _tell(found)


def _tell(found: Explanation) -> None:
    speech.say(found.url or found.source or found.key)
    if found.file:
        speech.say(f"  file    {found.file}")
    if found.source and found.url:
        speech.say(f"  source  {found.source}")
    if found.reason:
        speech.say()
        speech.say(f"why: {found.reason}")
        for because in found.because:
            speech.say(f"     {because}")
    _list("read, in this order", [str(key) for key in found.read])
    _list("read by", [f"/{one.file}   through {one.through}" for one in found.readers])


def _list(title: str, lines: list[str]) -> None:
    speech.say()
    speech.say(f"{title}:" if lines else f"{title}: nothing")
    for line in lines:
        speech.say(f"  {line}")


def _plain(found: Explanation) -> dict[str, object]:
    return {
        "key": found.key,
        "url": found.url or None,
        "file": found.file or None,
        "source": found.source or None,
        "reason": found.reason or None,
        "because": list(found.because),
        "read": list(found.read),
        "readers": [{"file": one.file, "through": one.through} for one in found.readers],
        "exit_code": 0,
    }
