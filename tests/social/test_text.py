"""The text of a comment: what Markdown gives, what is refused, and how long it takes."""

import contextlib
import time

import pytest

from interact_api.errors import Invalid
from interact_api.settings import Comments
from interact_api.social import text
from tests.support.social import LIMITS

MOST = 10_000


def html(source: str) -> str:
    return text.written(source, LIMITS).html


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("*a* **b** `c`", "<p><em>a</em> <strong>b</strong> <code>c</code></p>"),
        ("~~a~~", "<p><del>a</del></p>"),
        ("> a", "<blockquote>\n<p>a</p>\n</blockquote>"),
        ("# a", "<h3>a</h3>"),
        ("###### a", "<h6>a</h6>"),
        ("```py\na\n```", '<pre><code class="language-py">a\n</code></pre>'),
        ("```py onload=x\na\n```", '<pre><code class="language-py">a\n</code></pre>'),
        ("<b>a</b>", "<p>&lt;b&gt;a&lt;/b&gt;</p>"),
        ("a<!-- b -->", "<p>a&lt;!-- b --&gt;</p>"),
        ("a\r\nb", "<p>a\nb</p>"),
        ("a ![b](http://c.d/e.png)", "<p>a </p>"),
    ],
)
def test_markdown_becomes_plain_html(source: str, shown: str) -> None:
    assert html(source) == shown


def test_tables_are_tables() -> None:
    assert "<td>c</td>" in html("|a|b|\n|-|:-:|\n|c|d|")


def test_links_are_marked_as_of_others() -> None:
    rel = 'rel="nofollow ugc noopener noreferrer"'
    assert html("https://a.b/c") == f'<p><a href="https://a.b/c" {rel}>https://a.b/c</a></p>'
    assert f'<a href="mailto:a@b.cd" {rel}>' in html("a@b.cd")


@pytest.mark.parametrize(
    "target",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java&#x0A;script:alert(1)",
        "&#106;avascript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "/relative",
        "//other.example",
        "#here",
        "http:no",
        "https://a.b/" + "c" * text.MAX_URL,
    ],
)
def test_only_addresses_of_the_web_and_of_mail_are_linked(target: str) -> None:
    assert "href" not in html(f"[a](<{target}>)")


def test_names_are_found_where_they_are_said() -> None:
    said = "@ann, (@bob) @Carl_2! x@dora.org `@eve` [@fred](http://a.b) http://a.b/@gus @ab @@ida"
    assert text.written(said, LIMITS).names == ("ann", "bob", "carl_2")


def test_nobody_is_mentioned_in_a_crowd() -> None:
    with pytest.raises(Invalid, match="mentions more than 10"):
        html(" ".join(f"@person{number}" for number in range(11)))


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("", "is empty"),
        (" \n\t\n", "is empty"),
        ("a" * 10_001, "at most 10,000"),
        ("a\0b", "control characters"),
        ("a\x1bb", "control characters"),
        ("a\ud800b", "half a character"),
        ("![a](http://b.c/d.png)", "shows nothing"),
        ("[](http://a.b)", "shows nothing"),
        ("https://a.b/ " * 51, "more than 50 links"),
        ("> " * 50 + "a", "nested too deeply"),
        ("# a\n" * 1001, "more than 1,000 parts"),
    ],
)
def test_what_makes_no_comment_is_refused(source: str, message: str) -> None:
    with pytest.raises(Invalid, match=message):
        html(source)


def test_what_is_allowed_is_a_setting() -> None:
    with pytest.raises(Invalid):
        text.written("abcd", Comments(length=3))
    with pytest.raises(Invalid):
        text.written("http://a.b", Comments(links=0))


def test_a_quote_is_short_and_plain() -> None:
    assert text.quote("<p>a &lt;b&gt;\n<em>c</em></p>") == "a <b> c"
    assert text.quote("<p>" + "a" * 300 + "</p>") == "a" * 199 + "…"


def repeated(part: str) -> str:
    return (part * (MOST // len(part) + 1))[:MOST]


PARTS = (
    "> ! [ ![ *a **a **_ ~~a ` - + 1. # | |a \\ & &amp; &#x41; < <a <!-- <? <![CDATA[ ]( [a]( [a](b)"
    " [a](<b [a][b] [a]: www. www.a http:// https://a.b a@ a@b. mailto: xmpp: : _ * ~ ~~ ``` ==="
    " \u0301 \u202e 👩‍👧 ﷽ >- -> *_ ]("
).split(" ")
BOMBS = {
    **{f"{part!r} again and again": repeated(part) for part in PARTS},
    **{f"{part!r} and a space": repeated(part + " ") for part in PARTS},
    **{f"{part!r} in lines": repeated(part + "\n") for part in PARTS},
    "emphasis inside out": "*" * 4_900 + "a" + "*" * 4_900,
    "emphasis of two kinds": "*_" * 2_400 + "a" + "_*" * 2_400,
    "links in links": "[" * 3_000 + "a" + "](b)" * 1_700,
    "a reference used often": "[a]: http://b.c/" + "x" * 5_000 + "\n\n" + "[a]" * 1_600,
    "many references": "\n".join(f"[a{number}]: b" for number in range(900)),
    "a wide table": "|" * 2_500 + "\n" + "|-" * 2_500 + "\n" + "|a\n" * 800,
    "a long table": "|a|b|\n|-|-|\n" + "|\n" * 4_900,
    "fences of every length": "".join(f"e{'`' * number}" for number in range(1, 140)),
    "lists in lists": "\n".join(" " * 2 * number + "- a" for number in range(90)),
    "quotes of every depth": "\n".join(">" * number + " a" for number in range(130)),
    "an address of one letter": "a" * 5_000 + "@" + "b." * 2_400,
    "a long destination": "[a](" + "(" * 9_000,
    "spaces": " " * 9_999 + "a",
    "tabs": "a" + "\t" * 9_998 + "a",
    "names": repeated("@a"),
}


@pytest.mark.parametrize("name", BOMBS)
def test_whatever_is_sent_takes_less_than_100_ms(name: str) -> None:
    source = BOMBS[name][:MOST]
    best = min(_seconds(source) for _ in range(3))  # of three: the machine does other things too
    assert best < 0.1


def _seconds(source: str) -> float:
    began = time.thread_time()
    with contextlib.suppress(Invalid):
        text.written(source, Comments(mentions=10_000))
    return time.thread_time() - began
