"""
Letters as people read them: one text for each kind, as plain text and as HTML. The door to jinja2.

A letter in `templates/` is a few paragraphs, the first of which is its subject. One that begins
with ``->`` is a button (``-> label | link``), with ``=`` a code to copy, with ``>`` what somebody
wrote, with ``~`` what is said aside. Paragraphs are told apart before anything is put into them, so
nobody's text becomes a button or HTML; and what people wrote loses its links: a letter from us is
no place to be lured away from.
"""

import re
import textwrap
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

import jinja2

from interact_api.accounts import addresses, subscriptions, tokens
from interact_api.accounts.subscriptions import Subscription
from interact_api.settings import origin_of

from . import tongue

WIDTH = 72
EXCERPT = 300
LANDING = {"confirm": "/confirm/", "email": "/confirm/", "reset": "/reset-password/"}
GREETING = "Hello {{ name }},"
SIGNED = "{{ site }} wrote this letter by itself."
ENOUGH = "No more letters like this"
MARKS = {"->": "button", "=": "code", ">": "quote", "~": "aside"}
_WEB = re.compile(
    r"\b(?:[a-z][a-z0-9+.-]*://|(?:mailto|tel|data|javascript):|www\.)[^\s<>\"]+", re.IGNORECASE
)
_PATH = re.compile(r"/(?![/\\])[\w!#$%&'()*+,./:;=?@~-]*", re.ASCII)
_NAME = re.compile(r"[a-z_]+")
_JOINER = "\u2060"  # can't be seen, and keeps a mail program from making a link

_HTML = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
_TEXT = jinja2.Environment(undefined=jinja2.StrictUndefined)  # noqa: S701 - plain text


class Brand(NamedTuple):
    """Whose letters these are, and in which language."""

    site: str
    base_url: str
    secret: bytes
    language: str = tongue.ENGLISH


class Rendered(NamedTuple):
    """A letter, ready to be sent."""

    subject: str
    text: str
    html: str
    stop: str = ""  # where letters like it end, if anybody asked for them


class Part(NamedTuple):
    """A paragraph: what it is, what it says, and where its button leads."""

    kind: str
    text: str
    link: str


class UnknownLetter(Exception):
    """There is no such letter, or it can't be written with what is known."""


def render(template: str, context: Mapping[str, str], brand: Brand) -> Rendered:
    """Return the letter *template* with what *context* says in it."""
    known = _known(template, context, brand)
    subject, *paragraphs = _paragraphs(template)
    try:
        title = _one_line(_said(subject, known))
        made = [(one, _part(tongue.said(one, brand.language), known)) for one in paragraphs]
        known["signed"] = _said(SIGNED, known)
    except jinja2.TemplateError as error:
        raise UnknownLetter(f"{template}: {error}") from error
    parts = [part for _, part in made if part.text]
    page = _HTML.from_string(_read("layout.html"))
    # What mail programs show beside the subject: the first sentence, not "Hello".
    preview = next((part.text for one, part in made if one != GREETING and part.text), "")
    html = page.render(known, title=title, parts=parts, preview=preview)
    subject = _subject(title, _one_line(brand.site))
    return Rendered(subject, _plain(parts, known), html, known["stop"])


def harmless(text: str, length: int = EXCERPT) -> str:
    """Return what somebody wrote without links, controls and length."""
    seen = "".join(mark for mark in text if mark == "\n" or mark.isprintable())
    seen = _WEB.sub("[link]", seen)
    seen = re.sub(r"(?<=\w)([.@])(?=\w)", rf"\1{_JOINER}", seen)
    return textwrap.shorten(seen, length, placeholder=" …") if len(seen) > length else seen


def _known(template: str, context: Mapping[str, str], brand: Brand) -> dict[str, str]:
    """Return the words of a letter: only its links and codes are left as they are."""
    known = {key: harmless(value) for key, value in context.items() if key not in {"path", "seed"}}
    if addresses.key_of(context.get("email", "")):
        known["email"] = context["email"]
    known |= {"site": _one_line(brand.site), "base_url": brand.base_url, "stop": ""}
    known |= {"language": brand.language, "enough": tongue.said(ENOUGH, brand.language)}
    known["direction"] = tongue.said(tongue.DIRECTION, brand.language)
    if "within" in context:
        known["within"] = tongue.span(context["within"], brand.language)
    if template == "reported":
        known["reason"] = tongue.said(known.get("reason", ""), brand.language)
    if template in subscriptions.SETTINGS:
        known["stop"] = _stop(template, context.get("reader", ""), brand)
    if "path" in context:
        if not _PATH.fullmatch(context["path"]):
            raise UnknownLetter(f"{template}: its path isn't one of this site")
        known["link"] = brand.base_url + context["path"]
    if "seed" in context and template in LANDING:
        token = tokens.from_seed(brand.secret, context["seed"]).text
        page = brand.base_url + LANDING[template]
        # Behind the # it is in no log of a server, and nobody sends it on as a referrer.
        known |= {"page": page, "token": token, "link": f"{page}#token={token}"}
    return known


def _stop(template: str, reader: str, brand: Brand) -> str:
    """Return where letters like this end, which only its own reader is to know."""
    if not reader.isdecimal():
        raise UnknownLetter(f"{template}: nobody says who reads it")
    of = Subscription(int(reader), template)
    return subscriptions.link(origin_of(brand.base_url), brand.secret, of)


@lru_cache(maxsize=64)
def _read(name: str) -> str:
    try:
        return files(__package__).joinpath("templates", name).read_text("utf-8")
    except FileNotFoundError as error:
        raise UnknownLetter(f"there is no letter {name}") from error


def _paragraphs(template: str) -> list[str]:
    if not _NAME.fullmatch(template):
        raise UnknownLetter(f"there is no letter {template!r}")
    return [" ".join(one.split()) for one in _read(f"{template}.txt").split("\n\n")]


def _said(text: str, known: Mapping[str, str]) -> str:
    return _TEXT.from_string(tongue.said(text, known["language"])).render(known)


def _part(paragraph: str, known: Mapping[str, str]) -> Part:
    mark, _, rest = paragraph.partition(" ")
    kind = MARKS.get(mark, "text")
    label, _, link = (paragraph if kind == "text" else rest).partition(" | ")
    return Part(kind, _TEXT.from_string(label).render(known), _TEXT.from_string(link).render(known))


def _subject(title: str, site: str) -> str:
    return title if site in title else f"{title} – {site}"


def _plain(parts: list[Part], known: Mapping[str, str]) -> str:
    stop = f"\n\n{known['enough']}: {known['stop']}" if known["stop"] else ""
    ending = f"-- \n{known['site']}\n{known['base_url']}{stop}"
    blocks = [*(_block(part) for part in parts), ending]
    return "\n\n".join(blocks) + "\n"


def _block(part: Part) -> str:
    if part.kind == "button":
        return f"{part.text}:\n{part.link}"
    if part.kind == "code":
        return f"    {part.text}"
    if part.kind == "quote":
        return "\n".join(f"> {line}" for text in part.text.split("\n") for line in _wrapped(text))
    return "\n".join(_wrapped(part.text))


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False) or [""]


def _one_line(text: str) -> str:
    return " ".join("".join(mark if mark.isprintable() else " " for mark in text).split())
