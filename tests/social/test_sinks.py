"""
What strangers write through every door, and everything that shows it: nothing of it runs.

Each payload goes through HTTP into a comment, a mention, a name, a profile, a link, a report and a
letter to the operator. What comes out (threads as JSON, facts, mail, built pages) is judged beside
what came of the same acts with harmless words.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pytest

from interact_api import facts, values
from interact_api.db import Database
from interact_api.notices import letterhead
from interact_api.notices.letterhead import Brand
from interact_api.settings import Comments, Mail, Moderation
from tests.cli.running import site, streamly
from tests.support.harmless import faults, skeletons
from tests.support.service import member, page
from tests.support.serving import Browser, Server, serving

from .test_xss import OWN, payloads

PAGE = "posts.first"
SAMPLE = 20
BRAND = Brand("A site", "http://example.org", b"s" * 32)
LETTERS = "SELECT template, context FROM outbox WHERE template IN ('reported', 'contact')"


class Written(NamedTuple):
    """What somebody has written wherever they may, and what was taken of it."""

    payload: str
    name: str
    accepted: frozenset[str]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    rules = Moderation(first_comments=0, links=0, reports=0)
    limits = Comments(links=1_000, mentions=100)
    mail = Mail(backend="file", operator="op@example.org")
    folder = tmp_path_factory.mktemp("service")
    with serving(folder, moderation=rules, comments=limits, mail=mail) as running:
        page(running.database, PAGE)
        member(running.database, "mod", "Moderator")
        yield running


@pytest.fixture(scope="module")
def written(server: Server) -> list[Written]:
    """Return what came of every payload; the last one is harmless."""
    known = [one for one in payloads() if one.strip() and "\0" not in one]
    chosen = [*OWN, *Random(5).sample(known, SAMPLE), "harmless"]
    reader = server.sign_in(member(server.database, "reader"))
    return [write_all(server, reader, number, one) for number, one in enumerate(chosen)]


@pytest.fixture(scope="module")
def harmless(
    server: Server, written: list[Written], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """Return the pages as they are when nobody wrote anything but harmless words."""
    assert written
    return pages_of(tmp_path_factory.mktemp("harmless"), harmless_facts(facts_of(server.database)))


def write_all(server: Server, reader: Browser, number: int, payload: str) -> Written:
    """Write *payload* through every door."""
    name = f"p{number:03}"
    browser = server.sign_in(member(server.database, name))
    line = " ".join(payload.split())
    changes: dict[str, dict[str, Any]] = {
        "display": {"display": line[:50]},
        "bio": {"bio": line[:500]},
        "location": {"location": line[:100]},
        "website": {"website": line[:200]},
        "label": {"links": [{"label": line[:30], "url": "https://a.b/"}]},
        "link": {"links": [{"label": "x", "url": line[:200]}]},
    }
    taken = {door for door, sent in changes.items() if browser.patch("/me", sent).status == 200}
    for door, body in {"comment": payload, "mention": f"@reader {payload} @{name}"}.items():
        reply = browser.post(f"/pages/{PAGE}/comments", {"body": body})
        if reply.status == 201:
            taken.add(door)
            told = {"reason": "other", "text": payload[:1000]}
            reader.post(f"/comments/{reply.json['id']}/report", told)
    letter = {"name": line[:100], "email": "a@b.cd", "message": f"{payload} 0123456789"[:5000]}
    if server.anonymous().post("/contact", letter).status == 204:
        taken.add("contact")
    return Written(payload, name, frozenset(taken))


def facts_of(db: Database) -> list[dict[str, Any]]:
    return [
        {"key": one.key, "seq": one.seq, "value": values.value(db.reader, one.key)}
        for one in facts.since(db.reader, 0, 100_000)
    ]


def pages_of(folder: Path, found: list[dict[str, Any]]) -> dict[str, str]:
    """Return the pages that are built from facts."""
    made = site(folder)
    made.write("facts.ndjson", "".join(json.dumps(one | {"digest": ""}) + "\n" for one in found))
    ran = streamly(made, "build", "--facts", "facts.ndjson")
    assert ran.code == 0, ran.err
    public = made.root / "public"
    return {str(one.relative_to(public)): one.read_text() for one in public.rglob("*.html")}


def harmless_facts(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the same facts with harmless words instead of what people wrote."""
    plain: list[dict[str, Any]] = json.loads(json.dumps(found))
    for fact in plain:
        value = fact["value"]
        if fact["key"].startswith("profile/"):
            words = {field: "words" for field in ("name", "bio", "location") if value[field]}
            link = {"website": "https://a.b/"} if value["website"] else {}
            value.update(words | link)
        if fact["key"].startswith("comments/"):
            for one in value["items"]:
                one.update(name=one["name"] and "words")
    return plain


