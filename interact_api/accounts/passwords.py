"""
Passwords: which ones are too easy, and how they are kept. The only door to argon2.

Any characters count, as they were typed (in Unicode's composed form). What can be guessed in the
first few thousand tries is refused; nothing else is prescribed. Hashing takes 20 ms of a core and
19 MiB, so two threads do it and a bounded number may wait; processes of one service divide both.
"""

import asyncio
import unicodedata
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple, TypeVar

import argon2

from interact_api.errors import Unavailable, invalid

T = TypeVar("T")

SHORTEST, LONGEST = 10, 256
OWN = 8  # characters that the person's name and address don't explain
SURPRISING = 6  # characters that don't follow from those before them
DIFFERENT = 5
WORD = 3  # shorter words explain nothing
AFFIX = 6  # what people add to a common word to get past a rule
THREADS, WAITING = 2, 64
KEYBOARD = (
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qwertzuiop",
    "yxcvbnm",
    "azertyuiop",
    "1qaz2wsx3edc",
)
_LEET = str.maketrans("0134578@$!", "oleastbasi")


def normal(password: str) -> str:
    """Return *password* in the one form in which it counts."""
    return unicodedata.normalize("NFC", password)


def _bytes(password: str) -> bytes:
    return normal(password).encode("utf-8", "surrogatepass")


def must_be_good(password: str, words: Iterable[str] = (), shortest: int = SHORTEST) -> None:
    """Refuse a password that is easy to guess; *words* are what is known of the person."""
    text = normal(password)
    if not shortest <= len(text) <= LONGEST:
        raise invalid("password", f"takes {shortest} to {LONGEST} characters")
    if any(unicodedata.category(mark) == "Cs" for mark in text):
        raise invalid("password", "holds half a character")
    if is_common(text):
        raise invalid("password", "is one of those that are tried first")
    if is_pattern(text):
        raise invalid("password", "repeats itself, or follows the alphabet or the keyboard")
    if len(_without(text.casefold(), words)) < OWN:
        raise invalid("password", "is little more than a name or an address that others know")


def words_of(*texts: str) -> set[str]:
    """Return what *texts*, names and addresses, would give away: each as a whole and in parts."""
    return {part for text in texts for part in (text, *text.replace("@", " ").split())}


def is_common(password: str) -> bool:
    """Tell whether *password* is a common one, or a common word with a few marks around it."""
    for text in {password.lower(), password.lower().translate(_LEET)}:
        bare = text.strip("0123456789!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~ ")
        half = text[: len(text) // 2]
        if text in _common() or (bare in _common() and len(text) - len(bare) <= AFFIX):
            return True
        if half in _common() and text == half * 2:
            return True
    return False


def is_pattern(password: str) -> bool:
    """Tell whether most of *password* follows from what stands before it."""
    text = password.lower()
    if len(set(text)) < DIFFERENT:
        return True
    if any(text[size:] == text[:-size] for size in range(1, len(text) // 3 + 1)):
        return True
    surprising = 2
    for first, second, third in zip(text, text[1:], text[2:], strict=False):
        surprising += not (_goes_on(first, second, third) or f"{first}{second}{third}" in _rows())
    return surprising < SURPRISING


def _goes_on(first: str, second: str, third: str) -> bool:
    step = ord(second) - ord(first)
    return abs(step) <= 1 and ord(third) - ord(second) == step


@lru_cache(maxsize=1)
def _rows() -> frozenset[str]:
    """Return every three keys in a row, both ways."""
    rows = [way for row in (*KEYBOARD, "7890") for way in (row, row[::-1])] + ["901", "109"]
    return frozenset(row[at : at + 3] for row in rows for at in range(len(row) - 2))


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    text = files(__package__).joinpath("common_passwords.txt").read_text("ascii")
    return frozenset(line for line in text.splitlines() if not line.startswith("#"))


def _without(text: str, words: Iterable[str]) -> str:
    """Return *text* without the words that are known of the person, longest first."""
    for word in sorted({one.casefold() for one in words}, key=lambda one: (-len(one), one)):
        if len(word) >= WORD:
            text = text.replace(word, "")
    return text


class Verdict(NamedTuple):
    """Whether it was the right password; *stale* says that its hash should be made anew."""

    is_right: bool
    is_stale: bool = False


class Hasher:
    """
    Threads that hash, and a queue in front of them.

    Args:
        memory: KiB that a hash takes.
        time: how often it goes through them.
        waiting: how many may wait.
        share: how many processes divide threads and queue.
    """

    def __init__(
        self, memory: int = 19_456, time: int = 2, waiting: int = WAITING, share: int = 1
    ) -> None:
        self._argon = argon2.PasswordHasher(time_cost=time, memory_cost=memory, parallelism=1)
        threads = max(1, THREADS // share)
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="hasher")
        self._most = threads + max(1, waiting // share)
        self._busy = 0
        # Somebody who isn't there costs what somebody who is there does.
        self._nobody = self._argon.hash("somebody who isn't there")

    def hash_now(self, password: str) -> str:
        """Return what is kept of *password*; for commands, which can wait."""
        return self._argon.hash(_bytes(password))

    async def hash(self, password: str) -> str:
        """Return what is kept of *password*."""
        return await self._run(lambda: self.hash_now(password))

    async def verify(self, kept: str | None, password: str) -> Verdict:
        """Tell whether *password* is the one that *kept* was made of; None takes as long."""
        return await self._run(lambda: self._verify_now(kept, password))

    def must_have_room(self) -> None:
        """Refuse if too many are waiting already."""
        if self._busy >= self._most:
            raise Unavailable("Too many are signing in. Try again soon.", retry_after=2)

    def close(self) -> None:
        """Let go of the threads."""
        self._pool.shutdown(cancel_futures=True)

    def _verify_now(self, kept: str | None, password: str) -> Verdict:
        try:
            self._argon.verify(kept or self._nobody, _bytes(password))
        except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
            return Verdict(is_right=False)
        return Verdict(bool(kept), bool(kept) and self._argon.check_needs_rehash(str(kept)))

    async def _run(self, act: Callable[[], T]) -> T:
        self.must_have_room()
        self._busy += 1
        future = self._pool.submit(act)
        future.add_done_callback(lambda _: self._release())
        return await asyncio.wrap_future(future)

    def _release(self) -> None:
        self._busy -= 1
