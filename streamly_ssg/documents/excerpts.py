"""The beginning of a document, for lists and feeds; pure functions on HTML."""

import re
from collections import Counter
from html import unescape

MAX_TEXT = 200
_MORE = re.compile(r"<!--\s*more\s*-->\n?")
_TAG = re.compile(r"<[^<>]*>")
_TEXT = re.compile(r">([^<]+)")
_IDEOGRAPH = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_HOLE = re.compile("\ufdd0\\d+\ufdd1")
_ELEMENT = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)\b[^<>]*?(/?)>")
_FOOTNOTE = re.compile(r'<sup (?:class="footnote-ref"|id="fnref)[^>]*>.*?</sup>')
_IDS = re.compile(r'(<h[1-6]) id="[^"]*"')
_SHAPE = bytes(ord(" " if chr(code).isspace() else "x") for code in range(256))
_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())


def divide(html: str) -> tuple[str, str]:
    """Return the body without its ``<!--more-->``, and the excerpt."""
    match = _MORE.search(html) if "<!--" in html else None
    if match is None:
        return html, _standalone(_first_paragraph(html))
    before = html[: match.start()]
    return before + html[match.end() :], _standalone(closed(before) or _first_paragraph(html))


def _first_paragraph(html: str) -> str:
    start = html.find("<p>")
    while start >= 0:
        end = html.find("</p>", start)
        if end < 0:
            return ""
        if _HOLE.sub("", _TAG.sub("", html[start:end])).strip():
            return html[start : end + 4]
        start = html.find("<p>", end)
    return ""


def _standalone(html: str) -> str:
    """Drop what would point into, or clash with, the rest of the page."""
    return _IDS.sub(r"\1", without_footnotes(html))


def without_footnotes(html: str) -> str:
    """Return *html* without the references to its footnotes."""
    return _FOOTNOTE.sub("", html) if "<sup" in html else html


def closed(html: str) -> str:
    """Return *html* with the elements closed that it leaves open."""
    waiting: list[str] = []
    names: Counter[str] = Counter()
    for end, name, void in _ELEMENT.findall(html):
        if not end and not void and name not in _VOID:
            waiting.append(name)
            names[name] += 1
        while end and names[name]:
            last = waiting.pop()
            names[last] -= 1
            if last == name:
                break
    return html + "".join(f"</{name}>" for name in reversed(waiting))


def text_of(html: str) -> str:
    """Return *html* without its tags; entities stay."""
    text = "".join(_TEXT.findall(f">{html}"))
    return _HOLE.sub("", text) if "\ufdd0" in text else text


def count_words(text: str) -> int:
    """Return the number of words of *text*; each ideograph counts as one."""
    if text.isascii():
        return (b" " + text.encode().translate(_SHAPE)).count(b" x")
    return len(_IDEOGRAPH.sub(" x ", text).split())


def plain(html: str) -> str:
    """Return the text of *html* in one line."""
    return " ".join(unescape(_HOLE.sub("", _TAG.sub("", html))).split())


def shortened(text: str, limit: int = MAX_TEXT) -> str:
    """Return *text*, cut between two words if it is longer than *limit*."""
    if len(text) <= limit:
        return text
    cut = text.rfind(" ", 0, limit)
    return text[: cut if cut > limit // 2 else limit - 1].rstrip(" ,;:.–—-") + "…"
