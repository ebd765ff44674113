"""From the path of a request to a file of the output, as a file server would find it."""

import os
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, unquote

TYPES = {
    ".avif": "image/avif",
    ".css": "text/css; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".gif": "image/gif",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/vnd.microsoft.icon",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".md": "text/markdown; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".mp3": "audio/mpeg",
    ".mp4": "video/mp4",
    ".ogg": "audio/ogg",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".vtt": "text/vtt; charset=utf-8",
    ".wasm": "application/wasm",
    ".wav": "audio/wav",
    ".webm": "video/webm",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".xml": "application/xml; charset=utf-8",
}
UNKNOWN = "application/octet-stream"
INDEX = "index.html"
NOT_FOUND = "404.html"


class Found(NamedTuple):
    """What is at an address: a file, or where to go instead; neither means that nothing is."""

    file: Path | None = None
    location: str = ""


NOTHING = Found()


def find(output: Path, prefix: str, target: str) -> Found:
    """
    Return what is at an address.

    Args:
        output: the tree.
        prefix: the path under which the site lives, as "" or "/blog".
        target: the path of the request, as it came.
    """
    path = _path(target)
    if path is None:
        return NOTHING
    if prefix and path in {"/", prefix}:
        return Found(location=f"{prefix}/")
    if not path.startswith(f"{prefix}/"):
        return NOTHING
    return _in_tree(output, path, path[len(prefix) + 1 :])


def _path(target: str) -> str | None:
    """Return the decoded path of *target*, or None if it could lead out of the tree."""
    try:
        path = unquote(target.partition("?")[0].partition("#")[0], errors="strict")
    except UnicodeDecodeError:
        return None
    steps = path.split("/")
    if steps[0] or "\0" in path or any(step in {".", ".."} for step in steps) or "" in steps[1:-1]:
        return None
    return path


def _in_tree(output: Path, path: str, below: str) -> Found:
    try:
        full = (output / below).resolve()
        if not full.is_relative_to(output.resolve()):
            return NOTHING
        if full.is_dir():
            if not path.endswith("/"):
                return Found(location=quote(f"{path}/")) if (full / INDEX).is_file() else NOTHING
            full /= INDEX
        elif path.endswith("/"):
            return NOTHING
        return Found(full) if full.is_file() else NOTHING
    except OSError:  # a name that is too long, a loop of links
        return NOTHING


def type_of(path: Path) -> str:
    """Return the media type of the file *path*."""
    return TYPES.get(os.path.splitext(path.name)[1].lower(), UNKNOWN)
