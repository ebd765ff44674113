"""The command `streamly trending`."""

from pathlib import Path

from interact_api import schema
from interact_api.db import Database
from tests.cli.running import site, streamly
from tests.numbers.writing import like
from tests.support.service import member, page


def test_it_counts_again_and_shows_what_it_found(tmp_path: Path) -> None:
    folder = site(tmp_path)
    path = folder.root / "var" / "streamly.db"
    schema.upgrade(path)
    database = Database(path)
    try:
        like(database, member(database, "ann"), page(database, "a"))
    finally:
        database.close()
    told = streamly(folder, "trending", "day", "--json").json
    assert [one["url"] for one in told["items"]] == ["/posts/a/"]
    assert "popular" in told["changed"]
    assert "/posts/a/  1 like, 0 comments, 0 views" in streamly(folder, "trending").out


def test_a_site_where_nothing_happened_has_nothing_to_show(tmp_path: Path) -> None:
    ran = streamly(site(tmp_path), "trending")
    assert (ran.code, ran.out.strip()) == (0, "nothing yet")
