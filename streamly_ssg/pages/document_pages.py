"""The pages of documents: posts, notes and pages, with what stands beside and below them."""

import re
from collections.abc import Iterable
from typing import Any

from streamly_ssg.documents.document import Document
from streamly_ssg.engine.key import make
from streamly_ssg.engine.rule import Fetch, Work
from streamly_ssg.errors import ContentError, Problem, problem
from streamly_ssg.inputs.facts import Comment, PageFacts
from streamly_ssg.values import changed

from . import frame, pictures, views
from .catalogue import line_of
from .filling import fill
from .origin import Origin
from .routes import DocumentRoute, Ref, SeriesPlace
from .social import card_url
from .sources import wants_card

DEPTH = 8  # replies nested deeper than this stand beside their parent


def document_page(route: DocumentRoute, fetch: Fetch) -> Work:
    """Return the work of rendering the page of a document."""
    document: Document = fetch(make("body", route.path))
    facts: PageFacts = fetch(make("facts", route.id))
    name = document.meta.template or f"{document.meta.kind}.html"
    if document.meta.template and fetch(make("source", name)) is None:
        raise ContentError(_no_template(document, fetch))
    origin: Origin = fetch(make("origin"))
    tree = origin.tree(document.meta.lang)
    used, data_names = frame.templates(name, tree, fetch)
    shown = _document(document, route, tree, fetch)
    leads = shown.picture is None
    view = views.DocumentView(
        site=frame.shown(make("site", tree), fetch),
        page=_page(document, shown, route, fetch),
        data=frame.data(data_names, fetch),
        document=shown,
        series=_series(route.series, fetch),
        newer=_teaser(route.newer, fetch),
        older=_teaser(route.older, fetch),
        related=frame.teasers(route.related, fetch),
        translations=_translations(route, fetch),
        likes=facts.likes,
        views=facts.views,
        comments=_comments(document, route, facts, fetch),
    )
    text = fill(document.body, route.path, route.url, fetch, tree=tree, leads=leads)
    return frame.page(name, view, used, text)


def _no_template(document: Document, fetch: Fetch) -> Problem:
    path, wanted = document.meta.path, document.meta.template
    line = line_of(fetch, path, rf"template\b.*{re.escape(wanted)}")
    text = f'the theme has no template "{wanted}"'
    hint = f"add templates/{wanted} to the theme, or take the field out"
    return problem("TEMPLATE", text, path=f"content/{path}", line=line, column=1, hint=hint)


def _teaser(ref: Ref | None, fetch: Fetch) -> views.Card | None:
    return frame.teasers((ref,), fetch)[0] if ref else None


def _document(document: Document, route: DocumentRoute, tree: str, fetch: Fetch) -> views.Document:
    meta = document.meta
    origin: Origin = fetch(make("origin"))
    picture = _picture(meta.image, route.path, fetch)
    return views.Document(
        id=meta.id,
        kind=meta.kind,
        title=meta.title,
        url=origin.link(route.url),
        content="",
        summary=meta.summary or meta.description or document.excerpt_text,
        date=origin.local(meta.date),
        updated=origin.local(meta.updated),
        minutes=document.minutes,
        words=document.words,
        language=meta.lang or origin.language,
        image=picture.src if picture else "",
        image_alt=meta.image_alt,
        toc=_toc(document),
        authors=frame.people(meta.authors, fetch),
        categories=tuple(frame.label(name, tree, fetch) for name in meta.categories),
        tags=frame.tags(meta.tags, tree, fetch),
        has_code=document.has_code,
        has_math=document.has_math,
        extra=meta.extra,
        picture=picture,
    )


def _picture(image: str, path: str, fetch: Fetch) -> views.Picture | None:
    """Return the picture of the document *path*; one that it names has to be there."""
    picture = frame.picture(image, path, fetch)
    if image and picture is None:
        line = line_of(fetch, path, rf"image\b.*{re.escape(image)}")
        found = pictures.find(image, path, fetch)
        raise ContentError(pictures.refuse(found, path, line, 1, fetch))
    return picture


