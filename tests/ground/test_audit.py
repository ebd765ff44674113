"""The audit log: it tells who did what, and only grows."""

from pathlib import Path

import pytest

from interact_api import audit
from interact_api.db import IntegrityError
from tests.support.service import NOON, database, member


def test_an_entry_tells_who_did_what(tmp_path: Path) -> None:
    with database(tmp_path) as db:
        ann = member(db, "ann")
        db.write_now(
            lambda tx: audit.record(tx, ann.id, "ann", "ban", "user:7", {"why": "ü"}, "r1")
        )
        (entry,) = audit.recent(db.reader)
        assert entry == (1, NOON, ann.id, "ann", "ban", "user:7", {"why": "ü"}, "r1")


def test_the_newest_entries_come_first_and_page_by_page(tmp_path: Path) -> None:
    with database(tmp_path) as db:
        for number in range(5):
            target = f"user:{number}"
            db.write_now(lambda tx, target=target: audit.record(tx, None, "cli", "ban", target))  # type: ignore[misc]
        first = audit.recent(db.reader, limit=2)
        rest = audit.recent(db.reader, before=first[-1].id)
        assert [entry.target[-1] for entry in (*first, *rest)] == list("43210")
        assert [entry.id for entry in audit.recent(db.reader, target="user:2")] == [3]
        assert audit.recent(db.reader, actor_id=7) == audit.recent(db.reader, action="x") == []


@pytest.mark.parametrize("sql", ["DELETE FROM audit", "UPDATE audit SET actor = 'nobody'"])
def test_an_entry_can_not_be_changed_or_removed(tmp_path: Path, sql: str) -> None:
    with database(tmp_path) as db:
        db.write_now(lambda tx: audit.record(tx, None, "cli", "ban", "user:1"))
        with pytest.raises(IntegrityError, match="only grows"):
            db.write_now(lambda tx: tx.run(sql))
