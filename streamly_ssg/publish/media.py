"""What to tell caches and browsers about a file: its type, how long it holds, its names."""

import os
from urllib.parse import quote

from .plan import is_fingerprinted

UNKNOWN = "application/octet-stream"
TEXT = "; charset=utf-8"
TYPES = {
    ".avif": "image/avif",
    ".css": "text/css" + TEXT,
    ".csv": "text/csv" + TEXT,
    ".gif": "image/gif",
    ".html": "text/html" + TEXT,
    ".ico": "image/x-icon",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".js": "text/javascript" + TEXT,
    ".json": "application/json",
    ".mjs": "text/javascript" + TEXT,
    ".mp3": "audio/mpeg",
    ".mp4": "video/mp4",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
    ".txt": "text/plain" + TEXT,
    ".wasm": "application/wasm",
    ".webm": "video/webm",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".xml": "application/xml",
    ".zip": "application/zip",
}
FEEDS = {"feed.xml": "application/rss+xml", "atom.xml": "application/atom+xml"}
FEEDS |= {"feed.json": "application/feed+json"}
FOR_EVER = "public, max-age=31536000, immutable"
FOR_A_MINUTE = "public, max-age=60, must-revalidate"  # what a cache shows that missed a purge
EVERYTHING = "all"


def content_type(path: str) -> str:
    """Return the type of the file *path*."""
    name = os.path.basename(path)
    return FEEDS.get(name) or TYPES.get(os.path.splitext(name)[1].lower(), UNKNOWN)


def cache_control(path: str) -> str:
    """Return how long the file *path* may be kept."""
    return FOR_EVER if is_fingerprinted(path) else FOR_A_MINUTE


def surrogate_key(path: str) -> str:
    """Return the name by which a cache is told to forget *path*: its address."""
    name = path.removesuffix("index.html") if os.path.basename(path) == "index.html" else path
    return quote(f"/{name}", safe="/:@!$'()*+,;=~")


def surrogate_keys(path: str) -> str:
    """Return the header ``Surrogate-Key`` of *path*: everything, and its own."""
    return f"{EVERYTHING} {surrogate_key(path)}"