def _toc(document: Document) -> tuple[views.Heading, ...]:
    if document.meta.toc is False:
        return ()
    return tuple(views.Heading(one.level, one.id, one.text) for one in document.toc)


def _page(
    document: Document, shown: views.Document, route: DocumentRoute, fetch: Fetch
) -> views.Page:
    meta = document.meta
    origin: Origin = fetch(make("origin"))
    has_card = wants_card(meta) and fetch(make("card-style")) is not None
    image = origin.link(card_url(route.url)) if has_card else shown.image
    return views.Page(
        kind=meta.kind,
        title=meta.title,
        description=meta.description or shown.summary,
        url=shown.url,
        canonical=meta.canonical or origin.whole(route.url),
        language=shown.language,
        image=origin.host + image if image.startswith("/") else image,
        image_alt=meta.title if has_card else meta.image_alt,
        published=shown.date,
        updated=shown.updated,
        authors=tuple(person.title for person in shown.authors),
        tags=meta.tags,
        translations=frame.alternates(route.translations, origin),
        previous=origin.link(route.older.url) if route.older else "",
        next=origin.link(route.newer.url) if route.newer else "",
        versions=frame.versions(route.translations, route.url, origin),
    )


def _series(place: SeriesPlace | None, fetch: Fetch) -> views.Series | None:
    if place is None:
        return None
    origin: Origin = fetch(make("origin"))
    cards: list[views.Card] = [fetch(make("teaser", ref.path)) for ref in place.refs]
    parts = tuple(views.Link(card.title, card.url) for card in cards)
    url = origin.link(place.term.url)
    return views.Series(place.term.name, url, place.number, place.term.count, place.first, parts)


def _translations(route: DocumentRoute, fetch: Fetch) -> tuple[views.Link, ...]:
    others = [one for one in route.translations if one.ref.path != route.path]
    origin: Origin = fetch(make("origin"))
    return tuple(views.Link(one.lang, origin.link(one.ref.url)) for one in others)


def _comments(
    document: Document, route: DocumentRoute, facts: PageFacts, fetch: Fetch
) -> views.Comments:
    policy: Any = fetch(make("config", "comments"))
    default = {"post": policy.posts, "note": policy.notes}.get(document.meta.kind, policy.pages)
    state = document.meta.comments or default
    if state == "off":
        return views.Comments("off", 0, ())
    threads = threaded(facts.comments.items, fetch)
    state = "closed" if route.closed else state
    return views.Comments(state, facts.comments.count, threads)


def threaded(comments: Iterable[Comment], fetch: Fetch) -> tuple[views.Comment, ...]:
    """Return *comments* as a tree; a reply to nothing known stands at the top."""
    known: dict[str, Comment] = {}
    replies: dict[str, list[Comment]] = {}
    tops: list[Comment] = []
    depth: dict[str, int] = {}
    for one in comments:
        parent = one.parent if one.parent in known else None
        if parent is not None and depth[parent] >= DEPTH:
            parent = known[parent].parent
        known[one.id] = one if parent == one.parent else _below(one, parent)
        depth[one.id] = depth[parent] + 1 if parent else 0
        (replies.setdefault(parent, []) if parent else tops).append(known[one.id])
    origin: Origin = fetch(make("origin"))

    def view(one: Comment) -> views.Comment:
        return views.Comment(
            id=one.id,
            author=_commenter(one, fetch),
            html=one.html,
            date=one.at.astimezone(origin.local(one.at).tzinfo),  # type: ignore[union-attr]
            likes=one.likes,
            edited=origin.local(one.edited),
            depth=depth[one.id],
            replies=tuple(map(view, replies.get(one.id, ()))),
        )

    return tuple(map(view, tops))


def _below(comment: Comment, parent: str | None) -> Comment:
    return changed(comment, parent=parent)


def _commenter(comment: Comment, fetch: Fetch) -> views.Person:
    person: views.Person = fetch(make("person", comment.author))
    if person.title == person.name and comment.name:
        return views.Person(person.name, comment.name, person.url, person.summary)
    return person
