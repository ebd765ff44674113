"""What can be mended on a site, and doing it."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from streamly_ssg.api import Site
from streamly_ssg.engine.key import make
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
        yield from _mends(site, look)


def _mends(site: Site, look: Look) -> Iterator[Mend]:
    ground = _Ground(look)
    for path in ground.documents:
        data = (site.root / "content" / path).read_bytes()
        text = read(path, data)
        if text is None:
            continue
        edits = list(ground.edits(text, data))
        if edits and _is_settled(ground, path, text.edited(edits)):
            yield mend(site.root, text, data, edits)


def _is_settled(ground: "_Ground", path: str, after: bytes) -> bool:
    """Whether nothing of a mended file would be mended again."""
    text = read(path, after)
    return text is not None and not list(ground.edits(text, after))


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

    def edits(self, text: Text, data: bytes) -> Iterator[Edit]:
        """Yield what could be better in one document."""
        head = self._heads.get(text.path)
        if head is not None:
            if head.kind in KINDS and self._ids[head.id] == 1:
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
