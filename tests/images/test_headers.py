"""Format and size, read from the first bytes."""

from typing import Any

import pytest

from streamly_ssg.images.headers import Header, format_of, read_header
from tests.support.images import at_a_place, photo


@pytest.mark.parametrize("form", ["avif", "gif", "jpeg", "png", "webp"])
def test_the_size_is_read_without_decoding(form: str) -> None:
    assert read_header(photo(123, 45, form)) == Header(form, 123, 45)


@pytest.mark.parametrize("options", [{"lossless": True}, {"exif": at_a_place()}])
def test_each_kind_of_webp_tells_its_size(options: dict[str, Any]) -> None:
    assert read_header(photo(123, 45, "webp", **options)) == Header("webp", 123, 45)


@pytest.mark.parametrize(("orientation", "size"), [(1, (123, 45)), (3, (123, 45)), (8, (45, 123))])
def test_a_jpeg_that_was_taken_upright_is_as_high_as_people_see_it(
    orientation: int, size: tuple[int, int]
) -> None:
    data = photo(123, 45, exif=at_a_place(orientation))
    assert read_header(data) == Header("jpeg", *size)


def test_a_header_that_is_cut_off_is_none_or_without_a_size() -> None:
    for form in ("avif", "gif", "jpeg", "png", "webp"):
        data = photo(123, 45, form)
        for length in range(60):
            assert read_header(data[:length]) in {None, Header(form), Header(form, 123, 45)}


def test_the_name_promises_a_format() -> None:
    assert [format_of(name) for name in ("a.JPG", "b/c.webp", "d.md", "png", ".png")] == [
        "jpeg",
        "webp",
        "",
        "",
        "",
    ]
