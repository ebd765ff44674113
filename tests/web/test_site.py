"""The site's files over HTTP: what is at an address, what isn't, and what is said of it."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.sites import Shown, showing

PAGE = "<p>Hello</p>"
POSTS = "<p>Posts</p>"
ABSENCE = "<p>Not here</p>"
STYLE = "assets/style.264811fe52.css"
HTML = "text/html; charset=utf-8"
FILES: dict[str, str | bytes] = {
    "index.html": PAGE,
    "404.html": ABSENCE,
    "410.html": "<p>Gone</p>",
    "posts/index.html": POSTS,
    "posts/café au lait/index.html": "<p>Café</p>",
    "posts/feed.xml": "<rss/>",
    "empty/nothing.txt": "",
    STYLE: "p { color: red }",
    "a b.txt": "words",
    "data": b"\0\1",
    ".secret": "secret",
    ".git/config": "secret",
    "posts/.hidden/index.html": "secret",
    ".well-known/security.txt": "Contact: mailto:us@example.org",
    ".well-known/.hidden": "secret",
    "_headers": "/*\n  X-Test: everywhere\n",
    "_redirects": "/old/ /posts/ 301\n/lost/ /410.html 410\n",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    folder: Path = tmp_path_factory.mktemp("site")
    (folder / "outside.txt").write_text("secret")
    with showing(folder, FILES) as made:
        os.symlink("../outside.txt", made.folder / "link.txt")
        os.symlink("../..", made.folder / "up")
        os.symlink("posts", made.folder / "inside")
        os.mkfifo(made.folder / "pipe")
        (made.folder / "locked.txt").write_text("secret")
        (made.folder / "locked.txt").chmod(0)
        yield made


@pytest.mark.parametrize(
    ("path", "body", "kind"),
    [
        ("/", PAGE, HTML),
        ("/index.html", PAGE, HTML),
        ("/?q=1", PAGE, HTML),
        ("/posts/", POSTS, HTML),
        ("/posts/caf%C3%A9%20au%20lait/", "<p>Café</p>", HTML),
        ("/%70osts/", POSTS, HTML),
        ("/posts/feed.xml", "<rss/>", "application/rss+xml"),
        ("/a%20b.txt", "words", "text/plain; charset=utf-8"),
        ("/data", "\0\1", "application/octet-stream"),
        ("/empty/nothing.txt", "", "text/plain; charset=utf-8"),
        (f"/{STYLE}", "p { color: red }", "text/css; charset=utf-8"),
        (
            "/.well-known/security.txt",
            "Contact: mailto:us@example.org",
            "text/plain; charset=utf-8",
        ),
    ],
)
def test_a_file_is_at_its_address(site: Shown, path: str, body: str, kind: str) -> None:
    reply = site.get(path)
    assert (reply.status, reply.body.decode()) == (200, body)
    assert reply.headers["content-type"] == kind
    assert reply.headers["content-length"] == str(len(reply.body))


NOWHERE = """
    /nothing /nothing/ /posts/nothing /posts/feed.xml/ /posts/index.html/ /data/x /empty/ /empty
    /../outside.txt /posts/../../outside.txt /%2e%2e/outside.txt /posts/%2e%2e/%2e%2e/outside.txt
    /..%2foutside.txt /%2e%2e%2foutside.txt /posts/..%5c..%5coutside.txt /./ /posts/. /posts/./
    //posts/ /posts// //example.org/ /posts%2f /posts%2findex.html /%00 /index.html%00 /%ff /%zz /caf%e9
    /link.txt /up/outside.txt /up/public/index.html /inside/ /inside/feed.xml /inside /pipe /pipe/
    /.secret /.git/config /%2egit/config /posts/.hidden/ /posts/.hidden /.well-known/.hidden
    /_headers /_redirects /%5fheaders /POSTS/ /posts\\ /\\posts /%0d%0aset-cookie:a=b /api /api/ /api/v1x
    /posts;x/ /~ /*
""".split()


@pytest.mark.parametrize("path", [*NOWHERE, "/" + "x" * 300, "/" + "x/" * 2000])
def test_what_isnt_published_isnt_there(site: Shown, path: str) -> None:
    reply = site.get(path)
    assert (reply.status, reply.body.decode()) == (404, ABSENCE)
    assert reply.headers["content-type"] == HTML
    assert "location" not in reply.headers


def test_what_the_service_must_not_read_isnt_there(site: Shown) -> None:
    reply = site.get("/locked.txt")
    is_everybody = os.geteuid() == 0
    assert reply.status == (200 if is_everybody else 404)


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/posts", "/posts/"),
        ("/posts?a=b&c", "/posts/?a=b&c"),
        ("/posts/caf%C3%A9%20au%20lait", "/posts/caf%C3%A9%20au%20lait/"),
    ],
)
def test_a_folder_has_a_slash(site: Shown, path: str, location: str) -> None:
    reply = site.get(path)
    assert (reply.status, reply.headers["location"]) == (301, location)
    assert reply.headers["content-length"] == "0"


@pytest.mark.parametrize("path", ["/old/", "/old"])
def test_redirects_of_the_output_are_done(site: Shown, path: str) -> None:
    reply = site.get(path)
    assert (reply.status, reply.headers["location"]) == (301, "/posts/")


def test_what_was_removed_is_told_by_the_sites_own_page(site: Shown) -> None:
    assert (site.get("/lost/").status, site.get("/lost/").body) == (410, b"<p>Gone</p>")


@pytest.mark.parametrize("path", ["/", "/posts", "/nothing", "/data", "/old/", "/lost/"])
def test_head_has_the_headers_of_get_and_no_body(site: Shown, path: str) -> None:
    head, get = site.send("HEAD", path), site.get(path)
    assert (head.status, head.body) == (get.status, b"")
    assert without_date(head.headers) == without_date(get.headers)


def without_date(headers: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name != "date"}


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE", "PURGE"])
def test_files_are_only_read(site: Shown, method: str) -> None:
    reply = site.send(method, "/")
    assert (reply.status, reply.headers["allow"]) == (405, "GET, HEAD, OPTIONS")


def test_options_lists_methods(site: Shown) -> None:
    reply = site.send("OPTIONS", "/")
    assert (reply.status, reply.headers["allow"]) == (204, "GET, HEAD, OPTIONS")


@pytest.mark.parametrize("path", ["/api/v1/version", "/api/v1/nothing", "/api/v1"])
def test_the_service_keeps_its_paths(site: Shown, path: str) -> None:
    assert "json" in site.get(path).headers["content-type"]


def test_pages_are_asked_for_again_and_assets_never(site: Shown) -> None:
    assert site.get("/").headers["cache-control"] == "public, max-age=0, must-revalidate"
    assert site.get("/nothing").headers["cache-control"] == "public, max-age=0, must-revalidate"
    assert site.get("/posts").headers["cache-control"] == "public, max-age=0, must-revalidate"
    kept = site.get(f"/{STYLE}").headers["cache-control"]
    assert kept == "public, max-age=31536000, immutable"


def test_caches_learn_the_name_of_a_page(site: Shown) -> None:
    assert site.get("/posts/").headers["surrogate-key"] == "all /posts/"


@pytest.mark.parametrize("path", ["/", "/nothing", "/posts", f"/{STYLE}"])
def test_nothing_foreign_runs_on_a_page(site: Shown, path: str) -> None:
    headers = site.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "*" not in policy
    assert headers["x-content-type-options"] == "nosniff"


def test_https_is_kept_to(tmp_path: Path) -> None:
    with showing(tmp_path, FILES, base_url="https://example.org") as site:
        headers = site.get("/").headers
    assert "max-age=" in headers["strict-transport-security"]
    assert "upgrade-insecure-requests" in headers["content-security-policy"]


def test_headers_of_the_output_are_sent(site: Shown) -> None:
    assert site.get("/").headers["x-test"] == "everywhere"
    assert site.get("/nothing").headers["x-test"] == "everywhere"


def test_the_owner_may_loosen_the_policy(tmp_path: Path) -> None:
    rules = "/*\n  Content-Security-Policy: img-src *\n  ! Permissions-Policy\n"
    with showing(tmp_path, {**FILES, "_headers": rules}) as site:
        headers = site.get("/").headers
    assert headers["content-security-policy"] == "img-src *"
    assert "permissions-policy" not in headers


def test_rules_are_read_again_when_they_change(tmp_path: Path) -> None:
    with showing(tmp_path, FILES) as site:
        assert site.get("/new/").status == 404
        site.write({"_redirects": "/new/ /posts/ 302\n", "_headers": "/*\n  X-Test: now\n"})
        assert site.get("/new/").status == 302
        assert site.get("/").headers["x-test"] == "now"


def test_a_site_below_a_path_is_served_there(tmp_path: Path) -> None:
    files = {
        **FILES,
        "_headers": "/blog/*\n  X-Test: below\n",
        "_redirects": "/blog/old/ /blog/posts/ 301\n",
    }
    with showing(tmp_path, files, base_url="http://example.org/blog") as site:
        assert site.get("/blog/").body == PAGE.encode()
        assert site.get("/blog/posts").headers["location"] == "/blog/posts/"
        assert site.get("/blog/old/").headers["location"] == "/blog/posts/"
        assert site.get("/blog/").headers["x-test"] == "below"
        assert site.get("/blog/_headers").status == 404
        for path in ("/", "/blog"):
            assert (site.get(path).status, site.get(path).headers["location"]) == (302, "/blog/")
        for path in ("/posts/", "/blogposts/", "/index.html"):
            assert site.get(path).status == 404


def test_a_site_without_pages_of_its_own_says_it_in_a_few_words(tmp_path: Path) -> None:
    with showing(tmp_path, {"index.html": PAGE}) as site:
        reply = site.get("/nothing")
    assert (reply.status, reply.headers["content-type"]) == (404, HTML)
    assert b"nothing at this address" in reply.body


def test_nothing_is_there_before_the_first_build(tmp_path: Path) -> None:
    with showing(tmp_path, {}) as site:
        assert site.get("/").status == 404
        site.write({"index.html": PAGE})
        assert site.get("/").status == 200


def test_what_goes_wrong_is_told_by_the_sites_own_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: Any) -> None:
        raise RuntimeError("a mistake of ours")

    monkeypatch.setattr("interact_api.web.site.replies.Replies.of_file", breaks)
    with showing(tmp_path, {**FILES, "500.html": "<p>Sorry</p>"}) as site:
        reply = site.get("/")
    assert (reply.status, reply.body) == (500, b"<p>Sorry</p>")
    assert reply.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("target", [b"*", b"posts/", b"http://example.org/posts/"])
def test_a_target_that_is_no_path(site: Shown, target: bytes) -> None:
    answer = site.server.raw(
        b"GET %b HTTP/1.1\r\nHost: example.org\r\nConnection: close\r\n\r\n" % target
    )
    status = int(answer.split(b" ")[1])
    assert status == (200 if target.startswith(b"http") else 404) or status == 400


def test_many_requests_over_one_connection(site: Shown) -> None:
    ask = b"GET /posts/ HTTP/1.1\r\nHost: example.org\r\n\r\n"
    last = ask.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    assert site.server.raw(ask * 50 + last, ends=False).count(POSTS.encode()) == 51


def test_no_file_stays_open(site: Shown) -> None:
    paths = ["/", "/posts", "/nothing", "/old/", "/lost/", "/up/x", "/pipe", f"/{STYLE}"]
    for path in paths:
        site.get(path)
    before = len(os.listdir("/proc/self/fd"))
    for path in paths * 5:
        site.get(path)
        site.get(path, if_none_match="*")
        site.get(path, range="bytes=1000000-")
    with socket.create_connection(("127.0.0.1", site.server.port)):
        assert len(os.listdir("/proc/self/fd")) <= before + 4
