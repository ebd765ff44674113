"""The faster lexers give exactly Pygments' tokens, and the writer its formatter's spans."""

import io
import random
import re
from pathlib import Path
from typing import Any

import pytest
from pygments.formatters import HtmlFormatter
from pygments.lexer import ExtendedRegexLexer, Lexer, RegexLexer
from pygments.token import Comment, Name, Text, Token, Whitespace

import streamly_ssg
from streamly_ssg.documents import lexing
from streamly_ssg.documents.lexing import (
    MAX_KEPT,
    MAX_KEPT_LENGTH,
    Spans,
    State,
    language,
    spans,
    states_of,
    write,
)

LANGUAGES = (
    "python bash javascript typescript html css scss go rust java kotlin csharp sql toml ini nginx "
    "docker diff haskell perl powershell r julia dart zig graphql protobuf xml jinja django "
    "markdown restructuredtext tcl erlang ocaml fsharp scala groovy clojure fortran ada d nim "
    "awk vbnet properties registry applescript gherkin latex matlab asm cmake "
    # These add to Pygments' own loop, carry a context through it, or are several lexers in one.
    "c cpp objective-c swift lua php elixir makefile vim scheme html+jinja html+php erb console "
    "yaml ruby crystal haml pug markdown rst xslt pycon"
).split()
SOURCES = sorted(Path(streamly_ssg.__file__).parent.rglob("*.py"))[:12]
SNIPPETS = {
    "python": 'async def f(x: int = 0xFF):\n    r"""Doc."""\n    return f"{x!r:>{9}}" % b""\n',
    "bash": "set -e\ncat <<'EOF' | sed \"s/a/$b/\"\n${x%.md} $((1))\nEOF\nfor f in *; do a; done\n",
    "javascript": "const re = /a[/]b/g, t = `x ${a + `${b}`} y`; // c\nclass A { #p = 1n; }\n",
    "html": "<!doctype html><a href='x'>&amp;<script>x = 1 < 2;</script><style>a{b:c}</style>\n",
    "rust": "fn f<'a>(x: &'a str) -> u8 { r#\"raw \"x\"\"#; /* a /* b */ */ b'x' }\n",
    "css": "@media (a) { .b::after { content: '\\201C'; color: #fff !important } }\n",
    "sql": "SELECT 'it''s', \"x\" FROM t -- c\nWHERE a >= 1.5e3 /* x\n */;\n",
    "toml": '[a.b]\nc = """x\ny""" # z\nd = 2024-01-01T00:00:00Z\n',
    "go": "package main\nfunc f() (int, error) { return 0x1p-2, `raw\n` + '\\n' }\n",
    "yaml": "a: &b\n  - !!str 'c'\n  - |\n    d: e\n\n  f: {g: [1, *b]}\n...\n---\n? h\n: i # j\n",
    "ruby": "def f(x) = <<~A + %w[b #{x}].to_s\n  #{1 + 2} c\nA\n:d? @e =~ /f/i # g\n",
    "c": "#if 0\nx\n#endif\n#include <a.h>\nsize_t f(int *p) { return (uint8_t) 'a'; } /* b */\n",
    "php": "<p><?php echo $a['b'] . <<<X\n {$c->d}\nX;\n?></p>\n",
    "java": "@A(b = \"c\") class X<T> extends Y { int a = 0b1_0; /** d */ char c = '\\u0041'; }\n",
}


@pytest.fixture
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look into every language at once."""
    monkeypatch.setattr(lexing, "ENOUGH", 0)


def known(name: str) -> Lexer:
    found = language(name)
    assert found is not None
    return found


def junk(seed: int, length: int = 300) -> str:
    rng = random.Random(seed)
    pieces = ["\n", "\n", " ", "  ", "\t", "a", "if", "def ", "class", "0x1f", "1.5e3", "é", "日"]
    pieces += list("{}[]()<>/\\|\"'`#$@!%^&*-+=~;:,.?_\x7f\u2028")
    return "".join(rng.choice(pieces) for _ in range(length))


def pygments_tokens(lexer: Lexer, code: str) -> list[tuple[int, Any, str]]:
    """Return the tokens that Pygments' own two loops give."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(RegexLexer, "get_tokens_unprocessed", lexing._pygments_scan)
        patch.setattr(
            ExtendedRegexLexer, "get_tokens_unprocessed", lexing._pygments_scan_in_context
        )
        return list(lexer.get_tokens_unprocessed(code))


def same_tokens(lexer: Lexer, code: str) -> None:
    assert list(lexer.get_tokens_unprocessed(code)) == pygments_tokens(lexer, code)


def formatted(tokens: list[tuple[int, Any, str]]) -> str:
    """Return what Pygments writes, less the two exceptions that the module promises."""
    out = io.StringIO()
    HtmlFormatter(nowrap=True).format(((kind, value) for _, kind, value in tokens), out)
    html = out.getvalue().replace("&quot;", '"').replace("&#39;", "'")
    return re.sub(r'<span class="w">([^<]*)</span>', r"\1", html)


