import base64
import functools
import operator

import pytest

from tests.support.serving import Browser


def pages(browser: Browser, path: str) -> list[list[int]]:
    """Return every page of a list."""
    found, cursor = [], ""
    while True:
        page = browser.get(f"{path}&cursor={cursor}").json
        found.append(page["items"])
        if page["next"] is None:
            return found
        cursor = page["next"]


def cursor_of(browser: Browser, path: str = "/numbers?limit=10") -> str:
    return str(browser.get(path).json["next"])


def test_a_list_goes_on_where_it_stopped(nobody: Browser) -> None:
    assert functools.reduce(operator.iadd, pages(nobody, "/numbers?limit=7"), []) == list(
        range(1, 51)
    )


def test_the_size_of_a_page_may_change_on_the_way(nobody: Browser) -> None:
    cursor = cursor_of(nobody)
    assert nobody.get(f"/numbers?limit=2&cursor={cursor}").json["items"] == [11, 12]


@pytest.mark.parametrize(
    "path", ["/others?limit=10", "/numbers?sort=new&limit=10", "/things/1?cursor=1&limit=1"]
)
def test_a_cursor_of_another_list_is_refused(nobody: Browser, path: str) -> None:
    reply = nobody.get(f"{path}&cursor={cursor_of(nobody)}")
    assert reply.status == 422


def forgeries(cursor: str) -> list[str]:
    data = base64.urlsafe_b64decode(cursor + "==")
    other = base64.urlsafe_b64encode(data[:12] + b"[40]").decode().rstrip("=")
    naked = base64.urlsafe_b64encode(b"[40]").decode().rstrip("=")
    return [
        other,
        naked,
        cursor[:-1],
        cursor + "A",
        cursor.swapcase(),
        "x",
        "=",
        "%20",
        "a" * 5000,
        "é",
    ]


def test_a_cursor_that_we_didnt_make_is_refused(nobody: Browser) -> None:
    for one in forgeries(cursor_of(nobody)):
        reply = nobody.get(f"/numbers?cursor={base64_safe(one)}")
        assert (reply.status, reply.json["errors"][0]["field"]) == (422, "cursor")


def base64_safe(text: str) -> str:
    return text if text.isascii() else "%C3%A9"
