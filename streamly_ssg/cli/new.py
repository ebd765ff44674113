"""``streamly new``: a new file with front matter."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from streamly_ssg.documents.slugs import slug_fault, slugify
from streamly_ssg.errors import UsageError, problem
from streamly_ssg.inputs.config import Site as SiteSettings
from streamly_ssg.inputs.config import read_settings
from streamly_ssg.starter import FOLDERS, document, stamp, write
from streamly_ssg.values import convert

from . import options, speech
from .options import Moment
from .session import CONTENT, SETTINGS, Session, pass_session


@click.command("new")
@click.argument("kind", type=click.Choice(list(FOLDERS)))
@click.argument("title")
@click.option("--slug", help="The name of the file, and of the page in its address.")
@click.option("--author", metavar="NAME", help="Who writes it: a file of content/authors/.")
@click.option("--draft", is_flag=True, help="Keep it out of the site for now.")
@click.option("--now", type=Moment(), help="Its date.  [default: this moment]")
@options.as_json
@options.debug
@pass_session
def command(
    session: Session,
    kind: str,
    title: str,
    slug: str | None,
    author: str | None,
    now: datetime | None,
    *,
    draft: bool,
) -> None:
    """Make a new KIND of file called TITLE."""
    root = session.root
    title = _title(title)
    slug = _slug(slug, title)
    fields: dict[str, str] = {}
    author = author or (_only_author(root) if kind == "post" else "")
    if author:
        fields["author"] = author
    if kind in {"post", "note"}:
        fields["date"] = stamp((now or datetime.now(UTC)).astimezone(_zone(root)))
    if draft:
        fields["draft"] = "true"
    path, text = document(kind, title, slug, fields)
    write(root, f"{CONTENT}/{path}", text)
    if session.json:
        speech.document({"path": f"{CONTENT}/{path}", "exit_code": 0})
    else:
        speech.say(f"{CONTENT}/{path}")


def _title(given: str) -> str:
    title = " ".join(given.split())
    if not title or not title.isprintable():
        hint = "give it a title"
        raise UsageError(problem("USAGE", "the title is empty or unreadable", hint=hint))
    return title


def _slug(given: str | None, title: str) -> str:
    if given is None:
        return slugify(title)
    if fault := slug_fault(given):
        hint = f'"{slugify(given)}" would do'
        raise UsageError(problem("USAGE", f"--slug {fault}", hint=hint))
    return given


def _only_author(root: Path) -> str:
    """Return the name of the author, if there is exactly one to choose from."""
    names = [path.stem for path in (root / CONTENT / FOLDERS["author"]).glob("*.md")]
    return names[0] if len(names) == 1 else ""


def _zone(root: Path) -> ZoneInfo:
    section = read_settings(root / SETTINGS).get("site", {})
    return ZoneInfo(convert(section, SiteSettings).timezone)
