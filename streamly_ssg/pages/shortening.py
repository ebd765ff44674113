"""
Shortening: style sheets and scripts without what only people read, comments and layout.

What is done is little, and safe: no name is changed, nothing is moved, nothing is evaluated. Where
the text doesn't say beyond doubt what it means (is this slash a division?), the file stays as it
is. ``/*!`` begins a comment that is kept.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

_STYLE = re.compile(
    rb"""(?P<kept>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|url\(\s*[^"')\s](?:[^)\\]|\\.)*\)
    |\\[0-9a-f]{1,6}(?:\r\n|[\ \t\r\n\f])?|\\.|/\*!.*?\*/)
    |(?P<gap>(?:[\ \t\r\n\f]|/\*(?!!).*?\*/)+)
    |(?P<sign>[{};,:])
    |(?P<doubt>["']|/\*)
    |(?P<word>[\w\x80-\xff-]+|.)""",
    re.DOTALL | re.VERBOSE | re.IGNORECASE,
)
_SCRIPT = re.compile(
    rb"""(?P<gap>(?:[\ \t\r\n\f\v]|//[^\r\n]*|/\*(?!!).*?\*/)+)
    |(?P<kept>/\*!.*?\*/)
    |(?P<text>"(?:[^"\\\r\n]|\\.)*"|'(?:[^'\\\r\n]|\\.)*')
    |(?P<word>[0-9][\w.]*|[\w$\#\\\x80-\xff]+)
    |(?P<doubt>["']|/\*)
    |(?P<sign>\+\+|--|\?\.|.)""",
    re.DOTALL | re.VERBOSE,
)
_COMMENT = re.compile(rb"/\*.*?\*/", re.DOTALL)
_PATTERN = re.compile(rb"/(?:[^/\\\[\r\n]|\\.|\[(?:[^\]\\\r\n]|\\.)*\])+/\w*")
_TEMPLATE = re.compile(rb"(?:[^`\\$]|\\.|\$(?!\{))*(?:`|\$\{)", re.DOTALL)
_STRANGE = re.compile(rb"<!--|-->|\A#!|\xe2\x80[\xa8\xa9]")  # comments and line ends of other times
_BEFORE_PATTERN = set(
    b"return typeof case delete void throw new else do in instanceof default".split()
)
_UNCLEAR = set(b"yield await of".split())
_CONTROL = set(b"if while for with".split())
_TIGHT = set(b"(){}[];,:=&|>*%^~")  # needs no space beside it
_OPEN = set(b"{([,;")  # needs no line end after it
_CLOSED = set(b"})]")  # nor before it


def style(data: bytes) -> bytes:
    """Return the style sheet *data* without comments and layout."""
    made, gap, last = bytearray(), b"", b";"
    for match in _STYLE.finditer(data):
        kind, piece = match.lastgroup, match[0]
        if kind == "doubt":
            return data
        if kind == "gap":
            # A comment ends a word, and is no space.
            gap = b" " if _COMMENT.sub(b"", piece) else b"/**/"
            continue
        sign = piece if kind == "sign" else b""
        if gap and not _is_idle(gap, last, sign):
            made += gap
        elif sign == b"}" and last == b";":
            del made[-1:]
        made += piece
        gap, last = b"", sign
    return bytes(made)


def _is_idle(gap: bytes, last: bytes, sign: bytes) -> bool:
    """Tell whether a *gap* between two signs, or a sign and something else, means nothing."""
    if last == b":":
        return gap == b" " and sign == b""
    return bool(last) or sign in {b"{", b"}", b";", b","}


def script(data: bytes) -> bytes:
    """Return the script *data* without comments and layout; lines that matter stay lines."""
    made, gap = bytearray(), b""
    try:
        for kind, piece in _Reader(data).pieces():
            if kind == "gap":
                gap = b"\n" if b"\n" in piece or b"\r" in piece else b" "
                continue
            if gap and made and _is_needed(gap, bytes(made[-1:]), piece[:1]):
                made += gap
            gap = b""
            made += piece
    except _Doubt:
        return data
    return bytes(made)


def _is_needed(gap: bytes, before: bytes, after: bytes) -> bool:
    if gap == b"\n":
        return before[0] not in _OPEN and after[0] not in _CLOSED
    is_arrow = before == b"-" and after == b">"
    return is_arrow or (before[0] not in _TIGHT and after[0] not in _TIGHT)


class _Doubt(Exception):
    """What this means can't be told."""


class _Piece(NamedTuple):
    """A piece of a script, and what it is."""

    kind: str
    text: bytes


class _Reader:
    """Reads a script piece by piece; what lies between quotes or slashes is one."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._opened: list[tuple[bytes, bytes]] = []  # brackets, and the words before them
        self._word = b""  # the one before the bracket that was closed last
        self._before = self._last = _Piece("sign", b";")

    def pieces(self) -> Iterator[_Piece]:
        """Yield every piece."""
        if _STRANGE.search(self._data):
            raise _Doubt
        at = 0
        while at < len(self._data):
            piece = self._piece(at)
            at += len(piece.text)
            yield piece
            if piece.kind not in {"gap", "kept"}:
                self._follow(piece)
                self._before, self._last = self._last, piece
        if self._opened:
            raise _Doubt

    def _piece(self, at: int) -> _Piece:
        match = _SCRIPT.match(self._data, at)
        if match is None or match.lastgroup == "doubt":
            raise _Doubt
        if match[0] == b"/" and self._begins_pattern():
            return self._text(_PATTERN, at, b"")
        if match[0] == b"`":
            return self._text(_TEMPLATE, at + 1, b"`")
        if match[0] == b"}" and self._opened and self._opened[-1][0] == b"${":
            self._opened.pop()
            return self._text(_TEMPLATE, at + 1, b"}")
        return _Piece(str(match.lastgroup), match[0])

    def _text(self, pattern: re.Pattern[bytes], at: int, begun: bytes) -> _Piece:
        match = pattern.match(self._data, at)
        if match is None:
            raise _Doubt
        return _Piece("text", begun + match[0])

    def _begins_pattern(self) -> bool:
        """Tell whether a slash begins a pattern here, or divides."""
        kind, text = self._last
        if kind == "word":
            is_name = self._before.text in {b".", b"?."}
            if text in _UNCLEAR and not is_name:
                raise _Doubt
            return text in _BEFORE_PATTERN and not is_name
        if kind == "text" and not text.endswith(b"${"):
            return False
        if text in {b"}", b"++", b"--"} or (text == b")" and self._word in _UNCLEAR):
            raise _Doubt
        if text == b")":
            return self._word in _CONTROL
        return text != b"]"

    def _follow(self, piece: _Piece) -> None:
        """Keep account of what is open."""
        if piece.kind == "text" and piece.text.endswith(b"${") and piece.text[:1] in b"`}":
            self._opened.append((b"${", b""))
        elif piece.kind == "sign" and piece.text in b"([{":
            is_word = self._last.kind == "word" and self._before.text not in {b".", b"?."}
            self._opened.append((piece.text, self._last.text if is_word else b""))
        elif piece.kind == "sign" and piece.text in b")]}":
            if not self._opened or self._opened[-1][0] == b"${":
                raise _Doubt
            self._word = self._opened.pop()[1]
