"""What is made of an image: sizes, formats, colours; and what is left out."""

from pathlib import Path

import pytest

from streamly_ssg.images.refusing import Refused
from streamly_ssg.images.variants import Made, Wish, cleaned, variants_of
from tests.support.images import at_a_place, opened, photo, photograph, png, saved

WISH = Wish("", (40, 80), ("avif", "webp"), {"avif": 50, "jpeg": 80, "webp": 75}, 1_000_000)


def made(data: bytes, name: str = "content:a.jpg", wish: Wish = WISH) -> tuple[Made, list[str]]:
    """Return what became of an image, and which files."""
    result, files = variants_of(name, data, wish)
    assert list(files) == [variant.part for variant in result.variants]
    return result, list(files)


def test_a_photograph_comes_in_several_widths_and_formats() -> None:
    result, files = made(photo(120, 90, quality=95))
    assert files == ["40.avif", "80.avif", "40.webp", "80.webp", "40.jpeg", "80.jpeg"]
    assert (result.width, result.height, result.shows_itself) == (120, 90, False)


def test_nothing_is_wider_than_the_image() -> None:
    result, files = made(photo(60, 40, quality=95))
    assert files == ["40.avif", "60.avif", "40.webp", "60.webp", "40.jpeg"]
    assert result.shows_itself


def test_a_width_near_to_that_of_the_image_is_left_out() -> None:
    assert made(photo(44, 60, quality=95))[1] == ["44.avif", "44.webp"]
    assert made(photo(84, 60, quality=95))[1][:2] == ["40.avif", "80.avif"]


def test_what_a_format_is_too_small_for_is_left_out() -> None:
    assert made(photo(44, 18_000))[1] == ["44.avif"]


def test_each_variant_is_as_large_and_of_the_format_that_its_name_says() -> None:
    _, files = variants_of("content:a.png", photo(120, 90, "png"), WISH)
    for part, data in files.items():
        with opened(data) as picture:
            assert f"{picture.width}.{picture.format}".lower() == part
            assert picture.height == round(picture.width * 0.75)


def test_a_small_file_stays_as_it_is() -> None:
    assert made(png(200, 100), "content:a.png") == (Made("png", 200, 100), [])


def test_what_is_larger_than_the_image_is_left_out() -> None:
    data = photo(200, 200, quality=40)
    lavish = Wish("", (180, 200), ("webp",), {"webp": 100, "jpeg": 100}, 1_000_000)
    assert made(data, wish=lavish)[1] == []
    assert made(data)[1] != []


def test_only_the_formats_that_are_wanted_are_made() -> None:
    wish = Wish("", (40,), ("webp",), {"jpeg": 80, "webp": 75}, 1_000_000)
    assert made(photo(100, 100, quality=95), wish=wish)[1] == ["40.webp", "40.jpeg"]


def test_a_photograph_taken_upright_stands_upright() -> None:
    result, files = variants_of(
        "content:a.jpg", photo(120, 80, exif=at_a_place(orientation=6)), WISH
    )
    assert (result.width, result.height) == (80, 120)
    assert opened(files["80.jpeg"]).size == (80, 120)


@pytest.mark.parametrize("form", ["jpeg", "png", "webp", "avif"])
def test_nothing_tells_where_a_photograph_was_taken(form: str, tmp_path: Path) -> None:
    data = photo(100, 80, form, exif=at_a_place())
    name = f"content:a.{form}"
    assert opened(data).getexif().get_ifd(0x8825)
    result, files = variants_of(name, data, WISH)
    assert not result.shows_itself
    for one in (*files.values(), cleaned(name, data, WISH, str(tmp_path))):
        assert b"Telephone" not in one
        assert not opened(one).getexif()


def test_a_clean_original_stays_as_it_is_byte_for_byte(tmp_path: Path) -> None:
    data = photo(100, 80)
    assert cleaned("content:a.jpg", data, WISH, str(tmp_path)) == data


def test_colours_are_those_of_the_web() -> None:
    data = saved(photograph(60, 60).convert("CMYK"))
    _, files = variants_of("content:a.jpg", data, WISH)
    assert {opened(data).mode for data in files.values()} == {"RGB"}


def test_what_is_transparent_stays_transparent() -> None:
    picture = photograph(60, 60).copy()
    picture.putalpha(128)
    _, files = variants_of("content:a.png", saved(picture, "png"), WISH)
    assert {opened(data).mode for data in files.values()} == {"RGBA"}


def test_sixteen_bits_become_eight_without_becoming_white() -> None:
    deep = photograph(60, 60).convert("L").convert("I").point(lambda value: value * 257)
    _, files = variants_of("content:a.png", saved(deep.convert("I;16"), "png"), WISH)
    dark, bright = opened(files["40.webp"]).convert("L").getextrema()
    assert (dark < 200, bright < 255) == (True, True)  # type: ignore[operator]


def test_what_moves_stays_as_it_is() -> None:
    frames = [photograph(60, 60, seed) for seed in (2, 3)]
    data = photo(60, 60, "gif", save_all=True, append_images=frames, duration=100)
    result, files = made(data, "content:a.gif")
    assert (files, result.width, result.height) == ([], 60, 60)


def test_the_same_image_gives_the_same_bytes() -> None:
    data = photo(120, 90)
    assert variants_of("content:a.jpg", data, WISH) == variants_of("static:b.jpg", data, WISH)


def test_the_limit_of_pixels_is_told() -> None:
    with pytest.raises(Refused) as refused:
        variants_of("content:a.jpg", photo(1100, 1000), WISH)
    assert "1,100 × 1,000 pixels, and the limit is 1,000,000" in refused.value.message
