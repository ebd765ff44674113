"""
Pygments' tokens as HTML, faster than Pygments.

A `RegexLexer` tries the rules of a state one after the other, dozens for a token. Most of them
can't match where it stands: because of the character there, or because it is not the beginning of a
line. So here only the others are tried, in the same order and each with its own regex, and the
tokens are the same. Looking into the rules costs milliseconds, so it is done when this process has
seen enough of a language.

The spans are those of Pygments' `HtmlFormatter(nowrap=True)`, with two exceptions: quotes in text
are not escaped, and white space and plain text get no span.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from typing import Any

from pygments.lexer import ExtendedRegexLexer, Lexer, LexerContext, RegexLexer
from pygments.lexers import get_all_lexers, get_lexer_by_name
from pygments.lexers.special import TextLexer
from pygments.token import STANDARD_TYPES, Error, Text, Token, Whitespace

from .beginnings import ANY, beginnings, begins_a_line

Lexed = tuple[int, Any, str]  # where, which kind, what
Rule = tuple[Any, Any, Any, Any]  # how to match, the kind or else what makes tokens, where to go
ENOUGH = 8_000  # characters; what is saved on them is about what it costs
MAX_KEPT = 2_000
MAX_KEPT_LENGTH = 40
_KIND = type(Token)
_pygments_scan = RegexLexer.get_tokens_unprocessed
_pygments_scan_in_context = ExtendedRegexLexer.get_tokens_unprocessed


class State:
    """The rules of one state by the character that they can begin with."""

    def __init__(self, rules: list[tuple[Any, Any, Any]]) -> None:
        self.rules = [_rule(*rule) for rule in rules]
        patterns = [match.__self__ for match, _, _ in rules]
        self.limits = [(beginnings(pattern), begins_a_line(pattern)) for pattern in patterns]
        self.first: dict[str, list[Rule]] = {}  # where a line begins
        self.later: dict[str, list[Rule]] = {}  # elsewhere

    def find(self, char: str, known: dict[str, list[Rule]]) -> list[Rule]:
        """Find the rules for *char*; beyond ASCII, and at the end of the text, that is all."""
        if char not in ANY:
            return self.rules
        at_start = known is self.first
        pairs = zip(self.rules, self.limits, strict=True)
        found = known[char] = [
            rule
            for rule, (chars, is_anchored) in pairs
            if char in chars and (at_start or not is_anchored)
        ]
        return found


def _rule(match: Any, action: Any, target: Any) -> Rule:
    is_kind = type(action) is _KIND
    return match, action if is_kind else None, None if is_kind else action, target


class States(dict[str, State]):
    """The states of a lexer, as many as were looked into so far."""

    def __init__(self, rules: dict[str, list[tuple[Any, Any, Any]]]) -> None:
        super().__init__()
        self.rules = rules
        self.seen = 0

    def __missing__(self, name: str) -> State:
        """Look into the state called *name*."""
        state = self[name] = State(self.rules[name])
        return state


_KNOWN: dict[int, States] = {}  # by the id of the rules, which they keep alive


def states_of(lexer: Any) -> States:
    """Return the states of *lexer*, one and the same for all lexers with its rules."""
    rules = lexer._tokens  # noqa: SLF001
    states = _KNOWN.get(id(rules))
    if states is None:
        states = _KNOWN[id(rules)] = States(rules)
    return states


def scan(states: States, lexer: Any, code: str, stack: Iterable[str] = ("root",)) -> list[Lexed]:
    """Return what `RegexLexer.get_tokens_unprocessed` would yield."""
    names = list(stack)
    state = states[names[-1]]
    tokens: list[Lexed] = []
    position = 0
    while True:
        known = state.later if position and code[position - 1] != "\n" else state.first
        try:
            rules = known[code[position]]
        except LookupError:
            rules = state.find(code[position : position + 1], known)
        for rule in rules:
            match = rule[0](code, position)
            if match is not None:
                break
        else:
            if position >= len(code):
                return tokens
            char = code[position]
            if char == "\n":
                names = ["root"]
                state = states["root"]
            tokens.append((position, Whitespace if char == "\n" else Error, char))
            position += 1
            continue
        _, kind, action, target = rule
        if kind is not None:
            tokens.append((position, kind, match[0]))
        elif action is not None:
            tokens += action(lexer, match)
        position = match.end()
        if target is not None:
            _move(names, target)
            state = states[names[-1]]


def scan_in_context(states: States, lexer: Any, context: LexerContext) -> list[Lexed]:
    """Return what `ExtendedRegexLexer.get_tokens_unprocessed` would yield."""
    code = context.text
    tokens: list[Lexed] = []
    while True:
        position = context.pos
        state = states[context.stack[-1]]
        known = state.later if position and code[position - 1] != "\n" else state.first
        for rule in known.get(char := code[position : position + 1]) or state.find(char, known):
            match = rule[0](code, position, context.end)
            if match is not None:
                break
        else:
            if position >= context.end or not char:
                return tokens
            if char == "\n":
                context.stack = ["root"]
            tokens.append((position, Text if char == "\n" else Error, char))
            context.pos += 1
            continue
        _, kind, action, target = rule
        if kind is not None:
            tokens.append((position, kind, match[0]))
            context.pos = match.end()
        elif action is not None:
            tokens += action(lexer, match, context)  # moves the context itself
        if target is not None:
            _move(context.stack, target)


def _move(stack: list[str], target: Any) -> None:
    """Change the stack of states as Pygments does; its lowest state always stays."""
    if isinstance(target, int):
        del stack[target if len(stack) > -target else 1 :]
        return
    for step in target if isinstance(target, tuple) else (target,):
        if step == "#pop":
            del stack[-1 if len(stack) > 1 else 1 :]
        elif step == "#push":
            stack.append(stack[-1])
        else:
            stack.append(step)


def _tokens(lexer: Any, text: str, stack: Iterable[str] = ("root",)) -> Iterator[Lexed]:
    states = states_of(lexer)
    states.seen += len(text)
    if states.seen < ENOUGH:
        return _pygments_scan(lexer, text, stack)
    return iter(scan(states, lexer, text, stack))


def _tokens_in_context(
    lexer: Any, text: str | None = None, context: LexerContext | None = None
) -> Iterator[Lexed]:
    states = states_of(lexer)
    context = context or LexerContext(text or "", 0)
    states.seen += len(context.text)
    if states.seen < ENOUGH:
        return _pygments_scan_in_context(lexer, text, context)
    return iter(scan_in_context(states, lexer, context))


# Many lexers call these by name, for the code inside their own or to rename some tokens.
RegexLexer.get_tokens_unprocessed = _tokens  # type: ignore[method-assign,assignment]
ExtendedRegexLexer.get_tokens_unprocessed = _tokens_in_context  # type: ignore[method-assign,assignment]


@cache
def _names() -> frozenset[str]:
    """Return Pygments' own languages; a plugin on one machine must not change the site."""
    return frozenset(alias for lexer in get_all_lexers(plugins=False) for alias in lexer[1])


