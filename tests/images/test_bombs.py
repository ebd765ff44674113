"""What is no image, too much of one, or not what it says: refused before it does harm."""

import resource
import struct
import zlib
from contextlib import suppress

import pytest

from streamly_ssg.images.refusing import Refused
from streamly_ssg.images.variants import Wish, variants_of
from tests.support.images import photo, photograph, png, png_of

WISH = Wish("", (40,), ("webp",), {"jpeg": 80, "webp": 75}, 4_000_000)
JPEG = photo(100, 100)
SCAN = JPEG[JPEG.index(b"\xff\xda") :][:200]
MEMORY = 300 * 1024  # kibibytes more than before


def riff(data: bytes) -> bytes:
    return b"RIFF" + struct.pack("<I", len(data) + 4) + b"WEBP" + data


BOMBS = {
    "a desert": (
        "a.png",
        png_of(50_000, 50_000, zlib.compress(bytes(10_000_000))),
        "50,000 × 50,000 pixels",
    ),
    "a wide one": ("a.png", png_of(2**31 - 1, 1, b""), "the limit is 4,000,000"),
    "a canvas": ("a.webp", riff(b"VP8X" + struct.pack("<II", 10, 0) + b"\xff" * 6), "pixels"),
    "a page": ("a.gif", b"GIF89a" + struct.pack("<HH", 65535, 65535) + bytes(20), "pixels"),
    "a JPEG": ("a.jpg", JPEG.replace(b"\x00\x64\x00\x64", b"\xff\xff\xff\xff", 1), "pixels"),
    "scans": ("a.jpg", JPEG[:-2] + SCAN * 200 + JPEG[-2:], "scans, and the limit is 100"),
    "nothing": ("a.png", b"", "is empty"),
    "no pixels": ("a.png", png_of(0, 7, b""), "has no pixels"),
    "text": ("a.jpg", b"<html>hello</html>", "is no JPEG file"),
    "another format": ("a.png", JPEG, "is a JPEG file with the name of a PNG"),
    "half of one": ("a.jpg", JPEG[: len(JPEG) // 2], "can't be read as JPEG"),
    "half of a PNG": ("a.png", photo(90, 90, "png")[:5000], "can't be read as PNG"),
    "only a header": ("a.png", png(9, 9)[:33], "can't be read as PNG"),
    "noise": ("a.webp", riff(b"VP8 " + bytes(100)), ""),
    "a TIFF": ("a.jpg", b"II*\0" + bytes(100), "is no JPEG file"),
}


@pytest.mark.parametrize("name", list(BOMBS))
def test_a_bomb_is_refused_and_says_why(name: str) -> None:
    path, data, message = BOMBS[name]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(Refused) as refused:
        variants_of(f"content:{path}", data, WISH)
    assert message in refused.value.message
    assert refused.value.hint
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MEMORY


def test_what_isnt_a_bomb_is_not_refused() -> None:
    assert variants_of("content:a.jpg", JPEG, WISH)[0].width == 100


def test_a_thousand_frames_are_too_many() -> None:
    frames = [photograph(2, 2, seed) for seed in range(1100)]
    data = photo(2, 2, "gif", save_all=True, append_images=frames)
    with pytest.raises(Refused, match="frames, and the limit is 1,000"):
        variants_of("content:a.gif", data, WISH)


@pytest.mark.parametrize("form", ["jpeg", "png", "webp", "gif", "avif"])
def test_a_damaged_image_is_an_image_or_refused(form: str) -> None:
    data = bytearray(photo(40, 30, form))
    for at in range(0, len(data), max(1, len(data) // 60)):
        spoilt = bytes(data[:at]) + bytes([data[at] ^ 0x5A]) + bytes(data[at + 1 :])
        with suppress(Refused):
            variants_of(f"content:a.{form}", spoilt, WISH)
