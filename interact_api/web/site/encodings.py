"""Which compressed sibling of a file a reader takes: ``page.html.br`` beside ``page.html``."""

from functools import lru_cache

CODINGS = {".br": "br", ".zst": "zstd", ".gz": "gzip"}  # the smallest first
PLAIN = ("",)


@lru_cache(maxsize=256)
def endings_for(accepted: bytes) -> tuple[str, ...]:
    """Return the endings that a reader with this ``Accept-Encoding`` takes, the best one first."""
    weights = dict(map(_weighed, accepted.decode("latin-1").lower().split(",")))
    taken = [end for end, name in CODINGS.items() if weights.get(name, weights.get("*", 0)) > 0]
    return (*taken, "")


def is_compressible(media: str) -> bool:
    """Tell whether files of this type may lie compressed beside themselves."""
    kind = media.partition(";")[0]
    return kind.startswith("text/") or kind.endswith(("json", "xml", "javascript", "wasm", "ttf"))


def _weighed(part: str) -> tuple[str, float]:
    name, _, weight = part.partition(";")
    value = weight.strip().removeprefix("q=")
    try:
        return name.strip(), float(value) if weight else 1.0
    except ValueError:
        return name.strip(), 0.0
