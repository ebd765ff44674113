"""``streamly list``: what there is, as the next build would find it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

import click

from streamly_ssg.api import Site
from streamly_ssg.engine.key import make
from streamly_ssg.errors import Problem
from streamly_ssg.looking import Look
from streamly_ssg.pages.routes import as_problem
from streamly_ssg.pages.rules import FILES, SUMMARY

from . import options, speech
from .drawing import table
from .options import Wish
from .session import Session, pass_session

DOCUMENTS = (".md", ".markdown")
COLUMNS = {
    "posts": ("date", "title", "url", "file"),
    "drafts": ("title", "file"),
    "scheduled": ("date", "title", "file"),
    "expired": ("expires", "title", "file"),
    "pages": ("title", "url", "file"),
    "routes": ("url", "kind", "source"),
    "templates": ("template", "view", "blocks"),
    "views": ("view", "field", "type"),
    "filters": ("filter", "what it does"),
    "fields": ("field", "type"),
}
OURSELVES = ("templates", "views", "filters", "fields")  # what the builder says of itself
Row = dict[str, Any]


class Found(NamedTuple):
    """The rows of a list, and what couldn't be read."""

    rows: list[Row]
    problems: list[Problem]


@click.command("list")
@click.argument("what", type=click.Choice(list(COLUMNS)))
@options.building
@options.as_json
@options.debug
@pass_session
def command(session: Session, wish: Wish, what: str) -> int:
    """
    List what there is.

    Posts, drafts, scheduled or expired documents, pages, or all routes; for those who make themes,
    the templates with their blocks, what each of them sees, the filters; the fields of a text.
    """
    with wish.workers() as executor:
        site = Site(session.root, wish.options(session), executor=executor, say=speech.note)
        with site.looking() as look:
            found = _found(look, what)
    speech.complain(found.problems)
    code = 1 if found.problems else 0
    if session.json:
        problems = [speech.plain(one) for one in found.problems]
        rows = [{name: _plain(value) for name, value in row.items()} for row in found.rows]
        speech.document({what: rows, "problems": problems, "exit_code": code})
    elif found.rows:
        columns = COLUMNS[what]
        table(columns, [[_cell(row[name]) for name in columns] for row in found.rows])
    elif speech.is_terminal():
        speech.note("none")
    return code


def _found(look: Look, what: str) -> Found:
    if what in OURSELVES:
        return Found(_reference(look, what), look.problems)
    rows = _routes(look) if what == "routes" else _documents(look, what)
    summary = look(SUMMARY)
    problems = set(look.problems)
    if summary is not None:
        problems |= {as_problem(fault) for fault in summary.faults}
    return Found(rows, sorted(problems))


def _reference(look: Look, what: str) -> list[Row]:
    parts = {one["name"]: one for one in look(make("dataset", "streamly"))["parts"]}
    wanted = [parts[what], *([parts["records"]] if what == "views" else [])]
    return [
        dict(zip(COLUMNS[what], [table["title"], *row] if table["title"] else row, strict=True))
        for part in wanted
        for table in part["tables"]
        for row in table["rows"]
    ]


def _routes(look: Look) -> list[Row]:
    files = sorted(look(FILES) or ())
    routes = look.many([make("route", file) for file in files])
    return [_route(file, route) for file, route in zip(files, routes, strict=True)]


def _route(file: str, route: Any) -> Row:
    kind = type(route).__name__.removesuffix("Route").lower()
    path = getattr(route, "path", "")
    source = f"content/{path}" if path else getattr(route, "source", "").replace(":", "/", 1)
    return {"url": "/" + file.removesuffix("index.html"), "kind": kind, "source": source}


def _documents(look: Look, what: str) -> list[Row]:
    paths = [path for path in look(make("listing", "content")) if path.endswith(DOCUMENTS)]
    heads = look.many([make("head", path) for path in paths])
    now = look(make("now"))
    chosen = [head for head in heads if hasattr(head, "slug") and CHOICES[what](head, now)]
    cards = look.many([make("card", head.path) for head in chosen])
    places = look.many([make("place", head.path) for head in chosen])
    pairs = zip(chosen, cards, places, strict=True)
    rows = [_document(head, card, place) for head, card, place in pairs if place or what != "posts"]
    return sorted(rows, key=_by_date, reverse=what != "scheduled")


def _document(head: Any, card: Any, place: Any) -> Row:
    return {
        "date": head.publish or head.date,
        "expires": head.expire,
        "title": card.title or card.summary[:60],
        "url": place.url if place else None,
        "file": f"content/{head.path}",
        "id": head.id,
        "authors": list(head.authors),
    }


def _by_date(row: Row) -> tuple[bool, Any, str]:
    return row["date"] is not None, row["date"] or 0, row["file"]


def _is_page(head: Any, _now: datetime) -> bool:
    return bool(head.kind == "page")


def _is_post(head: Any, _now: datetime) -> bool:
    return bool(head.kind == "post")


def _is_draft(head: Any, _now: datetime) -> bool:
    return bool(head.draft)


def _is_scheduled(head: Any, now: datetime) -> bool:
    start = head.publish or head.date
    return not head.draft and start is not None and now < start


def _is_expired(head: Any, now: datetime) -> bool:
    return head.expire is not None and head.expire <= now


CHOICES: dict[str, Callable[[Any, datetime], bool]] = {
    "posts": _is_post,
    "pages": _is_page,
    "drafts": _is_draft,
    "scheduled": _is_scheduled,
    "expired": _is_expired,
}


def _cell(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return "" if value is None else str(value)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
