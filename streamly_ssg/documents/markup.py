"""
Markdown to HTML with holes.

An engine gives plain HTML; everything else is done here, for both engines alike: heading ids and
the table of contents, coloured code, formulas, shortcodes, and the links that only the site can
resolve. While a page is made, its holes are numbers between two characters that no text can have.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape, unescape

from streamly_ssg.errors import ContentError, Problem, problem
from streamly_ssg.values import Value

from . import excerpts, shortcodes
from .fragments import Call, Fragment, Hole
from .highlight import highlight
from .links import Part, cut_links
from .parsing import ParseSettings, TooMuch
from .shortcodes import OPEN, Span
from .slugs import slugify
from .texts import without_controls

MAX_PROBLEMS = 100
_TITLE = re.compile(r"\s*<h1>([^<]*(?:<(?!/?h1)[^<]*)*)</h1>\n*")
_HEADING = re.compile(r"<h([1-6])>([^<]*(?:<(?!/?h[1-6])[^<]*)*)</h\1>")
_OWN_ID = re.compile(r"\{#([\w.:-]+)\}$")
# comrak writes the two attributes in an order that changes from process to process.
_CODE = re.compile(
    r'<pre><code(?=(?:[^>]* data-meta="([^"]*)")?)(?=(?:[^>]* class="language-([^"]*)")?)'
    r'(?: (?:data-meta|class)="[^"]*")*>([^<]*)</code></pre>'
)
_MATH = re.compile(r'<span data-math-style="(inline|display)">([^<]*)</span>')
_HOLE = re.compile("\ufdd0(\\d+)\ufdd1")
_ALONE = re.compile("<p>((?:\\s*\ufdd0\\d+\ufdd1)+)\\s*</p>")
_PARAGRAPH = re.compile(r"<p>([^<]*(?:<(?!/?p>)[^<]*)*)</p>\s*")
_FOOTNOTE = re.compile(r'(id="|href="#)(?=fn)')
_DEFINITION = re.compile(r"^ {0,3}\[([^\[\]\n]+)\]:.*$", re.MULTILINE)
_LABEL = re.compile(r"\[([^\[\]\n]+)\]")
_MARGIN = re.compile(r"[ \t>]*")


class Heading(Value):
    """A heading of the table of contents; *text* has no HTML."""

    level: int
    id: str
    text: str


class Rendered(Value):
    """A text as HTML; *title* is its leading first-level heading, if that was asked for."""

    body: Fragment
    excerpt: Fragment
    excerpt_text: str
    toc: tuple[Heading, ...]
    title: str
    words: int
    has_code: bool
    has_math: bool
    text: str


def render(
    source: str,
    settings: ParseSettings,
    first_line: int = 1,
    *,
    path: str = "",
    take_title: bool = False,
) -> Rendered:
    """Return *source* as HTML; raise ContentError with all that is wrong in it."""
    page = _Page(settings, path, source)
    html, title = page.whole(Part(source, first_line), take_title=take_title)
    if page.problems:
        raise ContentError(*sorted(set(page.problems))[:MAX_PROBLEMS])
    body, excerpt = excerpts.divide(html)
    return Rendered(
        body=page.fragment(body),
        excerpt=page.fragment(excerpt),
        excerpt_text=excerpts.shortened(excerpts.plain(excerpt)),
        toc=tuple(page.toc),
        title=title,
        words=page.words,
        has_code=page.has_code,
        has_math=page.has_math,
        text="\n".join(page.texts),
    )


class _Page:
    """What the parts of one document share: holes, ids, the table of contents, the problems."""

    def __init__(self, settings: ParseSettings, path: str, source: str) -> None:
        self.settings = settings
        self.path = path
        self.source = source
        self.engine = engine(settings)
        self.holes: list[Hole] = []
        self.ids: dict[str, int] = {}
        self.toc: list[Heading] = []
        self.problems: list[Problem] = []
        self.definitions: dict[str, str] | None = None
        self.words = 0
        self.texts: list[str] = []
        self.has_code = False
        self.has_math = False

    def whole(self, part: Part, *, take_title: bool) -> tuple[str, str]:
        """Return the HTML of the document, and its title if it is to be taken out."""
        html, spans = self._parsed(part)
        match = _TITLE.match(html) if take_title else None
        title = excerpts.plain(excerpts.without_footnotes(match[1])) if match else ""
        if match and title:
            html = html[match.end() :]
        return self._finished(html, spans, part), title

    def fragment(self, html: str) -> Fragment:
        """Return *html* cut at its holes."""
        if "\ufdd0" not in html:
            return Fragment((html,), ())
        parts = _HOLE.split(html)
        return Fragment(tuple(parts[::2]), tuple(self.holes[int(n)] for n in parts[1::2]))

    def _parsed(self, part: Part) -> tuple[str, list[Span]]:
        """Return the engine's HTML, and the shortcodes that stand in it as numbers."""
        if OPEN not in part.source:
            return self._markdown(part.source, part), []
        return self._parsed_around_shortcodes(part)

    def _finished(self, html: str, spans: list[Span], part: Part) -> str:
        """Return the engine's *html* with all that the engines don't do."""
        html = self._headings(html)
        if spans:
            html = self._with_calls(html, spans, part)
            part = part.reading(shortcodes.blanked(part.source, spans))
        html = self._math(html)
        html = cut_links(html, part, self._hole)
        return self._code(html)

    def _hole(self, hole: Hole) -> str:
        self.holes.append(hole)
        return f"\ufdd0{len(self.holes) - 1}\ufdd1"

    def _complain(self, code: str, message: str, line: int, column: int = 0) -> None:
        self.problems.append(problem(code, message, path=self.path, line=line, column=column))

    # Markdown

    def _markdown(self, source: str, part: Part) -> str:
        try:
            html = self.engine(source, self.settings)
        except TooMuch as error:
            self._complain("TOO_MUCH", str(error), part.line + error.line - 1)
            return ""
        # A reference such as &#1; brings in what the file itself may not have.
        return without_controls(html) if "&#" in source else html

    def _headings(self, html: str) -> str:
        if not self.settings.heading_ids or "<h" not in html:
            return html
        return _HEADING.sub(self._heading, html)

    def _heading(self, match: re.Match[str]) -> str:
        level, inner = match.groups()
        own = _OWN_ID.search(inner) if inner.endswith("}") else None
        if own:
            inner = inner[: own.start()].rstrip()
        text = excerpts.plain(excerpts.without_footnotes(inner))
        name = self._free_id(own[1] if own else slugify(text))
        self.toc.append(Heading(int(level), name, text))
        return f'<h{level} id="{name}">{inner}</h{level}>'

    def _free_id(self, name: str) -> str:
        free = name
        while free in self.ids:
            self.ids[name] += 1
            free = f"{name}-{self.ids[name]}"
        self.ids[free] = 1
        return free

    def _math(self, html: str) -> str:
        if "data-math-style" not in html:
            return html
        from .mathematics import to_mathml  # noqa: PLC0415 - few pages need it

        self.has_math = True
        return _MATH.sub(
            lambda match: to_mathml(unescape(match[2]), display=match[1] == "display"), html
        )

    def _code(self, html: str) -> str:
        """Colour the code, and take up the text outside it."""
        if "<pre><code" not in html:
            self._take_prose(html)
            return html
        self.has_code = True
        parts = _CODE.split(html)
        out = [parts[0]]
        self._take_prose(parts[0])
        for meta, language, code, prose in zip(*(parts[n::4] for n in (1, 2, 3, 4)), strict=True):
            decoded = _decoded(code)
            self.texts.append(decoded)
            self._take_prose(prose)
            info = unescape(f"{language or ''} {meta or ''}".strip())
            out += [highlight(decoded, info), prose]
        return "".join(out) if self.settings.highlight else html

    def _take_prose(self, html: str) -> None:
        text = excerpts.text_of(html)
        self.words += excerpts.count_words(text)
        self.texts.append(_decoded(text) if "&" in text else text)

    # Shortcodes

    def _parsed_around_shortcodes(self, part: Part) -> tuple[str, list[Span]]:
        tags = shortcodes.find(part.source, lambda source: self._markdown(source, part))
        spans, faults = shortcodes.pair(tags)
        for fault in faults[:MAX_PROBLEMS]:
            self._complain("SHORTCODE", fault.message, *part.place(fault.start))
        word = shortcodes.unused_word(part.source)
        html = self._markdown(shortcodes.replaced(part.source, spans, word), part)
        return re.sub(rf"{word}(\d+)e", "\ufdd0\\1\ufdd1", html), spans

    def _with_calls(self, html: str, spans: list[Span], part: Part) -> str:
        """Replace the numbers of *spans* by those of their holes."""
        alone = {int(n) for match in _ALONE.finditer(html) for n in _HOLE.findall(match[1])}
        alone = {n for n in alone if spans[n].tag.literal is None}
        put = [self._call(span, part, is_block=n in alone) for n, span in enumerate(spans)]

        def paragraph(match: re.Match[str]) -> str:
            numbers = map(int, _HOLE.findall(match[1]))
            return match[1].strip() if alone.issuperset(numbers) else match[0]

        html = _ALONE.sub(paragraph, html)
        return _HOLE.sub(lambda match: put[int(match[1])], html)

    def _call(self, span: Span, part: Part, *, is_block: bool) -> str:
        tag = span.tag
        if tag.literal is not None:
            return escape(tag.literal, quote=False)
        line, column = part.place(tag.start)
        given = shortcodes.arguments(tag.rest)
        if given is None:
            message = f'the arguments of "{tag.name}" can\'t be read'
            self._complain("SHORTCODE", message, line, column)
            return ""
        inner = self._inner(span, part, is_block=is_block) if span.inner else None
        return self._hole(Call(tag.name, *given, inner, line, column))

    def _inner(self, span: Span, part: Part, *, is_block: bool) -> Fragment:
        """Return what stands between the tags; its headings don't enter the table of contents."""
        inside = _inside(part, span)
        shown = len(self.toc)
        html, spans = self._parsed(inside.reading(self._defined(inside.source)))
        html = self._finished(html, spans, inside)
        del self.toc[shown:]
        html = _FOOTNOTE.sub(rf"\1c{len(self.holes)}-", html)
        paragraph = None if is_block else _PARAGRAPH.fullmatch(html)
        return self.fragment(paragraph[1] if paragraph else html)

    def _defined(self, source: str) -> str:
        """Return *source* with the definitions that it uses of links and footnotes elsewhere."""
        if "[" not in source:
            return source
        if self.definitions is None:
            self.definitions = _definitions(self.source)
        used = dict.fromkeys(label.casefold() for label in _LABEL.findall(source))
        lines = [self.definitions[label] for label in used if label in self.definitions]
        return "\n".join([source, "", *lines])


