from typing import Any

import pytest

from interact_api.web.site.paths import address_of, spelled, steps_of
from interact_api.web.site.rules import HeaderRules, Redirect, RedirectRules


def headers(text: str, path: str) -> dict[str, str | None]:
    rules = HeaderRules(text).of(path)
    return {name.decode(): value.decode() if value else None for name, value in rules}


def test_the_last_rule_for_a_header_counts() -> None:
    text = "/*\n  X-A: 1\n  X-B: 2\n/posts/*\n  x-a: 3\n"
    assert headers(text, "/posts/a/") == {"x-a": "3", "x-b": "2"}
    assert headers(text, "/about/") == {"x-a": "1", "x-b": "2"}


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("/a/", "/a/", True),
        ("/a/", "/a/b", False),
        ("/a/*", "/a/", True),
        ("/a/*", "/a/b/c", True),
        ("/*.css", "/x/y.css", True),
        ("/*.css", "/x/y.cssx", False),
        ("/a.b", "/aXb", False),
        ("/:kind/:name/", "/posts/a/", True),
        ("/:kind/:name/", "/posts/a/b/", False),
        ("/*/x/*", "/a/x/b", True),
    ],
)
def test_a_pattern_fits(pattern: str, path: str, fits: bool) -> None:
    assert bool(headers(f"{pattern}\n  X-A: 1\n", path)) == fits


def test_a_header_can_be_taken_away() -> None:
    assert headers("/*\n  ! X-Frame-Options\n", "/") == {"x-frame-options": None}


@pytest.mark.parametrize(
    "line",
    [
        "Content-Length: 5",
        "Transfer-Encoding: chunked",
        "X A: 1",
        "nothing",
        ": 1",
        "X-A: é",
        "X-A: \x00",
        "! X: 1",
    ],
)
def test_what_would_break_an_answer_is_left_out(line: str) -> None:
    assert headers(f"/*\n  X-B: 1\n  {line}\n", "/") == {"x-b": "1"}


def test_remarks_and_empty_lines_say_nothing() -> None:
    assert headers("# a remark\n\n/*\n  # another\n\n  X-A: 1\n", "/") == {"x-a": "1"}


@pytest.mark.parametrize(
    ("line", "path", "found"),
    [
        ("/a/ /b/", "/a/", ("/b/", 301)),
        ("/a/ /b/", "/a", ("/b/", 301)),
        ("/a/ /b/ 302", "/a/", ("/b/", 302)),
        ("/a/ /b/ 308!", "/a/", ("/b/", 308)),
        ("/a/* /b/:splat", "/a/x/y", ("/b/x/y", 301)),
        ("/:year/:slug/ /posts/:slug/", "/2020/hi/", ("/posts/hi/", 301)),
        ("/gone/* /410.html 410", "/gone/x", ("/410.html", 410)),
        ("/a/ https://example.org/", "/a/", ("https://example.org/", 301)),
        ("/caf%C3%A9/ /b/", "/caf%C3%A9/", ("/b/", 301)),
        ("/café/ /b/", "/caf%C3%A9/", ("/b/", 301)),
        ("/a/ /b/", "/a/x", None),
        ("/a/ /a/", "/a/", None),
        ("/a/ /b/ 200", "/a/", None),
        ("/a/ /b/ 299", "/a/", None),
        ("/a/ /b/ soon", "/a/", None),
        ("/a/", "/a/", None),
        ("a /b/", "/a", None),
        ("# /a/ /b/", "/a/", None),
    ],
)
def test_a_redirect(line: str, path: str, found: tuple[Any, ...] | None) -> None:
    assert RedirectRules(line).of(path) == (Redirect(*found) if found else None)


def test_the_first_redirect_counts_and_whole_paths_go_before() -> None:
    rules = RedirectRules("/a/* /1/\n/a/b/ /2/\n/a/b/ /3/\n/* /4/\n")
    assert [one.target for path in ("/a/c/", "/a/b/", "/z") if (one := rules.of(path))] == [
        "/1/",
        "/2/",
        "/4/",
    ]


def test_ten_thousand_redirects_cost_what_one_does() -> None:
    rules = RedirectRules("".join(f"/old-{number}/ /new-{number}/\n" for number in range(10_000)))
    assert rules.of("/old-9999/") == Redirect("/new-9999/", 301)


@pytest.mark.parametrize("path", ["/", "/posts/", "/a%20b/", "/caf%C3%A9", "/a+b&c=d/~x"])
def test_an_address_has_one_spelling(path: str) -> None:
    steps = steps_of(path.encode())
    assert steps is not None
    assert address_of(steps) == path == spelled(path)
