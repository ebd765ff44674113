"""
Explaining: what the last build remembers of one page, in the order in which it happened.

    why it was made     the first dependency that differed, and why that one had changed
    what it read        every dependency, in the order of the fetches
    who reads it        the files that show something of it

A page can be named by its address, by its file in the output, or by its file in the site.
"""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from .api import Site
from .engine.key import Key, kind, make, name
from .engine.memory import Memory
from .errors import UsageError, did_you_mean, problem
from .inputs.config import FILE as SETTINGS
from .inputs.config import Site as SiteSettings
from .inputs.config import read_settings
from .inputs.files import FOLDERS
from .pages.routes import Place, file_of
from .pages.rules import FILES, RULES
from .pages.urls import prefix_of
from .values import convert

CHANGED = " changed"
MOST_STEPS = 8
# Through these, everything depends on everything: they say which pages there are.
WIDE = {"index", "route", "files", "summary", "listing"}


@dataclass(frozen=True, slots=True)
class Reader:
    """A file of the output that shows something, and through which key it learns of it."""

    file: str
    through: Key


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is remembered of one key; *file* and *source* are empty if there is none."""

    key: Key
    file: str
    url: str
    source: str
    reason: str
    because: tuple[str, ...]
    read: tuple[Key, ...]
    readers: tuple[Reader, ...]


def explain(site: Site, wanted: str, cwd: Path) -> Explanation:
    """Return what the last build remembers of *wanted*, as a person in *cwd* wrote it."""
    with site.remembered() as memory:
        key = _find(site, memory, wanted, cwd)
        return _explained(memory, key)


def _explained(memory: Memory, key: Key) -> Explanation:
    node = memory.node(key)
    file = name(key) if kind(key) == "file" else ""
    source = _source_of(memory, file) if file else _source_of_input(key)
    reason = node.reason if node else ""
    return Explanation(
        key=key,
        file=file,
        url=_url_of(file) if file else "",
        source=source,
        reason=reason,
        because=tuple(_chain(memory, reason)),
        read=tuple(one for one, _ in node.dependencies) if node else (),
        readers=tuple(_readers(memory, key, file, source)),
    )


# Which key a person means


def _find(site: Site, memory: Memory, wanted: str, cwd: Path) -> Key:
    for key in _candidates(site, wanted, cwd):
        if memory.node(key) is None:
            continue
        if kind(key) == "content":
            place = _value(memory, make("place", name(key)))
            return make("file", file_of(place.url)) if isinstance(place, Place) else key
        return key
    hint = did_you_mean(_path_of(site, wanted), map(_url_of, _value(memory, FILES) or ()))
    text = f'the last build made no page "{wanted}" and read no such file'
    raise UsageError(problem("PAGE", text, hint=hint or "see `streamly list routes`"))


def _candidates(site: Site, wanted: str, cwd: Path) -> Iterator[Key]:
    if ":" in wanted:
        yield Key(wanted)
    yield from _keys_of_file(site, cwd / wanted)
    yield from _keys_of_file(site, site.root / wanted)
    path = _path_of(site, wanted)
    yield make("file", file_of(path))
    yield make("file", file_of(path.rstrip("/") + "/"))
    yield make("content", wanted)


def _keys_of_file(site: Site, path: Path) -> Iterator[Key]:
    absolute = os.path.normpath(path)
    if below := _below(absolute, site.output):
        yield make("file", below)
        yield make("file", file_of(f"{below}/"))
    for section, folder in FOLDERS.items():
        if below := _below(absolute, site.root / folder):
            yield make(section, below)


def _below(path: str, folder: Path) -> str:
    """Return where *path* is below *folder*, or an empty string."""
    prefix = f"{folder}{os.sep}"
    return path.removeprefix(prefix) if path.startswith(prefix) else ""


def _path_of(site: Site, wanted: str) -> str:
    """Return the path within the site that an address leads to."""
    parts = urlsplit(wanted)
    path = "/" + unquote(parts.path).lstrip("/")
    section = read_settings(site.root / SETTINGS).get("site", {})
    prefix = prefix_of(convert(section, SiteSettings).base_url)
    return path.removeprefix(prefix) if prefix and path.startswith(f"{prefix}/") else path


# What is remembered


def _value(memory: Memory, key: Key) -> Any:
    data = memory.value(key)
    return None if data is None else RULES[kind(key)].codec.decode(data)


def _source_of(memory: Memory, file: str) -> str:
    """Return the content file from which the file *file* of the output is made, if it is one's."""
    route = _value(memory, make("route", file))
    if getattr(route, "path", ""):
        return f"content/{route.path}"
    return _source_of_input(Key(getattr(route, "source", "") or ":"))


def _source_of_input(key: Key) -> str:
    folder = FOLDERS.get(kind(key))
    return f"{folder}/{name(key)}" if folder else ""


def _url_of(file: str) -> str:
    return "/" + file.removesuffix("index.html")


def _chain(memory: Memory, reason: str) -> Iterator[str]:
    """Yield the reasons behind *reason*: why what changed had been made again."""
    seen: set[Key] = set()
    while reason.endswith(CHANGED) and len(seen) < MOST_STEPS:
        key = Key(reason.removesuffix(CHANGED))
        rule = RULES.get(kind(key))
        if rule is not None and rule.owner is not None:
            key = rule.owner(name(key))
        node = memory.node(key)
        if key in seen or node is None or not node.reason:
            return
        seen.add(key)
        yield f"{key}  {node.reason}"
        reason = node.reason


def _readers(memory: Memory, key: Key, file: str, source: str) -> list[Reader]:
    """Return the files that show something of *key*, except itself."""
    start = [key]
    if source.startswith("content/"):
        path = source.removeprefix("content/")
        start += [make(part, path) for part in ("content", "doc", "card", "body", "place")]
    found: dict[str, Key] = {}
    for reader, through in _spread(memory, start):
        if kind(reader) == "file" and name(reader) != file:
            found.setdefault(name(reader), through)
    return [Reader(path, through) for path, through in sorted(found.items())]


def _spread(memory: Memory, start: Iterable[Key]) -> Iterator[tuple[Key, Key]]:
    """Yield every key that read one of *start*, directly or not, with what it read."""
    pending = list(dict.fromkeys(start))
    seen = set(pending)
    while pending:
        key = pending.pop()
        for reader in _next(memory, key):
            if reader not in seen and kind(reader) not in WIDE:
                seen.add(reader)
                pending.append(reader)
                yield reader, key


def _next(memory: Memory, key: Key) -> Iterator[Key]:
    yield from memory.readers(key)
    yield from (part for part in memory.parts(key) if kind(part) != "head")
