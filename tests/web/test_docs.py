"""The docs page: whole, without anything from elsewhere, and its examples work."""

import ast
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import html5lib
import pytest

import interact_api
from interact_api.web import docs
from interact_api.web.app import TABLE
from interact_api.web.codes import CODES
from interact_api.web.openapi import operation_id
from interact_api.web.problems import STATUSES, status_of
from interact_api.web.routing import PREFIX
from tests.support.service import page
from tests.support.serving import Browser, Reply, Server, serving
from tests.web.joined import joined

EXAMPLE = re.compile(r'<pre class="example" data-status="(\d+)">(.*?)</pre>', re.DOTALL)


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(tmp_path_factory.mktemp("docs"), title="Ada & <Co>") as server:
        yield server.anonymous().get("/docs").body.decode()


def test_its_examples_work(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        joined(server, "ada", password="correct horse battery staple")
        page(server.database, "hello")
        text = server.anonymous().get("/docs").body.decode()
        examples = [(int(status), unescape(sent)) for status, sent in EXAMPLE.findall(text)]
        assert len(examples) == len(docs.EXAMPLES)
        token = ""
        for status, sent in examples:
            reply = ask(server, sent.replace("TOKEN", token))
            assert (sent, reply.status) == (sent, status)
            if "/auth/token" in sent:
                token = reply.json["access_token"]


def ask(server: Server, example: str) -> Reply:
    """Send what an example shows."""
    head, _, body = example.partition("\n\n")
    first, *lines = head.split("\n")
    method, path = first.split(" ")
    headers = dict(line.split(": ", 1) for line in lines)
    return server.program().send(method, path.removeprefix(PREFIX), body.encode(), headers)


def test_it_shows_every_route_once(shown: str) -> None:
    for route in TABLE:
        assert shown.count(f'<details id="{operation_id(route)}">') == 1


def test_it_explains_every_code_that_a_problem_may_link_to(shown: str) -> None:
    assert set(re.findall(r'<tr id="([A-Z_]+)">', shown)) == set(CODES)


def test_every_code_in_the_service_is_explained_with_its_status() -> None:
    used = {kind.code: status for kind, status in STATUSES.items()} | dict(_raised())
    del used["ADDRESS"]  # of a command that can't listen
    assert {code: status for code, (status, _) in CODES.items()} == used


def _raised() -> Iterator[tuple[str, int]]:
    """Return the codes that refusals are made with anywhere, and their statuses."""
    kinds = {kind.__name__: kind for kind in STATUSES}
    for path in Path(interact_api.__file__).parent.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
                continue
            given = [one.value for one in call.keywords if one.arg == "code"]
            if call.func.id in kinds and given and isinstance(given[0], ast.Constant):
                yield str(given[0].value), status_of(kinds[call.func.id])


def test_every_link_leads_somewhere(shown: str) -> None:
    there = set(re.findall(r'href="#([^"]+)"', shown))
    assert there <= set(re.findall(r'id="([^"]+)"', shown))


def test_it_is_html_as_it_should_be(shown: str) -> None:
    html5lib.HTMLParser(strict=True).parse(shown)
    ids = re.findall(r' id="([^"]+)"', shown)
    assert len(ids) == len(set(ids))


def test_it_loads_nothing(shown: str) -> None:
    assert not re.search(
        r"<(script|img|link|iframe|object)\b|\b(src|srcset|style)=|url\(|@import", shown
    )


def test_a_title_is_text(shown: str) -> None:
    assert "<h1>Ada &amp; &lt;Co&gt;: API</h1>" in shown


def test_its_policy_is_made_for_its_own_style(nobody: Browser) -> None:
    policy = nobody.get("/docs").headers["content-security-policy"]
    assert policy == docs.policy()
    assert "unsafe" not in policy
