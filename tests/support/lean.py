"""
A theme that hides nothing: its pages show every field of their view.

So a stale value is a wrong byte.

It is two themes, *lean* on *ground*, with everything that themes can do: inheritance of templates
and of themes, partials, macros, shortcodes, data by name and all data, assets, an include by a
computed name.
"""

import json

from .folder import Sources

GROUND = {
    "theme.toml": 'name = "ground"\n',
    "assets/ground.css": "body { color: black }\n",
    "templates/base.html": """\
<!doctype html>
<html lang="{{ page.language }}"><head><title>{{ page.title }}</title>
<link rel="stylesheet" href="{{ site.assets.get("lean.css", "") }}">
</head><body title="{{ page.title }}">
<pre id="site">{{ site }}</pre>
<pre id="page">{{ page }}</pre>
{% block main %}{% endblock %}
</body></html>
""",
    "templates/macros/show.html": """\
{% macro shown(name, value) %}
<pre id="{{ name }}" title="{{ value }}">{{ value }}</pre>
{% endmacro %}
""",
    "templates/404.html": '{% extends "base.html" %}\n{% block main %}<p>Not here</p>{% endblock %}\n',
    "templates/410.html": '{% extends "base.html" %}\n{% block main %}<p>Gone</p>{% endblock %}\n',
    "templates/500.html": '{% extends "base.html" %}\n{% block main %}<p>Oops</p>{% endblock %}\n',
    "templates/robots.txt": "User-agent: *\nSitemap: {{ site.base_url }}/sitemap.xml\n",
    "templates/redirect.html": '<!doctype html><title>Moved</title><a href="{{ target }}">{{ page }}</a>\n',
    "templates/archive.html": """\
{% extends "base.html" %}
{% from "macros/show.html" import shown %}
{% block main %}{{ shown("years", years) }}{% endblock %}
""",
    "templates/terms.html": """\
{% extends "base.html" %}
{% from "macros/show.html" import shown %}
{% block main %}{{ shown("kind", kind) }}{{ shown("terms", terms) }}{% endblock %}
""",
    "templates/shortcodes/box.html": '<div class="box" title="{{ options.title }}">{{ content }}</div>',
    "templates/shortcodes/pic.html": '<img src="{{ options.src }}" alt="{{ args }}">',
}
LEAN = {
    "theme.toml": 'name = "lean"\nextends = "ground"\n',
    "assets/lean.css": "body { margin: 0 }\n",
    "assets/lean.js": "export const lean = true;\n",
    "templates/post.html": """\
{% extends "base.html" %}
{% from "macros/show.html" import shown %}
{% block main %}
<main>{{ content }}</main>
{{ shown("document", document) }}{{ shown("series", series) }}
{{ shown("newer", newer) }}{{ shown("older", older) }}{{ shown("related", related) }}
{{ shown("translations", translations) }}
{{ shown("likes", likes) }}{{ shown("views", views) }}{{ shown("comments", comments) }}
{% endblock %}
""",
    "templates/note.html": """\
{% extends "base.html" %}
{% from "macros/show.html" import shown %}
{% block main %}
<main>{{ content }}</main>
{{ shown("document", document) }}{{ shown("newer", newer) }}{{ shown("older", older) }}
{{ shown("likes", likes) }}{{ shown("comments", comments) }}{{ shown("data", data) }}
{% endblock %}
""",
    "templates/page.html": """\
{% extends "base.html" %}
{% from "macros/show.html" import shown %}
{% block main %}
<main>{{ content }}</main>
{{ shown("document", document) }}{{ shown("translations", translations) }}
{{ shown("people", data["people"]) }}
{% include "partials/" ~ document.extra.get("part", "plain") ~ ".html" ignore missing %}
{% endblock %}
""",
    "templates/list.html": """\
{% extends "base.html" %}
{% from "macros/show.html" import shown %}
{% block main %}
{{ shown("kind", kind) }}{{ shown("title", title) }}
<main>{{ content }}</main>
{% include "partials/cards.html" %}
{{ shown("pager", pager) }}
{% endblock %}
""",
    "templates/profile.html": """\
{% extends "base.html" %}
{% from "macros/show.html" import shown %}
{% block main %}
{{ shown("profile", profile) }}
<main>{{ content }}</main>
{% include "partials/cards.html" %}
{{ shown("pager", pager) }}
{% endblock %}
""",
    "templates/follows.html": """\
{% extends "base.html" %}
{% from "macros/show.html" import shown %}
{% block main %}
{{ shown("kind", kind) }}{{ shown("profile", profile) }}{{ shown("people", people) }}
{% endblock %}
""",
    "templates/card.html": '<article title="{{ profile }}">{{ page }}{{ kind }}{{ people }}</article>\n',
    "templates/home.html": """\
{% extends "base.html" %}
{% from "macros/show.html" import shown %}
{% block main %}
{{ shown("latest", latest) }}{{ shown("featured", featured) }}
{{ shown("trending", trending) }}{{ shown("total", total) }}
{{ shown("links", data.links) }}
{% endblock %}
""",
    "templates/people.html": """\
{% extends "base.html" %}
{% from "macros/show.html" import shown %}
{% block main %}{{ shown("people", people) }}{% endblock %}
""",
    "templates/ranking.html": """\
{% extends "base.html" %}
{% from "macros/show.html" import shown %}
{% block main %}
{{ shown("window", window) }}{{ shown("as_of", as_of) }}
{{ shown("ranked", ranked) }}{{ shown("windows", windows) }}
{% endblock %}
""",
    "templates/partials/cards.html": """\
{% for card in cards %}<article>{{ card }}</article>
{% endfor %}
""",
    "templates/partials/plain.html": "<footer>plain</footer>\n",
    "templates/partials/fancy.html": "<footer>fancy</footer>\n",
}
THEMES: Sources = {
    **{f"themes/ground/{path}": text for path, text in GROUND.items()},
    **{f"themes/lean/{path}": text for path, text in LEAN.items()},
}
SETTINGS = """\
[site]
title = "Lean"
description = "A test"
base_url = "https://example.org"
theme = "lean"
"""


def site(sources: Sources, settings: str = "") -> dict[str, str | bytes]:
    """Return *sources* with the lean theme, and with *settings* below the lean ones."""
    return {"streamly.toml": SETTINGS + settings, **THEMES, **sources}


def document(body: str = "", **fields: object) -> str:
    """Return a content file; the front matter is YAML, its values are written as JSON."""
    lines = [f"{name}: {json.dumps(value, ensure_ascii=False)}\n" for name, value in fields.items()]
    return f"---\n{''.join(lines)}---\n{body}"
