"""
Pictures: which images pages show, what is made of them, and where that goes.

``picture:INPUT`` is what became of one image; the bytes lie in the cache, under the digest of all
that decides them, and the output has each as a file of its own. Only what a published document
shows is worked on. ``imaging:`` is what is wanted of every image, ``image-sizes:`` how wide the
theme shows them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib.util import find_spec
from os.path import basename
from typing import NamedTuple

from streamly_ssg.engine.key import Key, kind, make
from streamly_ssg.engine.key import name as name_of
from streamly_ssg.engine.rule import Fetch, Work
from streamly_ssg.errors import ContentError, Problem, SystemProblem, did_you_mean, problem
from streamly_ssg.images import cache, vectors
from streamly_ssg.images.headers import format_of, read_header, suffix_of
from streamly_ssg.images.refusing import Refused
from streamly_ssg.images.variants import (
    AnyMade,
    Made,
    Refusal,
    Variant,
    Wish,
    cleaned,
    file_of,
    key_of,
    make_variants,
    remembered,
)
from streamly_ssg.values import Value, by_name

from . import views
from .routes import ImageRoute
from .themes import option
from .urls import address, divided, image_source, resolve, slug_of

FOLDER = "/assets/images/"
CACHE = make("cache", "images")
FULL = "100vw"
LONGEST, MARK = 60, 10  # letters of a name, and of the digest in it
Links = Callable[[str], str]


class Imaging(Value):
    """What is wanted of every image; no wish: they stay as they are."""

    wish: Wish | None


class Found(NamedTuple):
    """An image that a document names: its address on the site, and what became of it."""

    target: str
    address: str
    made: AnyMade

    @property
    def is_missing(self) -> bool:
        """Whether there is no such file beside the document."""
        return not self.address

    @property
    def is_shown(self) -> bool:
        """Whether a page can show it."""
        return bool(self.address) and not isinstance(self.made, Refusal)


def imaging(_name: str, fetch: Fetch) -> Imaging:
    """Return what is wanted of every image: ``imaging:``."""
    settings = fetch(make("config", "images"))
    if not is_possible("variants", wanted=settings.variants):
        return Imaging(None)
    from streamly_ssg.images import raster, recipe  # noqa: PLC0415 - 50 ms, and only here needed

    unable = [form for form in settings.formats if not raster.can_write(form)]
    if unable:
        text = f"this Pillow can't write {', '.join(unable)}"
        hint = 'pip install --upgrade "streamly[images]", or leave it out of formats in [images]'
        raise SystemProblem(problem("IMAGES", text, path="streamly.toml", hint=hint))
    quality = by_name(settings.quality)
    widths = tuple(sorted(set(settings.widths)))
    return Imaging(Wish(recipe.recipe(), widths, settings.formats, quality, settings.max_pixels))


def is_possible(what: str, *, wanted: bool | str) -> bool:
    """Tell whether *what* is wanted and can be made; who insists on it is told how it could."""
    is_there = find_spec("PIL") is not None
    if wanted is True and not is_there:
        text = f"[images] asks for {what}, and Pillow isn't there to make them"
        hint = f'pip install "streamly[images]", or write {what} = "auto"'
        raise SystemProblem(problem("IMAGES", text, path="streamly.toml", hint=hint))
    return bool(wanted) and is_there


def sizes(_name: str, fetch: Fetch) -> str:
    """Return how wide the theme shows images in a text: ``image-sizes:``."""
    return str(option("image_sizes", fetch) or FULL)


def picture(name: str, fetch: Fetch) -> AnyMade | Work:
    """Return what becomes of the image in the input *name*; None if there is none."""
    data: bytes | None = fetch(Key(name))
    if data is None:
        return None
    if format_of(name) == "svg":
        return _drawing(data)
    wish = fetch(make("imaging")).wish
    if wish is None:
        header = read_header(data)
        return Made(header.format, header.width, header.height) if header else Made("", 0, 0)
    folder = fetch(CACHE)
    known = remembered(folder, key_of(name, data, wish))
    return known or Work(make_variants, (name, data, wish, folder), is_long=True)


def _drawing(data: bytes) -> AnyMade:
    try:
        return Made("svg", *vectors.examine(data))
    except Refused as refused:
        return Refusal(refused.message, refused.hint)


# The files


def all_made(sources: Iterable[str], fetch: Fetch) -> dict[str, AnyMade]:
    """Return what becomes of the images in the inputs *sources*."""
    ordered = sorted(sources)
    values = fetch.many([make("picture", source) for source in ordered])
    return dict(zip(ordered, values, strict=True))


def routes(known: Mapping[str, AnyMade]) -> Iterator[tuple[str, ImageRoute]]:
    """Yield the files that are made of images; two with the same bytes and name are one."""
    seen: set[str] = set()
    for source, made in known.items():
        for variant in made.variants if isinstance(made, Made) else ():
            url = _url(source, variant)
            if url not in seen:
                seen.add(url)
                yield url, ImageRoute(source, variant.part)


def _url(source: str, variant: Variant) -> str:
    stem = slug_of(basename(name_of(Key(source))).rpartition(".")[0]) or "image"
    name = f"{stem[:LONGEST]}-{variant.width}.{variant.digest[:MARK]}"
    return f"{FOLDER}{name}.{suffix_of(variant.format)}"


def file(route: ImageRoute, fetch: Fetch) -> Work | bytes:
    """Return the file of an image: a variant, or itself without what it tells."""
    source = Key(route.source)
    if not route.part:
        return _itself(source, fetch)
    made = fetch(make("picture", source))
    folder = fetch(CACHE)
    kept = cache.look(folder, made.key, route.part)
    if kept is not None:
        return kept
    wish = fetch(make("imaging")).wish
    return Work(file_of, (source, fetch(source), wish, folder, route.part), is_long=True)


def _itself(source: Key, fetch: Fetch) -> Work | bytes:
    data: bytes = fetch(source) or b""
    wish = fetch(make("imaging")).wish
    form = format_of(source)
    if wish is None or form == "gif":
        return data
    return Work(_clean, (source, data, wish, fetch(CACHE)))


def _clean(source: Key, data: bytes, wish: Wish, folder: str) -> bytes:
    try:
        if format_of(source) == "svg":
            vectors.examine(data)
            return data
        return cleaned(source, data, wish, folder)
    except Refused as refused:
        path = f"{kind(source)}/{name_of(source)}"
        raise ContentError(
            problem("IMAGE", refused.message, path=path, hint=refused.hint)
        ) from None


# What pages show


def find(target: str, path: str, fetch: Fetch) -> Found:
    """Return the image that the document *path* calls *target*."""
    source = image_source(target, path)
    made: AnyMade = fetch(make("picture", source)) if source else None
    if target.startswith("/") or "://" in target:
        return Found(target, target, made)
    file, rest = divided(target)
    url = fetch(make("resource", resolve(file, path)))
    return Found(target, url + rest if url else "", made)


def shown(found: Found, path: str, fetch: Fetch, link: Links) -> views.Picture:
    """Return the image *found* of the document *path* as browsers can choose from it."""
    made = found.made
    if not isinstance(made, Made):
        return views.Picture(link(found.address))
    source = image_source(found.target, path) or ""
    files: dict[str, dict[int, str]] = {}
    for variant in made.variants:
        files.setdefault(variant.format, {})[variant.width] = link(_url(source, variant))
    own = files.pop(made.format, {})
    if made.shows_itself:
        own[made.width] = link(found.address)
    forms = (views.Form(f"image/{form}", _srcset(by_width)) for form, by_width in files.items())
    return views.Picture(
        src=own[max(own)],
        width=made.width,
        height=made.height,
        srcset=_srcset(own) if len(own) > 1 else "",
        forms=tuple(forms),
        sizes=fetch(make("image-sizes")),
    )


def _srcset(by_width: dict[int, str]) -> str:
    """Return files for ``srcset``, in which commas and spaces separate."""
    urls = (address(by_width[width]).replace(",", "%2C") for width in sorted(by_width))
    return ", ".join(f"{url} {width}w" for url, width in zip(urls, sorted(by_width), strict=True))


def wrong(found: Found, path: str, fetch: Fetch) -> tuple[str, str]:
    """Return why the image *found* of the document *path* can't be shown, and what to do."""
    if isinstance(found.made, Refusal):
        return f'"{found.target}" {found.made.message}', found.made.hint
    listing = fetch(make("listing", "content"))
    wanted = resolve(divided(found.target)[0], path)
    near = did_you_mean(wanted, [one for one in listing if format_of(one)])
    return f'"{found.target}" does not exist', near or f"there is no content/{wanted}"


def refuse(found: Found, path: str, line: int, column: int, fetch: Fetch) -> Problem:
    """Return what to tell of the image *found*, which the document *path* shows there."""
    text, hint = wrong(found, path, fetch)
    return problem("IMAGE", text, path=f"content/{path}", line=line, column=column, hint=hint)
