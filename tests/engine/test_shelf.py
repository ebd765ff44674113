"""A shelf gives back what was put there, or says that it can't."""

import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from streamly_ssg.engine.shelf import FILL, FULL, OVERFULL, SCHEMA, Corrupt, Shelf

MANY = 2 * OVERFULL
RECORDS = {f"key {number}": (number, b"data", None) for number in range(MANY)}


@pytest.fixture
def database(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(tmp_path / "shelf.db", isolation_level=None)
    connection.execute(SCHEMA)
    yield connection
    connection.close()


def filled(database: sqlite3.Connection, records: Mapping[str, tuple[object, ...]]) -> Shelf:
    """Return a shelf with *records*, saved."""
    shelf = Shelf(database, "s")
    for key, record in records.items():
        shelf.set(key, record)
    shelf.save()
    return shelf


def buckets(database: sqlite3.Connection) -> int:
    """Return how many buckets are on disk."""
    rows = database.execute("SELECT count(*) FROM shelf WHERE bucket >= 0").fetchone()
    return int(rows[0])


def flip_a_bit(database: sqlite3.Connection, column: str, bucket: int) -> None:
    query = f"SELECT {column} FROM shelf WHERE bucket = ?"
    data = bytearray(database.execute(query, (bucket,)).fetchone()[0])
    data[len(data) // 2] ^= 1
    change = f"UPDATE shelf SET {column} = ? WHERE bucket = ?"
    database.execute(change, (bytes(data), bucket))


def test_a_saved_record_is_there_for_the_next_who_opens_the_shelf(
    database: sqlite3.Connection,
) -> None:
    filled(database, {"a": (1, "x")})
    assert Shelf(database, "s").get("a") == (1, "x")


def test_a_record_is_there_before_it_is_saved(database: sqlite3.Connection) -> None:
    shelf = Shelf(database, "s")
    shelf.set("a", (1,))
    assert shelf.get("a") == (1,)


def test_what_a_shelf_let_go_of_is_read_again(database: sqlite3.Connection) -> None:
    shelf = filled(database, RECORDS)
    shelf.set("new", (1,))
    shelf.let_go()
    assert dict(shelf.items()) == {**RECORDS, "new": (1,)}
    assert len(shelf) == MANY + 1


def test_keys_with_the_same_name_lie_together(database: sqlite3.Connection) -> None:
    filled(database, {f"{kind}:{n}": (n,) for kind in ("a", "b") for n in range(MANY)})
    reads: list[str] = []
    shelf = Shelf(database, "s")
    database.set_trace_callback(reads.append)
    assert shelf.get("a:7") == shelf.get("b:7") == (7,)
    assert len(reads) == 1


def test_what_was_not_saved_is_not_on_disk(database: sqlite3.Connection) -> None:
    filled(database, {}).set("a", (1,))
    assert "a" not in Shelf(database, "s")


def test_an_unknown_key_has_no_record(database: sqlite3.Connection) -> None:
    assert Shelf(database, "s").get("a") is None


def test_shelves_of_one_database_dont_mix(database: sqlite3.Connection) -> None:
    filled(database, {"a": (1,)})
    assert "a" not in Shelf(database, "t")


def test_a_deleted_record_stays_deleted(database: sqlite3.Connection) -> None:
    shelf = filled(database, {"a": (1,), "b": (2,)})
    shelf.delete("a")
    shelf.save()
    assert dict(Shelf(database, "s").items()) == {"b": (2,)}


def test_deleting_what_isnt_there_changes_nothing(database: sqlite3.Connection) -> None:
    shelf = filled(database, {"a": (1,)})
    shelf.delete("b")
    assert len(shelf) == 1


def test_the_length_is_known_without_reading_records(database: sqlite3.Connection) -> None:
    filled(database, RECORDS)
    database.execute("DELETE FROM shelf WHERE bucket >= 0")
    assert len(Shelf(database, "s")) == MANY


def test_setting_a_key_again_doesnt_count_twice(database: sqlite3.Connection) -> None:
    shelf = filled(database, {"a": (1,)})
    shelf.set("a", (2,))
    assert len(shelf) == 1


def test_deleting_counts_down(database: sqlite3.Connection) -> None:
    shelf = filled(database, {"a": (1,), "b": (2,)})
    shelf.delete("a")
    shelf.save()
    assert len(Shelf(database, "s")) == 1


def test_items_are_all_records(database: sqlite3.Connection) -> None:
    filled(database, RECORDS)
    assert dict(Shelf(database, "s").items()) == RECORDS


def test_items_show_what_is_not_saved_yet(database: sqlite3.Connection) -> None:
    shelf = Shelf(database, "s")
    shelf.set("a", (1,))
    assert dict(shelf.items()) == {"a": (1,)}


def test_a_small_shelf_is_one_bucket(database: sqlite3.Connection) -> None:
    filled(database, {"a": (1,), "b": (2,)})
    assert buckets(database) == 1


def test_a_shelf_that_grows_is_dealt_into_more_buckets(database: sqlite3.Connection) -> None:
    filled(database, RECORDS)
    assert buckets(database) > 1


def test_a_shelf_that_outgrows_its_buckets_is_dealt_again(database: sqlite3.Connection) -> None:
    filled(database, {f"few {number}": (number,) for number in range(100)})
    before = buckets(database)
    filled(database, {f"many {number}": (number,) for number in range(OVERFULL * before)})
    assert buckets(database) > before


def test_no_record_is_lost_when_buckets_are_dealt_again(database: sqlite3.Connection) -> None:
    shelf = filled(database, {"first": (0,)})
    for key, record in RECORDS.items():
        shelf.set(key, record)
    shelf.save()
    assert dict(Shelf(database, "s").items()) == {"first": (0,), **RECORDS}


def test_only_touched_buckets_are_written(database: sqlite3.Connection) -> None:
    shelf = filled(database, RECORDS)
    before = database.total_changes
    shelf.set("key 0", (-1,))
    shelf.save()
    assert database.total_changes - before == 1


def test_large_records_lie_in_buckets_of_their_own(database: sqlite3.Connection) -> None:
    filled(database, {f"key {number}": (b"x" * FULL,) for number in range(2 * FILL)})
    assert buckets(database) == 2 * FILL


def test_a_shelf_that_nobody_touched_is_not_written(database: sqlite3.Connection) -> None:
    shelf = filled(database, RECORDS)
    before = database.total_changes
    shelf.save()
    assert database.total_changes == before


@pytest.mark.parametrize("column", ["data", "seal"])
def test_a_flipped_bit_in_a_bucket_is_found(database: sqlite3.Connection, column: str) -> None:
    filled(database, {"a": (1, b"some data")})
    flip_a_bit(database, column, 0)
    with pytest.raises(Corrupt):
        Shelf(database, "s").get("a")


@pytest.mark.parametrize("column", ["data", "seal"])
def test_a_flipped_bit_in_the_header_is_found(database: sqlite3.Connection, column: str) -> None:
    filled(database, {"a": (1,)})
    flip_a_bit(database, column, -1)
    with pytest.raises(Corrupt):
        Shelf(database, "s")


def test_a_flipped_bit_is_found_by_who_reads_everything(database: sqlite3.Connection) -> None:
    filled(database, RECORDS)
    flip_a_bit(database, "data", 1)
    with pytest.raises(Corrupt):
        list(Shelf(database, "s").items())


def test_a_bucket_in_the_place_of_another_is_found(database: sqlite3.Connection) -> None:
    filled(database, RECORDS)
    row = database.execute("SELECT seal, data FROM shelf WHERE bucket = 0").fetchone()
    database.execute("UPDATE shelf SET seal = ?, data = ? WHERE bucket = 1", row)
    with pytest.raises(Corrupt):
        list(Shelf(database, "s").items())


def test_a_bucket_of_another_shelf_is_found(database: sqlite3.Connection) -> None:
    filled(database, {"a": (1,)})
    database.execute("UPDATE shelf SET name = 't'")
    with pytest.raises(Corrupt):
        Shelf(database, "t")


def test_a_missing_bucket_is_not_an_unknown_key(database: sqlite3.Connection) -> None:
    filled(database, {"a": (1,)})
    database.execute("DELETE FROM shelf WHERE bucket = 0")
    with pytest.raises(Corrupt):
        Shelf(database, "s").get("b")


def test_a_missing_bucket_is_found_by_who_reads_everything(database: sqlite3.Connection) -> None:
    filled(database, RECORDS)
    database.execute("DELETE FROM shelf WHERE bucket = 1")
    with pytest.raises(Corrupt):
        list(Shelf(database, "s").items())


def test_a_shelf_that_must_exist_needs_its_header(database: sqlite3.Connection) -> None:
    filled(database, {"a": (1,)})
    database.execute("DELETE FROM shelf WHERE bucket = -1")
    with pytest.raises(Corrupt):
        Shelf(database, "s", must_exist=True)


def test_a_shelf_that_need_not_exist_begins_empty(database: sqlite3.Connection) -> None:
    assert len(Shelf(database, "s")) == 0


def test_a_shelf_goes_on_in_the_database_it_is_moved_to(
    database: sqlite3.Connection, tmp_path: Path
) -> None:
    shelf = filled(database, {"a": (1,)})
    other = sqlite3.connect(tmp_path / "other.db", isolation_level=None)
    other.execute(SCHEMA)
    shelf.move_to(other)
    shelf.set("b", (2,))
    shelf.save()
    assert Shelf(other, "s", must_exist=True).get("b") == (2,)
    other.close()
