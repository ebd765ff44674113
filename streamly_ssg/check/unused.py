"""What nobody needs: files that no page shows, redirects that lead nowhere or never happen."""

import re
from collections.abc import Iterator

from streamly_ssg.errors import Problem, problem
from streamly_ssg.inputs.config import FILE as SETTINGS
from streamly_ssg.pages.routes import CopyRoute, ImageRoute

from .advice import MOVED, UNUSED
from .built import Built

# Only what pages are made of; a PDF may be linked from a letter.
SHOWN = tuple(
    ".png .jpg .jpeg .gif .webp .avif .svg .css .js .mjs .woff .woff2 .ttf .otf"
    " .mp3 .ogg .mp4 .webm .vtt".split()
)
ASKED_FOR = re.compile(r"(^|/)(favicon|apple-touch-icon|mstile|android-chrome)[^/]*$|(^|/)\.")
WRITTEN = (".css", ".js", ".mjs", ".svg", ".webmanifest")
MANY = 1_000_000  # bytes of a file that is worth reading for names
PATTERN = re.compile(r"[*:]")


def unused_files(built: Built) -> Iterator[Problem]:
    """Yield the files of static/ and of bundles that nothing on the site shows or names."""
    candidates = {
        file: route.source
        for file, route in built.routes.items()
        if isinstance(route, CopyRoute)
        and route.source.startswith(("static:", "content:"))
        and file.lower().endswith(SHOWN)
        and not ASKED_FOR.search(file)
    }
    if not candidates:
        return
    variants = {file for file, route in built.routes.items() if isinstance(route, ImageRoute)}
    for file, page in built.pages.items():
        for spot in page.links:
            found = built.links.file_of(file, spot.text)
            candidates.pop(found, None)
            if found in variants:
                candidates = _without(candidates, built.routes[found].source)
    for text in _texts(built) if candidates else ():
        for file in [one for one in candidates if _name(one) in text]:
            del candidates[file]
    for source in candidates.values():
        path, hint = source.replace(":", "/", 1), "take it out, or link to it"
        yield problem(UNUSED, "is not shown by any page", path=path, hint=hint)


def _without(candidates: dict[str, str], source: str) -> dict[str, str]:
    return {file: one for file, one in candidates.items() if one != source}


def _name(file: str) -> bytes:
    return file.rpartition("/")[2].encode()


def _texts(built: Built) -> Iterator[bytes]:
    """Yield what else may name a file; feeds hold no more than pages do."""
    for file in built.routes:
        path = built.site.output / file
        if file.endswith(WRITTEN) and path.stat().st_size < MANY:
            yield path.read_bytes()


def redirect_problems(built: Built) -> Iterator[Problem]:
    """Yield the redirects of the settings that lead nowhere, in circles, or never happen."""
    if not built.redirects:
        return
    text = (built.site.root / SETTINGS).read_text("utf-8-sig")
    for old, new in built.redirects.items():
        if PATTERN.search(old):
            continue
        code, said, hint = _redirect_fault(built, old, new)
        if code:
            line, column = _place(text, old)
            yield problem(code, said, path=SETTINGS, line=line, column=column, hint=hint)


def _redirect_fault(built: Built, old: str, new: str) -> tuple[str, str, str]:
    last = _end_of(built, old, new)
    if not last:
        return "LINK", f'sends "{old}" round in circles', "let it end at a page"
    if built.links.leads_nowhere(last):
        return "LINK", f'sends "{old}" to "{last}", which does not exist', "correct it"
    if last != new:
        return MOVED, f'sends "{old}" to "{new}", which leads on to "{last}"', f'write "{last}"'
    if built.links.has_page(old) and _same(old) != _same(new):
        return UNUSED, f'sends "{old}" elsewhere, where a page is', "take one of the two out"
    return "", "", ""


def _end_of(built: Built, old: str, new: str) -> str:
    """Return where a redirect leads in the end; nowhere if that is where it began."""
    onward = {_same(one): target for one, target in built.redirects.items()}
    del onward[_same(old)]
    seen: set[str] = set()
    while _same(new) in onward and _same(new) not in seen:
        seen.add(_same(new))
        new = onward[_same(new)]
    is_back = _same(new) in seen or (_same(new) == _same(old) and seen)
    return "" if is_back else new


def _same(path: str) -> str:
    """Return *path* without the slash with which it may end."""
    return path.rstrip("/")


def _place(text: str, key: str) -> tuple[int, int]:
    for number, line in enumerate(text.splitlines(), 1):
        at = line.find(f'"{key}"')
        if at >= 0:
            return number, at + 1
    return 1, 1
