"""
A blog that is small enough to know by heart, and the pages it has.

Posts a, b and c in this order of time, a and b tagged x, c tagged y, two to a page of a list.
"""

from collections.abc import Mapping

from tests.support.lean import document, site
from tests.support.rebuild import facts

SETTINGS = "[lists]\nper_page = 2\nrelated = 0\n"


def post(letter: str, **fields: object) -> str:
    """Return the post called *letter*."""
    day = ord(letter) - ord("a") + 1
    given = {
        "title": letter.upper(),
        "date": f"2026-01-0{day}",
        "tags": ["y" if letter == "c" else "x"],
        "summary": f"About {letter}",
    }
    body = fields.pop("body", f"Text of {letter}\n")
    return document(
        str(body), **{key: one for key, one in (given | fields).items() if one is not None}
    )


def feeds(*lists: str) -> set[str]:
    """Return the addresses of the feeds of *lists*."""
    return {f"{url}{name}" for url in lists for name in ("feed.xml", "atom.xml", "feed.json")}


BLOG = site({f"content/posts/{letter}.md": post(letter) for letter in "abc"}, SETTINGS)
ARCHIVE = {"/archive/2026/", "/archive/2026/01/"}
ARCHIVE_2 = {"/archive/2026/page/2/", "/archive/2026/01/page/2/"}
NEIGHBOURS_OF_A = {"/posts/b/"}
LISTS_OF_A = {"/posts/page/2/", "/tags/x/", *ARCHIVE_2}
LISTS_OF_C = {"/", "/posts/", "/tags/y/", *ARCHIVE}
ERRORS = {"/404.html", "/410.html", "/500.html"}
RANKINGS = {f"/trending/{window}" for window in ("", "day/", "week/", "month/")} | {"/popular/"}
LISTS = {
    *("/posts/", "/posts/page/2/", "/notes/", "/tags/x/", "/tags/y/"),
    *ARCHIVE,
    *ARCHIVE_2,
}
TERMS = {"/tags/", "/categories/", "/series/"}
POSTS = {"/posts/a/", "/posts/b/", "/posts/c/"}
HTML = POSTS | LISTS | TERMS | RANKINGS | ERRORS | {"/", "/archive/", "/users/"}
LIKED = facts(likes={"posts.a": {"count": 1}})
COMMENT = {"id": "c1", "author": "mira", "at": "2026-02-01T10:00:00Z", "html": "<p>Hello</p>"}


def commented(*items: Mapping[str, object]) -> str:
    """Return the facts of a page with these comments."""
    return facts(comments={"posts.a": {"count": len(items), "items": items}})
