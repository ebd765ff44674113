"""
Whitespace in templates: shortened once, when a template is compiled, and not on each page.

In text, any stretch of whitespace in a template becomes one line end or one space, and comments of
HTML go. What pages put in is never touched, nor is what catalogues know by its spelling. In ``pre``
and ``textarea``, in scripts and styles and within tags everything stays as it is. And a template
that puts something into a ``pre`` or a ``textarea``, or whose tags can't be followed without
running it, is left alone with all that it is used with.
"""

import re

PLAIN = {"pre", "textarea"}  # nothing may be put in
CODE = {"script", "style", "xmp", "iframe", "noembed", "noframes"}  # texts and values may
OPEN = {"if", "for", "block", "macro", "call", "filter", "with", "autoescape", "trans"}
BRANCHES = {"elif", "else", "pluralize"}
WORDS = {"trans", "pluralize", "endtrans"}
ANYWHERE = {"if", "elif", "else", "endif", "for", "endfor", "set", "endset"} | WORDS
NO_CALL = {"and", "or", "not", "if", "else", "in", "is"}
TEXTS = {"_", "gettext", "ngettext", "pgettext", "npgettext"}  # calls that give words
_STRETCH = re.compile(r"[ \t\n\r\f]{2,}|[\t\r\f]")
# A comment for people begins with a space; others are for servers and editors.
_NEXT = re.compile(
    r"(?P<idle><!--\s(?s:.*?)-->)|(?P<comment><!--)|</(?P<end>[a-zA-Z])|<[!?]?(?P<tag>[a-zA-Z]\w*)"
)
_HIDING = re.compile(rf"<(?:!--|(?:{'|'.join(sorted(PLAIN | CODE | {'title'}))})\b)", re.IGNORECASE)
_END_OF_TAG = re.compile(r"[\"'>]")


class Walker:
    """
    Walks through a template piece by piece.

    Attributes:
        is_sure: whether it was always clear where we are.
    """

    def __init__(self) -> None:
        self.is_sure = True
        self._inside = ""  # text; or "<", a quotation mark, "!" for a comment, an element
        self._element = ""  # whose beginning we are in
        self._opened: list[str] = []  # where we were when each statement began
        self._code: list[tuple[str, str]] = []
        self._speaks = False  # what is said is looked up in catalogues as it is written

    @property
    def is_whole(self) -> bool:
        """Tell whether the template, now at its end, may be shortened."""
        return self.is_sure and not self._inside and not self._opened

    def text(self, text: str) -> str:
        """Return the next piece of HTML, shortened."""
        done: list[str] = []
        at = 0
        while at < len(text):
            at = self._step(text, at, done) if self._inside else self._plain(text, at, done)
        self.is_sure &= not text.endswith(("<", "</"))  # whatever follows would be a name
        return text if self._speaks else "".join(done)

    def code(self, kind: str, value: str) -> None:
        """Take note of the next piece of code; *kind* is as Jinja's lexer has it."""
        if kind in {"whitespace", "comment_begin", "comment", "comment_end"}:
            return
        if kind in {"variable_begin", "block_begin"}:
            self._code = []
            self.is_sure &= self._inside not in PLAIN
        elif self._code and self._code[-1][0] == "block_begin" and kind == "name":
            self._statement(value)
        elif value == "(" and kind != "string" and self._inside and self._code:
            self.is_sure &= self._code[0][0] != "variable_begin" or not self._is_call()
        self._code.append((kind, value))

    def _plain(self, text: str, at: int, done: list[str]) -> int:
        """Shorten text up to the next tag or comment, and step into that."""
        match = _NEXT.search(text, at)
        done.append(_STRETCH.sub(_one, text[at : match.start() if match else len(text)]))
        if match is None:
            return len(text)
        if match["idle"] is None:
            done.append(match[0])
            self._inside = "!" if match["comment"] else "<"
            self._element = (match["tag"] or "").lower()
        return match.end()

    def _step(self, text: str, at: int, done: list[str]) -> int:
        """Leave as it is what isn't text, up to where something else begins."""
        match = self._limit().search(text, at)
        end = match.end() if match else len(text)
        # An element in it may hide its end, or have one of the same name.
        self.is_sure &= self._inside != "pre" or not _HIDING.search(text, at, end)
        done.append(text[at:end])
        if match is None:
            return end
        if self._inside == "<" and match[0] == ">":
            self._inside = self._element if self._element in PLAIN | CODE else ""
        elif self._inside == "<":
            self._inside = match[0]
        elif self._inside == "!":
            self._inside = ""
        else:
            self._element = self._element if self._inside in "\"'" else ""
            self._inside = "<"
        return end

    def _limit(self) -> re.Pattern[str]:
        if self._inside == "<":
            return _END_OF_TAG
        if self._inside in {"!", '"', "'"}:
            return re.compile("-->" if self._inside == "!" else self._inside)
        return re.compile(rf"</{self._inside}(?=[\s/>])", re.IGNORECASE)

    def _statement(self, word: str) -> None:
        """A branch must leave us where it found us; other templates bring text, and need it."""
        self.is_sure &= not self._inside or word in ANYWHERE
        if word in WORDS:
            self._speaks = word != "endtrans"
        if word in OPEN:
            self._opened.append(self._inside)
        elif word in BRANCHES or (word.startswith("end") and word != "endset"):
            self.is_sure &= self._opened[-1:] == [self._inside]
            if word.startswith("end"):
                del self._opened[-1:]

    def _is_call(self) -> bool:
        """Tell whether a parenthesis calls what comes before it, unless that is a filter."""
        (before, sign), (kind, name) = [("", ""), *self._code][-2:]
        is_filter = before != "string" and sign in {"|", "is"}
        return kind == "name" and name not in NO_CALL | TEXTS and not is_filter


def _one(match: re.Match[str]) -> str:
    return "\n" if "\n" in match[0] else " "
