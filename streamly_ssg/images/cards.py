"""
Cards: what a link to a page looks like elsewhere, if the page has no picture of its own.

A title, who wrote it and where it stands, in the colours and the letters of the theme. The drawing
has two layers, ink and accent, so that a file has few colours and is small.
"""

from streamly_ssg.engine import digest
from streamly_ssg.values import Value, encode

from . import cache

WIDTH, HEIGHT = 1200, 630
MARGIN = 88
ROOM = WIDTH - 2 * MARGIN
BEGINNING, FOOT = MARGIN + 60, HEIGHT - MARGIN
BARS = ((MARGIN, MARGIN, MARGIN + 120, MARGIN + 10), (0, HEIGHT - 16, WIDTH, HEIGHT))
SIZES = (88, 76, 66, 58, 50)
LINES = 4
LEADING = 1.18
SMALL = 32
PART = "card.png"


class Style(Value):
    """How cards look: fonts (the first that has a letter draws it), their weight, and colours."""

    recipe: str
    fonts: tuple[bytes, ...]
    weight: int
    paper: str
    ink: str
    accent: str


class Words(Value):
    """What stands on a card."""

    title: str
    author: str
    site: str


def key_of(words: Words, style: Style) -> str:
    """Return the name of the card with *words* in the cache."""
    return digest.of(encode(("card", words, style))).hex()


def card(words: Words, style: Style, folder: str) -> bytes:
    """Draw a card, and keep it in *folder*."""
    data = drawn(words, style)
    cache.keep(folder, key_of(words, style), PART, data)
    return data


def drawn(words: Words, style: Style) -> bytes:
    """Return a card as PNG."""
    from .lettering import Lettering  # noqa: PLC0415 - 50 ms, and few builds need it
    from .raster import flat, layer  # noqa: PLC0415

    letters = Lettering(style.fonts, style.weight)
    ink, accent = layer(WIDTH, HEIGHT), layer(WIDTH, HEIGHT)
    title, author, site = map(letters.settable, (words.title, words.author, words.site))
    # A title that can't be set rightly is left to the text beside the card.
    lines, size = letters.fitted(title or site, ROOM, SIZES, LINES)
    for number, line in enumerate(lines):
        place = (MARGIN, BEGINNING + size + number * size * LEADING)
        letters.draw(ink, place, line, size)
    if title:
        for line in letters.fitted(author, ROOM // 2, (SMALL,), 1)[0]:
            letters.draw(ink, (MARGIN, FOOT), line, SMALL)
        for line in letters.fitted(site, ROOM // 2, (SMALL,), 1)[0]:
            letters.draw(accent, (WIDTH - MARGIN - letters.width(line, SMALL), FOOT), line, SMALL)
    for bar in BARS:
        accent.paste(255, bar)
    return flat(ink, accent, (style.paper, style.ink, style.accent))
