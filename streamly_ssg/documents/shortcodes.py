"""
Shortcodes: ``{{< name "argument" key="value" >}}``, alone or around Markdown.

They are found before Markdown is parsed, but Markdown decides which of them stand in code and are
literal. So every tag is first replaced by a word that no author wrote, the text is rendered once to
see where those words end up, and only then are the live ones taken out, pair by pair.
``{{</* name */>}}`` prints a tag.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

OPEN = "{{<"
MAX_DEPTH = 16
_TAG = re.compile(
    r"\{\{<(?:"
    r"/\*(?P<literal>(?:(?!\{\{<).)*?)\*/>\}\}"
    r"|\s*(?P<close>/?)\s*(?P<name>[A-Za-z][\w.-]*)(?P<rest>"
    r"(?:[^\"`>{]|\{(?!\{<)|>(?!\}\})|\"(?:[^\"\\\n]|\\.)*\"|`[^`]*`)*)>\}\}"
    r")?",
    re.DOTALL,
)
_ARGUMENT = re.compile(
    r"(?:([A-Za-z][\w-]*)\s*=\s*)?(?:\"((?:[^\"\\]|\\.)*)\"|`([^`]*)`|([^\s\"`=]+))(?:\s+|$)",
    re.DOTALL,
)
# Each of these ends at the latest at the end of the text, so that none is tried twice.
_LITERAL = re.compile(
    r"<code\b[^>]*>[^<]*"
    r"|<span data-math-style=[^>]*>[^<]*"
    r"|<pre\b.*?(?:</pre>|\Z)"
    r"|<!--.*?(?:-->|\Z)",
    re.DOTALL,
)


class Tag(NamedTuple):
    """One tag of the source; without a *name* it is *literal* text, or never ends."""

    start: int
    end: int
    name: str
    rest: str
    closing: bool
    literal: str | None


class Span(NamedTuple):
    """A shortcode: its tag, where it ends, and what of the source stands inside it."""

    tag: Tag
    start: int
    end: int
    inner: slice | None


class Fault(NamedTuple):
    """What is wrong with a tag."""

    start: int
    message: str


def find(source: str, render: Callable[[str], str]) -> list[Tag]:
    """Return the tags of *source* that are not in code; *render* is the Markdown engine."""
    tags = [_tag(match) for match in _TAG.finditer(source)]
    word = unused_word(source)
    dead = set(_literal(render(replaced(source, tags, word)), word))
    return [tag for n, tag in enumerate(tags) if n not in dead or tag.literal is not None]


def unused_word(source: str) -> str:
    """Return letters that *source* doesn't have; Markdown leaves them alone, even in a URL."""
    return next(word for n in range(len(source) + 1) if (word := f"zq{n}hole") not in source)


def replaced(source: str, spans: Sequence[Tag | Span], word: str) -> str:
    """Return *source* with the nth span replaced by the nth word."""
    out = []
    last = 0
    for n, span in enumerate(spans):
        out += [source[last : span.start], f"{word}{n}e"]
        last = span.end
    return "".join(out) + source[last:]


def blanked(source: str, spans: Sequence[Span]) -> str:
    """Return *source* with the spans blank, every other character in its place."""
    out = []
    last = 0
    for span in spans:
        gone = source[span.start : span.end]
        out += [source[last : span.start], re.sub(r"[^\n]", " ", gone)]
        last = span.end
    return "".join(out) + source[last:]


def pair(tags: list[Tag]) -> tuple[list[Span], list[Fault]]:
    """Return the outermost shortcodes in order, and what is wrong."""
    waiting: list[Tag] = []
    names: Counter[str] = Counter()
    found: list[Span] = []
    faults: list[Fault] = []
    for tag in tags:
        if tag.literal is not None:
            found.append(_single(tag))
        elif not tag.name:
            faults.append(Fault(tag.start, 'this shortcode is not complete; it ends with ">}}"'))
        elif not tag.closing:
            waiting.append(tag)
            names[tag.name] += 1
        elif not names[tag.name]:
            faults.append(Fault(tag.start, f'"{tag.name}" is closed here but was not opened'))
        else:
            found += _closed(tag, waiting, names)
    found += map(_single, waiting)
    return _outermost(found, faults), faults


def _single(tag: Tag) -> Span:
    return Span(tag, tag.start, tag.end, None)


def _closed(tag: Tag, waiting: list[Tag], names: Counter[str]) -> Iterator[Span]:
    """Pair *tag* with the last one of its name; those opened in between stand alone."""
    while True:
        opening = waiting.pop()
        names[opening.name] -= 1
        if opening.name == tag.name:
            yield Span(opening, opening.start, tag.end, slice(opening.end, tag.start))
            return
        yield _single(opening)


def _outermost(found: list[Span], faults: list[Fault]) -> list[Span]:
    result: list[Span] = []
    ends: list[int] = []
    for span in sorted(found, key=lambda span: span.start):
        while ends and ends[-1] <= span.start:
            ends.pop()
        if not ends:
            result.append(span)
        ends.append(span.end)
        if len(ends) > MAX_DEPTH:
            faults.append(Fault(span.start, f"more than {MAX_DEPTH} shortcodes inside each other"))
            return []
    return result


def arguments(rest: str) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]] | None:
    """Return the positional and the named arguments, or None if they can't be read."""
    args: list[str] = []
    options: dict[str, str] = {}
    at = 0
    while at < len(rest):
        match = _ARGUMENT.match(rest, at)
        if match is None or match[1] in options:
            return None
        at = match.end()
        name, quoted, raw, bare = match.groups()
        value = raw or bare or re.sub(r"\\(.)", r"\1", quoted or "", flags=re.DOTALL)
        if name:
            options[name] = value
        else:
            args.append(value)
    return tuple(args), tuple(sorted(options.items()))


def _tag(match: re.Match[str]) -> Tag:
    literal = match["literal"]
    if literal is not None:
        literal = f"{{{{<{literal}>}}}}"
    rest = (match["rest"] or "").strip().removesuffix("/").rstrip()
    return Tag(match.start(), match.end(), match["name"] or "", rest, bool(match["close"]), literal)


def _literal(html: str, word: str) -> Iterator[int]:
    words = re.compile(rf"{word}(\d+)e")
    for match in _LITERAL.finditer(html):
        yield from map(int, words.findall(match[0]))
