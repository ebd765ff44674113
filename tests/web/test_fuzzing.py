"""Whatever is sent, by whomever: the answer is one that the document promises, and never a 500."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from interact_api.web.app import TABLE
from tests.support.service import member, page
from tests.support.serving import Server, serving
from tests.web import desk
from tests.web.fuzzing import PHASES, fuzz

ROLES = ("", "User", "Moderator", "Administrator")
ENOUGH = 2_500  # for each role: 10,000 in all
LONG = pytest.mark.long


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """Return a server with the things that the document's examples name."""
    with serving(tmp_path) as made:
        page(made.database, "hello")
        ada = made.sign_in(member(made.database, "ada"))
        assert ada.post("/pages/hello/comments", {"body": "Well *said*."}).status == 201
        yield made


@pytest.mark.parametrize("role", ROLES)
def test_a_few_requests_of_each_kind_are_answered_as_promised(server: Server, role: str) -> None:
    assert fuzz(server, role, 1, phases=("examples", "fuzzing", "stateful")).faults == []


@pytest.mark.parametrize("paths", ["^/(pages|comments)", pytest.param("^/", marks=LONG)])
def test_the_edges_of_types_are_answered_as_promised(server: Server, paths: str) -> None:
    assert fuzz(server, "User", 1, phases=("coverage",), only=paths).faults == []


@LONG
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("role", ROLES)
def test_thousands_of_requests_are_answered_as_promised(server: Server, role: str) -> None:
    found = fuzz(server, role, 25, phases=PHASES)
    assert {fault.partition("\n")[0] for fault in found.faults} == set()
    assert found.cases >= ENOUGH


def test_a_broken_promise_is_noticed(tmp_path: Path) -> None:
    with serving(tmp_path, table=(*TABLE, *desk.TABLE)) as server:
        found = fuzz(server, "", 3, phases=("examples", "fuzzing"), only="^/err$")
        assert "not_a_server_error" in found.faults[0]