def test_every_door_took_much_of_it(written: list[Written]) -> None:
    for door in ("display", "bio", "location", "label", "comment", "mention", "contact"):
        assert sum(door in one.accepted for one in written) > len(written) / 2, door


def test_no_link_of_a_profile_leads_to_what_runs(server: Server, written: list[Written]) -> None:
    taken = [one for one in written if {"website", "link"} & one.accepted]
    for one in taken:
        told = server.anonymous().get(f"/users/{one.name}").json
        for url in [told["website"], *(link["url"] for link in told["links"])]:
            shown = f'<a href="{url}" rel="nofollow ugc noopener noreferrer">x</a>'
            assert not url or faults(shown) == [], one.payload


@pytest.mark.usefixtures("written")
def test_threads_hold_nothing_that_runs(server: Server) -> None:
    cursor: str | None = ""
    while cursor is not None:
        reply = server.anonymous().get(f"/pages/{PAGE}/comments?limit=100&cursor={cursor}")
        assert reply.headers["content-type"] == "application/json"
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert [
            (one["id"], wrong) for one in reply.json["items"] if (wrong := faults(one["html"]))
        ] == []
        cursor = reply.json["next"]


@pytest.mark.usefixtures("written")
def test_facts_hold_nothing_that_runs(server: Server) -> None:
    (thread,) = [one for one in facts_of(server.database) if one["key"] == f"comments/{PAGE}"]
    assert len(thread["value"]["items"]) > len(OWN)
    assert [one["id"] for one in thread["value"]["items"] if faults(one["html"])] == []


@pytest.mark.usefixtures("written")
def test_letters_hold_nothing_that_runs(server: Server) -> None:
    rows = server.database.reader.all(lambda *row: row, LETTERS)
    drawn = [(kind, letterhead.render(kind, json.loads(text), BRAND).html) for kind, text in rows]
    for kind in ("reported", "contact"):
        last = skeletons([html for one, html in drawn if one == kind][-1])
        different = [html for one, html in drawn if one == kind and skeletons(html) != last]
        assert different == [], kind


def test_built_pages_hold_nothing_that_runs(
    server: Server, written: list[Written], harmless: dict[str, str], tmp_path: Path
) -> None:
    hostile = pages_of(tmp_path, facts_of(server.database))
    shown = {f"users/{one.name}/index.html" for one in written if "display" in one.accepted}
    assert shown < hostile.keys() == harmless.keys()
    different = [
        path for path, html in hostile.items() if skeletons(html) != skeletons(harmless[path])
    ]
    assert different == []


def test_what_goes_past_the_sanitiser_is_found(
    server: Server, harmless: dict[str, str], tmp_path: Path
) -> None:
    """The control: the same judges, and a comment that is told as it was written."""
    found = facts_of(server.database)
    (thread,) = [one for one in found if one["key"] == f"comments/{PAGE}"]
    thread["value"]["items"][0]["html"] = OWN[0]
    post = "posts/first/index.html"
    hostile = skeletons(pages_of(tmp_path, found)[post])
    judged = zip(hostile, skeletons(harmless[post]), strict=True)
    assert [one != other for one, other in judged] == [True, True, True]
    assert faults(OWN[0]) != []
