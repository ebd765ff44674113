"""What tests of the web begin with: a server that has the routes of `desk` beside the real ones."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from interact_api.web.app import TABLE
from tests.support.service import member, page
from tests.support.serving import Browser, Server, serving
from tests.web import desk


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder: Path = tmp_path_factory.mktemp("service")
    with serving(folder, table=(*desk.TABLE, *TABLE)) as made:
        page(made.database, "hello")
        yield made


@pytest.fixture(scope="module")
def ada(server: Server) -> Browser:
    """Return the browser of a user."""
    return server.sign_in(member(server.database, "ada"))


@pytest.fixture
def nobody(server: Server) -> Browser:
    """Return a browser in which nobody is signed in."""
    return server.anonymous()
