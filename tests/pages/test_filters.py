"""Filters of templates."""

from streamly_ssg.pages.filters import without
from streamly_ssg.pages.views import Term


def test_a_list_leaves_out_what_it_is_about() -> None:
    tea, cups = Term("Tea", "/categories/tea/"), Term("Cups", "/categories/cups/")
    assert without((tea, cups), "/categories/tea/") == [cups]
    assert without((tea, cups), "") == [tea, cups]
