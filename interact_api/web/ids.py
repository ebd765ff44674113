"""Ids of rows, which travel as strings: a program that keeps numbers as floats would spoil them."""

from typing import Annotated

from interact_api.errors import NotFound
from interact_api.wire import Meta

LONGEST = 18  # digits: what SQLite keeps, and a little less

Id = Annotated[str, Meta(pattern=r"^[1-9][0-9]{0,17}$", examples=["12"])]
# For fields that a plain form sends empty when there is none.
MaybeId = Annotated[str, Meta(pattern=r"^([1-9][0-9]{0,17})?$", examples=["12"])]


def number(text: str) -> int:
    """Return the id that stands in a path; each has one spelling."""
    if not (text.isascii() and text.isdigit() and len(text) <= LONGEST) or text.startswith("0"):
        raise NotFound("There is no such thing.")
    return int(text)
