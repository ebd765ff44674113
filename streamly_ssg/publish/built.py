"""What there is to publish: the files of the last build, as it recorded them."""

from pathlib import Path
from typing import NamedTuple

from streamly_ssg.api import Site
from streamly_ssg.engine.ledger import Changes, Ledger
from streamly_ssg.engine.store import Store
from streamly_ssg.errors import ContentError, problem


class Built(NamedTuple):
    """
    The output of the last build, or how it differs from an earlier one.

    Attributes:
        root: where the files lie.
        cursor: what to ask with next time.
        changes: the digest of each file, None for one that is gone.
        is_whole: whether *changes* holds every file, and not only what changed.
    """

    root: Path
    cursor: str
    changes: Changes
    is_whole: bool


def built_since(site: Site, cursor: str, *, incomplete: bool = False) -> Built:
    """
    Return what *site*'s builds changed since *cursor*, or everything.

    Raises:
        ContentError: if the last build died or left pages out, unless *incomplete* ones will do.
    """
    with site.state() as store:
        if not incomplete:
            _refuse_incomplete(site, len(_retry(store)))
        ledger = Ledger(store.shelf("ledger"))
        changes = ledger.since(cursor)
        if changes is not None:
            return Built(site.output, ledger.cursor, changes, is_whole=False)
        shelves = store.shelf("outputs"), store.shelf("beside")
        files = {path: found for shelf in shelves for path, (found, *_) in shelf.items()}
        return Built(site.output, ledger.cursor, files, is_whole=True)


def is_unfinished(site: Site) -> bool:
    """Tell whether the last build didn't come to its end, so that nobody knows what there is."""
    return site.store_path.with_name("writing").exists()


def left_out(site: Site) -> frozenset[str]:
    """Return the keys of what the last build couldn't make."""
    with site.state() as store:
        return frozenset(_retry(store))


def _retry(store: Store) -> tuple[str, ...]:
    return tuple(store.shelf("meta").get("retry") or ())


def _refuse_incomplete(site: Site, left_out: int) -> None:
    if is_unfinished(site):
        text = "the last build didn't come to its end"
        raise ContentError(problem("PUBLISH", text, hint="run `streamly build`, then this again"))
    if left_out:
        text = f"the last build left {left_out} page{'' if left_out == 1 else 's'} out"
        hint = "run `streamly build` and mend what it tells, or publish with --incomplete"
        raise ContentError(problem("PUBLISH", text, hint=hint))
