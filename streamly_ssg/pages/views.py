"""
Views: exactly what a template may see.

A page's template is given the fields of one view by name and nothing else, so whatever it shows
went through the page's fetches. Addresses are complete, texts are plain unless they are called
``html`` or ``content``, times are in the site's zone.
"""

from datetime import datetime
from typing import Any

from streamly_ssg.values import Value, field


class Link(Value):
    """A title and where it leads."""

    title: str
    url: str


class Version(Value):
    """A language, and where something is in it: the site, or a page."""

    language: str
    name: str
    url: str


class Site(Value):
    """
    The same on every page of a language, but for the assets.

    *languages* are those that the site has; *assets* and *integrity* hold what the page's templates
    name.
    """

    title: str
    description: str
    base_url: str
    prefix: str
    language: str
    author: str
    home: str
    service: str
    search: str
    menu: tuple[Link, ...]
    footer: tuple[Link, ...]
    feeds: tuple[Link, ...]
    theme: dict[str, Any]
    extra: dict[str, Any]
    languages: tuple[Version, ...] = ()
    assets: dict[str, str] = field(default_factory=dict)
    integrity: dict[str, str] = field(default_factory=dict)


class Page(Value):
    """
    What the head of every page says; *url* is the path, *canonical* the whole address.

    *translations* are for machines: whole addresses by language, with this page and ``x-default``.
    *versions* are for readers: this page in the other languages.
    """

    kind: str
    title: str
    description: str
    url: str
    canonical: str
    language: str
    image: str = ""
    image_alt: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    feeds: tuple[Link, ...] = ()
    translations: tuple[Link, ...] = ()
    previous: str = ""
    next: str = ""
    is_indexed: bool = True
    versions: tuple[Version, ...] = ()


class Form(Value):
    """An image in another format: its media type, and its files for ``srcset``."""

    type: str
    srcset: str


class Picture(Value):
    """An image as browsers can choose from it; zeros if nobody knows its size."""

    src: str
    width: int = 0
    height: int = 0
    srcset: str = ""
    forms: tuple[Form, ...] = ()
    sizes: str = ""


class Person(Value):
    """An author or a member."""

    name: str
    title: str
    url: str
    summary: str = ""
    image: str = ""
    picture: Picture | None = None


class Term(Value):
    """A category, tag or series."""

    title: str
    url: str
    count: int = 0
    summary: str = ""


class Card(Value):
    """A document in a list."""

    kind: str
    title: str
    url: str
    summary: str
    date: datetime | None
    minutes: int
    language: str
    image: str = ""
    image_alt: str = ""
    authors: tuple[Person, ...] = ()
    categories: tuple[Term, ...] = ()
    tags: tuple[Term, ...] = ()
    is_featured: bool = False
    picture: Picture | None = None


class Heading(Value):
    """A heading of the document, for the table of contents."""

    level: int
    id: str
    title: str


class Series(Value):
    """Where in its series a post stands, and the *parts* around it, from the *first* on."""

    title: str
    url: str
    number: int
    total: int
    first: int
    parts: tuple[Link, ...]


class Comment(Value):
    """A comment with its replies."""

    id: str
    author: Person
    html: str
    date: datetime
    likes: int = 0
    edited: datetime | None = None
    depth: int = 0
    replies: tuple["Comment", ...] = ()


class Comments(Value):
    """The discussion below a document; *state* is open, closed or off."""

    state: str
    count: int
    threads: tuple[Comment, ...]


class Document(Value):
    """A post, a note or a page; *content* is its HTML."""

    id: str
    kind: str
    title: str
    url: str
    content: str
    summary: str
    date: datetime | None
    updated: datetime | None
    minutes: int
    words: int
    language: str
    image: str
    image_alt: str
    toc: tuple[Heading, ...]
    authors: tuple[Person, ...]
    categories: tuple[Term, ...]
    tags: tuple[Term, ...]
    has_code: bool
    has_math: bool
    extra: dict[str, Any]
    picture: Picture | None = None


class View(Value):
    """What every template may see."""

    site: Site
    page: Page
    data: dict[str, Any]


class DocumentView(View):
    """``post.html``, ``note.html``, ``page.html``."""

    document: Document
    series: Series | None
    newer: Card | None
    older: Card | None
    related: tuple[Card, ...]
    translations: tuple[Link, ...]
    likes: int
    views: int
    comments: Comments


class Pager(Value):
    """One page of a list among the others."""

    number: int
    total: int
    items: int
    first: str
    last: str
    previous: str
    next: str
    pages: tuple[Link, ...]


class ListView(View):
    """``list.html``: posts, notes, a category, a tag, a series, a year or a month."""

    kind: str
    title: str
    content: str
    cards: tuple[Card, ...]
    pager: Pager


class Profile(Value):
    """What a person says about themselves; *content* is the long form."""

    person: Person
    content: str
    website: str
    location: str
    joined: str
    followers: int
    following: int
    posts: int


class ProfileView(View):
    """``profile.html``: a person and their posts."""

    profile: Profile
    cards: tuple[Card, ...]
    pager: Pager


class FollowsView(View):
    """``follows.html`` (followers or following) and ``card.html``."""

    kind: str
    profile: Profile
    people: tuple[Person, ...]


class HomeView(View):
    """``home.html``."""

    latest: tuple[Card, ...]
    featured: tuple[Card, ...]
    trending: tuple["Ranked", ...]
    total: int


class TermsView(View):
    """``terms.html``: all categories, tags or series; ``people.html``: all people."""

    kind: str
    terms: tuple[Term, ...]
    people: tuple[Person, ...]


class Month(Value):
    """A month in the archive."""

    year: int
    month: int
    url: str
    count: int


class Year(Value):
    """A year in the archive."""

    year: int
    url: str
    count: int
    months: tuple[Month, ...]


class ArchiveView(View):
    """``archive.html``."""

    years: tuple[Year, ...]


class Ranked(Value):
    """A document in a ranking."""

    card: Card
    likes: int
    comments: int
    views: int


class RankingView(View):
    """``ranking.html``: trending and popular."""

    window: str
    as_of: datetime | None
    ranked: tuple[Ranked, ...]
    windows: tuple[Link, ...]


class PlainView(View):
    """``404.html``, ``410.html``, ``500.html``, ``robots.txt``: about nothing but the site."""


class ShellView(View):
    """``shell.html``: a page that the service fills; *kind* is its address, such as ``login``."""

    kind: str


class SearchView(View):
    """
    ``search.html``; its script has to know how many documents and shards the index has.

    The *index* lies at that address, for all languages. It names no document's language that is the
    *main_language*. What is in one of *own_languages*, those of the page, comes first.
    """

    documents: int
    shards: int
    languages: tuple[str, ...]
    index: str
    main_language: str
    own_languages: tuple[str, ...]


class RedirectView(View):
    """``redirect.html``."""

    target: str


class ShortcodeView(Value):
    """``shortcodes/NAME.html``: arguments by place and by name, and what the tags enclose."""

    args: tuple[str, ...]
    options: dict[str, str]
    content: str
    prefix: str
    picture: Picture | None = None


VIEWS: dict[str, type] = {
    view.__name__: view
    for view in (
        DocumentView,
        ListView,
        ProfileView,
        FollowsView,
        HomeView,
        TermsView,
        ArchiveView,
        RankingView,
        PlainView,
        ShellView,
        SearchView,
        RedirectView,
    )
}
