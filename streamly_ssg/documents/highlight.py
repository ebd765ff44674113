"""
Code blocks, coloured at build time.

    ```python title="app.py" hl_lines="2 4-5" linenos

becomes a ``div.highlight`` with ``pre`` and ``code`` inside; tokens are spans with Pygments' short
class names. Marked lines are wrapped in ``span.hl``. A line number is an empty ``span.ln`` with the
number in ``data-line`` for the theme's ``::before``: it can't be selected, copied or read as text.
A title makes the whole a ``figure.code`` with a ``figcaption``.
"""

import re
from html import escape
from typing import NamedTuple

_LANGUAGE = re.compile(r"\s*\{?\s*\.?([^\s{},=]+)(?=[\s{},]|$)")
_OPTION = re.compile(
    r"""([A-Za-z_]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|\[([^\]]*)\]|([^\s,}]+)))?"""
)
_RANGE = re.compile(r"(\d{1,6})(?:-(\d{1,6}))?")


class Info(NamedTuple):
    """What an author wrote behind the opening fence."""

    language: str
    title: str
    marked: tuple[tuple[int, int], ...]
    first_number: int | None


def highlight(code: str, info: str) -> str:
    """Return the HTML of *code*; *info* is what stands behind the opening fence."""
    wanted = read_info(info)
    html = _coloured(code, wanted.language)
    if wanted.marked or wanted.first_number is not None:
        html = _lined(html, wanted)
    name = escape(wanted.language)
    attributes = f' class="language-{name}" data-lang="{name}"' if name else ""
    block = f'<div class="highlight"><pre><code{attributes}>{html}</code></pre></div>'
    if not wanted.title:
        return block
    title = escape(wanted.title, quote=False)
    return f'<figure class="code"><figcaption>{title}</figcaption>{block}</figure>'


def read_info(info: str) -> Info:
    """Return the parts of *info*; what is not understood is left out."""
    match = _LANGUAGE.match(info)
    language = match[1] if match else ""
    if not any(mark in info.strip() for mark in " \t{="):
        return Info(language, "", (), None)
    options = _options(info[match.end() if match else 0 :])
    marked = tuple(
        (int(first), int(last or first))
        for first, last in _RANGE.findall(options.get("hl_lines", ""))
    )
    numbered = options.get("linenos", "false") not in {"false", "0"}
    start = options.get("linenostart", "1")
    first_number = int(start) if start.isdecimal() and len(start) < 7 else 1  # noqa: PLR2004
    return Info(language, options.get("title", ""), marked, first_number if numbered else None)


def _options(text: str) -> dict[str, str]:
    options = {}
    for name, double, single, items, bare in _OPTION.findall(text):
        options[name] = re.sub(r"\\(.)", r"\1", double) or single or items or bare
    return options


def _coloured(code: str, language: str) -> str:
    if language:
        from .lexing import spans  # noqa: PLC0415 - 60 ms, if there is any code

        html = spans(code, language)
        if html is not None:
            return html
    return escape(code, quote=False)


def _lined(html: str, wanted: Info) -> str:
    lines = html.split("\n")
    if not lines[-1]:
        lines.pop()
    return "".join(_line(f"{line}\n", n, wanted) for n, line in enumerate(lines, 1))


def _line(line: str, number: int, wanted: Info) -> str:
    if wanted.first_number is not None:
        line = f'<span class="ln" data-line="{number + wanted.first_number - 1}"></span>{line}'
    if any(first <= number <= last for first, last in wanted.marked):
        line = f'<span class="hl">{line}</span>'
    return line
