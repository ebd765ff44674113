"""
Profiles: what people show of themselves, and what they would rather not.

Everything is plain text; links are addresses of the web and nothing else.
"""

import json
import unicodedata
from typing import NamedTuple
from urllib.parse import urlsplit

from interact_api import facts
from interact_api.db import Tx
from interact_api.errors import Fault, Invalid

from . import names, subscriptions
from .actor import Actor
from .users import Link, User

LENGTHS = {"display": 50, "bio": 500, "location": 100}
LINE = frozenset({"display", "location"})
LABEL, URL, LINKS = 30, 200, 5
SETTINGS = ("hide_last_seen", "hide_likes", *subscriptions.SETTINGS.values())
MINUTE = 60_000
ONLINE = 5 * MINUTE
# Marks that turn the text around them, or hide in it.
_TRICKS = frozenset(
    "\u200b\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
)


class Changes(NamedTuple):
    """What somebody wants to change; None leaves it."""

    display: str | None = None
    bio: str | None = None
    location: str | None = None
    website: str | None = None
    links: tuple[Link, ...] | None = None
    settings: dict[str, bool] | None = None


def edit(tx: Tx, actor: Actor, changes: Changes) -> None:
    """Change the actor's own profile, all or nothing."""
    texts = {name: text.strip() for name in LENGTHS if (text := getattr(changes, name)) is not None}
    faults = [fault for name, text in texts.items() for fault in _faults(name, text)]
    if changes.website is not None:
        texts["website"] = changes.website.strip(" ")
        faults += _faults_of_url("website", texts["website"]) if texts["website"] else []
    faults += _faults_of_links(changes.links or ())
    faults += [
        Fault("settings", f'there is no "{name}"')
        for name in changes.settings or ()
        if name not in SETTINGS
    ]
    if faults:
        raise Invalid(*faults)
    _save(tx, actor, texts, changes)


def last_seen(user: User, *, by_somebody: bool) -> int | None:
    """Return when *user* was here last; only those who are signed in are told, if at all."""
    hidden = user.settings.get("hide_last_seen", False)
    return user.seen_at if by_somebody and not hidden else None


def is_online(user: User, now: int, *, by_somebody: bool) -> bool:
    """Tell whether *user* was here in the last minutes, to whoever may know."""
    seen = last_seen(user, by_somebody=by_somebody)
    return seen is not None and now - seen < ONLINE


def _save(tx: Tx, actor: Actor, texts: dict[str, str], changes: Changes) -> None:
    values = dict(texts)
    if changes.links is not None:
        values["links"] = json.dumps(changes.links, ensure_ascii=False)
    if changes.settings is not None:
        values["settings"] = json.dumps(_settings(tx, actor) | changes.settings)
    if not values:
        return
    columns = ", ".join(f"{name} = :{name}" for name in values)
    tx.run(f"UPDATE users SET {columns} WHERE id = :id", id=actor.id, **values)  # noqa: S608
    facts.touch(tx, f"profile/{actor.name}")
    if "display" in texts:
        names.touch_pages(tx, actor.id)


def _settings(tx: Tx, actor: Actor) -> dict[str, bool]:
    text = tx.value("SELECT settings FROM users WHERE id = :id", id=actor.id)
    known: dict[str, bool] = json.loads(text)
    return known


def _faults(name: str, text: str) -> list[Fault]:
    if len(text) > LENGTHS[name]:
        return [Fault(name, f"takes at most {LENGTHS[name]} characters")]
    allowed = "" if name in LINE else "\n"
    if any(_is_trick(mark) for mark in text if mark not in allowed):
        return [Fault(name, "holds a character that can't be seen")]
    return []


def _is_trick(mark: str) -> bool:
    return mark in _TRICKS or unicodedata.category(mark) in {"Cc", "Cs", "Co", "Cn"}


def _faults_of_links(links: tuple[Link, ...]) -> list[Fault]:
    if len(links) > LINKS:
        return [Fault("links", f"are at most {LINKS}")]
    faults = []
    for number, link in enumerate(links):
        if not 1 <= len(link.label.strip()) <= LABEL or any(map(_is_trick, link.label)):
            faults.append(Fault(f"links[{number}].label", f"takes 1 to {LABEL} characters"))
        faults += _faults_of_url(f"links[{number}].url", link.url)
    return faults


def _faults_of_url(field: str, text: str) -> list[Fault]:
    wrong = [Fault(field, "is an address that begins with https:// or http://")]
    if len(text) > URL or not text.isprintable() or any(mark in ' "<>\\^`{|}' for mark in text):
        return wrong
    try:
        parts = urlsplit(text)
        known = (
            parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc
        )
        _ = parts.port
    except ValueError:
        return wrong
    return [] if known else wrong
