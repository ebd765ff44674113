"""
What many pages share: the site around them, and small views of documents, people and terms.

Each is a key of its own, made once and read by every page that shows it: ``site:CODE``,
``teaser:PATH``, ``person:NAME``, ``label:NAME`` (of a category), ``dataset:NAME``.
"""

from typing import Any

from streamly_ssg.engine.key import Key, make
from streamly_ssg.engine.rule import Fetch, Work
from streamly_ssg.errors import ContentError, problem
from streamly_ssg.inputs.languages import Language
from streamly_ssg.values import Raw, encode

from . import pictures, views
from .lots import SEARCH, is_searched
from .origin import Origin
from .rendering import Templates, Text, render
from .routes import Ref, Translation
from .tongue import Tongue
from .urls import slug_of

SITE_FEEDS = (("RSS", "feed.xml"), ("Atom", "atom.xml"), ("JSON Feed", "feed.json"))
# Whose pages every language has; what is elsewhere is there once.
SHARED = {
    *("/", "/posts/", "/notes/", "/categories/", "/tags/", "/series/"),
    *("/archive/", "/trending/", "/popular/"),
}
MENU = (
    ("Posts", "/posts/"),
    ("Categories", "/categories/"),
    ("Tags", "/tags/"),
    ("People", "/users/"),
    ("Trending", "/trending/"),
    ("Archive", "/archive/"),
)


def site(tree: str, fetch: Fetch) -> views.Site:
    """Return what every page in the language *tree* knows of the site."""
    settings = fetch(make("config", "site"))
    place: Origin = fetch(make("origin"))
    own = fetch(make("config", "languages")).get(place.spoken(tree)) or Language()
    home = place.prefixes.get(tree, "") + "/"
    main, footer = _menus(tree, own, fetch)
    return views.Site(
        title=own.title or settings.title,
        description=own.description or settings.description,
        base_url=settings.base_url.rstrip("/"),
        prefix=place.prefix,
        language=place.spoken(tree),
        author=settings.author,
        home=place.link(home),
        service=settings.service,
        search=place.link(place.prefixes.get(tree, "") + SEARCH) if is_searched(fetch) else "",
        menu=main,
        footer=footer,
        feeds=tuple(views.Link(title, place.link(home + file)) for title, file in SITE_FEEDS),
        theme=fetch(make("config", "theme")) | own.theme,
        extra=fetch(make("config", "extra")),
        languages=_homes(place) if place.prefixes else (),
    )


def _menus(tree: str, own: Language, fetch: Fetch) -> tuple[tuple[views.Link, ...], ...]:
    """Return the links at the top and at the bottom; what a language lacks is the site's."""
    menu = fetch(make("config", "menu"))
    if own.menu is not None:
        main = [(item.title, item.url) for item in own.menu]
    elif menu.main is not None:
        main = [(item.title, _in_tree(item.url, tree, fetch)) for item in menu.main]
    else:
        tongue = speech(tree, fetch)
        main = [(tongue.text(title), _in_tree(url, tree, fetch)) for title, url in MENU]
    if own.footer is not None:
        footer = [(item.title, item.url) for item in own.footer]
    else:
        footer = [(item.title, _in_tree(item.url, tree, fetch)) for item in menu.footer]
    link = fetch(make("origin")).link
    both = (main, footer)
    return tuple(tuple(views.Link(title, link(url)) for title, url in one) for one in both)


def _in_tree(url: str, tree: str, fetch: Fetch) -> str:
    """Return *url*, or the same page in the language *tree* if every language has it."""
    place: Origin = fetch(make("origin"))
    return place.prefixes[tree] + url if tree and url in SHARED else url


def _homes(place: Origin) -> tuple[views.Version, ...]:
    trees = {place.language: "/"} | {code: f"{at}/" for code, at in place.prefixes.items()}
    return tuple(
        views.Version(code, place.name(code), place.link(url)) for code, url in trees.items()
    )


def versions(
    translations: tuple[Translation, ...], url: str, place: Origin
) -> tuple[views.Version, ...]:
    """Return the page at *url* in the other languages, for readers."""
    return tuple(
        views.Version(one.lang, place.name(one.lang), place.link(one.ref.url))
        for one in translations
        if one.ref.url != url
    )


def everywhere(url: str, place: Origin) -> tuple[views.Version, ...]:
    """Return the page at *url*, which every language has, in the other languages."""
    below = url[len(place.prefixes.get(place.at(url), "")) :]
    trees = sorted({place.language: "", **place.prefixes}.items())
    found = tuple(Translation(code, Ref("", prefix + below)) for code, prefix in trees)
    return versions(found, url, place)


def alternates(translations: tuple[Translation, ...], place: Origin) -> tuple[views.Link, ...]:
    """Return the addresses of a page by language, for machines; ``x-default`` is the site's own."""
    found = [views.Link(one.lang, place.whole(one.ref.url)) for one in translations]
    default = [views.Link("x-default", one.url) for one in found if one.title == place.language]
    return (*found, *default)


def speech(tree: str, fetch: Fetch) -> Tongue:
    """Return the language of the pages of *tree*."""
    place: Origin = fetch(make("origin"))
    found: Tongue = fetch(make("tongue", place.spoken(tree)))
    return found


