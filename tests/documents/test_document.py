"""Documents: one content file, from bytes to everything that pages and lists need of it."""

import pickle
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from streamly_ssg import values
from streamly_ssg.documents.document import Document, parse
from streamly_ssg.documents.fragments import Fragment, Link
from streamly_ssg.documents.parsing import ParseSettings
from streamly_ssg.errors import ContentError

SETTINGS = ParseSettings()
POST = b"""\
---
title: Hello
date: 2024-01-15 10:00
tags: [a, b]
---

First paragraph with a [link](other.md).

## Code

```python
x = 1
```

$x^2$
"""


def document(
    text: str | bytes, path: str = "posts/a.md", settings: ParseSettings = SETTINGS
) -> Document:
    return parse(path, text if isinstance(text, bytes) else text.encode(), settings)


def refused(text: str | bytes, path: str = "posts/a.md") -> list[str]:
    with pytest.raises(ContentError) as caught:
        document(text, path)
    return [str(problem) for problem in caught.value.problems]


def test_a_post_from_end_to_end() -> None:
    found = document(POST)
    assert found.meta.title == "Hello"
    assert found.meta.date == datetime(2024, 1, 15, 10, tzinfo=UTC)
    assert found.meta.tags == ("a", "b")
    assert found.body.holes == (Link("other.md", image=False, line=7, column=31),)
    assert found.excerpt == Fragment(
        ('<p>First paragraph with a <a href="', '">link</a>.</p>'), found.body.holes
    )
    assert found.excerpt_text == "First paragraph with a link."
    assert [(heading.level, heading.id) for heading in found.toc] == [(2, "code")]
    assert (found.has_code, found.has_math, found.minutes) == (True, True, 1)


def test_a_document_survives_every_way_to_another_process() -> None:
    found = document(POST)
    assert values.decode(values.encode(found), Document) == found
    assert pickle.loads(pickle.dumps(found)) == found  # noqa: S301 - our own bytes
    assert values.encode(document(POST)) == values.encode(found)


@pytest.mark.parametrize(
    ("text", "path", "title"),
    [
        ("---\ntitle: From field\n---\n# Heading\n", "posts/a.md", "From field"),
        ("# From *heading*\n\nText", "posts/a.md", "From heading"),
        ("Text", "posts/2024-01-15-from-the_name.md", "From the name"),
        ("Text", "posts/some-bundle/index.md", "Some bundle"),
        ("Text", "notes/a.md", ""),
        ("# Heading\n\nText", "notes/a.md", "Heading"),
        ("", "pages/about.md", "About"),
    ],
)
def test_the_title_is_the_field_or_the_heading_or_the_name(
    text: str, path: str, title: str
) -> None:
    assert document(text, path).meta.title == title


def test_a_heading_used_as_the_title_is_not_shown_twice() -> None:
    assert document("# Title\n\nText").body.pieces == ("<p>Text</p>\n",)
    assert "<h1" in document("---\ntitle: Other\n---\n# Title\n\nText").body.pieces[0]


def test_an_empty_file_is_an_empty_page() -> None:
    found = document(b"", "pages/a.md")
    assert found.body == Fragment(("",), ())
    assert (found.words, found.minutes, found.toc, found.excerpt_text) == (0, 0, (), "")


@pytest.mark.parametrize(
    "data",
    [
        POST,
        b"\xef\xbb\xbf" + POST,
        POST.replace(b"\n", b"\r\n"),
        POST.replace(b"\n", b"\r"),
        POST.replace(b"\n", b"\r\n", 5),
    ],
    ids=["lf", "bom", "crlf", "cr", "mixed"],
)
def test_line_endings_and_byte_order_marks_change_nothing(data: bytes) -> None:
    assert document(data) == document(POST)


def test_the_engine_of_one_page_may_be_its_own() -> None:
    body = "*[HTML]: Hyper\n\nHTML\n"
    assert "<abbr" not in document(body).body.pieces[0]
    own = document(f"---\nmarkup: python-markdown\n---\n{body}")
    assert "<abbr" in own.body.pieces[0]
    site = ParseSettings(engine="python-markdown")
    assert (
        "<abbr"
        not in document(f"---\nmarkup: commonmark\n---\n{body}", settings=site).body.pieces[0]
    )


def test_reading_time_depends_on_the_speed() -> None:
    text = "word " * 1000
    assert document(text).minutes == 5
    assert document(text, settings=ParseSettings(words_per_minute=100)).minutes == 10


def test_what_stands_before_the_mark_is_the_excerpt() -> None:
    found = document("One\n\n```python\nx\n```\n\n<!--more-->\n\nTwo\n")
    assert found.excerpt.pieces[0].startswith("<p>One</p>\n<div class")
    assert "more" not in found.body.pieces[0]


def test_a_long_excerpt_text_is_cut() -> None:
    found = document("word " * 100)
    assert found.excerpt_text.endswith("word…")
    assert len(found.excerpt_text) <= 200


def test_all_that_is_wrong_in_a_file_comes_together() -> None:
    problems = refused("---\ntilte: x\ndate: soon\n---\nText\n\n{{< /x >}}\n")
    assert [problem.split(" ")[0] for problem in problems] == [
        "posts/a.md:2:1:",
        "posts/a.md:3:7:",
        "posts/a.md:7:1:",
    ]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"a\0b", "CONTROL_CHARACTER"),
        (b"a\xffb", "ENCODING"),
        ("# A".encode("utf-16"), "UTF-16"),
        (b"x" * (1024 * 1024 + 1), "TOO_LARGE"),
        (b"---\ntitle: x\n", "never closed"),
        (b"---\na: &x [1]\n---\n", "anchors"),
    ],
)
def test_a_file_that_can_not_be_read_is_an_error_with_its_path(data: bytes, message: str) -> None:
    (problem,) = refused(data)
    assert problem.startswith("posts/a.md")
    assert message in problem


def test_importing_the_module_loads_no_parser() -> None:
    code = (
        "import sys, streamly_ssg.documents.document\n"
        "heavy = {'yaml', 'frontmatter', 'pygments', 'markdown', 'comrak', 'slugify'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_a_page_of_plain_markdown_never_loads_the_other_libraries() -> None:
    code = (
        "import sys\n"
        "from streamly_ssg.documents.document import ParseSettings, parse\n"
        "parse('pages/a.md', b'Text', ParseSettings())\n"
        "print(sorted({'yaml', 'pygments', 'markdown', 'latex2mathml'} & set(sys.modules)))\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
