"""What is wrong, as HTML over a page: the message, the place, and the lines around it."""

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from pathlib import Path

from streamly_ssg.api import builtin_themes
from streamly_ssg.errors import Problem

AROUND = 3  # lines before and after the one that is meant
MOST = 20
WIDEST = 200
LARGEST = 4 * 1024 * 1024

STYLE = """\
:host { all: initial }
dialog {
  position: fixed; inset: 5vh 5vw auto; z-index: 2147483647; box-sizing: border-box;
  width: auto; max-width: 60rem; max-height: 90vh; margin: 0 auto; padding: 1.5rem 2rem;
  overflow: auto; border: 0; border-top: .4rem solid #c2410c; border-radius: .4rem;
  background: #1c1917; color: #f5f5f4; box-shadow: 0 1rem 4rem #000a;
  font: 1rem/1.5 system-ui, sans-serif;
}
h2 { margin: 0 0 1rem; font-size: 1.1rem }
ol { margin: 0; padding: 0; list-style: none }
li { margin: 0 0 1.5rem }
p { margin: 0 0 .4rem }
code, pre { font: .875rem/1.5 ui-monospace, monospace }
.place { color: #fdba74; overflow-wrap: anywhere }
.hint { color: #a8a29e }
pre {
  margin: .6rem 0 0; padding: .6rem 0; overflow-x: auto;
  border-radius: .3rem; background: #0c0a09;
}
pre span { display: block; padding: 0 .8rem; color: #a8a29e }
pre .meant { background: #431407; color: #fff }
button {
  padding: .4rem 1rem; border: 1px solid #78716c; border-radius: .3rem;
  background: none; color: inherit; font: inherit; cursor: pointer;
}
"""


def overlay(problems: Sequence[Problem], root: Path) -> bytes:
    """Return the HTML that shows *problems* of the site in *root*; nothing if there are none."""
    if not problems:
        return b""
    count = f"{len(problems)} problem{'' if len(problems) == 1 else 's'}"
    items = "".join(_item(problem, root) for problem in problems[:MOST])
    more = f"<p>and {len(problems) - MOST} more</p>" if len(problems) > MOST else ""
    # A shadow root of its own: the site's style sheet doesn't reach in, and this one not out.
    return (
        '<div id="streamly-problems"><template shadowrootmode="open">'
        f"<style>{STYLE}</style>"
        f'<dialog open role="alertdialog" aria-labelledby="count"><h2 id="count">{count}</h2>'
        f"<ol>{items}</ol>{more}"
        '<form method="dialog"><button>Close</button></form></dialog></template></div>'
    ).encode("utf-8", "backslashreplace")


def _item(problem: Problem, root: Path) -> str:
    numbers = [str(number) for number in (problem.line, problem.column) if number]
    place = ":".join([problem.path, *numbers]) if problem.path else ""
    parts = [f'<p class="place"><code>{escape(place)}</code></p>'] if place else []
    parts.append(f"<p>{escape(problem.code)} {escape(problem.message)}</p>")
    if problem.hint:
        parts.append(f'<p class="hint">{escape(problem.hint)}</p>')
    parts += _excerpt(problem, root)
    return f"<li>{''.join(parts)}</li>"


def _excerpt(problem: Problem, root: Path) -> Iterator[str]:
    """Yield the lines around the place of *problem*, if it has one."""
    if not problem.line:
        return
    lines = _lines(problem.path, root)
    first = max(1, problem.line - AROUND)
    shown = lines[first - 1 : problem.line + AROUND]
    if problem.line > len(lines):
        return
    yield "<pre>"
    width = len(str(first + len(shown)))
    for number, line in enumerate(shown, first):
        meant = ' class="meant"' if number == problem.line else ""
        yield f"<span{meant}>{number:{width}}  {escape(line[:WIDEST])}</span>"
        if meant and 0 < problem.column <= WIDEST:
            yield f"<span>{' ' * width}  {_indent(line, problem.column)}^</span>"
    yield "</pre>"


def _indent(line: str, column: int) -> str:
    """Return what is as wide as the beginning of *line*; tabs stay tabs."""
    return "".join("\t" if mark == "\t" else " " for mark in line[: column - 1].ljust(column - 1))


def _lines(path: str, root: Path) -> list[str]:
    for file in _places(path, root):
        try:
            if file.is_file() and file.stat().st_size <= LARGEST:
                return file.read_text("utf-8-sig", "replace").splitlines()
        except OSError:
            continue
    return []


def _places(path: str, root: Path) -> Iterable[Path]:
    """Yield where the file *path* of the site or of a theme may lie, and nothing outside."""
    for folder in (root, builtin_themes().parent):
        file = (folder / path).resolve()
        if file.is_relative_to(folder.resolve()):
            yield file
