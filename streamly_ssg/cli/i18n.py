"""``streamly i18n``: the words of themes in other languages."""

from collections.abc import Callable

import click

from streamly_ssg.errors import ContentError
from streamly_ssg.i18n import catalogues
from streamly_ssg.i18n.themes import Theme, family, own

from . import options, speech
from .session import Session, pass_session

theme = click.option("--theme", default="", metavar="NAME", help="[default: the theme of the site]")


@click.group("i18n")
def command() -> None:
    """Translate the words of a theme."""


@command.command("extract")
@theme
@options.as_json
@options.debug
@pass_session
def extract(session: Session, theme: str) -> None:
    """Write all that a theme says into i18n/messages.pot, for programs that translate."""
    themes = own(session.root, theme)
    _told(session, [themes[0].shown(catalogues.extract(themes))])


@command.command("init")
@click.argument("language", metavar="LANGUAGE...", nargs=-1, required=True)
@theme
@options.as_json
@options.debug
@pass_session
def init(session: Session, language: tuple[str, ...], theme: str) -> None:
    """Begin a catalogue for each LANGUAGE, with all that isn't translated yet."""
    _each(session, own(session.root, theme), language, catalogues.begin)


@command.command("update")
@click.argument("language", metavar="[LANGUAGE...]", nargs=-1)
@theme
@options.as_json
@options.debug
@pass_session
def update(session: Session, language: tuple[str, ...], theme: str) -> None:
    """Add to the catalogues what a theme says now, and set aside what it no longer says."""
    _each(session, own(session.root, theme), language, catalogues.update)


@command.command("check")
@click.argument("language", metavar="[LANGUAGE...]", nargs=-1)
@theme
@options.as_json
@options.debug
@pass_session
def check(session: Session, language: tuple[str, ...], theme: str) -> int:
    """Find what is not translated, what was only guessed, and placeholders that don't fit."""
    themes = family(session.root, theme)
    codes = language or tuple(themes[0].codes())
    problems = sorted(one for code in codes for one in catalogues.check(themes, code))
    code = ContentError.exit_code if problems else 0
    if session.json:
        plain = [speech.plain(one) for one in problems]
        speech.document({"languages": codes, "problems": plain, "exit_code": code})
        return code
    for one in problems:
        speech.say(str(one))
    found = speech.counted(len(problems), "problem") if problems else "nothing found"
    speech.note(f"{speech.counted(len(codes), 'catalogue')} checked, {found}")
    return code


def _each(
    session: Session,
    themes: list[Theme],
    codes: tuple[str, ...],
    act: Callable[[list[Theme], str], object],
) -> None:
    codes = codes or tuple(themes[0].codes())
    for code in codes:
        act(themes, code)
    _told(session, [themes[0].shown(themes[0].catalogue(code)) for code in codes])


def _told(session: Session, paths: list[str]) -> None:
    if session.json:
        speech.document({"paths": paths, "exit_code": 0})
    else:
        for path in paths:
            speech.say(path)
