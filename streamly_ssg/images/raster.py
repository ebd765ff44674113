"""
The one door to Pillow: opening images that nobody trusts, and writing those that we make.

What is opened is upright, in sRGB and without any word about the camera or the place. The same
Pillow writes the same bytes: one thread an image, and no settings but those handed in.
"""

import warnings
from functools import cache
from io import BytesIO
from typing import Any, NamedTuple

from PIL import Image, ImageCms, ImageColor, ImageOps, features
from PIL import __version__ as version

from .headers import check, named, refuse_many
from .refusing import Refused

Picture = Image.Image
MOST_FRAMES = 1000
MOST_SCANS = 100  # a progressive JPEG has about ten
FEW_COLOURS = 256  # drawings and screenshots of text, which lose by losing
TOLD = frozenset({"exif", "xmp", "XML:com.adobe.xmp", "photoshop", "comment"})
SAGAS = ("avif", "webp", "libjpeg_turbo", "littlecms2", "zlib", "freetype2")
_SCAN = b"\xff\xda"
_DEEP = frozenset({"I", "I;16", "I;16B", "I;16L", "F"})


class Opened(NamedTuple):
    """
    An image, ready to be scaled.

    Attributes:
        picture: its pixels: RGB, RGBA or L. There may be fewer of them than *width* says.
        width: of the whole image, as people see it.
        height: the same.
        is_clean: whether the file holds its pixels and nothing else that could be told.
        is_animated: whether it moves; then *picture* is None, and it stays as it is.
    """

    picture: Picture | None
    width: int
    height: int
    is_clean: bool
    is_animated: bool


def library() -> str:
    """Return what the bytes that are written depend on."""
    parts = (f"{name} {features.version(name) or '-'}" for name in SAGAS)
    return " ".join([f"pillow {version}", *parts])


def can_write(form: str) -> bool:
    """Tell whether this Pillow writes images of the format *form*."""
    return form in {"jpeg", "png"} or bool(features.check(form))


def open_image(path: str, data: bytes, most_pixels: int, enough: int = 0) -> Opened:
    """
    Open the image *path*.

    Args:
        path: its name, which says what it should be.
        data: its bytes.
        most_pixels: the limit.
        enough: a width; more than that need not be decoded. Zero: everything.

    Raises:
        Refused: if it isn't what its name says, is damaged, or too much.
    """
    header = check(path, data, most_pixels)
    if header.format == "jpeg" and data.count(_SCAN) > MOST_SCANS:
        text = f"has {data.count(_SCAN):,} scans, and the limit is {MOST_SCANS}"
        raise Refused(text, "save it again in another program")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            warnings.filterwarnings("ignore", category=UserWarning)  # small faults in metadata
            return _opened(data, header.format, most_pixels, enough)
    except (Refused, MemoryError):
        raise
    except Exception as error:
        text = f"can't be read as {named(header.format)}: {_said(error)}"
        raise Refused(text, "it is damaged; save it again in the program that made it") from error


def _said(error: Exception) -> str:
    text = str(error) or type(error).__name__
    return text.partition("\n")[0][:100]


def _opened(data: bytes, form: str, most_pixels: int, enough: int) -> Opened:
    Image.MAX_IMAGE_PIXELS = most_pixels
    with Image.open(BytesIO(data), formats=[form]) as found:
        refuse_many(*found.size, most_pixels)
        is_joined = found.format == "MPO"  # photographs with a second one inside
        if getattr(found, "is_animated", False) and not is_joined:
            return _animated(found)
        width, height = _upright(found)
        if enough and width > enough:
            found.draft(found.mode, _scaled(found.size, enough / width))
        found.load()
        is_clean = not is_joined and found.mode != "CMYK" and not _tells(found)
        turned = ImageOps.exif_transpose(found)
        return Opened(_in_srgb(turned), width, height, is_clean, is_animated=False)


def _animated(found: Any) -> Opened:
    if found.n_frames > MOST_FRAMES:
        text = f"has {found.n_frames:,} frames, and the limit is {MOST_FRAMES:,}"
        raise Refused(text, "make a film of it, or a shorter animation")
    width, height = found.size
    return Opened(None, width, height, is_clean=True, is_animated=True)


def _upright(found: Picture) -> tuple[int, int]:
    """Return width and height as people see them."""
    width, height = found.size
    return (height, width) if found.getexif().get(0x0112, 1) >= 5 else (width, height)  # noqa: PLR2004


