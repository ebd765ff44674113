"""
The rules: for every kind of key, how its values come about. Read this first.

    content:PATH ─ doc:PATH ┬ head:PATH ─ index: ┬ route:FILE ─ file:FILE, the output
                            │                    ├ place:PATH, page:ID, author:NAME, category:SLUG
                            │                    └ files:, summary:
                            ├ card:PATH ─ teaser:PATH, person:NAME, label:NAME ─ file:FILE
                            └ body:PATH ─ entry:PATH ─ file:FILE
    theme:PATH ┬ source:NAME ─ template:NAME ─ file:FILE
               └ tongue:CODE ──┘
"""

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any

from streamly_ssg.engine.key import Key, make
from streamly_ssg.engine.rule import Codec, Fetch, Rule, Rules, Task, Work
from streamly_ssg.values import decode, encode

FILES = make("files")
SUMMARY = make("summary")
INDEX = make("index")

MAKERS = {
    "DocumentRoute": "document_pages:document_page",
    "ListRoute": "list_pages:list_page",
    "ProfileRoute": "people_pages:profile_page",
    "FollowsRoute": "people_pages:follows_page",
    "HomeRoute": "list_pages:home_page",
    "TermsRoute": "list_pages:terms_page",
    "ArchiveRoute": "list_pages:archive_page",
    "RankingRoute": "ranking_pages:ranking_page",
    "FeedRoute": "feeds:feed",
    "SitemapRoute": "site_files:sitemap",
    "RedirectRoute": "site_files:redirect_page",
    "WellKnownRoute": "site_files:well_known",
    "ShellRoute": "site_files:shell",
    "CopyRoute": "site_files:copy",
}


def file(name: str, fetch: Fetch) -> Work | bytes:
    """Make the output file *name* as its route says."""
    route = fetch(make("route", name))
    made: Work | bytes = _loaded(MAKERS[type(route).__name__])(route, fetch)
    return made


# What is named "module:name" (".documents.module:name" in that room) is loaded when it is first
# needed: a build that has nothing to do should not load parsers and templates for it.


@cache
def _loaded(name: str) -> Any:
    module, _, attribute = name.partition(":")
    return getattr(import_module(f".{module}", __package__), attribute)


def _task(name: str) -> Task:
    def task(subject: str, fetch: Fetch) -> Any:
        return _loaded(name)(subject, fetch)

    return task


def _of(kind: str | Any) -> Codec:
    if not isinstance(kind, str):
        return Codec(encode, lambda data: decode(data, kind))
    return Codec(encode, lambda data: decode(data, _loaded(kind)))


def _rule(task: str, kind: str | Any, *, wide: int = 0, hot: bool = False) -> Rule:
    return Rule(_task(task), _of(kind), wide=wide, hot=hot)


def _part(owner: Callable[[str], Key], kind: str | Any) -> Rule:
    return Rule(owner=owner, codec=_of(kind))


def _doc(path: str) -> Key:
    return make("doc", path)


def _index(_name: str) -> Key:
    return INDEX


RULES: Rules = {
    "parsing": _rule("sources:settings", ".documents.parsing:ParseSettings", hot=True),
    "doc": _rule("sources:document", Any),
    "head": _part(_doc, "sources:AnyHead"),
    "card": _part(_doc, "sources:AnyCard"),
    "body": _part(_doc, ".documents.document:AnyDocument"),
    "tongue": _rule("languages:tongue", "tongue:Tongue", hot=True),
    "theme-chain": _rule("themes:chain", tuple[str, ...], hot=True),
    "source": _rule("themes:source", "themes:AnySource", hot=True),
    "template": _rule("themes:template", "themes:TemplateSet", hot=True),
    "assets": _rule("themes:assets", "themes:Assets", hot=True),
    "sheet": _rule("themes:sheet", bytes),
    "index": _rule("index:index", Any, wide=1),
    "route": _part(_index, "routes:Route"),
    "place": _part(_index, "routes:Place"),
    "page": _part(_index, "routes:Place"),
    "author": _part(_index, str),
    "category": _part(_index, str),
    "resource": _part(_index, str),
    "files": _part(_index, tuple[str, ...]),
    "summary": _part(_index, "routes:Summary"),
    "origin": _rule("origin:origin", "origin:Origin", hot=True),
    "site": _rule("frame:site", "views:Site", hot=True),
    "dataset": _rule("frame:dataset", Any, hot=True),
    "teaser": _rule("frame:teaser", "views:Card", hot=True),
    "person": _rule("frame:person", "views:Person", hot=True),
    "label": _rule("frame:category", "views:Term", hot=True),
    "entry": _rule("feeds:entry", "feeds:Entry"),
    "file": Rule(file, file=True),
}
