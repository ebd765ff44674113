"""
Links to other sites: asked politely, and never taken for a reason to stop.

Each host is asked one thing at a time, and several hosts side by side. An answer holds for a day.
Who doesn't answer at all may only be asleep, so that is advice and no problem.
"""

import asyncio
import json
import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from urllib.parse import quote, urljoin, urlsplit

from streamly_ssg.errors import Problem, problem

from .advice import MOVED, UNREACHABLE
from .built import Built, Finding
from .places import NOWHERE

AGENT = "Streamly-check (looks whether links still lead somewhere)"
PATIENCE = 10.0  # seconds
PAUSE = 0.2  # seconds between two questions to one host
HOSTS = 12  # asked side by side
HOPS = 5
DAY = 24 * 60 * 60
ONWARD, WRONG, GONE, BROKEN = 300, 400, 410, 500
MOVED_FOR_GOOD = {301, 308}
MISSING = {404, GONE}
SAFE = "!#$%&'()*+,/:;=?@[]~"


@dataclass(frozen=True, slots=True)
class Answer:
    """What another site said: a status, or 0 and why there is none; where it has moved to."""

    status: int
    why: str = ""
    moved_to: str = ""


@dataclass(frozen=True, slots=True)
class Asking:
    """How to ask; tests are less patient and politer towards themselves."""

    patience: float = PATIENCE
    pause: float = PAUSE


def outside_problems(built: Built, now: float, asking: Asking = Asking()) -> list[Problem]:
    """Return what is wrong with the links that leave the site; *now* is in seconds."""
    links = built.links.outside(built.made())
    answers = asked(links, built.site.store_path.parent / "outside.json", now, asking)
    if answers and not any(one.status for one in answers.values()):
        text = f"no other site can be reached, so {len(links)} links were not looked at"
        return [problem(UNREACHABLE, text, hint="look whether this machine is on the network")]
    findings = []
    for url, (file, spot) in links.items():
        told = fault(url, answers[url])
        if told is not None:
            source = built.sources.get(file)
            place = source.find_link(url) if source else NOWHERE
            findings.append(Finding(file, spot, place, *told))
    return sorted({*built.problems(findings)})


def fault(url: str, answer: Answer) -> tuple[str, str, str] | None:
    """Return what is wrong with a link that was answered so: code, message, hint."""
    if answer.status in MISSING:
        gone = "was taken away for good" if answer.status == GONE else "does not exist there"
        hint = "find its new address, or an archive's copy, or take the link out"
        return "OUTSIDE", f'links to "{url}", which {gone} ({answer.status})', hint
    if not answer.status:
        text = f'links to "{url}", which can\'t be reached: {answer.why}'
        return UNREACHABLE, text, "try again another day"
    if answer.status >= BROKEN:
        text = f'links to "{url}", where something is broken ({answer.status})'
        return UNREACHABLE, text, "try again another day"
    if answer.moved_to:
        return MOVED, f'links to "{url}", which has moved', f'write "{answer.moved_to}"'
    return None


def asked(
    urls: Iterable[str], cache: Path, now: float, asking: Asking = Asking()
) -> dict[str, Answer]:
    """Return what other sites say of *urls*; answers of the last day lie in the file *cache*."""
    wanted = list(urls)
    kept = {
        url: (at, answer)
        for url, (at, answer) in _read(cache).items()
        if 0 <= now - at < DAY and answer.status
    }
    found = asyncio.run(_ask_all([url for url in wanted if url not in kept], asking))
    kept |= {url: (now, answer) for url, answer in found.items() if answer.status}
    _write(cache, kept)
    return {url: found[url] if url in found else kept[url][1] for url in wanted}


async def _ask_all(urls: Iterable[str], asking: Asking) -> dict[str, Answer]:
    """Ask every host for its own addresses, one after the other."""
    by_host: dict[str, list[str]] = {}
    for url in urls:
        by_host.setdefault(urlsplit(url).netloc, []).append(url)
    answers: dict[str, Answer] = {}
    seats = asyncio.Semaphore(HOSTS)

    async def ask_host(own: list[str]) -> None:
        async with seats:
            for number, url in enumerate(own):
                if number:
                    await asyncio.sleep(asking.pause)
                answers[url] = await asyncio.to_thread(ask, url, asking.patience)

    await asyncio.gather(*map(ask_host, by_host.values()))
    return answers


def ask(url: str, patience: float = PATIENCE) -> Answer:
    """Return what the site of *url* says: to HEAD first, to GET if it doesn't like that."""
    here, is_moved = url, True
    for _ in range(HOPS):
        try:
            status, target = _request("HEAD", here, patience)
            if status >= WRONG:
                status, target = _request("GET", here, patience)
        except (OSError, HTTPException, ValueError) as error:
            return Answer(0, str(error) or type(error).__name__)
        if not (ONWARD <= status < WRONG and target):
            return Answer(status, "", here if is_moved and here != url and status < ONWARD else "")
        is_moved = is_moved and status in MOVED_FOR_GOOD
        here = urljoin(here, target)
    return Answer(0, f"it sends readers on more than {HOPS} times")


def _request(method: str, url: str, patience: float) -> tuple[int, str]:
    """Return the status of the answer, and where it leads on to."""
    parts = urlsplit(url)
    kind: Callable[..., HTTPConnection] = (
        HTTPConnection if parts.scheme == "http" else HTTPSConnection
    )
    path = quote(parts.path or "/", SAFE) + (f"?{quote(parts.query, SAFE)}" if parts.query else "")
    with closing(kind(parts.hostname or "", parts.port, timeout=patience)) as connection:
        connection.request(method, path, headers={"User-Agent": AGENT, "Accept": "*/*"})
        answer = connection.getresponse()
        return answer.status, answer.getheader("Location") or ""


def _read(cache: Path) -> dict[str, tuple[float, Answer]]:
    try:
        kept = json.loads(cache.read_bytes())
        return {
            url: (float(at), Answer(int(status), "", to)) for url, (at, status, to) in kept.items()
        }
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _write(cache: Path, kept: Mapping[str, tuple[float, Answer]]) -> None:
    plain = {url: (at, one.status, one.moved_to) for url, (at, one) in kept.items()}
    draft = cache.with_suffix(".draft")
    cache.parent.mkdir(parents=True, exist_ok=True)
    draft.write_text(json.dumps(plain, sort_keys=True), "utf-8")
    os.replace(draft, cache)
