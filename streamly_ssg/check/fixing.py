"""What can be mended on a site, and doing it."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from streamly_ssg.api import Site
from streamly_ssg.engine.key import make
from streamly_ssg.errors import ContentError, Problem
from streamly_ssg.looking import Look
from streamly_ssg.pages.routes import DocumentRoute, RedirectRoute
from streamly_ssg.pages.rules import FILES

from .mend_fields import Spelling, dates, missing_id
from .mend_links import DOCUMENTS, Addresses
from .mend_marks import marks
from .mends import Edit, Mend, Text, mend, read

KINDS = {"post", "page", "note"}
PATTERN = ("*", ":")


def mends(site: Site) -> Iterator[Mend]:
    """Yield what could be mended on *site*, a file at a time."""
    with site.looking() as look:
        ground = _Ground(look)
        for path in ground.documents:
            data = (site.root / "content" / path).read_bytes()
            text, edits = ground.edits(path, data, ids=True)
            if text and edits and not ground.edits(path, text.edited(edits), ids=True)[1]:
                yield mend(site.root, text, data, edits)


def advice(site: Site) -> list[Problem]:
    """Return what could be written better on *site*; that an id isn't written down is no fault."""
    found: list[Problem] = []
    with site.looking() as look:
        ground = _Ground(look)
        for path in ground.documents:
            data = (site.root / "content" / path).read_bytes()
            text, edits = ground.edits(path, data, ids=False)
            if text and edits:
                found += mend(site.root, text, data, edits).advice
    return found


class _Ground:
    """What has to be known of a site to mend its documents."""

    def __init__(self, look: Look) -> None:
        content = look(make("listing", "content"))
        self.documents = sorted(path for path in content if path.endswith(DOCUMENTS))
        found = look.many([make("head", path) for path in self.documents])
        heads = [head for head in found if hasattr(head, "slug")]
        self._heads: dict[str, Any] = {head.path: head for head in heads}
        self._ids = Counter(head.id for head in heads if head.kind in KINDS)
        self._spelling = Spelling(heads)
        self._parsing = look(make("parsing"))
        self._addresses = _addresses(look, content)

    def edits(self, path: str, data: bytes, *, ids: bool) -> tuple[Text | None, list[Edit]]:
        """Return one document, and what could be better in it."""
        text = read(path, data)
        if text is None:
            return None, []
        try:
            return text, list(self._edits(text, data, ids=ids))
        except ContentError:
            return None, []  # its front matter can't be read, so nobody knows where it ends

    def _edits(self, text: Text, data: bytes, *, ids: bool) -> Iterator[Edit]:
        head = self._heads.get(text.path)
        if head is not None:
            if ids and head.kind in KINDS and self._ids[head.id] == 1:
                yield from missing_id(text, head.id)
            if self._spelling.is_needed:
                yield from self._spelling.edits(text, (*head.tags, *head.categories))
        yield from dates(text)
        yield from self._addresses.edits(text)
        yield from marks(text, data, self._parsing)


def _addresses(look: Look, content: Any) -> Addresses:
    files = look(FILES) or ()
    routes = look.many([make("route", file) for file in files])
    moved = {one.url: one.target for one in routes if isinstance(one, RedirectRoute)}
    settings = look(make("config", "redirects"))
    given = {str(old): str(new) for old, new in settings.items()}
    moved |= {old: new for old, new in given.items() if not any(m in old for m in PATTERN)}
    pairs = zip(files, routes, strict=True)
    pages = [file for file, one in pairs if not isinstance(one, RedirectRoute)]
    own = {one.path: one.url for one in routes if isinstance(one, DocumentRoute)}
    return Addresses(look(make("config", "site")).base_url, pages, content, moved, own)
