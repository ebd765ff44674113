"""What must never be published: databases, secrets, keys, and what hides behind a dot."""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from streamly_ssg.errors import ContentError, Problem, problem

HEAD = 64  # bytes
SHOWN = 20
# What people read is text of these kinds; whatever else there is shows its first bytes.
HARMLESS = {".html", ".xml", ".json", ".css", ".js", ".svg", ".webp", ".avif", ".woff2"}
NAMES = {
    r"\.(?:db|sqlite3?|sdb|mdb)(?:-wal|-shm|-journal)?$": "is a database",
    r"\.(?:key|pfx|p12|jks|keystore|kdbx?|ppk)$": "is a private key",
    r"(?:^|/)id_(?:rsa|dsa|ecdsa|ed25519)$": "is a private key",
    r"(?:^|/)(?:streamly\.toml|wp-config\.php|credentials|secrets?\.(?:toml|ya?ml|json|env))$": (
        "may hold secrets"
    ),
    r"\.(?:bak|orig|swp|pyc)$|~$": "is a leftover of a program",
    r"\.(?:js|css)\.map$": "is a source map",
}
BEGINNINGS = {
    rb"SQLite format 3\0": "is a database",
    rb"\s*-----BEGIN (?:[A-Z]+ )*PRIVATE KEY": "is a private key",
    rb"PuTTY-User-Key-File": "is a private key",
    rb"\s*\[default\]\s+aws_": "holds secrets",
}
HINT = "take it out of static/ or content/, and build again"


def lint(root: Path, paths: Iterable[str]) -> None:
    """Raise `ContentError` if one of the files *paths* below *root* must not be published."""
    found = [one for path in sorted(paths) for one in _faults(root, path)]
    if found:
        more = len(found) - SHOWN
        text = f"{more} more files must not be published"
        raise ContentError(*found[:SHOWN], *([problem("PUBLISH", text)] if more > 0 else []))


def _faults(root: Path, path: str) -> Iterator[Problem]:
    what = by_name(path) or by_beginning(f"{root}{os.sep}{path}")
    if what:
        yield problem("PUBLISH", f"{what} and must not be published", path=path, hint=HINT)


def by_name(path: str) -> str:
    """Return what is wrong with a file of this name, or an empty string."""
    parts = path.split("/")
    hidden = [part for part in parts if part.startswith(".")]
    if hidden and (hidden != [".well-known"] or parts[0] != ".well-known"):
        return f'is hidden behind the dot of "{hidden[0]}"'
    return next((what for name, what in NAMES.items() if re.search(name, path)), "")


def by_beginning(full: str) -> str:
    """Return what is wrong with the file *full* from how it begins, or an empty string."""
    if os.path.splitext(full)[1] in HARMLESS:
        return ""
    if os.path.islink(full):
        return "is a link"
    try:
        with open(full, "rb", buffering=0) as file:
            head = file.read(HEAD)
    except OSError:
        return ""  # whoever copies it will tell
    return next((what for sign, what in BEGINNINGS.items() if re.match(sign, head)), "")
