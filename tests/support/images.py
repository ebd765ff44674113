"""Images for tests: small ones of one colour without a library, larger ones by Pillow."""

import random
import struct
import zlib
from functools import cache
from io import BytesIO
from typing import Any

from PIL import Image


def png(width: int = 2, height: int = 1, red: int = 0) -> bytes:
    """Return a PNG of one colour."""
    rows = (b"\0" + bytes((red, 80, 120)) * width) * height
    return png_of(width, height, zlib.compress(rows))


def png_of(width: int, height: int, pixels: bytes) -> bytes:
    """Return a PNG that says it is so large, and holds *pixels*."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", pixels), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    sealed = name + data
    return struct.pack(">I", len(data)) + sealed + struct.pack(">I", zlib.crc32(sealed))


@cache
def photograph(width: int, height: int, seed: int = 1) -> Image.Image:
    """Return a picture with as many colours as a photograph."""
    dice = random.Random(seed)
    picture = Image.new("RGB", (width, height), (90, 120, 150))
    for detail in (4, 16, 64):
        channels = [
            Image.frombytes("L", (detail, detail), dice.randbytes(detail * detail)) for _ in "RGB"
        ]
        clouds = Image.merge("RGB", channels).resize((width, height), Image.Resampling.BICUBIC)
        picture = Image.blend(picture, clouds, 0.35)
    return picture


def photo(width: int, height: int, form: str = "jpeg", seed: int = 1, **options: Any) -> bytes:
    """Return a photograph as a file."""
    return saved(photograph(width, height, seed), form, **options)


def saved(picture: Image.Image, form: str = "jpeg", **options: Any) -> bytes:
    """Return *picture* as a file."""
    out = BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


def at_a_place(orientation: int = 1) -> Image.Exif:
    """Return what a telephone writes: its maker, where it was, and how it was held."""
    exif = Image.Exif()
    exif[0x010F] = "Telephone"
    exif[0x0112] = orientation
    exif.get_ifd(0x8825).update({1: "N", 2: (51.0, 20.0, 24.0), 3: "E", 4: (12.0, 22.0, 25.0)})
    return exif


def opened(data: bytes) -> Image.Image:
    """Return the picture in a file."""
    return Image.open(BytesIO(data))
