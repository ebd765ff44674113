"""A new process may take over at any moment: the old one finishes what it began, and nobody notices."""

from pathlib import Path

import pytest

from tests.support import history
from tests.support.killing import Crowd, Site
from tests.support.patience import PATIENCE


@pytest.mark.parametrize("restarts", [5, pytest.param(20, marks=pytest.mark.long)])
def test_no_request_fails_while_one_process_takes_over_from_another(
    tmp_path: Path, restarts: int
) -> None:
    site = Site(tmp_path)
    process = site.start()
    crowd = Crowd(site, 1)
    try:
        for _ in range(restarts):
            assert crowd.news.wait(PATIENCE), crowd.mistakes
            other = site.start()
            process.terminate()
            process.join(30)
            assert process.exitcode == 0
            crowd.news.clear()
            process = other
        assert crowd.news.wait(PATIENCE), crowd.mistakes
    finally:
        crowd.leave()
        process.kill()
        process.join()
        site.door.close()
    assert crowd.mistakes == []
    assert crowd.cut == []
    assert history.check(site.database, crowd.told) > restarts


def test_a_process_that_is_killed_is_noticed(tmp_path: Path) -> None:
    site = Site(tmp_path)
    process = site.start()
    crowd = Crowd(site, 2)
    assert crowd.news.wait(PATIENCE), crowd.mistakes
    process.kill()
    process.join()
    process = site.start()
    crowd.leave()
    process.kill()
    process.join()
    site.door.close()
    assert crowd.cut != []
