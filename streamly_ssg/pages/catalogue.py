"""
The catalogue: every document that is published now, where it is, and what is wrong with the rest.

It is made of heads alone, so it is made again only when a document moves, appears or disappears.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from streamly_ssg.engine.key import make
from streamly_ssg.engine.rule import Fetch
from streamly_ssg.errors import Problem, did_you_mean, problem
from streamly_ssg.inputs.facts import Settings

from .origin import Origin
from .routes import PersonRef, Ref, TermRef, as_problem
from .sources import Broken, Head
from .urls import permalink, slug_of

PAGED = ("post", "page", "note")
NO_SETTINGS = Settings()


@dataclass(slots=True)
class Catalogue:
    """
    Documents by kind, in the order of their lists; addresses by path.

    Those of one language are a *tree*: its addresses begin with *prefix*, and *tree* is its code,
    which is empty for the language of the site.
    """

    posts: list[Head] = field(default_factory=list)
    pages: list[Head] = field(default_factory=list)
    notes: list[Head] = field(default_factory=list)
    urls: dict[str, str] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    authors: dict[str, str] = field(default_factory=dict)
    categories: dict[str, str] = field(default_factory=dict)
    settings: dict[str, Settings] = field(default_factory=dict)
    members: tuple[str, ...] = ()
    problems: list[Problem] = field(default_factory=list)
    since: datetime | None = None
    until: datetime | None = None
    tree: str = ""
    prefix: str = ""

    def trees(self, origin: Origin) -> list["Catalogue"]:
        """Return the documents of each language by themselves, those of the site's own first."""
        if not origin.prefixes:
            return [self]
        return [self._only(tree, origin) for tree in ("", *origin.prefixes)]

    def _only(self, tree: str, origin: Origin) -> "Catalogue":
        def ours(heads: list[Head]) -> list[Head]:
            return [head for head in heads if origin.tree(head.lang) == tree]

        return replace(
            self,
            posts=ours(self.posts),
            pages=ours(self.pages),
            notes=ours(self.notes),
            tree=tree,
            prefix=origin.prefixes.get(tree, ""),
        )

    def described(self) -> list[tuple[str, str]]:
        """Return the categories that have documents in this language: slugs and paths."""
        found = (key.rpartition("/") for key in self.categories)
        own = [slug for tree, _, slug in found if tree == self.tree]
        return sorted((slug, self.category(slug)) for slug in own)

    def category(self, slug: str) -> str:
        """Return the document that describes a category in this language, or an empty string."""
        return self.categories.get(f"{self.tree}/{slug}" if self.tree else slug, "")

    def ref(self, head: Head) -> Ref:
        """Return where *head*'s document is."""
        return Ref(head.path, self.urls[head.path])

    def people(self) -> list[str]:
        """Return everybody who has a profile: authors of files, of posts, and members."""
        named = {name for head in self.posts for name in head.authors}
        return sorted({*self.authors, *named, *self.members})

    def person(self, name: str, count: int = 0) -> PersonRef:
        """Return the author or member called *name*."""
        return PersonRef(name, f"/users/{slug_of(name)}/", self.authors.get(name, ""), count)

    def term(self, kind: str, name: str, count: int = 0) -> TermRef:
        """Return the category, tag or series called *name*."""
        slug = slug_of(name)
        path = self.category(slug) if kind == "category" else ""
        return TermRef(name, f"{self.prefix}/{FOLDERS[kind]}/{slug}/", path, count)


FOLDERS = {"category": "categories", "tag": "tags", "series": "series"}


def catalogue(fetch: Fetch) -> Catalogue:
    """Return the catalogue of the site as of now."""
    result = Catalogue()
    heads = _readable(fetch, result)
    origin: Origin = fetch(make("origin"))
    _take_people_and_categories(heads, origin, result)
    result.settings = _settings(fetch)
    result.members = tuple(sorted({*fetch(make("fact-names", "profile"))}))
    shown = _published(heads, fetch, result)
    known = [head for head in shown if head.kind in PAGED and _authors_known(head, fetch, result)]
    _assign_ids(known, result)
    identified = set(result.ids.values())
    _assign_urls([head for head in known if head.path in identified], origin, fetch, result)
    _sort(known, result)
    return result


def _readable(fetch: Fetch, result: Catalogue) -> list[Head]:
    paths = [
        path for path in fetch(make("listing", "content")) if path.endswith((".md", ".markdown"))
    ]
    heads: list[Head] = []
    for head in fetch.many([make("head", path) for path in paths]):
        if isinstance(head, Broken):
            result.problems += map(as_problem, head.faults)
        else:
            heads.append(head)
    return heads


def _take_people_and_categories(heads: Iterable[Head], origin: Origin, result: Catalogue) -> None:
    for head in heads:
        if head.kind == "author":
            result.authors[head.slug] = head.path
        elif head.kind == "category":
            tree = origin.tree(head.lang)
            result.categories[f"{tree}/{head.slug}" if tree else head.slug] = head.path


