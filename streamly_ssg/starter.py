"""
Beginning: the files of a new site, and a new file of an existing one.

What the files hold is decided here and nothing is asked; identity, secret and time are arguments.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from .documents.slugs import slugify
from .errors import SystemProblem, UsageError, problem
from .inputs.config import FILE as SETTINGS
from .welcome import MORE, PEOPLE, README, welcome

KEPT_SECRET = Path("var/secret")
OWNER_ONLY = 0o600
HARMLESS = {".git"}
FOLDERS = {
    "post": "posts",
    "page": "pages",
    "note": "notes",
    "author": "authors",
    "category": "categories",
}
ABOUT = "content/pages/about.md"
IGNORED = "public/\npublic.manifest.ndjson\n.streamly/\nvar/\n"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a new site is to be; the first of *languages* is the site's own."""

    title: str
    author: str
    base_url: str
    languages: tuple[str, ...]
    theme: str
    service: bool
    today: datetime


def site_files(plan: Plan) -> dict[str, str]:
    """Return the text files of a new site, by path."""
    name = slugify(plan.author)
    author = f"content/authors/{name}.md"
    files = {
        SETTINGS: _settings(plan),
        ".gitignore": IGNORED,
        "README.md": _readme(plan, name),
        author: _author(plan, author),
        ABOUT: _about(plan),
        "content/posts/hello.md": _hello(plan, name, plan.languages[0]),
    }
    for language in plan.languages[1:]:
        files[f"content/posts/hello.{language}.md"] = _hello(plan, name, language)
    return files


def create(root: Path, files: Mapping[str, str], secret: str) -> None:
    """Write *files*, and *secret* if there is one, into *root*, which must be new or empty."""
    refuse_occupied(root)
    try:
        for path in ("content/notes", "content/categories", "static", "themes", "data"):
            (root / path).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        text, hint = f"can't be made: {error.strerror}", "choose another folder"
        raise SystemProblem(problem("INIT", text, path=str(root), hint=hint)) from error
    for path, text in files.items():
        write(root, path, text)
    if secret:
        (root / KEPT_SECRET).parent.mkdir(mode=0o700)
        with open(root / KEPT_SECRET, "x", encoding="utf-8", opener=_for_owner) as file:
            file.write(f"{secret}\n")


def refuse_occupied(root: Path) -> None:
    """Raise UsageError if there is something in *root* that could be spoiled."""
    if root.exists() and not root.is_dir():
        text, hint = "is a file, not a folder", "choose another name"
    elif root.is_dir() and {entry.name for entry in root.iterdir()} - HARMLESS:
        text, hint = "is not empty", "choose a new folder: streamly init my-site"
    else:
        return
    raise UsageError(problem("INIT", text, path=str(root), hint=hint))


def write(root: Path, path: str, text: str) -> None:
    """Make the file *path* of the site in *root*; raise UsageError if it exists."""
    full = root / path
    full.parent.mkdir(parents=True, exist_ok=True)
    try:
        with full.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        hint = "choose another title, or --slug"
        raise UsageError(problem("NEW", "exists already", path=path, hint=hint)) from None


def document(kind: str, title: str, slug: str, fields: Mapping[str, str]) -> tuple[str, str]:
    """
    Return the path below content/ and the text of a new document.

    Args:
        kind: post, page, note, author or category.
        title: what it is called; a note has no title, and begins with this text.
        slug: the name of its file.
        fields: more front matter, by name, as it is to be written.
    """
    path = f"{FOLDERS[kind]}/{slug}.md"
    given: dict[str, str] = {} if kind == "note" else {"title": quoted(title)}
    if kind in {"post", "page", "note"}:
        given["id"] = f"{FOLDERS[kind]}.{slug}"
    return path, front_matter(given | dict(fields)) + (f"{title}\n" if kind == "note" else "")


def front_matter(fields: Mapping[str, str]) -> str:
    """Return *fields* as YAML between its fences, and an empty line."""
    return "---\n" + "".join(f"{name}: {value}\n" for name, value in fields.items()) + "---\n\n"


def quoted(text: str) -> str:
    """Return *text* as YAML: JSON's strings are YAML's, too."""
    return json.dumps(text, ensure_ascii=False)


def _for_owner(path: str, flags: int) -> int:
    return os.open(path, flags, OWNER_ONLY)


def _settings(plan: Plan) -> str:
    words = welcome(plan.languages[0])
    lines = [
        "[site]",
        f"title = {quoted(plan.title)}",
        f"description = {quoted(words.description.format(author=plan.author))}",
        f"author = {quoted(plan.author)}",
        f"base_url = {quoted(plan.base_url)}",
        f"language = {quoted(plan.languages[0])}",
        'timezone = "UTC"',
        f"theme = {quoted(plan.theme)}",
    ]
    if plan.service:
        lines += ['service = "/api/v1"']
    lines += ["", *_menu(plan)]
    if not plan.service:
        lines += [
            "",
            "# Without the interaction service nobody can comment. With it, take these lines out.",
            "[comments]",
            'posts = "off"',
            'notes = "off"',
        ]
    return "\n".join(lines) + "\n" + MORE.format(language=_other(plan))


def _other(plan: Plan) -> str:
    """Return a language for which the settings could have a section."""
    return next(iter(plan.languages[1:]), "fr" if plan.languages[0] == "de" else "de")


def _menu(plan: Plan) -> list[str]:
    words = welcome(plan.languages[0])
    main = {"/posts/": words.posts, "/tags/": words.tags, "/about/": words.about}
    if plan.service:
        main |= {"/trending/": words.trending, "/users/": words.people}
    rows = {"main": main, "footer": {"/archive/": words.archive}}
    lines = ["[menu]"]
    for name, links in rows.items():
        lines += [f"{name} = ["]
        lines += [
            f'    {{ title = {quoted(title)}, url = "{url}" }},' for url, title in links.items()
        ]
        lines += ["]"]
    return lines


def _readme(plan: Plan, name: str) -> str:
    people = PEOPLE.format(name=name) if plan.service else ""
    return README.format(title=_plain(plan.title), people=people)


def _author(plan: Plan, file: str) -> str:
    words = welcome(plan.languages[0])
    fields = {"title": quoted(plan.author), "summary": quoted(words.summary)}
    return front_matter(fields) + words.profile.format(file=file)


def _about(plan: Plan) -> str:
    words = welcome(plan.languages[0])
    fields = {"title": quoted(words.about), "id": "pages.about", "slug": "about"}
    return front_matter(fields) + words.about_text.format(title=_plain(plan.title), file=ABOUT)


def _hello(plan: Plan, author: str, language: str) -> str:
    own = language == plan.languages[0]
    name = "hello" if own else f"hello-{language.lower()}"
    words = welcome(language)
    is_double = not own and words.hello == welcome(plan.languages[0]).hello
    fields = {
        "title": quoted(f"{words.hello} ({language})" if is_double else words.hello),
        "id": f"posts.{name}",
        "slug": name,
        "author": author,
        "date": stamp(plan.today),
    }
    if len(plan.languages) > 1:
        fields |= {"lang": quoted(language), "translation_key": "hello"}
    file = "content/posts/hello.md" if own else f"content/posts/hello.{language}.md"
    return front_matter(fields) + words.hello_text.format(file=file)


def stamp(moment: datetime) -> str:
    """Return *moment* as front matter holds it."""
    return moment.isoformat(timespec="seconds")


def _plain(text: str) -> str:
    """Return *text* so that Markdown takes it as it is."""
    return "".join(f"\\{mark}" if mark in "\\`*_[]<>&" else mark for mark in text)
