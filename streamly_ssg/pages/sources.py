"""
Content files as keys: ``doc:PATH`` parses one, and gives four narrow values.

``head:PATH`` is what decides where the document goes and which lists name it; ``card:PATH`` is
what lists show of it; ``vocabulary:PATH`` is by which words it is found; ``body:PATH`` is all of
it. So a corrected sentence touches one page, and a new title only the pages that show it.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from streamly_ssg.documents.fragments import images_in
from streamly_ssg.documents.parsing import ParseSettings
from streamly_ssg.engine.key import make
from streamly_ssg.engine.rule import Fetch, Table, Work
from streamly_ssg.errors import ContentError, problem
from streamly_ssg.values import Tagged, Value, changed

from .routes import Fault, fault
from .urls import image_source

if TYPE_CHECKING:
    from streamly_ssg.documents.document import Document
    from streamly_ssg.documents.meta import Meta
    from streamly_ssg.documents.vocabulary import Vocabulary

FOLDER = "content"


class Head(Tagged):
    """What decides where a document goes and which lists name it."""

    path: str
    kind: str
    id: str
    slug: str
    date: datetime | None
    updated: datetime | None
    publish: datetime | None
    expire: datetime | None
    draft: bool
    featured: bool
    weight: int
    authors: tuple[str, ...]
    categories: tuple[str, ...]
    tags: tuple[str, ...]
    series: str | None
    aliases: tuple[str, ...]
    lang: str | None
    translation_key: str
    images: tuple[str, ...]
    wants_card: bool


class Broken(Tagged):
    """A file that can't be read as a document, and why."""

    path: str
    faults: tuple[Fault, ...]


class Card(Value):
    """What lists show of a document."""

    path: str
    kind: str
    title: str
    date: datetime | None
    updated: datetime | None
    summary: str
    image: str
    image_alt: str
    minutes: int
    lang: str | None
    authors: tuple[str, ...]
    categories: tuple[str, ...]
    tags: tuple[str, ...]
    featured: bool
    comments: str | None


AnyHead = Head | Broken
AnyCard = Card | None


def settings(_name: str, fetch: Fetch) -> ParseSettings:
    """Return how content files are read: ``parsing:``."""
    markup = fetch(make("config", "markup"))
    search = fetch(make("config", "search"))
    return ParseSettings(
        engine=markup.engine,
        extensions=markup.extensions,
        smart=markup.smart,
        autolink=markup.autolink,
        math=markup.math,
        words_per_minute=markup.words_per_minute,
        timezone=fetch(make("config", "site")).timezone,
        search=search.text if search.enabled else "",
    )


def document(path: str, fetch: Fetch) -> Work:
    """Parse the content file *path*."""
    data = fetch(make("content", path))
    return Work(read_document, (path, data or b"", fetch(make("parsing"))))


def read_document(path: str, data: bytes, settings: ParseSettings) -> Table:
    """Return head, card and body of a document; a broken one has a head that says why."""
    from streamly_ssg.documents.document import read  # noqa: PLC0415 - the parsers load only where something is parsed

    try:
        document, words = read(path, data, settings)
    except ContentError as error:
        faults = tuple(_placed(fault(one)) for one in error.problems)
        return _parts(path, Broken(path, faults))
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - a mistake of ours in one file doesn't stop the others
        text = f"{type(error).__name__}: {error}"
        hint = "this is a mistake in Streamly, please report it with this file"
        bug = fault(problem("BUG", text, path=f"{FOLDER}/{path}", hint=hint))
        return _parts(path, Broken(path, (bug,)))
    return _parts(path, _head(document), _card(document), document, words)


def _head(document: "Document") -> Head:
    meta = document.meta
    return Head(
        path=meta.path,
        kind=meta.kind,
        id=meta.id,
        slug=meta.slug,
        date=meta.date,
        updated=meta.updated,
        publish=meta.publish,
        expire=meta.expire,
        draft=meta.draft,
        featured=meta.featured,
        weight=meta.weight,
        authors=meta.authors,
        categories=meta.categories,
        tags=meta.tags,
        series=meta.series,
        aliases=meta.aliases,
        lang=meta.lang,
        translation_key=meta.translation_key,
        images=tuple(dict.fromkeys(_images(document))),
        wants_card=wants_card(meta),
    )


def wants_card(meta: "Meta") -> bool:
    """Tell whether a link to the document has nothing to show that networks take for a picture."""
    return bool(meta.title) and (not meta.image or meta.image.endswith(".svg"))


def _images(document: "Document") -> Iterator[str]:
    """Yield the inputs that hold the images of *document*."""
    for target in (document.meta.image, *images_in(document.body)):
        source = image_source(target, document.meta.path)
        if source is not None:
            yield source


def _card(document: "Document") -> Card:
    meta = document.meta
    return Card(
        path=meta.path,
        kind=meta.kind,
        title=meta.title,
        date=meta.date,
        updated=meta.updated,
        summary=meta.summary or meta.description or document.excerpt_text,
        image=meta.image,
        image_alt=meta.image_alt,
        minutes=document.minutes,
        lang=meta.lang,
        authors=meta.authors,
        categories=meta.categories,
        tags=meta.tags,
        featured=meta.featured,
        comments=meta.comments,
    )


def _parts(
    path: str,
    head: Head | Broken,
    card: Card | None = None,
    body: "Document | None" = None,
    words: "Vocabulary | None" = None,
) -> Table:
    kinds = (("head", head), ("card", card), ("body", body), ("vocabulary", words))
    return Table({make(kind, path): value for kind, value in kinds})


def _placed(fault: Fault) -> Fault:
    return changed(fault, path=f"{FOLDER}/{fault.path}")