def _settings(fetch: Fetch) -> dict[str, Settings]:
    names = fetch(make("fact-names", "settings"))
    return {page: fetch(make("fact", f"settings/{page}")) or NO_SETTINGS for page in names}


def _published(heads: Iterable[Head], fetch: Fetch, result: Catalogue) -> list[Head]:
    """Return what is to be seen now, and note from when until when that is the answer."""
    now: datetime = fetch(make("now"))
    drafts: bool = fetch(make("config", "build")).drafts
    shown = []
    for head in heads:
        start = head.publish or head.date
        for moment in (start, head.expire):
            if moment is not None:
                _narrow(result, moment, now)
        if head.draft and not drafts:
            continue
        hidden = result.settings.get(head.id, NO_SETTINGS).hidden
        if (
            (start is None or start <= now)
            and (head.expire is None or now < head.expire)
            and not hidden
        ):
            shown.append(head)
    return shown


def _narrow(result: Catalogue, moment: datetime, now: datetime) -> None:
    if moment <= now:
        result.since = moment if result.since is None else max(result.since, moment)
    else:
        result.until = moment if result.until is None else min(result.until, moment)


def _authors_known(head: Head, fetch: Fetch, result: Catalogue) -> bool:
    """A site without author files takes any name; one that has them knows its authors."""
    if not result.authors:
        return True
    unknown = [name for name in head.authors if name not in result.authors]
    for name in unknown:
        hint = did_you_mean(name, result.authors) or f"add content/authors/{slug_of(name)}.md"
        line = line_of(
            fetch, head.path, rf"authors?\b.*{re.escape(name)}|^\s*-\s*{re.escape(name)}"
        )
        result.problems.append(_at(head, line, "AUTHOR", f'unknown author "{name}"', hint))
    return not unknown


def _assign_ids(heads: Iterable[Head], result: Catalogue) -> None:
    for head in heads:
        first = result.ids.setdefault(head.id, head.path)
        if first != head.path:
            text = f'has the id "{head.id}" of content/{first}'
            result.problems.append(_at(head, 1, "DUPLICATE", text, "give one of them another id"))


def _assign_urls(heads: Iterable[Head], origin: Origin, fetch: Fetch, result: Catalogue) -> None:
    patterns = fetch(make("config", "permalinks"))
    zone = origin.timezone
    pattern_of = {"post": patterns.posts, "page": patterns.pages, "note": patterns.notes}
    taken: dict[str, str] = {}
    for head in heads:
        url = permalink(pattern_of[head.kind], _folder(head), head.slug, head.date, zone)
        url = origin.prefixes.get(origin.tree(head.lang), "") + url
        first = taken.setdefault(url, head.path)
        if first == head.path:
            result.urls[head.path] = url
        else:
            text = f"would be at {url}, where content/{first} is"
            line = line_of(fetch, head.path, r"slug\b")
            result.problems.append(
                _at(head, line, "DUPLICATE", text, "give one of them another slug")
            )


def _folder(head: Head) -> str:
    """Return the folders between the section and the document."""
    parts = head.path.split("/")[:-1]
    if parts and parts[0] in {"posts", "_posts", "_drafts", "pages", "notes"}:
        parts = parts[1:]
    if parts and head.path.rpartition("/")[2].startswith("index."):
        parts = parts[:-1]
    return "/".join(map(slug_of, parts))


def _sort(heads: Iterable[Head], result: Catalogue) -> None:
    placed = [head for head in heads if head.path in result.urls]
    result.posts = sorted((h for h in placed if h.kind == "post"), key=newest_first)
    result.notes = sorted((h for h in placed if h.kind == "note"), key=newest_first)
    result.pages = sorted((h for h in placed if h.kind == "page"), key=lambda h: (h.weight, h.path))
    result.ids = {head.id: head.path for head in placed}


def newest_first(head: Head) -> tuple[float, str]:
    """Sort documents by date, the newest first; those without a date come last."""
    return (-head.date.timestamp() if head.date else float("inf"), head.path)


def grouped(heads: Iterable[Head], names: Callable[[Head], Iterable[str]]) -> dict[str, list[Head]]:
    """Return the documents by the names of one kind, in the order of their slugs."""
    groups: dict[str, list[Head]] = {}
    spelling: dict[str, str] = {}
    for head in heads:
        named = {slug_of(name): name for name in names(head)}
        for slug, name in named.items():
            groups.setdefault(slug, []).append(head)
            spelling[slug] = min(spelling.get(slug, name), name)
    return {spelling[slug]: groups[slug] for slug in sorted(groups)}


def line_of(fetch: Fetch, path: str, pattern: str) -> int:
    """Return the line of the content file *path* on which *pattern* stands, or 1."""
    data: Any = fetch(make("content", path))
    lines = (data or b"").decode("utf-8", "replace").splitlines()
    found = (number for number, line in enumerate(lines, 1) if re.search(pattern, line))
    return next(found, 1)


def _at(head: Head, line: int, code: str, message: str, hint: str) -> Problem:
    return problem(code, message, path=f"content/{head.path}", line=line, column=1, hint=hint)