@lru_cache(maxsize=1024)
def language(name: str) -> Lexer | None:
    """Return the lexer called *name*, or None if there is none or it has nothing to colour."""
    if name not in _names():
        return None
    lexer = get_lexer_by_name(name)
    return None if isinstance(lexer, TextLexer) else lexer


def spans(code: str, name: str) -> str | None:
    """Return *code* as HTML with its tokens in spans, or None for an unknown language."""
    lexer = language(name.lower())
    return None if lexer is None else write(lexer.get_tokens_unprocessed(code))


def write(tokens: Iterable[Lexed]) -> str:
    """Return *tokens* as HTML: one span for neighbours of one class, none over a line's end."""
    out: list[str] = []
    current = _SPANS[Token]
    run = ""
    for _, kind, text in tokens:
        found = _SPANS[kind]
        if found is current:
            run += text
        elif text:
            out.append(current[run])
            current = found
            run = text
    return "".join(out) + current[run]


class Spans(dict[str, str]):
    """Texts of one class as HTML; the short ones are kept, for most of them come again."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def __missing__(self, text: str) -> str:
        """Return *text* as HTML, and keep that if it is short."""
        html = _span(self.name, text)
        if len(text) <= MAX_KEPT_LENGTH:
            if len(self) >= MAX_KEPT:
                self.clear()
            self[text] = html
        return html


def _span(name: str, text: str) -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    if not name:
        return text
    if "\n" not in text:
        return f'<span class="{name}">{text}</span>'
    lines = (f'<span class="{name}">{line}</span>' if line else "" for line in text.split("\n"))
    return "\n".join(lines)


class _Kinds(dict[Any, Spans]):
    """The spans of each kind of token; kinds with the same class share them."""

    def __missing__(self, kind: Any) -> Spans:
        found = self[kind] = _spans_of(_class(kind))
        return found


_SPANS = _Kinds()


@cache
def _spans_of(name: str) -> Spans:
    return Spans(name)


def _class(kind: Any) -> str:
    """Return Pygments' short class name, with those of its ancestors up to a standard one."""
    name: str | None = STANDARD_TYPES.get(kind)
    if name is None:
        above = _class(kind.parent)
        name = above and f"{above} {above.rsplit(' ', 1)[-1]}-{kind[-1]}"
    return "" if name == "w" else name
