"""The recipe: what decides the bytes that are made of an image, beside the image and the wish."""

from functools import cache
from pathlib import Path

from streamly_ssg.engine import digest

from . import raster


@cache
def recipe() -> str:
    """Return the digest of our sources and of the versions of the programs that write images."""
    sources = sorted(Path(__file__).parent.glob("*.py"))
    parts = [digest.of(path.read_bytes()) for path in sources]
    return digest.of(b"".join([*parts, raster.library().encode()])).hex()
