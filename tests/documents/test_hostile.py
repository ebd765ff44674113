"""Hostile files: whatever the bytes are, a document or an error comes out, and soon."""

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streamly_ssg.documents.document import Document, parse
from streamly_ssg.documents.parsing import ParseSettings
from streamly_ssg.errors import ContentError, Problem

SETTINGS = ParseSettings()
SIZE = 60_000
SECONDS = 5


def attempt(data: bytes) -> Document | None:
    problems: tuple[Problem, ...]
    try:
        return parse("posts/a.md", data, SETTINGS)
    except ContentError as error:
        problems = error.problems
    assert {problem.path for problem in problems} == {"posts/a.md"}
    return None


def many(text: str) -> str:
    return text * (SIZE // len(text))


PATHOLOGICAL = [
    *map(
        many,
        "[ ![ [a]( [a](< [a][ > - 1. * *a **a _*a ` < & \\ $ $$ # | ~~ <!-- <? <![CDATA[ <a "
        "<a&nbsp;href=' <h1> <pre><code> <p> &#1; {{ {{< {{</* {{<a>}} {{</a>}} [^a] --".split(),
    ),
    *map(
        many,
        [
            "> ",
            "- a ",
            "* a\n",
            "> [!NOTE]\n",
            "a\n=\n",
            "# a\n",
            "[a](b.md) ",
            "{{< a `",
            '{{< a "',
        ],
    ),
    *map(
        many,
        ["|a|\n|-|\n|b|\n\n", "[^1]: a\n", "[a]: b\n", "a\n: b\n\n", "```\n", "$x$ ", "<div>\n\n"],
    ),
    *map(
        many,
        [
            '<a href="b.md">',
            "<a href='b.md'",
            '<img src="',
            "<sup id='fnref'>",
            "{{< a >}}x{{< /a >}}",
        ],
    ),
    "[a" * 20_000 + "]" * 20_000,
    "**" * 15_000 + "a" + "**" * 15_000,
    "".join("`" * n + " " for n in range(300)),
    "".join(" " * (2 * n) + "- a\n" for n in range(240)),
    "".join(f"[^{n}]: [^{n + 1}]\n" for n in range(4_000)) + "\n[^0]\n",
    "".join(f"[a](b{n}.md) " for n in range(4_000)),
    "".join(f"[a](b&amp;{n}%26.md) " for n in range(3_000)),
    "|a" * 3_000 + "\n" + "|-" * 3_000 + "\n" + "x\n" * 15_000,
    "{{< a >}}" * 3_000 + "{{< /a >}}" * 3_000,
    "{{< b >}}" * 3_000 + "{{< /a >}}" * 3_000,
    "{{< a >}}[x]{{< /a >}}" * 1_000 + "\n[x]: y" * 5_000,
    "<b>x" * 10_000 + "<!--more-->",
    "a" * SIZE,
    " " * SIZE,
    "\n" * SIZE,
    "\t" * SIZE,
    "日" * (SIZE // 3),
]


@pytest.mark.parametrize("text", PATHOLOGICAL, ids=lambda text: repr(text[:14]))
def test_pathological_markdown_is_over_soon(text: str) -> None:
    begin = time.process_time()
    attempt(text.encode())
    assert time.process_time() - begin < SECONDS


@pytest.mark.parametrize(
    "text", ["[a](b.md) ", "# a\n", "- a\n", "{{< a >}}\n\n", "> a\n\n", "*a* "]
)
def test_the_largest_file_is_read_in_time(text: str) -> None:
    begin = time.process_time()
    assert attempt((text * (1024 * 1024 // len(text))).encode()) is not None
    assert time.process_time() - begin < 2 * SECONDS


@given(st.binary(max_size=200))
@settings(max_examples=300, derandomize=True, deadline=None)
def test_any_bytes_are_a_document_or_an_error(data: bytes) -> None:
    attempt(data)


@given(st.text(max_size=100), st.text(max_size=100))
@settings(max_examples=300, derandomize=True, deadline=None)
def test_any_front_matter_and_any_body(fields: str, body: str) -> None:
    for fence, mark in (("---", ":"), ("+++", "=")):
        attempt(f"{fence}\ntitle {mark} x\n{fields}\n{fence}\n{body}".encode("utf-8", "replace"))


def test_a_damaged_file_is_a_document_or_an_error() -> None:
    good = (
        "---\ntitle: \"A: é\"\ndate: 2024-01-15\ntags: [a, 'b']\nextra: {a: {b: [1, 2.5, true]}}\n"
        "---\n# A\n\n[b](b.md) ![c](c.png)\n\n```python\nx = 1\n```\n\n"
        "{{< d >}}\n*e*[^1]\n{{< /d >}}\n\n[^1]: f\n"
    ).encode()
    rng = random.Random(20_260_101)
    for _ in range(400):
        data = bytearray(good)
        for _ in range(rng.randint(1, 6)):
            at = rng.randrange(len(data))
            data[at : at + rng.randint(0, 3)] = rng.randbytes(rng.randint(0, 3))
        attempt(bytes(data))


def test_equal_bytes_give_equal_documents() -> None:
    text = "---\ntags: [b, a]\nextra: {z: 1, a: 2}\n---\n# A\n\n# A\n\n{{< x b=1 a=2 >}}\n"
    assert attempt(text.encode()) == attempt(text.encode())