@pytest.mark.usefixtures("_at_once")
@pytest.mark.parametrize("name", LANGUAGES)
def test_the_tokens_are_those_of_pygments(name: str) -> None:
    for code in [*SNIPPETS.values(), *(junk(seed) for seed in range(4)), "", "\n", "\n\n x"]:
        same_tokens(known(name), code)


@pytest.mark.usefixtures("_at_once")
@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_our_own_sources_have_the_tokens_of_pygments(path: Path) -> None:
    same_tokens(known("python"), path.read_text("utf-8"))


@pytest.mark.usefixtures("_at_once")
@pytest.mark.parametrize("module", [random, re, io], ids=lambda module: module.__name__)
def test_the_standard_library_has_the_tokens_of_pygments(module: Any) -> None:
    same_tokens(known("python"), Path(module.__file__).read_text("utf-8")[:20_000])


@pytest.mark.usefixtures("_at_once")
@pytest.mark.parametrize("seed", range(30))
def test_junk_has_the_tokens_of_pygments(seed: int) -> None:
    same_tokens(known([*SNIPPETS][seed % len(SNIPPETS)]), junk(1000 + seed, 600))


@pytest.mark.usefixtures("_at_once")
@pytest.mark.parametrize(("name", "code"), [("toml", 'a = ^\nb = 1\n"x'), ("yaml", "a: @\n%x\n")])
def test_an_unexpected_character_is_an_error_token(name: str, code: str) -> None:
    same_tokens(known(name), code)
    kinds = {str(kind) for _, kind, _ in known(name).get_tokens_unprocessed(code)}
    assert "Token.Error" in kinds


def state(*sources: str) -> State:
    return State([(re.compile(source).match, Text, None) for source in sources])


def found(state: State, char: str, *, at_start: bool = False) -> list[str]:
    rules = state.find(char, state.first if at_start else state.later)
    return [rule[0].__self__.pattern for rule in rules]


def test_only_rules_that_can_begin_with_a_character_are_tried_for_it() -> None:
    some = state("ab", "[0-9]+", "x?", "(?i)A")
    assert found(some, "a") == ["ab", "x?", "(?i)A"]
    assert found(some, "7") == ["[0-9]+", "x?"]
    assert found(some, "-") == ["x?"]


def test_what_begins_a_line_is_tried_only_there() -> None:
    some = state("^a", "a")
    assert found(some, "a", at_start=True) == ["^a", "a"]
    assert found(some, "a") == ["a"]


def test_at_the_end_and_beyond_ascii_all_rules_are_tried() -> None:
    assert found(state("a", "^b"), "") == found(state("a", "^b"), "é") == ["a", "^b"]


@pytest.mark.parametrize("name", ["gherkin", "crystal"])
def test_a_language_is_looked_into_when_enough_of_it_was_seen(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lexing, "_KNOWN", {})
    monkeypatch.setattr(lexing, "ENOUGH", 10)
    lexer = known(name)
    first = list(lexer.get_tokens_unprocessed("x = 1\n"))
    assert not states_of(lexer)
    assert list(lexer.get_tokens_unprocessed("x = 1\n")) == first
    assert states_of(lexer)


@pytest.mark.parametrize("name", [*SNIPPETS, "cpp", "json", "console"])
def test_spans_are_those_of_pygments(name: str) -> None:
    for code in [*SNIPPETS.values(), junk(7)]:
        tokens = list(known(name).get_tokens_unprocessed(code))
        code_without_end = formatted(tokens).rstrip("\n")
        assert write(tokens).rstrip("\n") == code_without_end


def test_neighbours_of_one_class_share_a_span() -> None:
    tokens = [(0, Name, "a"), (1, Name, "b"), (2, Whitespace, " "), (3, Name, "c\n\nd")]
    assert write(tokens) == (
        '<span class="n">ab</span> <span class="n">c</span>\n\n<span class="n">d</span>'
    )


def test_a_kind_of_its_own_has_the_classes_of_its_ancestors() -> None:
    assert write([(0, Comment.Special.Odd.Very, "x")]) == (
        '<span class="cs cs-Odd cs-Odd-Very">x</span>'
    )
    assert write([(0, kind, "x") for kind in (Token, Whitespace, Text.Odd)]) == "xxx"


def test_short_texts_are_kept_as_html_but_not_for_ever() -> None:
    kept = Spans("k")
    assert kept["if"] is kept["if"]
    assert kept["x" * (MAX_KEPT_LENGTH + 1)].startswith('<span class="k">xx')
    assert list(kept) == ["if"]
    assert [kept[f"n{n}"] for n in range(MAX_KEPT)][-1] == f'<span class="k">n{MAX_KEPT - 1}</span>'
    assert len(kept) == 1


@pytest.mark.parametrize("name", ["nosuch", "", "text", "x" * 10_000, "../x"])
def test_a_name_without_a_lexer_has_no_spans(name: str) -> None:
    assert spans("x", name) is None


def test_the_name_of_a_language_may_have_capitals() -> None:
    assert spans("x = 1", "Python") == spans("x = 1", "python")
