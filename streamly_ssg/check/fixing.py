"""
What can be mended without asking: documents get the id that they have anyway, in writing.

Facts are filed under a document's id. As long as it follows from the path, moving the file would
leave its comments behind.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from streamly_ssg.api import Site
from streamly_ssg.documents.frontmatter import split
from streamly_ssg.documents.texts import read_text
from streamly_ssg.engine.key import make
from streamly_ssg.errors import ContentError

DOCUMENTS = (".md", ".markdown")
KINDS = {"post", "page", "note"}


def add_ids(site: Site) -> list[str]:
    """Write the id into every document that has none; return the paths of those documents."""
    with site.looking() as look:
        paths = [path for path in look(make("listing", "content")) if path.endswith(DOCUMENTS)]
        heads = [head for head in look.many([make("head", path) for path in paths]) if head]
    named = [head for head in heads if getattr(head, "kind", "") in KINDS]
    ids = [head.id for head in named]
    fixed = []
    for head in named:
        file = site.root / "content" / head.path
        if ids.count(head.id) == 1 and _add_id(file, head.path, head.id):
            fixed.append(f"content/{head.path}")
    return fixed


def _add_id(file: Path, path: str, name: str) -> bool:
    data = file.read_bytes()
    try:
        found = split(path, read_text(path, data))
    except ContentError:
        return False
    if "id" in found.fields:
        return False
    _replace(file, "".join(_with_id(data.decode("utf-8"), name, has_fields=found.first_line > 1)))
    return True


def _with_id(text: str, name: str, *, has_fields: bool) -> Iterator[str]:
    """Yield *text* with the field in its first line; what is there stays as it is, byte by byte."""
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    text = text.removeprefix("\ufeff")
    end = "\r\n" if "\r\n" in text.partition("\n")[0] + "\n" else "\n"
    yield mark
    if not has_fields:
        yield f"---{end}id: {name}{end}---{end}{end}{text}"
        return
    fence, _, rest = text.partition("\n")
    field = f'id = "{name}"' if fence.startswith("+++") else f"id: {name}"
    yield f"{fence}\n{field}{end}{rest}"


def _replace(file: Path, text: str) -> None:
    draft = file.with_name(f".{file.name}.draft")
    draft.write_bytes(text.encode("utf-8"))
    draft.chmod(file.stat().st_mode)
    os.replace(draft, file)
