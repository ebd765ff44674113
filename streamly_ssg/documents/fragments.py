"""
Fragments: rendered HTML with holes.

A document is parsed alone, so what depends on the rest of the site is left open: where a relative
link leads, and what a shortcode's template makes of its arguments. Filling is the page's job;
whoever fills a link escapes it, because the hole lies inside a quoted attribute. An image is a hole
as a whole, because the site knows how large it is and in which forms it comes.
"""

from __future__ import annotations

from collections.abc import Iterator

from streamly_ssg.values import Tagged, Value


class Link(Tagged):
    """
    A relative URL inside an attribute.

    *target* is what the author wrote: without entities, and without percent escapes unless they
    stand for a character that would end the path.
    """

    target: str
    image: bool
    line: int
    column: int


class Image(Tagged):
    """
    An image of the site's own: the whole tag.

    *target* is what the author wrote, as in a link; *attributes* are all others of the tag.
    """

    target: str
    attributes: tuple[tuple[str, str], ...]
    line: int
    column: int


class Call(Tagged):
    """A shortcode; *inner* is what stands between its two tags, None if it has only one."""

    name: str
    args: tuple[str, ...]
    options: tuple[tuple[str, str], ...]
    inner: Fragment | None
    line: int
    column: int


Hole = Link | Image | Call


class Fragment(Value):
    """HTML cut at its holes: there is always one piece more than there are holes."""

    pieces: tuple[str, ...]
    holes: tuple[Link | Image | Call, ...]


def images_in(fragment: Fragment) -> Iterator[str]:
    """Yield what the images of *fragment* are called, those of its shortcodes too."""
    for hole in fragment.holes:
        if isinstance(hole, Image):
            yield hole.target
        elif isinstance(hole, Call):
            yield from (value for name, value in hole.options if name == "src")
            yield from images_in(hole.inner) if hole.inner else ()
