"""
Pygments' tokens as HTML, faster than Pygments.

A `RegexLexer` tries the rules of a state one after the other, dozens for a token. Most of them
can't begin with the character at hand, so here only the others are tried, in the same order and
each with its own regex: the tokens are the same. Lexers with their own way of scanning are left to
Pygments. Looking into the rules costs milliseconds, so it is done when this process has seen enough
of a language.

The spans are those of Pygments' `HtmlFormatter(nowrap=True)`, with two exceptions: quotes in text
are not escaped, and white space and plain text get no span.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from typing import Any

from pygments.lexer import RegexLexer
from pygments.lexers import get_all_lexers, get_lexer_by_name
from pygments.lexers.special import TextLexer
from pygments.token import STANDARD_TYPES, Error, Whitespace

from .beginnings import ANY, beginnings

Token = tuple[int, Any, str]
Rule = tuple[Any, Any, Any]  # how to match, what to yield, where to go: as Pygments has them
ENOUGH = 40_000  # characters; what is saved on them is about what it costs
_TokenType = type(Error)


class State(dict[str, list[Rule]]):
    """The rules of one state by the character that they can begin with."""

    def __init__(self, rules: list[Rule]) -> None:
        super().__init__()
        self.rules = rules
        self.beginnings = [beginnings(rule[0].__self__) for rule in rules]

    def __missing__(self, char: str) -> list[Rule]:
        """Find the rules for *char*; beyond ASCII, and at the end of the text, that is all."""
        if char not in ANY:
            return self.rules
        pairs = zip(self.rules, self.beginnings, strict=True)
        rules = self[char] = [rule for rule, chars in pairs if char in chars]
        return rules


class Language:
    """A lexer, and as many of its states as were looked into so far."""

    def __init__(self, lexer: Any) -> None:
        self.lexer = lexer
        self.seen = 0
        self.states: dict[str, State] = {}
        self.is_plain = type(lexer).get_tokens_unprocessed is RegexLexer.get_tokens_unprocessed

    def tokens(self, code: str) -> Iterable[Token]:
        """Return the tokens of *code*."""
        self.seen += len(code)
        if self.is_plain and self.seen > ENOUGH:
            return self.scan(code)
        tokens: Iterable[Token] = self.lexer.get_tokens_unprocessed(code)
        return tokens

    def scan(self, code: str) -> Iterator[Token]:
        """Yield what the lexer's own `get_tokens_unprocessed` would yield."""
        position = 0
        stack = ["root"]
        state = self._state("root")
        while True:
            char = code[position : position + 1]
            for rule in state[char]:
                match = rule[0](code, position)
                if match is not None:
                    break
            else:
                if not char:
                    return
                if char == "\n":
                    stack = ["root"]
                    state = self._state("root")
                yield position, Whitespace if char == "\n" else Error, char
                position += 1
                continue
            _, action, target = rule
            if type(action) is _TokenType:
                yield position, action, match[0]
            elif action is not None:
                yield from action(self.lexer, match)
            position = match.end()
            if target is not None:
                _move(stack, target)
                state = self._state(stack[-1])

    def _state(self, name: str) -> State:
        state = self.states.get(name)
        if state is None:
            state = self.states[name] = State(self.lexer._tokens[name])  # noqa: SLF001
        return state


def _move(stack: list[str], target: Any) -> None:
    """Change the stack of states as Pygments does; its lowest state always stays."""
    if isinstance(target, int):
        del stack[max(1, len(stack) + target) :]
        return
    for step in target if isinstance(target, tuple) else (target,):
        if step == "#pop":
            del stack[max(1, len(stack) - 1) :]
        else:
            stack.append(stack[-1] if step == "#push" else step)


@cache
def _names() -> frozenset[str]:
    """Return Pygments' own languages; a plugin on one machine must not change the site."""
    return frozenset(alias for lexer in get_all_lexers(plugins=False) for alias in lexer[1])


@lru_cache(maxsize=1024)
def language(name: str) -> Language | None:
    """Return the language called *name*, or None if it has no lexer or nothing to colour."""
    if name not in _names():
        return None
    lexer = get_lexer_by_name(name)
    return None if isinstance(lexer, TextLexer) else Language(lexer)


def spans(code: str, name: str) -> str | None:
    """Return *code* as HTML with its tokens in spans, or None for an unknown language."""
    found = language(name.lower())
    return None if found is None else write(found.tokens(code))


def write(tokens: Iterable[Token]) -> str:
    """Return *tokens* as HTML: one span for neighbours of one class, none over a line's end."""
    out: list[str] = []
    current = run = ""
    for _, kind, text in tokens:
        name = _CLASSES[kind]
        if name == current:
            run += text
        elif text:
            if run:
                out.append(_span(current, run))
            current = name
            run = text
    return "".join(out) + _span(current, run)


def _span(name: str, text: str) -> str:
    if not text.isalnum():
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    if not name:
        return text
    if "\n" not in text:
        return f'<span class="{name}">{text}</span>'
    lines = (f'<span class="{name}">{line}</span>' if line else "" for line in text.split("\n"))
    return "\n".join(lines)


class _Classes(dict[Any, str]):
    """Pygments' short class names, each with those of its ancestors up to a standard one."""

    def __missing__(self, kind: Any) -> str:
        name: str | None = STANDARD_TYPES.get(kind)
        if name is None:
            above = self[kind.parent]
            name = above and f"{above} {above.rsplit(' ', 1)[-1]}-{kind[-1]}"
        self[kind] = name = "" if name == "w" else name
        return name


_CLASSES = _Classes()
