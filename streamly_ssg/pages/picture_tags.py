"""Images as HTML: one element for all browsers, whose place on the page is known beforehand."""

from collections.abc import Mapping
from html import escape

from .urls import address
from .views import Picture


def picture_tag(
    picture: Picture,
    attributes: Mapping[str, str],
    *,
    sizes: str = "",
    is_first: bool = False,
) -> str:
    """
    Return *picture* as HTML.

    Args:
        picture: the image.
        attributes: what else the tag says; a width or a height there goes before the image's own.
        sizes: how wide it is shown; by default as wide as the theme shows images in a text.
        is_first: whether it is what readers see first, so that it mustn't wait.
    """
    given = {name: value for name, value in attributes.items() if value or name == "alt"}
    sizes = sizes or _fixed(given.get("width", "")) or picture.sizes
    own: dict[str, str] = {"src": address(picture.src)}
    if picture.srcset:
        own |= {"srcset": picture.srcset, "sizes": sizes}
    own |= _measures(picture, given)
    waiting = {"fetchpriority": "high"} if is_first else {"loading": "lazy"}
    image = _tag("img", own | given | {**waiting, "decoding": "async", **_loading(given)})
    if not picture.forms:
        return image
    forms = "".join(
        _tag("source", {"type": form.type, "srcset": form.srcset, "sizes": sizes})
        for form in picture.forms
    )
    return f"<picture>{forms}{image}</picture>"


def _tag(name: str, attributes: Mapping[str, str]) -> str:
    parts = (f' {key}="{escape(value)}"' for key, value in attributes.items())
    return f"<{name}{''.join(parts)}>"


def _loading(given: Mapping[str, str]) -> dict[str, str]:
    return {name: given[name] for name in ("loading", "decoding", "fetchpriority") if name in given}


def _fixed(width: str) -> str:
    return f"{width}px" if width.isascii() and width.isdigit() else ""


def _measures(picture: Picture, given: Mapping[str, str]) -> dict[str, str]:
    """Return width and height of the image, in the proportion that it has."""
    width, height = picture.width, picture.height
    if not width or not height or ("width" in given and "height" in given):
        return {}
    if "width" in given:
        wanted = _fixed(given["width"])[:-2]
        return {"height": str(round(int(wanted) * height / width))} if wanted else {}
    if "height" in given:
        wanted = _fixed(given["height"])[:-2]
        return {"width": str(round(int(wanted) * width / height))} if wanted else {}
    return {"width": str(width), "height": str(height)}
