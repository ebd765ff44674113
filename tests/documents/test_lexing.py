"""The faster lexers give exactly Pygments' tokens, and the writer its formatter's spans."""

import io
import random
import re
from pathlib import Path
from typing import Any

import pytest
from pygments.formatters import HtmlFormatter
from pygments.token import Comment, Name, Text, Token, Whitespace

import streamly_ssg
from streamly_ssg.documents import lexing
from streamly_ssg.documents.lexing import Language, State, language, spans, write

LANGUAGES = (
    "python bash javascript typescript html css scss go rust java kotlin csharp sql toml ini nginx "
    "docker diff haskell perl powershell r julia dart zig graphql protobuf xml jinja django "
    "markdown restructuredtext tcl erlang ocaml fsharp scala groovy clojure fortran ada d nim "
    "awk vbnet properties registry applescript gherkin latex matlab asm cmake"
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
    "java": "@A(b = \"c\") class X<T> extends Y { int a = 0b1_0; /** d */ char c = '\\u0041'; }\n",
}


def plain(name: str) -> Language | None:
    found = language(name)
    return found if found is not None and found.is_plain else None


def junk(seed: int, length: int = 300) -> str:
    rng = random.Random(seed)
    pieces = ["\n", "\n", " ", "  ", "\t", "a", "if", "def ", "class", "0x1f", "1.5e3", "é", "日"]
    pieces += list("{}[]()<>/\\|\"'`#$@!%^&*-+=~;:,.?_\x7f\u2028")
    return "".join(rng.choice(pieces) for _ in range(length))


def same_tokens(found: Language, code: str) -> None:
    expected = list(found.lexer.get_tokens_unprocessed(code))
    assert list(found.scan(code)) == expected
    assert "".join(value for _, _, value in expected) == code


def formatted(tokens: list[tuple[int, Any, str]]) -> str:
    """Return what Pygments writes, less the two exceptions that the module promises."""
    out = io.StringIO()
    HtmlFormatter(nowrap=True).format(((kind, value) for _, kind, value in tokens), out)
    html = out.getvalue().replace("&quot;", '"').replace("&#39;", "'")
    return re.sub(r'<span class="w">([^<]*)</span>', r"\1", html)


@pytest.mark.parametrize("name", LANGUAGES)
def test_the_tokens_are_those_of_pygments(name: str) -> None:
    found = plain(name)
    assert found is not None
    for code in [*SNIPPETS.values(), *(junk(seed) for seed in range(4)), "", "\n", "\n\n x"]:
        same_tokens(found, code)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_our_own_sources_have_the_tokens_of_pygments(path: Path) -> None:
    found = plain("python")
    assert found is not None
    same_tokens(found, path.read_text("utf-8"))


@pytest.mark.parametrize("module", [random, re, io], ids=lambda module: module.__name__)
def test_the_standard_library_has_the_tokens_of_pygments(module: Any) -> None:
    found = plain("python")
    assert found is not None
    same_tokens(found, Path(module.__file__).read_text("utf-8")[:20_000])


@pytest.mark.parametrize("seed", range(30))
def test_junk_has_the_tokens_of_pygments(seed: int) -> None:
    name = LANGUAGES[seed % 9]
    found = plain(name)
    assert found is not None
    same_tokens(found, junk(1000 + seed, 600))


def test_an_unexpected_character_is_an_error_token_and_a_line_end_starts_again() -> None:
    found = plain("toml")
    assert found is not None
    code = 'a = ^\nb = 1\n"x'
    same_tokens(found, code)
    assert any(str(kind) == "Token.Error" for _, kind, _ in found.scan(code))


def test_only_rules_that_can_begin_with_a_character_are_tried_for_it() -> None:
    rules = [(re.compile(source).match, Text, None) for source in ("ab", "[0-9]+", "x?", "(?i)A")]
    state = State(rules)
    assert state["a"] == [rules[0], rules[2], rules[3]]
    assert state["7"] == [rules[1], rules[2]]
    assert state["-"] == [rules[2]]


def test_at_the_end_and_beyond_ascii_all_rules_are_tried() -> None:
    state = State([(re.compile("a").match, Text, None)])
    assert len(state[""]) == len(state["é"]) == 1


def test_a_language_is_looked_into_when_enough_of_it_was_seen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lexing, "ENOUGH", 10)
    found = language("python")
    assert found is not None
    fresh = Language(found.lexer)
    assert list(fresh.tokens("x = 1\n")) == list(fresh.tokens("x = 1\n"))
    assert fresh.states


@pytest.mark.parametrize("name", [*SNIPPETS, "c", "cpp", "php", "yaml", "json", "ruby", "console"])
def test_spans_are_those_of_pygments(name: str) -> None:
    found = language(name)
    assert found is not None
    for code in [*SNIPPETS.values(), junk(7)]:
        tokens = list(found.lexer.get_tokens_unprocessed(code))
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


@pytest.mark.parametrize("name", ["nosuch", "", "text", "x" * 10_000, "../x"])
def test_a_name_without_a_lexer_has_no_spans(name: str) -> None:
    assert spans("x", name) is None


def test_the_name_of_a_language_may_have_capitals() -> None:
    assert spans("x = 1", "Python") == spans("x = 1", "python")
