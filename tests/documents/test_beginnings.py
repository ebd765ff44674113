"""Where a regex can begin: never less than the truth."""

import re
import string
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pygments.lexers import get_lexer_by_name

from streamly_ssg.documents.beginnings import ANY, beginnings, begins_a_line

LETTERS = set(string.ascii_letters)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("abc", "a"),
        ("a|b|[c-e]", "abcde"),
        ("a?b", "ab"),
        ("a*(b|c)", "abc"),
        ("a+b", "a"),
        ("(?:a{2}|b{0,3}c)", "abc"),
        (r"\bif\b", "i"),
        ("(?=x)a", "x"),
        ("(?=ab|c)", "ac"),
        ("a?(?=b)", "ab"),
        (r"[^\x00-\x60\x7b-\x7f]", "abcdefghijklmnopqrstuvwxyz"),
        (r"[^\S\n\x1c-\x1f]", "\t\v\f\r "),
        (r"(?a)[^\S\n]", "\t\v\f\r "),
        ("(?<!a)b", "b"),
        ("(?!a)[ab]", "ab"),
        (r"\d", "0123456789"),
        ("(?i)k", "kK"),
        ("(?i:k)l", "kK"),
        ("(?i)[a-b]", "abAB"),
        ("(?x) a # c", "a"),
        ("(?>a|b)c", None),
        ("a++b", "a"),
        ("é", ""),
        ("[à-ü]", ""),
        ("[a-ü]", "abcdefghijklmnopqrstuvwxyz{|}~\x7f"),
    ],
)
def test_a_regex_begins_with_these(source: str, expected: str | None) -> None:
    found = beginnings(re.compile(source)) & set(map(chr, range(128)))
    assert found == (ANY if expected is None else set(expected))


@pytest.mark.parametrize(
    "source",
    [
        "",
        "a*",
        "a?",
        "(?=)",
        "(?=a?)",
        "(?s).",
        r"[^\u017f]",
        r"\b",
        "$",
        "(a)?",
        "a||b",
        "(a*)*",
        "(?i)\u017f",
        "(?i)[à-ü]",
    ],
)
def test_what_may_be_empty_or_is_not_clear_begins_with_anything(source: str) -> None:
    assert beginnings(re.compile(source)) == ANY


@pytest.mark.parametrize(
    ("source", "but"),
    [(".", "\n"), ("[^a]", "a"), ("(?i)[^ab]", "abAB"), ("(?i)[^a-b]", "abAB"), ("(?i)[^k]", "kK")],
)
def test_what_excludes_a_few_begins_with_all_others(source: str, but: str) -> None:
    assert ANY - beginnings(re.compile(source)) == set(but)


@pytest.mark.parametrize("source", ["^a", "(^a)b", "((?m:^) )", r"\Aa", "^"])
def test_a_regex_may_be_bound_to_the_beginning_of_a_line(source: str) -> None:
    assert begins_a_line(re.compile(source))


@pytest.mark.parametrize("source", ["a", "^a|b", "(^)?a", "a^", "", r"\ba", "$", "(?:^|a)b"])
def test_what_can_match_elsewhere_is_not_bound_to_it(source: str) -> None:
    assert not begins_a_line(re.compile(source))


def test_a_reference_may_be_to_nothing() -> None:
    assert "b" in beginnings(re.compile(r"(a?)\1b"))


ATOMS = st.sampled_from(
    [
        "a",
        "B",
        "7",
        "_",
        " ",
        "é",
        ".",
        "[a-f]",
        "[^a]",
        r"(?:[^\w7])",
        r"(?:[^a-f\S])",
        r"\d",
        r"\w",
        r"\S",
        r"\b",
        "^",
        "$",
        "(?=a)",
        "(?=[^b])",
        "(?!b)",
    ]
)
REGEXES = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map("(?:{0[0]}|{0[1]})".format),
        inner.map("({})?".format),
        inner.map("(?:{})*".format),
        inner.map("(?i:{})".format),
        inner.map("({})+?".format),
    ),
    max_leaves=6,
)


@given(source=REGEXES, text=st.text("aAbBcfFgG7_ é\nK\u212a", max_size=4))
@settings(max_examples=500, derandomize=True, deadline=None)
def test_nothing_begins_with_what_is_not_listed(source: str, text: str) -> None:
    pattern = re.compile(source)
    if pattern.match(text) and text[:1] in ANY and text:
        assert text[0] in beginnings(pattern)


@given(source=REGEXES, text=st.text("aB7_ \n", max_size=6), at=st.integers(1, 5))
@settings(max_examples=500, derandomize=True, deadline=None)
def test_nothing_bound_to_a_line_matches_elsewhere(source: str, text: str, at: int) -> None:
    pattern = re.compile(source, re.MULTILINE)
    if pattern.match(text, at) and text[min(at, len(text)) - 1 :][:1] not in {"", "\n"}:
        assert not begins_a_line(pattern)


@pytest.mark.parametrize("name", ["python", "javascript", "bash", "perl", "rust", "css", "sql"])
def test_no_rule_of_pygments_begins_with_what_is_not_listed(name: str) -> None:
    lexer: Any = get_lexer_by_name(name)
    ends = ("", "a", "1", " ", "\n", '"', "'", "=", "/", "*", "if x", 'b"x"', "-x-", "{}", "()")
    for rules in lexer._tokens.values():
        for match, _, _ in rules:
            listed = beginnings(match.__self__)
            assert all(char in listed for char in ANY for end in ends if match(char + end))
