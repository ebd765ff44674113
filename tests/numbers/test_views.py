"""Views: who counts, what is kept of them, and what a crash may cost."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from interact_api import facts
from interact_api.db import Database
from interact_api.errors import Unavailable
from interact_api.numbers import views
from interact_api.numbers.views import DAY, Views, Visit
from tests.support.service import Clock, database, member, page

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


class Salts:
    """Salts that a test can tell apart."""

    def __init__(self) -> None:
        self.made = 0

    def __call__(self) -> bytes:
        self.made += 1
        return bytes([self.made]) * 32


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def db(tmp_path: Path, clock: Clock) -> Iterator[Database]:
    with database(tmp_path, clock) as made:
        page(made, "a")
        yield made


def visit(number: int = 1, name: str = "a") -> Visit:
    return Visit(name, f"10.0.{number}.0/24", "Firefox on Linux", FIREFOX)


def flush(counted: Views) -> int:
    return asyncio.run(counted.flush())


def numbers(db: Database, name: str = "a") -> tuple[int, int]:
    found = db.reader.one(
        lambda *row: row, "SELECT views, visitors FROM pages WHERE id = :name", name=name
    )
    assert found is not None
    return found


def digests(db: Database) -> int:
    return int(db.reader.value("SELECT count(*) FROM view_days"))


@pytest.mark.parametrize(
    ("count", "shown"),
    [(0, 0), (7, 7), (99, 99), (100, 100), (109, 100), (1234, 1200), (99_999, 99_000)],
)
def test_two_digits_are_shown_and_never_too_many(count: int, shown: int) -> None:
    assert views.rounded(count) == shown


def test_rounding_grows_and_is_stable() -> None:
    shown = [views.rounded(count) for count in range(100_000)]
    assert shown == sorted(shown)
    assert all(views.rounded(one) == one for one in shown)


def test_views_wait_in_memory_until_they_are_saved(db: Database) -> None:
    counted = Views(db, Salts())
    counted.add(visit())
    assert (len(counted), numbers(db)) == (1, (0, 0))
    assert flush(counted) == 1
    assert (len(counted), numbers(db)) == (0, (1, 1))


def test_a_reload_counts_once(db: Database, clock: Clock) -> None:
    counted = Views(db, Salts())
    assert [counted.add(visit()) for _ in range(3)] == [True, False, False]
    clock.pass_by(seconds=1700)
    assert not counted.add(visit())
    clock.pass_by(seconds=200)
    assert counted.add(visit())


def test_somebody_who_comes_back_is_another_view_and_the_same_visitor(
    db: Database, clock: Clock
) -> None:
    counted = Views(db, Salts())
    for _ in range(3):
        counted.add(visit())
        clock.pass_by(seconds=3700)
    flush(counted)
    seen, visitors = numbers(db)
    assert seen > 1
    assert visitors == 1


def test_changing_the_browsers_name_makes_no_visitor(db: Database) -> None:
    counted = Views(db, Salts())
    for number in range(50):
        counted.add(visit()._replace(browser=f"{FIREFOX} {number}"))
    flush(counted)
    assert numbers(db) == (50, 1)


def test_a_visitor_of_two_batches_is_one(db: Database) -> None:
    counted = Views(db, Salts())
    for browser in "ab":
        counted.add(visit()._replace(browser=browser))
        flush(counted)
    assert numbers(db) == (2, 1)


def test_a_day_has_its_own_numbers(db: Database, clock: Clock) -> None:
    counted = Views(db, Salts())
    for number in range(4):
        counted.add(visit(number % 3))
        clock.pass_by(days=0.5)
    flush(counted)
    rows = db.reader.all(lambda *row: row, "SELECT views, visitors FROM page_days ORDER BY day")
    assert sum(seen for seen, _ in rows) == 4
    assert len(rows) in {2, 3}


def test_each_day_has_a_fresh_salt_and_the_old_one_is_gone(db: Database, clock: Clock) -> None:
    salts = Salts()
    counted = Views(db, salts)
    kept = []
    for _ in range(2):
        counted.add(visit())
        flush(counted)
        kept.append(db.reader.value("SELECT value FROM keys WHERE name = 'views'"))
        clock.pass_by(days=1)
    assert kept == [b"\1" * 32, b"\2" * 32]
    assert db.reader.value("SELECT count(*) FROM keys WHERE name = 'views'") == 1


def test_digests_of_a_day_past_are_removed(db: Database, clock: Clock) -> None:
    counted = Views(db, Salts())
    for number in range(5):
        counted.add(visit(number))
    flush(counted)
    clock.pass_by(days=1)
    counted.add(visit(9))
    flush(counted)
    assert digests(db) == 1
    assert numbers(db) == (6, 6)


def test_two_days_have_no_digest_in_common(db: Database, clock: Clock) -> None:
    counted = Views(db, Salts())
    found = []
    for _ in range(2):
        counted.add(visit())
        flush(counted)
        found.append(db.reader.value("SELECT visitor FROM view_days"))
        clock.pass_by(days=1)
    assert found[0] != found[1]


def test_a_visitor_has_another_digest_on_each_page(db: Database) -> None:
    page(db, "b")
    counted = Views(db, Salts())
    counted.add(visit())
    counted.add(visit(name="b"))
    flush(counted)
    assert db.reader.value("SELECT count(DISTINCT visitor) FROM view_days") == 2


def test_a_new_process_goes_on_with_the_salt_of_the_day(db: Database) -> None:
    salts = Salts()
    for _ in range(2):
        counted = Views(db, salts)
        counted.add(visit())
        flush(counted)
    assert numbers(db) == (2, 1)
    assert salts.made == 1


def test_a_new_process_makes_a_salt_if_the_day_is_over(db: Database, clock: Clock) -> None:
    salts = Salts()
    for _ in range(2):
        counted = Views(db, salts)
        counted.add(visit())
        flush(counted)
        clock.pass_by(days=1)
    assert salts.made == 2


def test_nothing_that_was_sent_is_kept(db: Database, tmp_path: Path) -> None:
    counted = Views(db, Salts())
    counted.add(Visit("a", "canary-place", "canary-agent", "canary-browser"))
    flush(counted)
    files = [path.read_bytes() for path in tmp_path.iterdir()]
    assert not any(b"canary" in data for data in files)


def test_a_page_that_is_not_there_costs_nothing(db: Database) -> None:
    counted = Views(db, Salts())
    counted.add(visit(name="nowhere"))
    flush(counted)
    assert digests(db) == 0
    assert db.reader.value("SELECT count(*) FROM page_days") == 0


def test_memory_is_bounded_while_the_disk_is_busy(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "WAITING", 10)
    monkeypatch.setattr(views, "REMEMBERED", 16)
    counted = Views(db, Salts())
    for number in range(100):
        counted.add(visit(number))
    assert (len(counted), counted.dropped) == (10, 90)


def test_ids_that_no_page_can_have_are_dropped(db: Database) -> None:
    counted = Views(db, Salts())
    assert not counted.add(visit(name=""))
    assert not counted.add(visit(name="x" * 1000))
    assert len(counted) == 0


def test_what_could_not_be_saved_waits_again(tmp_path: Path, clock: Clock) -> None:
    with database(tmp_path, clock) as db:
        page(db, "a")
        counted = Views(db, Salts())
        counted.add(visit())
    with pytest.raises(Unavailable):
        flush(counted)
    assert len(counted) == 1


def test_a_fact_is_told_only_when_the_shown_number_changes(db: Database) -> None:
    counted = Views(db, Salts())
    told = []
    for number in range(130):
        counted.add(visit(number))
        flush(counted)
        told.append(facts.last(db.reader))
    assert len(set(told[:99])) == 99
    assert len(set(told[99:])) == 4  # 100, 110, 120, 130


@pytest.mark.parametrize(
    "browser",
    [
        "",
        "curl/8.5.0",
        "python-requests/2.32",
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
        "Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (Applebot/0.1)",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/120.0 Safari/537.36",
        "facebookexternalhit/1.1",
        "Mozilla/5.0 (Linux; Android 11) Chrome-Lighthouse",
        "Mozilla/5.0 (compatible; YandexBot/3.0)",
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2)",
        "Baiduspider+(+http://www.baidu.com/search/spider.htm)",
    ],
)
def test_programs_are_not_readers(browser: str) -> None:
    assert views.is_unwanted({"user-agent": browser})


@pytest.mark.parametrize(
    "browser",
    [
        FIREFOX,
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
        "Mozilla/5.0 (Linux; Android 9; CUBOT NOTE S) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36",
        "Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko",
    ],
)
def test_browsers_are_readers(browser: str) -> None:
    assert not views.is_unwanted({"user-agent": browser})


@pytest.mark.parametrize(
    "said",
    [
        {"dnt": "1"},
        {"sec-gpc": "1"},
        {"sec-purpose": "prefetch;prerender"},
        {"purpose": "prefetch"},
    ],
)
def test_who_asks_not_to_be_counted_is_not(said: dict[str, str]) -> None:
    assert views.is_unwanted({"user-agent": FIREFOX, **said})
    assert not views.is_unwanted({"user-agent": FIREFOX, "dnt": "0", "sec-gpc": "0"})


def test_an_author_is_known_by_name(db: Database) -> None:
    member(db, "ann")
    page(db, "hers", authors='["ann", "zoe"]')
    assert views.is_author(db.reader, "hers", "ann")
    assert not views.is_author(db.reader, "hers", "an")
    assert not views.is_author(db.reader, "nowhere", "ann")


def test_a_thousand_views_are_saved_in_one_transaction(db: Database) -> None:
    counted = Views(db, Salts())
    for number in range(views.BATCH):
        counted.add(visit(number))
    flush(counted)
    assert numbers(db) == (1000, 1000)
    assert facts.last(db.reader) == 1


def test_a_day_begins_at_midnight_utc(db: Database, clock: Clock) -> None:
    clock.now = DAY * 20_000 + DAY - 1
    counted = Views(db, Salts())
    counted.add(visit())
    clock.now += 1
    counted.add(visit())
    flush(counted)
    assert db.reader.all(int, "SELECT day FROM page_days ORDER BY day") == [20_000, 20_001]
