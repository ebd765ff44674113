"""From a request over HTTP to the page: a real service, a real worker, a real site."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.lean import SETTINGS as LEAN
from tests.support.standing import SETTINGS, Standing, standing
from tests.support.worksite import Worksite, worksite


@contextmanager
def stack() -> Iterator[tuple[Standing, Worksite]]:
    """Lend a site whose service and whose worker run."""
    with worksite() as site, standing(site.folder.root, is_prepared=True) as service:
        _, _, rest = SETTINGS.format(port=service.port).partition("[service]")
        lean = LEAN.replace("https://example.org", f"http://127.0.0.1:{service.port}")
        site.folder.write("streamly.toml", f"{lean}[service]{rest}")
        service.start()
        site.start()
        site.settle()
        yield service, site


def test_a_like_over_http_is_on_the_page_within_two_seconds() -> None:
    with stack() as (service, site):
        headers = {"authorization": f"Bearer {service.sign_in()}"}
        answer = service.ask("PUT", "/pages/posts.a/like", headers=headers)
        assert answer.status == 200, answer
        site.wait(lambda: site.likes("a") == 1)
        answer = service.ask("DELETE", "/pages/posts.a/like", headers=headers)
        assert answer.status == 200, answer
        site.wait(lambda: site.likes("a") == 0)
        site.settle()
        site.check()


def test_a_new_page_is_known_to_the_service_soon() -> None:
    with stack() as (service, site):
        headers = {"authorization": f"Bearer {service.sign_in()}"}
        site.folder.write("content/posts/new.md", "---\ntitle: New\ndate: 2026-02-01\n---\nText\n")
        site.wait(lambda: site.likes("new") == 0)
        site.wait(lambda: service.ask("GET", "/pages/posts.new").status == 200)
        assert service.ask("PUT", "/pages/posts.new/like", headers=headers).status == 200
        site.wait(lambda: site.likes("new") == 1)


def test_the_service_goes_on_when_the_worker_is_killed() -> None:
    with stack() as (service, site):
        headers = {"authorization": f"Bearer {service.sign_in()}"}
        site.end()
        for where in "abc":
            path = f"/pages/posts.{where}/like"
            assert service.ask("PUT", path, headers=headers).status == 200
        site.start()
        site.settle()
        assert [site.likes(where) for where in "abc"] == [1, 1, 1]
        site.check()
