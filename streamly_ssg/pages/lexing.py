"""
Pygments' tokens as HTML, faster than Pygments.

A `RegexLexer` tries its rules one after the other in Python, dozens for a token. Here the rules of
a state are joined into alternations, so that the regex engine tries them: the first alternative
that matches is the first rule that would have matched. Each alternative ends in an empty group,
whose number tells which one it was. Rules that refer to groups by number or name stay alone; lexers
with their own way of scanning are left to Pygments. Joining costs milliseconds, so a language is
joined when this process has seen enough of it.

The spans are those of Pygments' `HtmlFormatter(nowrap=True)`, with two exceptions: quotes in text
are not escaped, and white space and plain text get no span.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from typing import Any, NamedTuple

from pygments.lexer import RegexLexer
from pygments.lexers import get_all_lexers, get_lexer_by_name
from pygments.lexers.special import TextLexer
from pygments.token import STANDARD_TYPES, Error, Whitespace

Token = tuple[int, Any, str]
ENOUGH = 40_000  # characters; what joining saves on them is about what it costs
_REFERENCE = re.compile(r"\\[1-9]|\(\?P|\(\?\(")
_FLAGS = re.compile(r"\(\?[A-Za-z]+\)")
_SCOPED = re.compile(r"\(\?([ims]+)\)")
_TokenType = type(Error)
_CLASSES: dict[Any, str] = {}


class Rule(NamedTuple):
    """What to do when a regex matches: a token type or a callable, and the next states."""

    match: Any
    action: Any
    target: Any


class Group(NamedTuple):
    """One regex for several rules, keyed by the group that ends each; or for the *only* one."""

    match: Any
    rules: dict[int, Rule]
    only: Rule | None


class Language:
    """A lexer, and as many of its states as were joined so far."""

    def __init__(self, lexer: Any) -> None:
        self.lexer = lexer
        self.seen = 0
        self.states: dict[str, list[Group]] = {}
        way = type(lexer).get_tokens_unprocessed
        verbose = getattr(lexer, "flags", 0) & re.VERBOSE
        self.is_plain = way is RegexLexer.get_tokens_unprocessed and not verbose

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
        groups = self._groups("root")
        while True:
            for group in groups:
                match = group.match(code, position)
                if match is not None:
                    break
            else:
                if position >= len(code):
                    return
                if code[position] == "\n":
                    stack = ["root"]
                    groups = self._groups("root")
                    yield position, Whitespace, "\n"
                else:
                    yield position, Error, code[position]
                position += 1
                continue
            rule = group.only or group.rules[match.lastindex]
            if type(rule.action) is _TokenType:
                yield position, rule.action, match[0]
            elif rule.action is not None:
                # The callable reads the groups of its own regex.
                yield from rule.action(self.lexer, rule.match(code, position))
            position = match.end()
            if rule.target is not None:
                _move(stack, rule.target)
                groups = self._groups(stack[-1])

    def _groups(self, state: str) -> list[Group]:
        groups = self.states.get(state)
        if groups is None:
            rules = [Rule(*rule) for rule in self.lexer._tokens[state]]  # noqa: SLF001
            groups = self.states[state] = join(rules, self.lexer.flags)
        return groups


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


def join(rules: list[Rule], flags: int) -> list[Group]:
    """Return *rules* in order, neighbours joined wherever that is exact."""
    groups: list[Group] = []
    run: list[Rule] = []
    for rule in rules:
        if _stands_alone(rule.match.__self__):
            groups += [*_joined(run, flags), Group(rule.match, {}, rule)]
            run = []
        else:
            run.append(rule)
    return groups + _joined(run, flags)


def _joined(run: list[Rule], flags: int) -> list[Group]:
    if len(run) < 2:  # noqa: PLR2004 - one rule has nothing to be joined with
        return [Group(rule.match, {}, rule) for rule in run]
    source = "|".join(f"{_scoped(rule.match.__self__.pattern)}()" for rule in run)
    rules: dict[int, Rule] = {}
    number = 0
    for rule in run:
        number += rule.match.__self__.groups + 1
        rules[number] = rule
    return [Group(re.compile(source, flags).match, rules, None)]


def _stands_alone(pattern: re.Pattern[str]) -> bool:
    if pattern.groups and _REFERENCE.search(pattern.pattern):
        return True
    return bool(_FLAGS.match(pattern.pattern)) and not _SCOPED.match(pattern.pattern)


def _scoped(pattern: str) -> str:
    """Return *pattern* as one term; flags at its start hold for it alone."""
    flags = _SCOPED.match(pattern)
    return f"(?{flags[1]}:{pattern[flags.end() :]})" if flags else f"(?:{pattern})"


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
    """Return *tokens* as HTML; no span reaches over the end of a line."""
    out: list[str] = []
    run: list[str] = []
    current = ""
    for _, kind, value in tokens:
        name = _CLASSES.get(kind)
        if name is None:
            name = _CLASSES[kind] = css_class(kind)
        if name != current:
            if run:
                out.append(_span(current, "".join(run)))
                run = []
            current = name
        run.append(value)
    out.append(_span(current, "".join(run)))
    return "".join(out)


def _span(name: str, text: str) -> str:
    if not text.isalnum():
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    if not name:
        return text
    if "\n" not in text:
        return f'<span class="{name}">{text}</span>'
    lines = (f'<span class="{name}">{line}</span>' if line else "" for line in text.split("\n"))
    return "\n".join(lines)


def css_class(kind: Any) -> str:
    """Return Pygments' short class name, with those of its ancestors up to a standard one."""
    name = STANDARD_TYPES.get(kind)
    if name is not None:
        return "" if name == "w" else name
    above = css_class(kind.parent)
    return above and f"{above} {above.rsplit(' ', 1)[-1]}-{kind[-1]}"
