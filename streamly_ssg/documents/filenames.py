"""What a content file's place says about it: kind, id, date, slug and a title of last resort."""

import re
import unicodedata
from typing import NamedTuple

from .slugs import slugify

KINDS = {
    "posts": "post",
    "_posts": "post",
    "_drafts": "post",
    "pages": "page",
    "notes": "note",
    "authors": "author",
    "categories": "category",
}
_DATED = re.compile(r"(\d{4}-\d{2}-\d{2})[-_ ](.+)", re.DOTALL)


class Naming(NamedTuple):
    """The defaults that a path gives; *kind* is empty where the folder doesn't tell."""

    kind: str
    id: str
    slug: str
    title: str
    date: str
    draft: bool


def naming(path: str) -> Naming:
    """Return what *path* says; a leading ``content/`` is not part of the id."""
    parts = unicodedata.normalize("NFC", path).removeprefix("content/").split("/")
    parts[-1] = parts[-1].rpartition(".")[0] or parts[-1]
    folder = parts[0] if len(parts) > 1 else ""
    kind = KINDS.get(folder, "")
    if parts[-1] == "index" and len(parts) > (2 if kind else 1):
        parts.pop()  # a bundle is named by its folder
    dated = _DATED.fullmatch(parts[-1])
    date, name = dated.groups() if dated else ("", parts[-1])
    title = " ".join(re.sub(r"[-_]+", " ", name).split())
    title = title[:1].upper() + title[1:]
    return Naming(kind, ".".join(parts), slugify(name), title, date, folder == "_drafts")
