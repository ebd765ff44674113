"""What took longest in a build: which documents, which pages, which templates."""

from dataclasses import dataclass, field
from typing import Any

from streamly_ssg.api import Report, Site
from streamly_ssg.engine import key as keys

from . import speech

MOST = 10


@dataclass(slots=True)
class Profile:
    """Seconds by name; those of a template are the sum over its pages."""

    documents: dict[str, float] = field(default_factory=dict)
    images: dict[str, float] = field(default_factory=dict)
    pages: dict[str, float] = field(default_factory=dict)
    templates: dict[str, float] = field(default_factory=dict)
    uses: dict[str, int] = field(default_factory=dict)


def profile(site: Site, report: Report) -> Profile:
    """Return where the time of a build went."""
    found = Profile()
    with site.remembered() as memory:
        for key, seconds in report.task_seconds.items():
            if keys.kind(key) == "doc":
                found.documents[f"content/{keys.name(key)}"] = seconds
            if keys.kind(key) == "picture":
                found.images[keys.name(key).replace(":", "/", 1)] = seconds
            if keys.kind(key) != "file":
                continue
            found.pages[keys.name(key)] = seconds
            node = memory.node(key)
            used = (
                [one for one, _ in node.dependencies if keys.kind(one) == "template"]
                if node
                else []
            )
            if used:
                template = keys.name(used[0])
                found.templates[template] = found.templates.get(template, 0.0) + seconds
                found.uses[template] = found.uses.get(template, 0) + 1
    return found


def tell(found: Profile) -> None:
    """Print the slowest of each sort."""
    _list("slowest documents to parse", found.documents, {})
    _list("slowest images to work on", found.images, {})
    _list("slowest pages to render", found.pages, {})
    _list("templates", found.templates, found.uses)


def plain(found: Profile) -> dict[str, Any]:
    """Return the slowest of each sort as JSON shows them."""
    return {
        "documents": _slowest(found.documents),
        "images": _slowest(found.images),
        "pages": _slowest(found.pages),
        "templates": [
            {"name": name, "seconds": round(seconds, 5), "pages": found.uses[name]}
            for name, seconds in sorted(found.templates.items(), key=_by_seconds)
        ],
    }


def _list(title: str, times: dict[str, float], uses: dict[str, int]) -> None:
    if not times:
        return
    speech.say()
    speech.say(f"{title}:")
    for name, seconds in sorted(times.items(), key=_by_seconds)[:MOST]:
        count = f"  ({speech.counted(uses[name], 'page')})" if name in uses else ""
        speech.say(f"{seconds * 1000:10.1f} ms  {name}{count}")


def _slowest(times: dict[str, float]) -> list[dict[str, Any]]:
    slowest = sorted(times.items(), key=_by_seconds)[:MOST]
    return [{"name": name, "seconds": round(seconds, 5)} for name, seconds in slowest]


def _by_seconds(item: tuple[str, float]) -> tuple[float, str]:
    return -item[1], item[0]
