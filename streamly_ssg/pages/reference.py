"""
What the builder says of itself, for templates: ``data.streamly``.

It is made from the code and from the theme whenever a page shows it, so it can't be anything but
true: which templates there are and what may be replaced in them, what each of them sees, which
filters there are, which fields a text may have.
"""

import re
import types
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Union, get_args, get_origin, get_type_hints

from streamly_ssg.documents.meta import FIELDS, MOMENTS, Meta
from streamly_ssg.engine.key import make
from streamly_ssg.engine.rule import Fetch
from streamly_ssg.values import Value, field_names

from . import views
from .filters import FILTERS

NAME = "streamly"
WORDS = {str: "text", int: "number", bool: "yes or no", datetime: "moment", Any: "anything"}
SHORTCODES = "shortcodes/"
_BLOCK = re.compile(r"\{%[-+]?\s*block\s+(\w+)")
_MACRO = re.compile(r"\{%[-+]?\s*macro\s+(\w+\([^)]*\))")
_FILE = re.compile(r"``([\w./]+\.(?:html|txt))``")
Row = list[str]
Part = dict[str, Any]


def reference(fetch: Fetch) -> dict[str, Any]:
    """Return everything, as parts with tables, by name."""
    sources = list(_templates(fetch))
    shown = [*views.VIEWS.values(), views.ShortcodeView]
    records = list(_records(shown))
    return {
        "parts": [
            _templates_part(sources),
            _macros_part(sources),
            _views_part("views", "What each of them sees", shown),
            _views_part("records", "What that is made of", records),
            _filters_part(),
            _fields_part(),
        ]
    }


def _part(name: str, title: str, text: str, columns: Row, tables: list[Part]) -> Part:
    return {"name": name, "title": title, "text": text, "columns": columns, "tables": tables}


def _table(title: str, text: str, rows: Iterable[Row]) -> Part:
    return {"title": title, "text": text, "rows": list(rows)}


# Templates


def _templates(fetch: Fetch) -> Iterator[Any]:
    """Yield every template of the site's theme and of those that it extends."""
    chain = [f"{theme}/templates/" for theme in fetch(make("theme-chain"))]
    paths = fetch(make("listing", "theme"))
    names = {path.removeprefix(one) for path in paths for one in chain if path.startswith(one)}
    for name in sorted(names):
        source = fetch(make("source", name))
        if source is not None:
            yield source


def view_of() -> dict[str, type]:
    """Return the view of each template that the builder asks for, as the views themselves say."""
    return {
        file: view for view in views.VIEWS.values() for file in _FILE.findall(view.__doc__ or "")
    }


def _templates_part(sources: list[Any]) -> Part:
    known, used = view_of(), {name for one in sources for name in one.includes}
    rows = []
    for one in sources:
        if _MACRO.search(one.text):
            continue
        view = known.get(one.name, views.DocumentView)
        if one.name.startswith(SHORTCODES):
            view = views.ShortcodeView
        is_part = one.name in used and one.name not in known
        blocks = list(dict.fromkeys(_BLOCK.findall(one.text)))
        rows.append([one.name, "that of its page" if is_part else view.__name__, ", ".join(blocks)])
    text = (
        "A theme replaces any of these files, or extends one and replaces blocks in it. One with a"
        " name of its own can be asked for by a text: it sees what post.html sees."
    )
    columns = ["template", "view", "blocks"]
    return _part("templates", "Templates and blocks", text, columns, [_table("", "", rows)])


def _macros_part(sources: list[Any]) -> Part:
    rows = [[call, one.name] for one in sources for call in _MACRO.findall(one.text)]
    text = "They know only what they are given. Each is described at the top of its file."
    return _part("macros", "Macros", text, ["macro", "file"], [_table("", "", rows)])


# Views


def _views_part(name: str, title: str, kinds: Iterable[type]) -> Part:
    tables = [_table(kind.__name__, _told(kind), _fields(kind)) for kind in kinds]
    return _part(name, title, "", ["field", "type"], tables)


def _fields(kind: type) -> Iterator[Row]:
    hints = get_type_hints(kind)
    for field in field_names(kind):
        yield [field, _worded(hints[field])]


def _records(kinds: Iterable[type]) -> Iterator[type]:
    """Yield the records that are in views, and in those records, by name."""
    found: set[type] = set()
    pending = list(kinds)
    while pending:
        for hint in get_type_hints(pending.pop()).values():
            new = {one for one in _parts_of(hint) if one not in found}
            found |= new
            pending += new
    yield from sorted(found, key=lambda kind: kind.__name__)


def _parts_of(hint: Any) -> set[type]:
    if isinstance(hint, type) and issubclass(hint, Value):
        return {hint}
    return {part for one in get_args(hint) for part in _parts_of(one)}


def _worded(hint: Any) -> str:
    """Return a type in words."""
    kinds = [one for one in get_args(hint) if one not in {type(None), Ellipsis}]
    if get_origin(hint) in {Union, types.UnionType}:
        return f"{' or '.join(map(_worded, kinds))}, or nothing"
    if get_origin(hint) is tuple:
        return f"list of {_worded(kinds[0])}"
    if get_origin(hint) is dict:
        return f"{_worded(kinds[1])} by name"
    return WORDS.get(hint) or str(getattr(hint, "__name__", hint))


def _told(thing: Any) -> str:
    """Return the first paragraph of a docstring, without its marks."""
    first = (thing.__doc__ or "").strip().partition("\n\n")[0]
    return re.sub(r"``|\*(?=\w)|(?<=\w)\*", "", " ".join(first.split()))


# Filters and fields


def _filters_part() -> Part:
    told = {name: _told(FILTERS[name]).removeprefix("Return ") for name in sorted(FILTERS)}
    rows = [[name, text[:1].upper() + text[1:]] for name, text in told.items()]
    text = "Beside those that Jinja2 brings."
    return _part("filters", "Filters", text, ["filter", "what it does"], [_table("", "", rows)])


def _fields_part() -> Part:
    hints = get_type_hints(Meta)
    given = {**{name: target for name, (target, _) in FIELDS.items()}, **MOMENTS}
    rows = [
        [name, _worded(hints[target]).removesuffix(", or nothing")]
        for name, target in sorted(given.items())
        if target
    ]
    text = "What may stand above a text. Any other name is an error; your own belong under extra."
    return _part("fields", "Front matter", text, ["field", "type"], [_table("", "", rows)])
