"""The demo site, and small sites for what it doesn't show, built where tests may look at them."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

from streamly_ssg.api import Options, Site

from .folder import Folder

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
PARTS = ("content", "data", "static", "streamly.toml", "facts.ndjson")

# One of every kind of page, and every construct that a text can have.
KINDS = {
    "home": "/",
    "list": "/posts/",
    "last page of a list": "/posts/page/4/",
    "post": "/posts/a-thread-you-can-hear/",
    "post with every construct": "/posts/markdown-reference/",
    "post of a series": "/posts/absence-is-an-answer/",
    "post with a picture in its text": "/posts/typography-for-reading/",
    "post in another language": "/de/posts/in-mehreren-sprachen-schreiben/",
    "page": "/about/",
    "page with data": "/reading/",
    "notes": "/notes/",
    "note": "/notes/boat-and-cache/",
    "categories": "/categories/",
    "category": "/categories/guide/",
    "tags": "/tags/",
    "tag": "/tags/typography/",
    "series": "/series/",
    "archive": "/archive/",
    "year": "/archive/2026/",
    "month": "/archive/2026/07/",
    "trending": "/trending/",
    "trending of a day": "/trending/day/",
    "popular": "/popular/",
    "users": "/users/",
    "profile of an author": "/users/ada/",
    "profile of a reader": "/users/noor/",
    "followers": "/users/ada/followers/",
    "following": "/users/ada/following/",
    "not found": "/404.html",
    "gone": "/410.html",
    "our fault": "/500.html",
}
THREAD = """\
{"key":"comments/one","value":{"count":2,"items":[{"id":"1","parent":null,"author":"ann","name":"Ann","at":"2026-01-02T00:00:00Z","html":"<p>First.</p>","likes":1,"edited":null},{"id":"2","parent":"1","author":"ben","name":"Ben","at":"2026-01-03T00:00:00Z","html":"<p>Second.</p>","likes":0,"edited":null}]},"seq":1}
{"key":"profile/ann","value":{"name":"Ann","joined":"2026-01-01"},"seq":2}
"""
RTL = """\
---
title: שלום עולם
date: 2026-01-02
lang: he
---

טקסט ראשון עם [קישור](https://example.org/).

## אחת

אחת

## שתיים

שתיים

## שלוש

שלוש
"""


def demo(target: Path, theme: str = "default") -> Path:
    """Build the demo site below *target* with *theme* and return its output."""
    for part in PARTS:
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        copy(ROOT / part, target / part)
    folder = Folder(target)
    # Without its service, which isn't there to answer; what it adds is on the site `small`.
    settings = folder.read("streamly.toml").replace('service = "/api/v1"\n', "")
    folder.write("streamly.toml", settings.replace("[site]", f'[site]\ntheme = "{theme}"'))
    return _built(folder)


def small(target: Path) -> Path:
    """Build a site with a service, and with texts that run from right to left."""
    folder = Folder(target)
    folder.write("streamly.toml", '[site]\ntitle = "Small"\nservice = "/api/v1"\n')
    folder.write(
        "content/posts/one.md", "---\ntitle: One\ndate: 2026-01-01\ntags: [x]\n---\n\nOne.\n"
    )
    folder.write("content/posts/rtl.md", RTL)
    folder.write(
        "content/pages/contact.md",
        "---\ntitle: Contact\ntemplate: contact.html\ncomments: off\n---\n\nWrite.\n",
    )
    folder.write("facts.ndjson", THREAD)
    return _built(folder)


def empty(target: Path) -> Path:
    """Build a site without any content."""
    folder = Folder(target)
    folder.write("streamly.toml", '[site]\ntitle = "Empty"\n')
    return _built(folder)


def _built(folder: Folder) -> Path:
    facts = folder / "facts.ndjson"
    source = str(facts) if facts.exists() else "none"
    report = Site(folder.root, Options(now=NOW, facts=source)).build()
    assert not report.problems
    return folder / "public"
