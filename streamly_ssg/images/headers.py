"""
Headers: the format and the size of an image, from its first bytes and without a library.

They decide whether an image is worth decoding at all, and give pages width and height where nothing
decodes.
"""

import struct
from struct import unpack_from
from typing import NamedTuple

from .refusing import Refused

SUFFIXES = {
    ".avif": "avif",
    ".gif": "gif",
    ".jpeg": "jpeg",
    ".jpg": "jpeg",
    ".png": "png",
    ".svg": "svg",
    ".webp": "webp",
}
NAMES = {"jpeg": "JPEG", "webp": "WebP"}  # the others are written in capitals
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # markers that tell a JPEG's size
_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})  # markers without a length
_APP1, _SCAN = 0xE1, 0xDA
_ORIENTATION, _PLACE = 0x0112, 0x8825
_NEAR = 4096  # bytes from the start, where cameras write what they tell
_TURNED = frozenset({5, 6, 7, 8})  # orientations in which width and height change places


class Header(NamedTuple):
    """What an image says of itself; no width means that only a decoder could tell."""

    format: str
    width: int = 0
    height: int = 0


def format_of(path: str) -> str:
    """Return the format that the name *path* promises, or an empty string."""
    stem, dot, suffix = path.rpartition(".")
    return SUFFIXES.get(dot + suffix.lower(), "") if stem else ""


def suffix_of(form: str) -> str:
    """Return how names of files of a format end."""
    return "jpg" if form == "jpeg" else form


def named(form: str) -> str:
    """Return how people write a format."""
    return NAMES.get(form, form.upper())


def read_header(data: bytes) -> Header | None:
    """Return what *data* says of itself; None if it is no image that browsers show."""
    try:
        return _read(data)
    except struct.error:
        return None


def check(path: str, data: bytes, most_pixels: int) -> Header:
    """Return the header of the image *path*; raise `Refused` if it isn't what it says it is."""
    promised, found = format_of(path), read_header(data)
    if found is None:
        text = f"is no {named(promised)} file" if data else "is empty"
        raise Refused(text, "save it again in the program that made it")
    if found.format != promised:
        text = f"is a {named(found.format)} file with the name of a {named(promised)}"
        raise Refused(text, f'rename it, so that it ends with ".{suffix_of(found.format)}"')
    refuse_many(found.width, found.height, most_pixels)
    if found.format != "avif" and not found.width * found.height:
        raise Refused("has no pixels", "save it again in the program that made it")
    return found


def refuse_many(width: int, height: int, most_pixels: int) -> None:
    """Raise `Refused` if an image of that size has more pixels than *most_pixels*."""
    if width * height > most_pixels:
        text = f"has {width:,} × {height:,} pixels, and the limit is {most_pixels:,} in all"
        raise Refused(text, "make it smaller, or raise max_pixels in [images]")


def _read(data: bytes) -> Header | None:
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return Header("png", *unpack_from(">II", data, 16))
    if data[:6] in {b"GIF87a", b"GIF89a"}:
        return Header("gif", *unpack_from("<HH", data, 6))
    if data.startswith(b"\xff\xd8\xff"):
        return _jpeg(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return Header("webp", *_webp(data))
    if data[4:8] == b"ftyp" and data[8:12] in {b"avif", b"avis"}:
        at = data.find(b"ispe", 12)
        return Header("avif", *unpack_from(">II", data, at + 8)) if at > 0 else Header("avif")
    return None


def _webp(data: bytes) -> tuple[int, int]:
    kind = data[12:16]
    if kind == b"VP8X":
        return 1 + _little(data, 24, 3), 1 + _little(data, 27, 3)
    if kind == b"VP8L":
        bits = _little(data, 21, 4)
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    width, height = unpack_from("<HH", data, 26)
    return width & 0x3FFF, height & 0x3FFF


def _little(data: bytes, at: int, length: int) -> int:
    return int.from_bytes(data[at : at + length], "little")


def tells_place(data: bytes) -> bool:
    """Tell whether a JPEG says where it was taken."""
    at = data.find(b"Exif\0\0", 0, _NEAR)
    return at >= 0 and _PLACE in _tags(data[at + 6 : at + 6 + 0xFFFF])


def _jpeg(data: bytes) -> Header:
    """Walk from marker to marker; a camera that was held upright says so before the size."""
    at, is_turned = 2, False
    while True:
        while unpack_from(">BB", data, at) == (0xFF, 0xFF):  # markers may be padded
            at += 1
        _, marker = unpack_from(">BB", data, at)
        at += 2
        if marker in _ALONE:
            continue
        (length,) = unpack_from(">H", data, at)
        if marker in _FRAMES:
            height, width = unpack_from(">HH", data, at + 3)
            return Header("jpeg", height, width) if is_turned else Header("jpeg", width, height)
        if marker == _SCAN or length < 2:  # noqa: PLR2004 - the length counts itself
            return Header("jpeg")
        if marker == _APP1 and data.startswith(b"Exif\0\0", at + 2):
            is_turned = _tags(data[at + 8 : at + length]).get(_ORIENTATION) in _TURNED
        at += length


def _tags(exif: bytes) -> dict[int, int]:
    """Return what the first directory of *exif* tells, as far as it is a small number."""
    order = ">" if exif.startswith(b"MM") else "<"
    found: dict[int, int] = {}
    try:
        (start,) = unpack_from(f"{order}I", exif, 4)
        (entries,) = unpack_from(f"{order}H", exif, start)
        for entry in range(entries):
            tag, _, _, value = unpack_from(f"{order}HHIH", exif, start + 2 + 12 * entry)
            found[tag] = value
    except struct.error:
        return found
    return found
