"""What the service tells of itself: alive, ready, its version, its numbers."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from interact_api import facts
from interact_api.web import metrics
from interact_api.web.app import TABLE
from tests.support.service import member, page
from tests.support.serving import Server, serving


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("health")) as made:
        page(made.database, "hello")
        yield made


def samples(server: Server) -> dict[str, list[Sample]]:
    """Return what a collector reads, by the names of the samples."""
    reply = server.program().get("/metrics")
    assert reply.headers["content-type"] == metrics.MEDIA
    found: dict[str, list[Sample]] = {}
    for family in text_string_to_metric_families(reply.body.decode()):
        assert family.documentation
        for sample in family.samples:
            found.setdefault(sample.name, []).append(sample)
    return found


def value(server: Server, name: str, **labels: str) -> float:
    """Return the sum of the samples that have *labels*."""
    found = samples(server).get(f"streamly_{name}", [])
    return sum(one.value for one in found if labels.items() <= one.labels.items())


def test_it_is_alive_and_ready(server: Server) -> None:
    nobody = server.anonymous()
    assert nobody.get("/health").json == {"status": "ok"}
    assert nobody.get("/ready").json == {
        "status": "ok",
        "facts": facts.last(server.database.reader),
    }
    assert nobody.get("/version").json["api"] == "v1"


def test_it_isnt_ready_when_the_disk_has_failed(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        server.database.failed.set()
        reply = server.anonymous().get("/ready")
        assert (reply.status, reply.code) == (503, "UNAVAILABLE")
        assert reply.headers["retry-after"] == "5"
        assert server.anonymous().get("/health").status == 200


def test_requests_are_counted_by_route_and_status(server: Server) -> None:
    labels = {"route": "GET /pages/{page}", "status": "404"}
    before = value(server, "requests_total", **labels)
    for _ in range(3):
        assert server.anonymous().get("/pages/not-there").status == 404
    assert value(server, "requests_total", **labels) == before + 3


def test_what_isnt_a_route_is_one_label(server: Server) -> None:
    for number in range(3):
        server.anonymous().get(f"/nothing/{number}")
    routes = {one.labels["route"] for one in samples(server)["streamly_requests_total"]}
    assert routes <= {"none"} | {route.name for route in TABLE}


def test_how_long_requests_take_is_a_histogram_by_class(server: Server) -> None:
    server.anonymous().get("/version")
    buckets = [
        one
        for one in samples(server)["streamly_request_duration_seconds_bucket"]
        if one.labels["class"] == "read"
    ]
    counts = [one.value for one in buckets]
    assert counts == sorted(counts)
    assert buckets[-1].labels["le"] == "+Inf"
    assert counts[-1] <= value(server, "request_duration_seconds_count", **{"class": "read"})
    assert value(server, "request_duration_seconds_sum", **{"class": "read"}) > 0


def test_what_waits_is_told(server: Server) -> None:
    ada = server.sign_in(member(server.database, "ada"))
    sessions = value(server, "sessions")
    groups = value(server, "write_group_size_count")
    assert ada.put("/pages/hello/like").status == 200
    assert value(server, "write_group_size_count") > groups
    assert value(server, "write_group_size_sum") >= value(server, "write_group_size_count")
    assert sessions == 1
    assert value(server, "facts") == facts.last(server.database.reader)
    waiting = ("letters_waiting", "letters_dead", "views_waiting", "writes_waiting")
    assert [value(server, name) for name in waiting] == [0, 0, 0, 0]


def test_only_those_whom_the_settings_name_may_read_the_numbers(tmp_path: Path) -> None:
    with serving(tmp_path, metrics=("192.0.2.0/24",)) as server:
        assert server.anonymous().get("/metrics").status == 401
        assert server.sign_in(member(server.database, "ada")).get("/metrics").status == 403
        grace = server.sign_in(member(server.database, "grace", "Moderator"))
        assert grace.get("/metrics").status == 200


def test_whoever_comes_through_a_proxy_isnt_on_this_machine(server: Server) -> None:
    assert server.program().get("/metrics", x_forwarded_for="127.0.0.1").status == 401
