"""
Documents: one content file, parsed.

`parse` is a pure function of a path, bytes and settings, so it runs in any process and its result
can be kept by content. All problems of a file come in one ContentError.
"""

from __future__ import annotations

from streamly_ssg.errors import ContentError, Problem
from streamly_ssg.values import Value, changed

from . import frontmatter
from .filenames import naming
from .fragments import Fragment
from .frontmatter import Split
from .markup import Heading, Rendered, render
from .meta import Meta, read_meta
from .parsing import ParseSettings
from .texts import read_text
from .vocabulary import Vocabulary, vocabulary


class Document(Value):
    """A content file: what it says about itself, and its text as HTML with holes."""

    meta: Meta
    body: Fragment
    toc: tuple[Heading, ...]
    excerpt: Fragment
    excerpt_text: str
    words: int
    minutes: int
    has_code: bool
    has_math: bool


AnyDocument = Document | None


def parse(path: str, data: bytes, settings: ParseSettings) -> Document:
    """Return the document in the file *path*; raise ContentError with all that is wrong in it."""
    return read(path, data, settings)[0]


def read(path: str, data: bytes, settings: ParseSettings) -> tuple[Document, Vocabulary | None]:
    """Return the document in the file *path*, and by which words it is found."""
    split = frontmatter.split(path, read_text(path, data))
    try:
        meta = read_meta(path, split.fields, settings.timezone)
    except ContentError as error:
        raise ContentError(*error.problems, *_problems(path, split, settings)) from None
    if meta.markup and meta.markup != settings.engine:
        settings = changed(settings, engine=meta.markup)
    rendered = render(split.body, settings, split.first_line, path=path, take_title=not meta.title)
    document = _document(_titled(meta, rendered.title), rendered, settings)
    return document, _vocabulary(document, rendered.text, settings.search)


def _problems(path: str, split: Split, settings: ParseSettings) -> tuple[Problem, ...]:
    """Return what is wrong in the body of a file whose front matter is wrong too."""
    try:
        render(split.body, settings, split.first_line, path=path)
    except ContentError as error:
        return error.problems
    return ()


def _titled(meta: Meta, title: str) -> Meta:
    if meta.title:
        return meta
    fallback = "" if meta.kind == "note" else naming(meta.path).title
    return changed(meta, title=title or fallback)


def _document(meta: Meta, rendered: Rendered, settings: ParseSettings) -> Document:
    return Document(
        meta=meta,
        body=rendered.body,
        toc=rendered.toc,
        excerpt=rendered.excerpt,
        excerpt_text=rendered.excerpt_text,
        words=rendered.words,
        minutes=-(-rendered.words // settings.words_per_minute),
        has_code=rendered.has_code,
        has_math=rendered.has_math,
    )


def _vocabulary(document: Document, text: str, extent: str) -> Vocabulary | None:
    if not extent:
        return None
    meta = document.meta
    labels = (*meta.tags, *meta.categories, *meta.authors, meta.series or "")
    headings = (one.text for one in document.toc)
    beginning = meta.summary or meta.description or document.excerpt_text
    return vocabulary(meta.title, labels, headings, text if extent == "body" else beginning)
