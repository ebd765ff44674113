"""
Addresses of mail: taken apart once, and compared in one form.

Two addresses are the same if they differ in case only; what stands behind a plus tells them apart.
"""

import re
from typing import NamedTuple

from interact_api.errors import Invalid, invalid

LONGEST = 254
LONGEST_LOCAL = 64
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


class Address(NamedTuple):
    """An address as it is written, and *key*, by which it is compared."""

    shown: str
    key: str

    @property
    def local(self) -> str:
        """Return what stands before the @."""
        return self.key.rpartition("@")[0]


def checked(text: str) -> Address:
    """Return the one address that *text* is, or refuse it."""
    local, at, domain = text.strip(" ").rpartition("@")
    if not at or len(text) > LONGEST or len(local) > LONGEST_LOCAL:
        raise _wrong()
    if not _LOCAL.fullmatch(local):
        raise _wrong()
    found = f"{local}@{_domain(domain)}"
    if len(found) > LONGEST:
        raise _wrong()
    return Address(found, found.lower())


def key_of(text: str) -> str:
    """Return by what *text* would be found; the empty string if it is no address."""
    try:
        return checked(text).key
    except Invalid:
        return ""


def _domain(text: str) -> str:
    """Return a domain in the letters that mail servers know."""
    try:
        name = text.encode("idna").decode() if not text.isascii() else text
    except UnicodeError:
        raise _wrong() from None
    if name != text and name.encode().decode("idna") != text.lower():
        raise invalid("email", "has a domain that reads in two ways; write it as xn--…")
    labels = name.lower().split(".")
    known = len(labels) > 1 and not labels[-1].isdigit()
    if not known or not all(_LABEL.fullmatch(label) for label in labels):
        raise _wrong()
    return ".".join(labels)


def _wrong() -> Invalid:
    return invalid("email", "is no address that mail can be sent to")
