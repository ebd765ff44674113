"""
The default Markdown engine: comrak, a native CommonMark implementation.

comrak is exact and takes 30 microseconds a post, but a few inputs make it quadratic or make it
write cells that nobody wrote. `refuse_bombs` finds those before it starts.
"""

import re
from functools import cache

import comrak

from .parsing import ParseSettings, TooMuch

SMALL = 4096  # characters that can't hurt, whatever they are
MAX_NESTING = 100
MAX_TERMS = 2000
MAX_EMPTY_CELLS = 100_000
_MARKS = frozenset(" \t-+*>0123456789")
_NESTED = re.compile(rf"(?:[ \t]*(?:[-+*>]|\d{{1,9}}[.)])){{{MAX_NESTING}}}")
_BOX = '<input type="checkbox"'
# A task: its box and its text, which is a paragraph or ends where the item or another block does.
_TASK = re.compile(
    rf"({_BOX}(?: checked=\"\")? disabled=\"\" />) "
    r"(?:\n<p>(.*?)</p>|(.*?)(?=</li>|\n<(?:[uod]l|h\d|hr|pre|div|table|blockquote|math)\b))",
    re.DOTALL,
)
_DELIMITER_ROW = re.compile(r"[ \t>]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*")


def to_html(source: str, settings: ParseSettings) -> str:
    """Return the HTML of *source*."""
    if len(source) > SMALL:
        refuse_bombs(source)
    html = comrak.render_markdown(source, *_options(settings))
    return _TASK.sub(_named, html) if _BOX in html else html


def _named(task: re.Match[str]) -> str:
    """Bind a task's box to its text; else nobody hears what is done."""
    box, paragraph, line = task.groups()
    if paragraph is None:
        return f"<label>{box} {line}</label>"
    return f"\n<p><label>{box} {paragraph}</label></p>"


def refuse_bombs(source: str) -> None:
    """Raise `TooMuch` for what would take comrak minutes or gigabytes."""
    lines = source.split("\n")
    has_terms = source.count(":") > MAX_TERMS
    terms = 0
    for number, line in enumerate(lines, 1):
        if len(line) >= MAX_NESTING and line[0] in _MARKS and _NESTED.match(line):
            raise TooMuch(f"this is nested more than {MAX_NESTING} levels deep", number)
        if has_terms and line.lstrip(" \t>").startswith(":"):
            terms += 1
            if terms > MAX_TERMS:
                raise TooMuch(f"there are more than {MAX_TERMS:,} definitions", number)
    if source.count("|") * len(lines) > MAX_EMPTY_CELLS:
        _refuse_wide_tables(lines)


def _refuse_wide_tables(lines: list[str]) -> None:
    columns = cells = 0
    for number, line in enumerate(lines, 1):
        if not line.strip():
            columns = 0
        elif "|" in line and _DELIMITER_ROW.fullmatch(line):
            columns = line.count("|") + 1
        elif columns:
            cells += max(0, columns - line.count("|") - 1)
            if cells > MAX_EMPTY_CELLS:
                raise TooMuch(f"the table has more than {MAX_EMPTY_CELLS:,} empty cells", number)


@cache
def _options(
    settings: ParseSettings,
) -> tuple[comrak.ExtensionOptions, comrak.ParseOptions, comrak.RenderOptions]:
    extension = comrak.ExtensionOptions()
    extension.table = settings.tables
    extension.footnotes = settings.footnotes
    extension.tasklist = settings.tasklists
    extension.strikethrough = settings.strikethrough
    extension.alerts = settings.alerts
    extension.description_lists = settings.definition_lists
    extension.math_dollars = settings.math
    extension.autolink = settings.autolink
    parse = comrak.ParseOptions()
    parse.smart = settings.smart
    render = comrak.RenderOptions()
    render.unsafe_ = True  # authors are trusted with HTML
    render.full_info_string = settings.highlight
    return extension, parse, render
