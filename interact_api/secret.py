"""The one secret of a site, from which every signature is made: where it is kept, what is weak."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

KEPT = Path("var/secret")
LENGTH = 32  # bytes
VARIETY = 12  # different bytes, fewer than any 32 random letters are likely to have
HINT = "`python -c 'import secrets; print(secrets.token_urlsafe(48))'` makes one"
EXAMPLES = ("change", "secret", "password", "example", "default", "streamly")
OTHERS_MAY = 0o077


def weakness(secret: bytes) -> str:
    """Return what is wrong with *secret*, or an empty string."""
    if not secret:
        return "is missing"
    if len(secret) < LENGTH:
        return f"has {len(secret)} bytes, fewer than {LENGTH}"
    if len(set(secret)) < VARIETY or any(word.encode() in secret.lower() for word in EXAMPLES):
        return "can be guessed"
    return ""


def kept(path: Path, *, strict: bool) -> tuple[bytes, str]:
    """Return the secret in the file at *path*, and what is wrong; *strict*: only we may read it."""
    try:
        found = path.read_bytes().strip()
        if strict and path.stat().st_mode & OTHERS_MAY:
            return found, "others may read the secret: chmod 600"
    except FileNotFoundError:
        return b"", ""
    except OSError as error:
        return b"", f"the secret can't be read: {error.strerror}"
    return found, ""


def kept_or_made(path: Path) -> bytes:
    """Return the secret in the file at *path*; make both if there is none."""
    with suppress(FileNotFoundError):
        return path.read_bytes().strip()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_urlsafe(48).encode() + b"\n")
        os.fsync(descriptor)
    # A link fails if another process was faster, and nobody ever sees half a secret.
    with suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
    return path.read_bytes().strip()
