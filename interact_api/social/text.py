"""
The text of a comment: Markdown in, harmless HTML out. The only door to comrak and nh3.

comrak renders raw HTML as the text that it is; nh3 then keeps what an allow-list names and nothing
else, so each of them alone would do. Whatever somebody sends takes less than 100 ms: what is too
long, too deep or too much is refused between the two, where counting costs next to nothing.
"""

import re
from html import unescape
from typing import NamedTuple

import comrak
import nh3

from interact_api.accounts.names import PATTERN as NAME
from interact_api.errors import invalid
from interact_api.settings import Comments

MAX_ELEMENTS = 1000
MAX_NESTING = 40  # elements; a list in a list is four
MAX_URL = 2000

TAGS = set(
    "p br hr em strong del code pre blockquote ul ol li a h3 h4 h5 h6"
    " table thead tbody tr th td".split()
)
REL = "nofollow ugc noopener noreferrer"
_HREF = re.compile(rf"(?:https?://|mailto:)[^\x00-\x20<>\"`\\]{{1,{MAX_URL}}}")
_LANGUAGE = re.compile(r"language-[a-z0-9+#-]{1,24}")
_VALUES = {"href": _HREF, "class": _LANGUAGE, "rel": re.compile(".*")}

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_ELEMENT = re.compile(r"<(/?)([a-z][a-z0-9]*)")
_VOID = {"br", "hr", "img"}
_TAG = re.compile(r"<[^>]*>")  # of nh3's output, whose attributes hold no ">"
_LETTER = re.compile(r">[A-Za-z]")  # in nh3's output: something that is shown
_QUOTED = re.compile(r"<(a|code|pre)\b[^>]*>.*?</\1>", re.DOTALL)
_MENTION = re.compile(rf"(?<![\w@./-])@({NAME})(?![\w@])", re.IGNORECASE)


class Text(NamedTuple):
    """What somebody wrote, and what it looks like; only `written` makes one."""

    source: str
    html: str
    links: int
    names: tuple[str, ...]  # who is mentioned, in lower case, whether there is such a person or not


def written(source: str, limits: Comments) -> Text:
    """Return *source* as a text that may be kept and shown, or refuse it."""
    source = _checked(source, limits.length)
    drawn = comrak.render_markdown(source, _EXTENSION, _PARSE, _RENDER)
    links = _count(drawn, limits.links)
    html = _CLEANER.clean(_lower_headings(drawn)).strip()
    if not _LETTER.search(html) and not _plain(html).strip():
        raise invalid("body", "shows nothing")
    names = _names(html) if "@" in html else ()
    if len(names) > limits.mentions:
        raise invalid("body", f"mentions more than {limits.mentions} people")
    return Text(source, html, links, names)


def harmless(html: str) -> str:
    """Return HTML from elsewhere with nothing in it that a comment can't have."""
    return str(_CLEANER.clean(html)).strip()


def quote(html: str, length: int = 200) -> str:
    """Return the beginning of a comment's HTML as plain text, for letters and lists."""
    plain = " ".join(_plain(html).split())
    return plain if len(plain) <= length else plain[: length - 1].rstrip() + "…"


def _checked(source: str, longest: int) -> str:
    source = source.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    if not source.strip():
        raise invalid("body", "is empty")
    if len(source) > longest:
        raise invalid("body", f"takes at most {longest:,} characters")
    if _CONTROL.search(source):
        raise invalid("body", "holds control characters")
    try:
        source.encode()
    except UnicodeEncodeError:
        raise invalid("body", "holds half a character") from None
    return source


def _count(html: str, most_links: int) -> int:
    """Refuse what is too much in comrak's output, which is well formed; return its links."""
    depth = elements = links = 0
    for closing, name in _ELEMENT.findall(html):
        if closing:
            depth -= 1
            continue
        elements += 1
        links += name in {"a", "img"}
        depth += name not in _VOID
        if depth > MAX_NESTING:
            raise invalid("body", "is nested too deeply")
    if elements > MAX_ELEMENTS:
        raise invalid("body", f"has more than {MAX_ELEMENTS:,} parts")
    if links > most_links:
        raise invalid("body", f"has more than {most_links} links")
    return links


def _lower_headings(html: str) -> str:
    """The page's own headings are h1 and h2; text can't hold these tags, comrak escapes it."""
    if "<h" not in html:
        return html
    for high in ("h1", "h2"):
        html = html.replace(f"<{high}>", "<h3>").replace(f"</{high}>", "</h3>")
    return html


def _plain(html: str) -> str:
    return unescape(_TAG.sub("", html.replace("<hr>", "—")))


def _names(html: str) -> tuple[str, ...]:
    """Return who is mentioned outside of code and links, where an @ means something else."""
    spoken = unescape(_TAG.sub("", _QUOTED.sub(" ", html)))
    return tuple(dict.fromkeys(name.lower() for name in _MENTION.findall(spoken)))


def _keep(_tag: str, name: str, value: str) -> str | None:
    allowed = _VALUES.get(name)
    return value if allowed is not None and allowed.fullmatch(value) else None


def _extension() -> comrak.ExtensionOptions:
    options = comrak.ExtensionOptions()
    options.table = options.strikethrough = options.autolink = True
    return options


def _render() -> comrak.RenderOptions:
    options = comrak.RenderOptions()
    options.escape = True
    return options


_EXTENSION = _extension()
_PARSE = comrak.ParseOptions()
_RENDER = _render()
_CLEANER = nh3.Cleaner(
    tags=TAGS,
    clean_content_tags={"script", "style"},
    attributes={"a": {"href"}, "code": {"class"}, "*": set()},  # "*" would allow two
    attribute_filter=_keep,
    link_rel=REL,
    url_schemes={"http", "https", "mailto"},
    url_relative="deny",
)