def _scaled(size: tuple[int, int], scale: float) -> tuple[int, int]:
    return -int(-size[0] * scale // 1), -int(-size[1] * scale // 1)


def _tells(found: Any) -> bool:
    """Tell whether the file says anything that is not a pixel."""
    return bool(TOLD & found.info.keys() or getattr(found, "text", None))


def _in_srgb(picture: Picture) -> Picture:
    """Return *picture* as RGB, RGBA or L, in the colours that it has in a browser."""
    profile = picture.info.get("icc_profile")
    if picture.mode in _DEEP:
        return _shallow(picture)
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        rgb = _matched(picture.convert("RGB"), profile)
        rgb.putalpha(picture.getchannel("A"))
        return rgb
    if picture.mode in {"L", "1", "LA"}:
        return picture.convert("L")
    if picture.mode not in {"RGB", "CMYK"}:
        picture = picture.convert("RGB")
    return _matched(picture, profile)


def _shallow(picture: Picture) -> Picture:
    """Return a picture of 8 bits from one of 16."""
    if picture.mode == "F":
        return picture.convert("L")
    return picture.convert("I").point(lambda value: value * (1 / 257)).convert("L")


def _matched(picture: Picture, profile: bytes | None) -> Picture:
    if profile and b"sRGB" not in profile[:1024]:
        try:
            given = ImageCms.ImageCmsProfile(BytesIO(profile))
            matched = ImageCms.profileToProfile(picture, given, _srgb(), outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, ValueError):
            matched = None  # a profile that can't be read says nothing
        if matched is not None:
            return matched
    return picture.convert("RGB")


@cache
def _srgb() -> Any:
    return ImageCms.createProfile("sRGB")


def has_few_colours(picture: Picture) -> bool:
    """Tell whether *picture* is drawn rather than photographed."""
    return picture.getcolors(FEW_COLOURS) is not None


def resized(picture: Picture, width: int, height: int) -> Picture:
    """Return *picture* in another size."""
    if picture.size == (width, height):
        return picture
    return picture.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)


def written(picture: Picture, form: str, quality: int, *, exact: bool = False) -> bytes:
    """Return *picture* as a file; *exact* if nothing may be lost where the format can do that."""
    options: dict[str, Any] = {"quality": quality}
    if form == "jpeg":
        options |= {"optimize": True, "progressive": True}
        picture = picture.convert("RGB") if picture.mode == "RGBA" else picture
    elif form == "png":
        options = {"optimize": True}
    elif form == "webp":
        options |= {"method": 4, "lossless": exact}
    elif form == "avif":
        options |= {"speed": 8, "max_threads": 1}
    out = BytesIO()
    _bare(picture).save(out, form, **options)
    return out.getvalue()


def layer(width: int, height: int) -> Picture:
    """Return an empty layer to draw on."""
    return Image.new("L", (width, height), 0)


def is_colour(text: str) -> bool:
    """Tell whether *text* is a colour that can be drawn."""
    try:
        ImageColor.getrgb(text)
    except ValueError:
        return False
    return True


def flat(first: Picture, second: Picture, colours: tuple[str, str, str]) -> bytes:
    """Return a PNG of two layers on a ground; *colours* are those of the ground and the layers."""
    ground, *others = (ImageColor.getrgb(colour)[:3] for colour in colours)
    half = 128  # shades of a layer, so that both fit into one palette
    shades = [
        _mixed(ground, colour, shade / (half - 1)) for colour in others for shade in range(half)
    ]
    numbers = first.point([value // 2 for value in range(256)])
    over = second.point([half + value // 2 for value in range(256)])
    numbers.paste(over, mask=second.point([0] + [255] * 255))
    numbers.putpalette(bytes(part for shade in shades for part in shade))
    out = BytesIO()
    numbers.save(out, "png", compress_level=6)
    return out.getvalue()


def _mixed(ground: tuple[int, ...], colour: tuple[int, ...], share: float) -> tuple[int, ...]:
    pairs = zip(ground, colour, strict=True)
    return tuple(round(below + (above - below) * share) for below, above in pairs)


def _bare(picture: Picture) -> Picture:
    """Return *picture* without what savers would write beside its pixels."""
    picture = picture.copy()
    picture.info = {}
    return picture