def _decoded(code: str) -> str:
    """Return *code* without its entities; engines write four, which need no table of 2,000."""
    text = code.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"')
    if text.count("&") == text.count("&amp;"):
        return text.replace("&amp;", "&")
    return unescape(code)


def _definitions(source: str) -> dict[str, str]:
    """Return the lines that define something, by label; the first one counts, as in Markdown."""
    found: dict[str, str] = {}
    for match in _DEFINITION.finditer(source):
        if OPEN not in match[0]:
            found.setdefault(match[1].casefold(), match[0])
    return found


def _inside(part: Part, span: Span) -> Part:
    """Return the inner part of a shortcode without the margin that its opening tag has."""
    source = part.source
    margin = source[source.rfind("\n", 0, span.start) + 1 : span.start]
    margin = margin if _MARGIN.fullmatch(margin) else ""
    first, *others = source[span.inner].split("\n") if span.inner else [""]
    lines = [first, *(line.removeprefix(margin) for line in others)]
    line, column = part.place(span.tag.end)
    return Part("\n".join(lines), line, column, part.indent + len(margin))


def engine(settings: ParseSettings) -> Callable[[str, ParseSettings], str]:
    """Return the function that turns Markdown into HTML."""
    if settings.engine == "python-markdown":
        from .python_markdown import to_html  # noqa: PLC0415 - 60 ms, few use it
    else:
        from .commonmark import to_html  # noqa: PLC0415 - only where pages are parsed
    return to_html
