"""
The same posts as a site of each generator: `WRITERS[peer](folder, posts, count)`.

What differs is spelling only: names of front matter fields, and how a body links to another post.
"""

import json
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from tests.bench.posts import AUTHORS, CATEGORIES, Post, link

PEERS = Path(__file__).with_name("peers")
THEMES = Path(__file__).resolve().parents[2] / "themes"
TITLE = "Notes from the workbench"
BASE_URL = "https://example.org/"

SAME = "[search]\nenabled = false\n"  # the others make no index either

Writer = Callable[[Path, Iterable[Post]], None]


def _fields(**fields: object) -> str:
    """Return YAML front matter; JSON spelling of a value is YAML too."""
    lines = [
        f"{name}: {value if name == 'date' else json.dumps(value)}"
        for name, value in fields.items()
        if value is not None
    ]
    return "\n".join(("---", *lines, "---", ""))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _template(peer: str, site: Path) -> None:
    shutil.copytree(PEERS / peer, site, dirs_exist_ok=True)


def _bio(name: str) -> str:
    return f"{name.capitalize()} writes about tools and the people who use them.\n"


def streamly(site: Path, posts: Iterable[Post]) -> None:
    """Write a Streamly site with its own copy of the themes; the likes are facts, one line each."""
    if THEMES.exists():
        shutil.copytree(THEMES, site / "themes")
    text = f'[site]\ntitle = "{TITLE}"\nbase_url = "{BASE_URL}"\n{SAME}'
    _write(site / "streamly.toml", text)
    for name in AUTHORS:
        front = _fields(title=name.capitalize(), summary=f"{name.capitalize()} writes here.")
        _write(site / f"content/authors/{name}.md", f"{front}\n{_bio(name)}")
    for name in CATEGORIES:
        front = _fields(title=name.capitalize(), description=f"All about {name}.")
        _write(site / f"content/categories/{name}.md", front)
    with (site / "facts.ndjson").open("w", encoding="utf-8") as facts:
        for post in posts:
            front = _fields(
                title=post.title,
                date=post.date.isoformat(),
                author=post.author,
                category=post.category,
                tags=post.tags,
                series=post.series,
                summary=post.summary,
            )
            _write(site / f"content/posts/{post.slug}.md", f"{front}\n{post.body}")
            facts.write(like(post.slug, post.likes, post.number + 1))


def like(slug: str, count: int, seq: int) -> str:
    """Return the line that states how many likes a Streamly post has."""
    fact = {"key": f"likes/posts.{slug}", "value": {"count": count}, "seq": seq}
    return f"{json.dumps(fact)}\n"


def hugo(site: Path, posts: Iterable[Post]) -> None:
    """Write a Hugo site; likes are a data file, the archive is a taxonomy of years and months."""
    _template("hugo", site)
    for name in AUTHORS:
        front = _fields(title=name.capitalize(), summary=f"{name.capitalize()} writes here.")
        _write(site / f"content/users/{name}/_index.md", f"{front}\n{_bio(name)}")
    for name in CATEGORIES:
        front = _fields(title=name.capitalize(), description=f"All about {name}.")
        _write(site / f"content/categories/{name}/_index.md", front)
    likes = {}
    for post in posts:
        front = _fields(
            title=post.title,
            date=post.date.isoformat(),
            users=[post.author],
            categories=[post.category],
            tags=post.tags,
            series=post.series and [post.series],
            archive=[f"{post.date:%Y}", f"{post.date:%Y-%m}"],
            summary=post.summary,
        )
        _write(site / f"content/posts/{post.slug}.md", f"{front}\n{post.body}")
        likes[post.slug] = post.likes
    _write(site / "data/likes.json", json.dumps(likes, indent=0))


def pelican(site: Path, posts: Iterable[Post]) -> None:
    """Write a Pelican site; Pelican's core knows no series."""
    _template("pelican", site)
    likes = {}
    for post in posts:
        fields = {
            "Title": post.title,
            "Date": post.date.isoformat(),
            "Slug": post.slug,
            "Author": post.author,
            "Category": post.category,
            "Tags": ", ".join(post.tags),
            "Summary": post.summary,
        }
        front = "".join(f"{name}: {value}\n" for name, value in fields.items() if value)
        _write(site / f"content/posts/{post.slug}.md", f"{front}\n{_linked(post, '{filename}%s')}")
        likes[post.slug] = post.likes
    _write(site / "likes.json", json.dumps(likes, indent=0))


def eleventy(site: Path, posts: Iterable[Post]) -> None:
    """Write an Eleventy site; links to other posts are plain addresses."""
    _template("eleventy", site)
    likes = {}
    for post in posts:
        front = _fields(
            title=post.title,
            date=post.date.isoformat(),
            author=post.author,
            category=post.category,
            tags=post.tags,
            series=post.series,
            summary=post.summary,
        )
        body = _linked(post, "%s").replace(".md)", "/)")
        _write(site / f"content/posts/{post.slug}.md", f"{front}\n{body}")
        likes[post.slug] = post.likes
    _write(site / "likes.json", json.dumps(likes, indent=0))


def _linked(post: Post, spelling: str) -> str:
    """Return the body of *post* with its link to another post spelled the peer's way."""
    if post.refers_to is None:
        return post.body
    target = link(post.refers_to)
    return post.body.replace(f"({target})", f"({spelling % target})")


WRITERS: dict[str, Writer] = {
    "streamly": streamly,
    "hugo": hugo,
    "pelican": pelican,
    "eleventy": eleventy,
}
