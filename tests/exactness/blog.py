"""
A small blog as plain values, with everything about it that can be another way.

`Blog` is what the machine changes; `sources()` is how it lies on disk. The tables say what each
part may become. Some of it is wrong on purpose: a build that fails here and there has to be as
exact as one that doesn't, and so has the build after it.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from streamly_ssg.inputs.config import SECTIONS, TABLES
from streamly_ssg.values import field_names
from tests.support.lean import THEMES, document
from tests.support.rebuild import NOW

Values = tuple[Any, ...]

# Documents

SUMMARY = "In short"
DOCUMENTS: dict[str, tuple[dict[str, Any], str]] = {
    "posts/a.md": (
        {"title": "A", "date": "2026-01-01", "tags": ["x"], "author": "ada"},
        "Text *a*\n",
    ),
    "posts/b.md": (
        {"title": "B", "date": "2026-01-02", "tags": ["x", "y"], "summary": SUMMARY},
        "Text b, see [a](a.md#top)\n",
    ),
    "posts/c.md": (
        {"title": "C", "date": "2026-02-03", "category": "news", "series": "Saga"},
        'First.\n\n{{< box title="T" >}}*in*{{< /box >}}\n',
    ),
    "posts/d.md": ({"title": "D", "date": "2026-02-04", "publish": "2026-03-02"}, "Later\n"),
    "posts/trip/index.md": (
        {"title": "Trip", "date": "2026-02-05", "series": "Saga", "image": "pic.png"},
        "![a picture](pic.png)\n",
    ),
    "notes/n.md": ({"date": "2026-02-06"}, "A note\n"),
    "pages/about.md": (
        {"title": "About", "translation_key": "about"},
        "About [b](../posts/b.md)\n",
    ),
    "pages/deep/index.md": ({"title": "Deep", "expire": "2026-03-03"}, "Deep\n"),
    "authors/ada.md": (
        {"title": "Ada", "extra": {"website": "https://ada.example"}},
        "Her *life*\n",
    ),
}
PATHS = (
    *DOCUMENTS,
    *("posts/e.md", "posts/2026-01-09-dated.md", "posts/A.md", "posts/sub/b.md", "_drafts/f.md"),
    *("notes/m.md", "pages/ueber.md", "authors/ben.md", "categories/news.md", "loose.md"),
)
BODIES: Values = (
    "",
    "Text *b*\n",
    "# A heading\n\nText <!--more--> and more\n\n## Another\n",
    "A [b](/posts/b.md) and [c](c.md)\n",
    "A [gone](gone.md) one\n",
    "![pic](pic.png) and ![abs](/pic.png)\n",
    '{{< box title="U" >}}**in** [a](/posts/a.md){{< /box >}}\n',
    '{{< pic src="pic.png" >}}\n',
    "{{< nothing >}}\n",
    '"Quoted" -- $x^2$ https://example.org\n\n```python\nprint(1)\n```\n',
    "{{ site }} {% raw %} <b>bold</b>\n",
    "long " * 300,
    "A foot[^1]\n\n[^1]: note\n",
)
FIELDS: dict[str, Values] = {
    "id": ("one", "posts.b"),
    "title": ("Another", "<&\"'>", "B", 12),
    "slug": ("another", "b", "no/such", "page"),
    "aliases": (["/old/"], ["/old/", "/older.html"], ["/posts/"], ["/posts/b/x/"], ["/feed.xml/y"]),
    "author": ("ada", "ben", "Nobody Known"),
    "authors": (["ada", "ben"], ["ben"]),
    "date": (
        "2026-01-02",
        "2026-02-10 12:00",
        "2025-12-31 23:30",
        "2026-03-01 13:00",
        "not a date",
    ),
    "updated": ("2026-02-20", "2026-02-21 10:00"),
    "publish": ("2026-02-01", "2026-03-01 12:30", "2026-03-02"),
    "expire": ("2026-02-01", "2026-03-01 13:30", "2026-03-02"),
    "draft": (True, False, "maybe"),
    "category": ("news", "News", "other"),
    "categories": (["news", "other"], ["other"]),
    "tags": (["x"], ["y", "X"], ["z"], []),
    "series": ("Saga", "Other"),
    "summary": ("In short", "<In> & short"),
    "description": ("Described",),
    "image": ("/pic.png", "pic.png", "https://example.org/i.png"),
    "image_alt": ("A picture",),
    "lang": ("de", "fr"),
    "translation_key": ("about", "trip"),
    "featured": (True, False),
    "comments": ("open", "closed", "off"),
    "template": ("note.html", "alt.html", "nothing.html"),
    "canonical": ("https://example.com/there",),
    "toc": (False, True),
    "weight": (-1, 5),
    "markup": ("python-markdown", "commonmark"),
    "extra": (
        {"mood": "calm"},
        {"part": "fancy"},
        {"part": "new"},
        {"website": "https://x.example"},
    ),
    "visibility": ("public",),
    "titel": ("unknown field",),
}

# Settings: every key of every section has at least one other value

SETTINGS: dict[str, dict[str, Any]] = {
    "site": {"title": "Lean", "base_url": "https://example.org", "theme": "lean"},
    "lists": {"per_page": 2},
}
ALTERNATIVES: dict[str, dict[str, Values]] = {
    "site": {
        "title": ("Other", "<&>"),
        "description": ("Described",),
        "base_url": ("https://example.org/blog", "http://example.org/", "nonsense"),
        "language": ("de",),
        "author": ("Ada",),
        "timezone": ("Europe/Berlin", "Pacific/Auckland"),
        "theme": ("ground", "default", "nothing"),
        "service": ("/api/v1",),
    },
    "markup": {
        "engine": ("python-markdown",),
        "extensions": (["sane_lists"],),
        "smart": (False,),
        "autolink": (True,),
        "math": (False,),
        "words_per_minute": (10, 0),
    },
    "permalinks": {
        "posts": ("/:year/:month/:slug/", "/p/:path/", "/:slug/"),
        "pages": ("/pages/:slug/",),
        "notes": ("/n/:slug/", "/posts/:slug/"),
    },
    "lists": {"per_page": (1, 3, 0), "featured": (0, 1), "related": (0, 1), "trending": (0, 1)},
    "feeds": {"limit": (1, 0), "content": ("summary",)},
    "comments": {"posts": ("closed", "off"), "notes": ("off",), "pages": ("open",)},
    "menu": {
        "main": ([{"title": "Home", "url": "/"}], []),
        "footer": ([{"title": "About", "url": "/about/"}],),
    },
    "build": {"drafts": (True,)},
    "publish": {
        "folder": ("var/elsewhere",),
        "keep": (2, 0),
        "asset_hours": (1,),
        "purge": ("https://cache.example.org",),
        "targets": ({"mirror": {"to": "host:/srv"}},),
    },
    "theme": {"accent": ("red", "blue")},
    "headers": {"/x": ({"A": "b"}, {"A": "c"}), "/*": ({"X-Frame-Options": "DENY"}, "wrong")},
    "redirects": {"/from": ("/to", "/posts/"), "/old/": ("/elsewhere/",)},
    "extra": {"mood": (1, {"deep": [1, 2]})},
    "languages": {
        "de": ({}, {"prefix": "/d"}, {"words": {"Posts": "Texte"}}, {"title": "Deutsch"}),
        "fr": ({"menu": []}, {"prefix": "/posts"}, {"direction": "rtl"}, {"nmae": "x"}),
    },
    "unknown": {"key": (1,)},
}

# Everything else that lies on disk: what a file may hold; None: there is none

SMALL_THEMES: dict[str, tuple[str | bytes | None, ...]] = {
    "themes/lean/theme.toml": (
        'extends = "ground"\nname = "lean"\n',
        "",
        'extends = "lean"\n',
        'extends = "nothing"\n',
        "broken [",
    ),
    "themes/lean/templates/404.html": ("<p>{{ page }}</p>", "{{ nothing }}"),
    "themes/lean/templates/base.html": ("{{ site.title }}{% block main %}{% endblock %}",),
    "themes/lean/templates/macros/show.html": (
        "{% macro shown(name, value) %}{{ name }}={{ value }};{% endmacro %}",
    ),
    "themes/lean/templates/alt.html": (
        "alt {{ content }}{{ likes }}",
        "{% include 'robots.txt' %}",
    ),
    "themes/lean/templates/partials/new.html": ("<footer>new</footer>",),
    "themes/lean/templates/partials/fancy.html": ("{% include 'partials/new.html' %}", None),
    "themes/lean/templates/shortcodes/box.html": ("[{{ content }}]", "{{ options.none }}"),
    "themes/lean/templates/shortcodes/nothing.html": ("something",),
    "themes/lean/templates/note.html": ("{{ data.rows }}{{ content }}", "{% if %}", None),
    "themes/lean/i18n/de.po": (
        'msgid "Posts"\nmsgstr "Dokumente"\n',
        'msgid "Trending today"\nmsgstr "%(what)s"\n',
        'msgid "Notes',
    ),
    "themes/lean/assets/new.js": ("1", "2"),
    "themes/lean/assets/ground.css": ("of lean",),
    "themes/ground/assets/ground.css": ("body {}", None),
    "themes/ground/theme.toml": ('name = "ground"', None),
    "themes/default/templates/404.html": ("not of this theme",),
    "themes/default/theme.toml": ("",),
}
FILES: dict[str, tuple[str | bytes | None, ...]] = {
    **SMALL_THEMES,
    "static/a.txt": (b"1", b"2", b"\xff\x00"),
    "static/deep/er/b.txt": ("b",),
    "static/posts": ("a file where a folder is",),
    "static/posts/b/index.html": ("a static page",),
    "static/robots.txt": ("mine",),
    "static/.hidden": ("h", "i"),
    "data/links.toml": ("a = 1", "a = 2", "a = "),
    "data/links.json": ('{"a": 3}', "[1, 2]"),
    "data/rows.csv": ("a,b\n1,2\n", "a,b\n1,3\n"),
    "data/people.yaml": ("- ada\n- ben\n", "ada: {n: 1}\n", "&a [*a]\n"),
    "data/people/x.yml": ("n: 2\n",),
    "content/posts/trip/pic.png": (b"png", b"png 2"),
    "content/posts/pic.png": (b"loose",),
    "content/pages/deep/pic.png": (b"deep",),
    "content/posts/a/index.html": ("in the way",),
}
GIVEN: dict[str, str | bytes] = {
    **THEMES,
    "static/a.txt": "0",
    "data/links.toml": "a = 0",
    "content/posts/trip/pic.png": b"pic",
}
EDITABLE = tuple(path for path in THEMES if "/templates/" in path or "/assets/" in path)

# Facts

COMMENT = {"id": "c1", "author": "mira", "at": "2026-02-01T10:00:00Z", "html": "<p>Hello</p>"}
REPLY = COMMENT | {"id": "c2", "author": "ada", "parent": "c1", "name": "Ada"}
RANKING = {"items": [{"page": "posts.b", "likes": 3}, {"page": "posts.a", "score": 1.5}]}
FACTS: dict[str, Values] = {
    "likes/posts.a": ({"count": 1}, {"count": 2}, {"count": 0}),
    "likes/posts.gone": ({"count": 5},),
    "likes/one": ({"count": 7},),
    "views/posts.b": ({"count": 100}, {"count": 200}),
    "comments/posts.a": (
        {"count": 1, "items": [COMMENT]},
        {
            "count": 1,
            "items": [COMMENT | {"html": "<p>Edited</p>", "edited": "2026-02-02T00:00:00Z"}],
        },
        {"count": 2, "items": [COMMENT, REPLY]},
        {"count": 0, "items": []},
    ),
    "comments/notes.n": ({"count": 1, "items": [REPLY]},),
    "settings/posts.a": ({"hidden": True}, {"featured": True}, {"closed": True}, {}),
    "settings/pages.about": ({"hidden": True}, {"closed": True}),
    "profile/mira": ({"name": "Mira"}, {"name": "Mira O.", "bio": "Reads"}),
    "profile/ada": ({"name": "Another Ada", "location": "London"},),
    "follows/mira": ({"followers": ["ada"]}, {"following": ["ada", "jon"]}),
    "follows/ada": ({"followers": ["mira"]},),
    "trending/week": (RANKING, {"as_of": "2026-02-28T00:00:00Z", "items": []}),
    "trending/day": (RANKING,),
    "trending/month": ({"items": RANKING["items"][:1]},),
    "popular": (RANKING, {"items": []}),
}
WRONG_LINES = (
    '{"key": "likes/posts.a", "value": 1}',
    "not json",
    '{"key": "lokes/x", "value": {}}',
)
MOMENTS = (
    NOW,
    datetime(2026, 3, 1, 12, 30, tzinfo=UTC),
    datetime(2026, 3, 1, 13, 30, tzinfo=UTC),
    datetime(2026, 3, 2, 0, 0, 1, tzinfo=UTC),
    datetime(2026, 3, 4, tzinfo=UTC),
    datetime(2026, 1, 2, tzinfo=UTC),
    datetime(2020, 1, 1, tzinfo=UTC),
)


@dataclass
class Blog:
    """A blog as it is now."""

    documents: dict[str, tuple[dict[str, Any], str]] = field(
        default_factory=lambda: dict(DOCUMENTS)
    )
    settings: dict[str, dict[str, Any]] = field(
        default_factory=lambda: {section: dict(keys) for section, keys in SETTINGS.items()}
    )
    files: dict[str, str | bytes] = field(default_factory=lambda: dict(GIVEN))
    facts: dict[str, Any] = field(default_factory=dict)
    wrong_line: str = ""

    def sources(self) -> dict[str, bytes]:
        """Return the blog as it lies on disk."""
        made: dict[str, str | bytes] = {
            f"content/{path}": document(body, **fields)
            for path, (fields, body) in self.documents.items()
        }
        made["streamly.toml"] = "".join(_toml(self.settings))
        told = [json.dumps({"key": key, "value": value}) for key, value in self.facts.items()]
        if told or self.wrong_line:
            made["facts.ndjson"] = "\n".join([*told, self.wrong_line])
        files = {**made, **self.files}
        return {
            path: text if isinstance(text, bytes) else text.encode()
            for path, text in files.items()
            if not any(other.startswith(f"{path}/") for other in files)
        }


def missing_alternatives() -> set[str]:
    """Return the settings for which the table knows no other value."""
    known = {f"{section}.{key}" for section, kind in SECTIONS.items() for key in field_names(kind)}
    told = {f"{section}.{key}" for section, keys in ALTERNATIVES.items() for key in keys}
    return (known - told) | (TABLES.keys() - ALTERNATIVES.keys())


def _toml(settings: dict[str, dict[str, Any]]) -> Iterator[str]:
    for section, keys in settings.items():
        yield f"[{section}]\n"
        for key, value in keys.items():
            yield f"{json.dumps(key)} = {_inline(value)}\n"


def _inline(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)} = {_inline(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_inline, value)) + "]"
    return json.dumps(value)
