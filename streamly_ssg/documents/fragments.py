"""
Fragments: rendered HTML with holes.

A document is parsed alone, so what depends on the rest of the site is left open: where a relative
link leads, and what a shortcode's template makes of its arguments. Filling is the page's job;
whoever fills a link escapes it, because the hole lies inside a quoted attribute.
"""

from __future__ import annotations

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


class Call(Tagged):
    """A shortcode; *inner* is what stands between its two tags, None if it has only one."""

    name: str
    args: tuple[str, ...]
    options: tuple[tuple[str, str], ...]
    inner: Fragment | None
    line: int
    column: int


Hole = Link | Call


class Fragment(Value):
    """HTML cut at its holes: there is always one piece more than there are holes."""

    pieces: tuple[str, ...]
    holes: tuple[Link | Call, ...]
