"""
Variants: one image in the sizes and formats from which a browser chooses.

No variant is wider than the image, and none is kept that saves nothing: one larger than the image
itself, or a format that isn't smaller than the next older one. If the image tells where it was
taken, or lies on its side, a clean one takes its place.
"""

from streamly_ssg.engine import digest
from streamly_ssg.values import Tagged, Value, decode, encode

from . import cache
from .headers import format_of
from .refusing import Refused

BETTER = ("avif", "webp")  # than what they stand beside, the best first
SUMMARY = "made"
CLEAN = "clean"
SMALL = 2048  # bytes; another file would save nothing that anybody notices
# Pixels that a format can have in one direction.
LONGEST = {"avif": 65535, "jpeg": 65535, "png": 2**31 - 1, "webp": 16383}
STEP = 1.15  # a width that is nearer to that of the image itself would save nothing
FINE = 90  # the quality of what replaces an original


class Wish(Value):
    """What is wanted of every image; *recipe* names the programs that make it."""

    recipe: str
    widths: tuple[int, ...]
    formats: tuple[str, ...]
    quality: dict[str, int]
    max_pixels: int


class Variant(Value):
    """One file made of an image: what it is, and the digest and the number of its bytes."""

    format: str
    width: int
    digest: str
    size: int

    @property
    def part(self) -> str:
        """The name of its bytes in the cache."""
        return f"{self.width}.{self.format}"


class Made(Tagged):
    """
    What became of an image.

    Attributes:
        format: of the image itself.
        width: as people see it; zero if nobody knows.
        height: the same.
        key: under which the cache has the variants, if there are any.
        variants: the files, the best format first, each format from narrow to wide.
        shows_itself: whether pages show the image itself too.
    """

    format: str
    width: int
    height: int
    key: str = ""
    variants: tuple[Variant, ...] = ()
    shows_itself: bool = True


class Refusal(Tagged):
    """Why an image is not shown; *message* continues its name."""

    message: str
    hint: str


AnyMade = Made | Refusal | None
Files = dict[str, bytes]


def key_of(path: str, data: bytes, wish: Wish) -> str:
    """Return the name of all that *wish* makes of *data*."""
    return digest.of(encode((format_of(path), digest.of(data), wish))).hex()


def remembered(folder: str, key: str) -> Made | None:
    """Return what was made under *key* before, if all of it is still there."""
    summary = cache.look(folder, key, SUMMARY)
    return decode(summary, Made) if summary is not None else None


def make_variants(path: str, data: bytes, wish: Wish, folder: str) -> Made | Refusal:
    """Make the variants of the image *path*, keep them in *folder*, and tell which there are."""
    try:
        made, files = variants_of(path, data, wish)
    except Refused as refused:
        return Refusal(refused.message, refused.hint)
    _keep(folder, made.key, files)
    cache.keep(folder, key_of(path, data, wish), SUMMARY, encode(made))
    return made


def file_of(path: str, data: bytes, wish: Wish, folder: str, part: str) -> bytes:
    """Return one variant of the image *path*, though the cache has lost it."""
    made, files = variants_of(path, data, wish)
    _keep(folder, made.key, files)
    return files[part]


def _keep(folder: str, key: str, files: Files) -> None:
    for part, content in files.items():
        cache.keep(folder, key, part, content)


def cleaned(path: str, data: bytes, wish: Wish, folder: str) -> bytes:
    """Return the image *path* itself, without what it tells beside its pixels."""
    from . import raster  # noqa: PLC0415 - 50 ms, and few builds need it

    key, form = key_of(path, data, wish), format_of(path)
    known = cache.look(folder, key, CLEAN)
    if known is not None:
        return known or data
    opened = raster.open_image(path, data, wish.max_pixels)
    clean = b""
    if opened.picture is not None and not opened.is_clean:
        exact = form == "webp" and raster.has_few_colours(opened.picture)
        clean = raster.written(opened.picture, form, FINE, exact=exact)
    cache.keep(folder, key, CLEAN, clean)
    return clean or data


def variants_of(path: str, data: bytes, wish: Wish) -> tuple[Made, Files]:
    """
    Return what becomes of the image *path*, and the files that are made of it.

    Raises:
        Refused: if it isn't an image, or too much of one.
    """
    from . import raster  # noqa: PLC0415 - 50 ms, and few builds need it

    form, key, most = format_of(path), key_of(path, data, wish), max(wish.widths)
    opened = raster.open_image(path, data, wish.max_pixels, most)
    width, height, picture = opened.width, opened.height, opened.picture
    if picture is None:
        return Made(form, width, height), {}
    if opened.is_clean and len(data) <= SMALL:
        return Made(form, width, height), {}
    is_drawn = form in {"gif", "png"} and raster.has_few_colours(picture)
    shows_itself = opened.is_clean and (width <= most or form == "gif")
    found: Files = {}
    for wanted in _formats(form, wish):
        with_last = wanted != form or not shows_itself
        quality = wish.quality.get(wanted, FINE)
        for one in _widths(width, wish.widths, with_last=with_last):
            high = max(1, round(height * one / width))
            if max(one, high) <= LONGEST[wanted]:
                scaled = raster.resized(picture, one, high)
                found[f"{one}.{wanted}"] = raster.written(scaled, wanted, quality, exact=is_drawn)
    kept = _worthwhile(found, form, (width, len(data)) if shows_itself else None)
    variants = tuple(_variant(part, content) for part, content in kept.items())
    # Without files of its own, a page needn't notice another image of that size.
    return Made(form, width, height, key if kept else "", variants, shows_itself), kept


def _formats(form: str, wish: Wish) -> list[str]:
    """Return the formats to make, the best first, the image's own last."""
    others = [one for one in BETTER if one in wish.formats and one != form]
    return others if form == "gif" else [*others, form]


def _widths(width: int, widths: tuple[int, ...], *, with_last: bool) -> list[int]:
    """Return the widths to make of an image that is *width* wide."""
    if width > max(widths):
        return sorted({*widths})
    narrower = sorted({one for one in widths if one * STEP <= width})
    return [*narrower, width] if with_last else narrower


def _worthwhile(files: Files, form: str, itself: tuple[int, int] | None) -> Files:
    """Return the *files* worth having; *itself*: width and size of the image if that is shown."""
    sizes: dict[str, dict[int, int]] = {}
    for part, content in files.items():
        width, _, wanted = part.partition(".")
        if itself is None or len(content) < itself[1]:
            sizes.setdefault(wanted, {})[int(width)] = len(content)
    if itself is not None:
        sizes.setdefault(form, {})[itself[0]] = itself[1]
    kept = [form]
    for better in reversed([one for one in sizes if one != form]):
        if _saves(sizes[better], sizes.get(kept[0], {})):
            kept.insert(0, better)
    return {
        part: content
        for part, content in files.items()
        if (wanted := part.partition(".")[2]) in kept
        and int(part.partition(".")[0]) in sizes.get(wanted, {})
    }


def _saves(better: dict[int, int], worse: dict[int, int]) -> bool:
    """Tell whether a format is smaller than the next older one, at the width they both have."""
    common = max(better.keys() & worse.keys(), default=0)
    return not common or better[common] < worse[common]


def _variant(part: str, content: bytes) -> Variant:
    width, _, form = part.partition(".")
    return Variant(form, int(width), digest.of(content).hex(), len(content))
