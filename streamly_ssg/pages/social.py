"""
Cards for links: a picture of its title for each document that has none.

``card-style:`` is how they look, or None if the site doesn't want them. A theme says it in
theme.toml, under ``[card]``: fonts and colours; the accent is the site's own, if it has one.
"""

from typing import Any

from streamly_ssg.engine.key import make
from streamly_ssg.engine.rule import Fetch, Work
from streamly_ssg.errors import ContentError, problem
from streamly_ssg.images import cache, cards

from .pictures import CACHE, is_possible
from .routes import CardRoute
from .themes import option

FILE = "card.png"
WEIGHT = 600
COLOURS = {"paper": "#ffffff", "ink": "#1f2328", "accent": "#0f5f7a"}
AnyStyle = cards.Style | None


def style(_name: str, fetch: Fetch) -> AnyStyle:
    """Return how cards look; None if there are none."""
    if not is_possible("cards", wanted=fetch(make("config", "images")).cards):
        return None
    from streamly_ssg.images import raster, recipe  # noqa: PLC0415 - 50 ms, and only here needed

    given: Any = option("card", fetch)
    given = given if isinstance(given, dict) else {}
    names = given.get("fonts", [])
    fonts = tuple(_font(str(name), fetch) for name in (names if isinstance(names, list) else []))
    if not fonts:
        hint = 'add [card] with fonts = ["fonts/NAME.woff2"], files of its assets/'
        raise _fault("says no fonts for cards", hint)
    accent = fetch(make("config", "theme")).get("accent")
    colours = COLOURS | {name: str(given[name]) for name in COLOURS if name in given}
    colours |= {"accent": accent} if isinstance(accent, str) and raster.is_colour(accent) else {}
    for name, colour in colours.items():
        if not raster.is_colour(colour):
            raise _fault(f'[card] {name} is "{colour}"', 'write it as "#0f5f7a"')
    weight = given.get("weight", WEIGHT)
    return cards.Style(recipe.recipe(), fonts, int(weight), **colours)


def _fault(text: str, hint: str) -> ContentError:
    return ContentError(problem("THEME", text, path="theme.toml", hint=hint))


def _font(name: str, fetch: Fetch) -> bytes:
    for theme in fetch(make("theme-chain")):
        data: bytes | None = fetch(make("theme", f"{theme}/assets/{name}"))
        if data is not None:
            return data
    text = f'[card] names the font "{name}", which no theme has'
    raise _fault(text, f"there is no assets/{name}")


def card_url(url: str) -> str:
    """Return where the card of the document at *url* is."""
    return url + FILE if url.endswith("/") else f"{url}.{FILE}"


def card_file(route: CardRoute, fetch: Fetch) -> Work | bytes:
    """Return the card of a document."""
    card = fetch(make("card", route.path))
    people = [fetch(make("person", name)).title for name in card.authors]
    words = cards.Words(card.title, ", ".join(people), fetch(make("config", "site")).title)
    found: cards.Style = fetch(make("card-style"))
    folder = fetch(CACHE)
    known = cache.look(folder, cards.key_of(words, found), cards.PART)
    return known or Work(cards.card, (words, found, folder))
