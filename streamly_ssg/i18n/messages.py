"""What a theme says, with its ancestors and with what the builder itself puts into pages."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from streamly_ssg.pages import frame, list_pages, people_pages, ranking_pages, site_files
from streamly_ssg.pages.tongue import PLACEHOLDER
from streamly_ssg.pages.wording import Message, said

from .themes import Theme

LETTERS = re.compile(r"[^\W\d_]")
# The titles that no template knows, by the file that has them.
TITLES = {
    "frame.py": [title for title, _ in frame.MENU],
    "list_pages.py": [*list_pages.TITLES.values(), list_pages.ARCHIVE, list_pages.NUMBERED],
    "people_pages.py": list(people_pages.TITLES.values()),
    "ranking_pages.py": [
        *ranking_pages.TITLES.values(),
        *(title for title, _ in ranking_pages.WINDOWS),
    ],
    "site_files.py": [
        *site_files.TITLES.values(),
        *site_files.SHELLS.values(),
        site_files.MOVED,
    ],
}


class Found(NamedTuple):
    """A message and the files that have it."""

    message: Message
    places: tuple[str, ...]


def messages(themes: Sequence[Theme]) -> dict[str, Found]:
    """Return what a theme and its ancestors say, by the key that catalogues know it by."""
    found: dict[str, Found] = {}
    for place, message in _all(themes):
        known = found.get(message.key)
        if known is None:
            found[message.key] = Found(message, (place,))
            continue
        places = tuple(dict.fromkeys((*known.places, place)))
        # The same words may be counted in one place and not in another.
        found[message.key] = Found(known.message if known.message.many else message, places)
    return dict(sorted(found.items(), key=lambda one: (one[1].places[0], one[1].message.line)))


def _all(themes: Sequence[Theme]) -> Iterator[tuple[str, Message]]:
    taken: set[str] = set()
    for theme in themes:
        for name, path in theme.templates():
            if name not in taken:
                taken.add(name)
                text = path.read_text("utf-8-sig")
                for message in said(text, theme.shown(path)):
                    yield f"templates/{name}", message
    for file, texts in TITLES.items():
        for number, text in enumerate(texts):
            if LETTERS.search(PLACEHOLDER.sub("", text)):
                yield f"streamly_ssg/pages/{file}", Message(text, "", "", number)
