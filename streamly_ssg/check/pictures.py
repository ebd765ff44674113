"""How large pictures are, as their first bytes say, and whether that is too much."""

import re
import struct
from pathlib import Path

HEAVY = 1_000_000  # bytes of one picture
WIDE = 4_000  # pixels of a picture of which no page says how wide it is shown
SHARP = 3  # pixels that the best screens have for one of ours
START = 256 * 1024  # a JPEG may hold a whole small picture before it says how large it is
RASTER = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif")
_JPEG_FRAME = re.compile(rb"\xff[\xc0-\xc3\xc5-\xc7\xc9-\xcb\xcd-\xcf]")


def fault(file: Path, shown: int) -> tuple[str, str]:
    """Return what is too large about a picture that is *shown* pixels wide, and what to do."""
    if file.suffix.lower() not in RASTER:
        return "", ""
    weight = file.stat().st_size
    with file.open("rb") as opened:
        width, height = size(opened.read(START))
    if weight > HEAVY:
        hint = "make it smaller, or save it as WebP or AVIF"
        return f"has {weight / 1e6:.1f} MB", hint
    is_shown_smaller = 0 < shown < width  # or else as large as it is
    if width > (SHARP * shown if is_shown_smaller else WIDE):
        where = f"is shown {shown} wide" if is_shown_smaller else "can't be shown that large"
        return f"has {width} × {height} pixels and {where}", "make it smaller"
    return "", ""


def size(data: bytes) -> tuple[int, int]:
    """Return width and height of the picture that begins with *data*; zeros if it doesn't say."""
    try:
        return _size(data)
    except struct.error:
        return 0, 0


def _size(data: bytes) -> tuple[int, int]:
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return struct.unpack_from(">II", data, 16)
    if data.startswith((b"GIF87a", b"GIF89a")):
        return struct.unpack_from("<HH", data, 6)
    if data.startswith(b"\xff\xd8"):
        return _jpeg_size(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _webp_size(data)
    at = data.find(b"ispe")
    if data[4:8] == b"ftyp" and at > 0:
        return struct.unpack_from(">II", data, at + 8)
    return 0, 0


def _jpeg_size(data: bytes) -> tuple[int, int]:
    """Go from segment to segment until one describes the frame."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:  # noqa: PLR2004 - what each segment begins with
        if _JPEG_FRAME.match(data, at):
            height, width = struct.unpack_from(">HH", data, at + 5)
            return width, height
        at += 2 + struct.unpack_from(">H", data, at + 2)[0]
    return 0, 0


def _webp_size(data: bytes) -> tuple[int, int]:
    kind = data[12:16]
    if kind == b"VP8X":
        low, high = struct.unpack_from("<HB", data, 24), struct.unpack_from("<HB", data, 27)
        return 1 + low[0] + (low[1] << 16), 1 + high[0] + (high[1] << 16)
    if kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", data, 21)
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    width, height = struct.unpack_from("<HH", data, 26)
    return width & 0x3FFF, height & 0x3FFF
