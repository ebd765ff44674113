"""
Bytes to text, once and strictly.

A content file is UTF-8 of at most 1 MiB without control characters: its text goes into HTML, XML
and JSON, and XML has no way to write most of them. Lines end with a line feed afterwards.
"""

import re

from streamly_ssg.errors import ContentError, problem

MAX_BYTES = 1024 * 1024
_CONTROLS = bytes(code for code in range(0x20) if code not in b"\t\n\r") + b"\x7f"
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")
_BREAK = re.compile("\r\n?|\n")


def read_text(path: str, data: bytes) -> str:
    """Return the text of a content file; raise ContentError naming the place of what is wrong."""
    if len(data) > MAX_BYTES:
        size = f"{len(data):,} bytes, the limit is {MAX_BYTES:,}"
        raise ContentError(
            problem(
                "TOO_LARGE", f"the file has {size}", path=path, hint="split it into several pages"
            )
        )
    _refuse_utf16(path, data)
    text = _decode(path, data)
    if len(data.translate(None, _CONTROLS)) != len(data) or not text.isascii():
        _refuse_controls(path, text)
    return _BREAK.sub("\n", text) if "\r" in text else text


def control_character(text: str) -> str:
    """Return the name of the first control character in *text*, or an empty string."""
    if text.isprintable():
        return ""
    match = _FORBIDDEN.search(text)
    return f"U+{ord(match[0]):04X}" if match else ""


def without_controls(html: str) -> str:
    """Return *html* with the control characters that ``&#1;`` brought in replaced."""
    return _FORBIDDEN.sub("\ufffd", html)


def _refuse_utf16(path: str, data: bytes) -> None:
    marked = data[:2] in {b"\xff\xfe", b"\xfe\xff"}
    if marked or data[:4:2] == b"\0\0" or data[1:4:2] == b"\0\0":
        raise ContentError(
            problem(
                "ENCODING",
                "this is UTF-16",
                path=path,
                line=1,
                column=1,
                hint="save the file as UTF-8",
            )
        )


def _decode(path: str, data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        bom = data.startswith(b"\xef\xbb\xbf") and error.object == data[3:]
        start = error.start + 3 * bom
        before = data[:start].decode("utf-8", "replace").removeprefix("\ufeff")
        line, column = _place(before)
        message = f"byte 0x{data[start]:02x} is not UTF-8"
    raise ContentError(
        problem(
            "ENCODING", message, path=path, line=line, column=column, hint="save the file as UTF-8"
        )
    )


def _refuse_controls(path: str, text: str) -> None:
    match = _FORBIDDEN.search(text)
    if match is None:
        return
    line, column = _place(text[: match.start()])
    message = f"the control character U+{ord(match[0]):04X} is not allowed"
    raise ContentError(
        problem("CONTROL_CHARACTER", message, path=path, line=line, column=column, hint="delete it")
    )


def _place(before: str) -> tuple[int, int]:
    lines = _BREAK.split(before)
    return len(lines), len(lines[-1]) + 1
