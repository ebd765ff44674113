"""Bytes to text: what is not plain UTF-8 is refused with its place."""

import pytest

from streamly_ssg.documents.texts import MAX_BYTES, control_character, read_text, without_controls
from streamly_ssg.errors import ContentError


def refused(data: bytes) -> str:
    with pytest.raises(ContentError) as caught:
        read_text("a.md", data)
    return str(caught.value)


@pytest.mark.parametrize("data", [b"a\nb\n", b"a\r\nb\r\n", b"a\rb\r", b"a\r\nb\r"])
def test_every_line_ending_becomes_a_line_feed(data: bytes) -> None:
    assert read_text("a.md", data) == "a\nb\n"


def test_a_byte_order_mark_is_dropped() -> None:
    assert read_text("a.md", b"\xef\xbb\xbf# A") == "# A"


def test_an_empty_file_is_an_empty_text() -> None:
    assert read_text("a.md", b"") == ""


def test_a_byte_that_is_not_utf8_is_named_with_its_place() -> None:
    assert refused("é\r\nab".encode() + b"\xff") == (
        "a.md:2:3: ENCODING byte 0xff is not UTF-8 (save the file as UTF-8)"
    )


def test_a_broken_byte_behind_a_byte_order_mark_has_the_same_place() -> None:
    assert refused(b"\xef\xbb\xbfab\xff").startswith("a.md:1:3: ENCODING byte 0xff")


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf16_is_recognised(codec: str) -> None:
    assert "this is UTF-16" in refused("# Hello".encode(codec))


@pytest.mark.parametrize(
    ("code", "name"),
    [(0, "U+0000"), (7, "U+0007"), (0x0C, "U+000C"), (0x1B, "U+001B"), (0x7F, "U+007F"),
     (0x85, "U+0085"), (0xFFFE, "U+FFFE"), (0xFDD0, "U+FDD0")],
)  # fmt: skip
def test_a_control_character_is_named_with_its_place(code: int, name: str) -> None:
    text = f"one\ntwo {chr(code)} three"
    assert refused(text.encode()).startswith(
        f"a.md:2:5: CONTROL_CHARACTER the control character {name}"
    )


def test_the_usual_characters_are_no_control_characters() -> None:
    text = "tab\t line\n é 日本 🎉 \u00a0 \u200d \ue000 \u2028"
    assert read_text("a.md", text.encode()) == text
    assert control_character(text) == ""
    assert without_controls(text) == text


def test_a_file_over_the_limit_is_told_the_limit() -> None:
    message = refused(b"x" * (MAX_BYTES + 1))
    assert "TOO_LARGE" in message
    assert "1,048,576" in message


def test_a_file_at_the_limit_is_read() -> None:
    assert len(read_text("a.md", b"x" * MAX_BYTES)) == MAX_BYTES
