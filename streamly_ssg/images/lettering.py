"""
Lettering: texts set in the fonts of a theme, line by line.

Only what can be set rightly is set: a script that runs from right to left or joins its letters
needs more than fonts, and a letter that no font has would be a box. Whoever draws asks first.
"""

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from io import BytesIO
from itertools import groupby

from PIL import Image, ImageDraw, ImageFont

Font = ImageFont.FreeTypeFont
MEASURED = 100  # the size at which widths are measured; they grow with the size
ELLIPSIS = "…"
STOPS = " ,;:.–—-…"  # what doesn't stand before it
UNSET = frozenset({"So", "Sk", "Cf", "Co", "Cn"})  # emoji, and what only joins or turns
TURNED = frozenset({"R", "AL", "AN"})
_NO_LETTER = "\uffff"


class Lettering:
    """Fonts in the order in which they are asked for a letter; variable ones in a *weight*."""

    def __init__(self, fonts: tuple[bytes, ...], weight: int) -> None:
        self._fonts = fonts
        self._weight = weight

    def settable(self, text: str) -> str:
        """Return *text* as it can be set; an empty string if that would be wrong."""
        composed = unicodedata.normalize("NFC", text)
        kept = "".join(one for one in composed if unicodedata.category(one) not in UNSET)
        plain = " ".join(kept.split())
        if any(unicodedata.bidirectional(one) in TURNED for one in plain):
            return ""
        return plain if all(self._font_of(one) is not None for one in set(plain)) else ""

    def lines(self, text: str, width: int, size: int) -> list[str]:
        """Return *text* in lines of at most *width*; a word that is wider has a line of its own."""
        found: list[str] = []
        for word in text.split():
            longer = f"{found[-1]} {word}" if found else word
            if found and self.width(longer, size) <= width:
                found[-1] = longer
            else:
                found.append(word)
        return found

    def fitted(
        self, text: str, width: int, sizes: tuple[int, ...], most: int
    ) -> tuple[list[str], int]:
        """Return *text* in the largest of *sizes* at which it has at most *most* lines."""
        for size in sizes:
            lines = self.lines(text, width, size)
            if len(lines) <= most and all(self.width(line, size) <= width for line in lines):
                return lines, size
        size = sizes[-1]
        lines = self.lines(text, width, size)
        is_cut = len(lines) > most
        shown = [self._shortened(line, width, size) for line in lines[:most]]
        if is_cut:
            shown[-1] = self._shortened(shown[-1].rstrip(STOPS) + ELLIPSIS, width, size)
        return shown, size

    def width(self, text: str, size: int) -> float:
        """Return how wide *text* is."""
        runs = self._runs(text, MEASURED)
        return sum(font.getlength(run) for font, run in runs) * size / MEASURED

    def draw(self, layer: Image.Image, place: tuple[float, float], text: str, size: int) -> None:
        """Draw *text* onto *layer*, its baseline beginning at *place*."""
        pen, (x, y) = ImageDraw.Draw(layer), place
        for font, run in self._runs(text, size):
            pen.text((x, y), run, font=font, fill=255, anchor="ls")
            x += font.getlength(run)

    def _shortened(self, line: str, width: int, size: int) -> str:
        while self.width(line, size) > width:
            line = line.rstrip(ELLIPSIS)[:-1].rstrip(STOPS) + ELLIPSIS
        return line

    def _runs(self, text: str, size: int) -> Iterator[tuple[Font, str]]:
        for number, letters in groupby(text, self._font_of):
            yield _font(self._fonts[number or 0], size, self._weight), "".join(letters)

    def _font_of(self, letter: str) -> int | None:
        """Return the number of the font that has *letter*; a space is in all of them."""
        if letter == " ":
            return 0
        for number, font in enumerate(self._fonts):
            if _has(font, letter):
                return number
        return None


@lru_cache(maxsize=32)
def _font(data: bytes, size: int, weight: int) -> Font:
    # The simplest layout needs no library that one machine has and another hasn't.
    font = ImageFont.truetype(BytesIO(data), size, layout_engine=ImageFont.Layout.BASIC)
    try:
        font.set_variation_by_axes([weight])
    except OSError:  # it has one weight only
        return font
    return font


@lru_cache(maxsize=4096)
def _has(data: bytes, letter: str) -> bool:
    """Tell whether a font has *letter*: what it hasn't is drawn like what nobody has."""
    font = _font(data, MEASURED, 400)
    return bytes(font.getmask(letter)) != bytes(font.getmask(_NO_LETTER))