def teaser(path: str, fetch: Fetch) -> views.Card:
    """Return the document *path* as lists show it."""
    card = fetch(make("card", path))
    place: Origin = fetch(make("origin"))
    url = fetch(make("place", path)).url
    found = picture(card.image, path, fetch)
    tree = place.tree(card.lang)
    return views.Card(
        kind=card.kind,
        title=card.title,
        url=place.link(url),
        summary=card.summary,
        date=place.local(card.date),
        minutes=card.minutes,
        language=card.lang or place.language,
        image=found.src if found else "",
        image_alt=card.image_alt,
        authors=people(card.authors, fetch),
        categories=tuple(label(name, tree, fetch) for name in card.categories),
        tags=tags(card.tags, tree, fetch),
        is_featured=card.featured,
        picture=found,
    )


def person(name: str, fetch: Fetch) -> views.Person:
    """Return the author or member *name*, by their document or by their profile."""
    place: Origin = fetch(make("origin"))
    path = fetch(make("author", name))
    if path is None:
        return views.Person(name, name, "")
    url = f"/users/{slug_of(name)}/"
    if path:
        card = fetch(make("card", path))
        found = picture(card.image, path, fetch)
        image = found.src if found else ""
        return views.Person(name, card.title or name, place.link(url), card.summary, image, found)
    profile = fetch(make("fact", f"profile/{name}"))
    if profile is None:
        return views.Person(name, name, place.link(url))
    return views.Person(name, profile.name or name, place.link(url), profile.bio)


def category(name: str, fetch: Fetch) -> views.Term:
    """Return the category *name*, ``NAME@CODE`` in another language, by its document."""
    place: Origin = fetch(make("origin"))
    name, _, tree = name.rpartition("@") if "@" in name else (name, "", "")
    slug = slug_of(name)
    url = place.link(f"{place.prefixes.get(tree, '')}/categories/{slug}/")
    path = fetch(make("category", f"{tree}/{slug}" if tree else slug))
    if not path:
        return views.Term(name, url)
    card = fetch(make("card", path))
    return views.Term(card.title or name, url, 0, card.summary)


def dataset(name: str, fetch: Fetch) -> Any:
    """Return the data files called *name*, or below the folder of that name."""
    if name == "streamly":
        from .reference import reference  # noqa: PLC0415 - few sites show how they are made

        return reference(fetch)
    from .datafiles import read  # noqa: PLC0415 - YAML and CSV are loaded only where they are used

    found: dict[str, Any] = {}
    for path in fetch(make("listing", "data")):
        steps = path.rpartition(".")[0].split("/")
        if steps[0] == name:
            _put(found, steps, path, read(path, fetch(make("data", path))))
    return found.get(name)


def _put(found: dict[str, Any], steps: list[str], path: str, value: Any) -> None:
    """Put *value* where *steps* lead; two files for one place are an error."""
    inner: Any = found
    for step in steps[:-1]:
        inner = inner.setdefault(step, {}) if isinstance(inner, dict) else None
    if not isinstance(inner, dict) or steps[-1] in inner:
        text = "stands where another data file stands already"
        hint = "rename one of them: their paths without the ending must differ"
        raise ContentError(problem("DATA", text, path=f"data/{path}", hint=hint))
    inner[steps[-1]] = value


def data(names: tuple[str, ...], fetch: Fetch) -> dict[str, Any]:
    """Return the data files that a template reads, by name."""
    if "*" in names:
        paths = fetch(make("listing", "data"))
        found = {path.rpartition(".")[0].partition("/")[0] for path in paths}
        names = tuple(sorted((found | set(names)) - {"*"}))
    return {name: fetch(make("dataset", name)) for name in names}


def people(names: tuple[str, ...], fetch: Fetch) -> tuple[views.Person, ...]:
    """Return the people called *names*."""
    return tuple(fetch(make("person", name)) for name in names)


def label(name: str, tree: str, fetch: Fetch) -> views.Term:
    """Return the category called *name* in the language *tree*."""
    key = f"{name}@{tree}" if tree or "@" in name else name
    found: views.Term = fetch(make("label", key))
    return found


def tags(names: tuple[str, ...], tree: str, fetch: Fetch) -> tuple[views.Term, ...]:
    """Return the tags called *names* in the language *tree*."""
    place: Origin = fetch(make("origin"))
    home = place.prefixes.get(tree, "")
    return tuple(views.Term(name, place.link(f"{home}/tags/{slug_of(name)}/")) for name in names)


def teasers(refs: tuple[Ref, ...], fetch: Fetch) -> tuple[views.Card, ...]:
    """Return the documents *refs* as lists show them, ready to travel in a view."""
    return tuple(shown(make("teaser", ref.path), fetch) for ref in refs)


def shown(key: Key, fetch: Fetch) -> Any:
    """Return the view *key* in its encoded form: whoever is given it passes it on."""
    return Raw(fetch.encoded(key))


def picture(image: str, path: str, fetch: Fetch) -> views.Picture | None:
    """Return the image that the document *path* names, if it can be shown."""
    found = pictures.find(image, path, fetch) if image else None
    if found is None or not found.is_shown:
        return None
    place: Origin = fetch(make("origin"))
    return pictures.shown(found, path, fetch, place.link)


def templates(name: str, tree: str, fetch: Fetch) -> tuple[Templates, tuple[str, ...]]:
    """Return the template *name* in a language, ready to travel, and the data that it reads."""
    found = fetch(make("template", f"{name}@{tree}" if tree else name))
    used = Templates(found.digest, found.sources, found.tongue, found.assets, found.are_short)
    return used, found.data


def page(name: str, view: Any, used: Templates, text: Text = ()) -> Work:
    """Return the work of rendering *view* with the template *name*."""
    return Work(render, (name, used, type(view).__name__, encode(view), text))
