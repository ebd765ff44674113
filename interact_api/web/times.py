"""Times, from how the database keeps them to how they travel."""

from datetime import UTC, datetime
from typing import overload


@overload
def when(milliseconds: int) -> datetime: ...
@overload
def when(milliseconds: None) -> None: ...
@overload
def when(milliseconds: int | None) -> datetime | None: ...
def when(milliseconds: int | None) -> datetime | None:
    """Return a time to the second, in UTC; None stays None."""
    return None if milliseconds is None else datetime.fromtimestamp(milliseconds // 1000, UTC)
