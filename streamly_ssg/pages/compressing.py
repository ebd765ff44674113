"""
Compressed forms of texts, which lie beside them: ``index.html.br`` beside ``index.html``.

They are made by whoever makes the text, so they can't disagree with it. What never changes its
contents, because its name tells them, is compressed as well as can be; a page only as well as costs
little. What wouldn't become smaller has no such form.
"""

import gzip
from collections.abc import Callable
from functools import cache
from posixpath import splitext

from streamly_ssg.engine.key import make
from streamly_ssg.engine.rule import Fetch, Forms, Work
from streamly_ssg.errors import UsageError, problem

SMALLEST = 1024  # bytes; less than that fits into one packet anyway
TEXTS = set(
    ".atom .css .csv .geojson .html .js .json .map .md .mjs .ndjson .rss .svg .ttf .txt .vtt .wasm"
    " .webmanifest .xml .xsl".split()
)
ENDINGS = {"br": ".br", "gzip": ".gz", "zstd": ".zst"}
LASTING = "assets/"
EXTRA = "streamly[compress]"

Pack = Callable[[bytes], bytes]


def codings(_name: str, fetch: Fetch) -> tuple[str, ...]:
    """
    Return how texts are compressed.

    Raises:
        UsageError: if a library for it is missing.
    """
    wanted: tuple[str, ...] = fetch(make("config", "output")).compress
    for coding in wanted:
        try:
            _pack(coding, is_lasting=False)
        except ImportError as error:
            text = f'"compress" in [output] asks for {coding}, and {error.name} is not here'
            hint = f'run pip install "{EXTRA}"'
            raise UsageError(problem("COMPRESS", text, path="streamly.toml", hint=hint)) from None
    return tuple(sorted(set(wanted)))


def with_forms(name: str, given: Work | bytes, fetch: Fetch) -> Work | bytes:
    """Return what makes the file *name* with its compressed forms, if it is to have any."""
    if splitext(name)[1].lower() not in TEXTS:
        return given
    # A file of the site's own that lies there already stays.
    wanted = tuple(
        coding
        for coding in fetch(make("codings"))
        if fetch(make("route", name + ENDINGS[coding])) is None
    )
    if not wanted:
        return given
    work = given if isinstance(given, Work) else Work(bytes, (given,))
    return Work(_compressed, (work, wanted, name.startswith(LASTING)))


def _compressed(work: Work, wanted: tuple[str, ...], is_lasting: bool) -> Forms:  # noqa: FBT001
    data: bytes = work.function(*work.args)
    forms = {
        ENDINGS[one]: _pack(one, is_lasting=is_lasting)(data)
        for one in wanted
        if len(data) >= SMALLEST
    }
    return Forms(data, {end: form for end, form in forms.items() if len(form) < len(data)})


@cache
def _pack(coding: str, *, is_lasting: bool) -> Pack:
    if coding == "br":
        import brotli  # noqa: PLC0415 - it is there only for those who asked for it

        level = 11 if is_lasting else 5
        return lambda data: bytes(brotli.compress(data, mode=brotli.MODE_TEXT, quality=level))
    if coding == "zstd":
        import zstandard  # noqa: PLC0415 - the same

        compressor = zstandard.ZstdCompressor(level=19 if is_lasting else 9)
        return lambda data: bytes(compressor.compress(data))
    return lambda data: gzip.compress(data, 9, mtime=0)
