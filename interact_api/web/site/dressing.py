"""
A static page with what only one reader is to see: a notice, and what they had typed into a form.

Pages are the same for everybody. After a form, one answer is different: it has a notice on top, and
if the form was refused, its fields hold what they held. That works without a script, and for every
theme: the page is looked through for its ``main`` and for the form that was sent.
"""

from collections.abc import Mapping
from html import escape
from html.parser import HTMLParser
from operator import itemgetter
from typing import NamedTuple

Attributes = list[tuple[str, str | None]]
NEVER_FILLED = {"password", "file", "submit", "button", "reset", "image"}
CHOSEN = {"checkbox", "radio"}
ONWARD = "next"  # hidden as well, but not what tells one form from another
HELD = "page"


class Edit(NamedTuple):
    """A part of a page, and what stands there instead."""

    start: int
    end: int
    text: str


class Form(NamedTuple):
    """
    What is to be filled.

    Attributes:
        action: where the form was sent to; empty for any form.
        fields: what was sent.
        page: the address that the page has otherwise, if it is shown at another one: its forms say
            so in a field of this name.
    """

    action: str
    fields: Mapping[str, str]
    page: str = ""


def dressed(page: str, kind: str, notice: str, form: Form | None = None) -> str:
    """Return *page* with a notice, if it isn't empty, and with *form* filled."""
    looking = _Looking(page, form)
    looking.feed(page)
    looking.close()
    edits = looking.edits + looking.filling
    if notice:
        role = "status" if kind == "ok" else "alert"
        name = "notice" if kind == "ok" else "notice error"
        text = f'\n<p class="{name}" role="{role}">{escape(notice)}</p>'
        edits.append(Edit(looking.top, looking.top, text))
    for edit in sorted(edits, reverse=True):
        page = page[: edit.start] + edit.text + page[edit.end :]
    return page


class _Looking(HTMLParser):
    """Looks through a page for the places that change."""

    def __init__(self, page: str, form: Form | None) -> None:
        super().__init__(convert_charrefs=False)
        self.edits: list[Edit] = []
        self.top = 0
        self._form = form
        self._lines = _starts(page)
        self._has_main = False
        self._is_inside = False  # the form that is to be filled
        self._is_other = False  # this one looks like it, but its hidden fields are different
        self._found: list[Edit] = []  # in this form
        self._names: set[str] = set()  # of its fields
        self._fitting: list[tuple[int, list[Edit]]] = []  # how many fields each form lacks
        self._details: list[Edit] = []  # that are around us and have to be open
        self._text: int | None = None  # where the textarea begins that is to be filled
        self._name = ""
        self._choice: str | None = None  # in the list that we are in

    @property
    def filling(self) -> list[Edit]:
        """Return what fills the form that was sent, and unfolds what it is in."""
        return min(self._fitting, key=itemgetter(0))[1] if self._fitting else []

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        """Look at an element."""
        if tag == "main" or (tag == "body" and not self._has_main):
            self.top = self._here[1]
            self._has_main = tag == "main"
        elif tag == "details":
            self._details.append(Edit(*self._here, _tag(tag, _set(attrs, "open", ""))))
        elif tag == "form" and self._form is not None:
            self._begin(dict(attrs), self._form)
        elif self._is_inside and self._form is not None:
            self._field(tag, attrs, self._form.fields)

    def handle_endtag(self, tag: str) -> None:
        """Look at the end of an element."""
        if tag == "textarea" and self._text is not None and self._form is not None:
            value = escape(self._form.fields[self._name], quote=False)
            self._found.append(Edit(self._text, self._here[0], f"\n{value}"))
            self._text = None
        elif tag == "select":
            self._choice = None
        elif tag == "details" and self._details:
            self._details.pop()
        elif tag == "form":
            self._end()

    def _begin(self, attrs: Mapping[str, str | None], form: Form) -> None:
        self._is_inside = not form.action or attrs.get("action") == form.action
        self._is_other, self._found, self._names = False, [], set()
        if form.page and attrs.get("method") == "post":
            at = self._here[1]
            hidden = _tag("input", [("type", "hidden"), ("name", HELD), ("value", form.page)])
            self.edits.append(Edit(at, at, f"\n{hidden}"))

    def _end(self) -> None:
        if self._is_inside and self._found and not self._is_other and self._form is not None:
            lacking = len(self._form.fields.keys() - self._names)
            self._fitting.append((lacking, [*self._found, *self._details]))
        self._is_inside = False

    def _field(self, tag: str, attrs: Attributes, fields: Mapping[str, str]) -> None:
        known = {name: value or "" for name, value in attrs}
        if tag == "option" and self._choice is not None:
            chosen = known.get("value") == self._choice
            self._replace(
                tag, _set(attrs, "selected", "") if chosen else _without(attrs, "selected")
            )
            return
        name = known.get("name", "")
        self._names.add(name)
        if name not in fields:
            self._is_other |= known.get("type") == "hidden" and name != ONWARD
            return
        if tag == "textarea":
            self._text, self._name = self._here[1], name
        elif tag == "select":
            self._choice = fields[name]
        elif tag == "input":
            self._input(attrs, known, fields[name])

    def _input(self, attrs: Attributes, known: Mapping[str, str], value: str) -> None:
        kind = known.get("type", "text").lower()
        if kind == "hidden" and known["name"] != ONWARD:
            self._is_other |= known.get("value", "") != value
        elif kind in CHOSEN:
            chosen = known.get("value", "on") == value
            self._replace("input", _set(attrs, "checked", "") if chosen else attrs)
        elif kind not in NEVER_FILLED:
            self._replace("input", _set(attrs, "value", value))

    def _replace(self, tag: str, attrs: Attributes) -> None:
        self._found.append(Edit(*self._here, _tag(tag, attrs)))

    @property
    def _here(self) -> tuple[int, int]:
        """Return where the tag begins and ends that is looked at."""
        line, column = self.getpos()
        start = self._lines[line - 1] + column
        return start, start + len(self.get_starttag_text() or "")


def _starts(page: str) -> list[int]:
    found = [0]
    while at := page.find("\n", found[-1]) + 1:
        found.append(at)
    return found


def _tag(name: str, attrs: Attributes) -> str:
    parts = [name, *(one if value is None else f'{one}="{escape(value)}"' for one, value in attrs)]
    return f"<{' '.join(parts)}>"


def _set(attrs: Attributes, name: str, value: str) -> Attributes:
    return [*_without(attrs, name), (name, value)]


def _without(attrs: Attributes, name: str) -> Attributes:
    return [one for one in attrs if one[0] != name]
