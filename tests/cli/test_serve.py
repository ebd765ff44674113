"""`streamly serve` and `streamly watch`, as an author meets them."""

import re
from http.client import HTTPResponse
from pathlib import Path

import pytest

from tests.cli.running import process, serving, site
from tests.support.folder import Folder
from tests.support.patience import until

VERSION = re.compile(r'data-since="([^"]+)"')
BAD = "---\ntitle: Second\ntilte: x\n---\n"


def version(page: str) -> str:
    found = VERSION.search(page)
    assert found
    return found[1]


def next_change(stream: HTTPResponse) -> str:
    """Return the version that the next event tells."""
    while line := stream.readline().decode():
        if line.startswith("data:"):
            return line.removeprefix("data:").strip()
    return ""


def test_a_saved_file_reaches_the_browser(tmp_path: Path) -> None:
    folder = site(tmp_path)
    with serving(tmp_path) as server:
        _, page = server.get("/posts/first/")
        with server.events(version(page)) as stream:
            assert stream.headers["Content-Type"] == "text/event-stream"
            folder.replace("content/posts/first.md", "*first*", "*changed*")
            told = next_change(stream)
        _, page = server.get("/posts/first/")
        assert "<em>changed</em>" in page
        assert version(page) == told


def test_what_happened_before_the_browser_listened_is_not_lost(tmp_path: Path) -> None:
    site(tmp_path)
    with serving(tmp_path) as server, server.events("an-older-server-7") as stream:
        assert next_change(stream)


def test_a_mistake_stands_over_the_page_with_the_lines_around_it(tmp_path: Path) -> None:
    folder = site(tmp_path)
    with serving(tmp_path) as server:
        _, page = server.get("/")
        with server.events(version(page)) as stream:
            folder.write("content/posts/second.md", BAD)
            next_change(stream)
        _, page = server.get("/")
        assert "<code>content/posts/second.md:3:1</code>" in page
        assert "FRONT_MATTER unknown field &quot;tilte&quot;" in page
        assert "did you mean" in page
        assert '<span class="meant">3  tilte: x</span>' in page


def test_the_other_pages_are_still_served_and_the_mistake_goes_away(tmp_path: Path) -> None:
    folder = site(tmp_path)
    good = folder.read("content/posts/second.md")
    folder.write("content/posts/second.md", BAD)
    with serving(tmp_path) as server:
        answer, page = server.get("/posts/first/")
        assert answer.status == 200
        assert "streamly-problems" in page
        with server.events(version(page)) as stream:
            folder.write("content/posts/second.md", good)
            next_change(stream)
        _, page = server.get("/posts/second/")
        assert "streamly-problems" not in page
        assert "<h1" in page


def replace(folder: Folder, path: str, text: str) -> None:
    """Save a file as many editors do: it is never seen half."""
    folder.write(f"{path}.new", text)
    (folder / f"{path}.new").replace(folder / path)


def test_broken_settings_do_not_end_the_server(tmp_path: Path) -> None:
    folder = site(tmp_path, {"streamly.toml": '[site]\ntitle = "Good"\n'})
    with serving(tmp_path) as server:
        _, page = server.get("/")
        with server.events(version(page)) as stream:
            replace(folder, "streamly.toml", '[site]\ntitel = "Bad"\n')
            next_change(stream)
            _, page = server.get("/")
            assert "streamly.toml:2:1" in page
            replace(folder, "streamly.toml", '[site]\ntitle = "Better"\n')
            next_change(stream)
        assert "Better" in server.get("/")[1]


def test_nothing_of_the_server_is_in_the_files(tmp_path: Path) -> None:
    folder = site(tmp_path, {"content/posts/bad.md": BAD})
    with serving(tmp_path) as server:
        assert "/.streamly/live.js" in server.get("/")[1]
    assert [
        path for path in (folder / "public").rglob("*.html") if b".streamly" in path.read_bytes()
    ] == []


def test_without_reload_pages_are_as_they_are(tmp_path: Path) -> None:
    folder = site(tmp_path)
    with serving(tmp_path, "--no-reload") as server:
        assert server.get("/posts/first/")[1] == folder.read("public/posts/first/index.html")


def test_a_page_that_is_not_there_is_the_site_s_own(tmp_path: Path) -> None:
    site(tmp_path)
    with serving(tmp_path) as server:
        answer, page = server.get("/nowhere/")
        assert answer.status == 404
        assert "Page not found" in page


def test_a_site_below_a_path_is_served_there(tmp_path: Path) -> None:
    site(tmp_path, {"streamly.toml": '[site]\nbase_url = "https://example.org/blog"\n'})
    with serving(tmp_path) as server:
        assert server.address.endswith("/blog/")
        assert server.get("/blog/posts/first/")[0].status == 200
        assert server.get("/posts/first/")[0].status == 404
        assert server.get("/")[0].headers["Location"] == "/blog/"


def test_another_site_cannot_look_in(tmp_path: Path) -> None:
    site(tmp_path)
    with serving(tmp_path) as server:
        assert server.get("/", Host="evil.example")[0].status == 403
        assert server.get("/", Host=f"localhost:{server.port}")[0].status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/../streamly.toml",
        "/%2e%2e/content/posts/first.md",
        "/posts/..%2f..%2f..%2fcontent/posts/first.md",
        "//etc/passwd",
        "/%00",
        "/%ff",
        "/" + "a" * 5000,
    ],
)
def test_nothing_outside_the_output_is_served(path: str, tmp_path: Path) -> None:
    site(tmp_path)
    with serving(tmp_path) as server:
        answer, text = server.get(path)
        assert answer.status in {404, 414}
        assert "first*" not in text


def test_it_stops_when_it_is_told_to(tmp_path: Path) -> None:
    site(tmp_path)
    with serving(tmp_path) as server:
        assert server.stop() == 0


def test_facts_appear_when_they_are_written(tmp_path: Path) -> None:
    folder = site(tmp_path)
    with serving(tmp_path) as server:
        _, page = server.get("/posts/first/")
        with server.events(version(page)) as stream:
            fact = '{"key": "likes/posts.first", "value": {"count": 4711}, "seq": 1}\n'
            folder.write("facts.ndjson", fact)
            next_change(stream)
        assert re.search("4[.,]?711", server.get("/posts/first/")[1])


def test_watch_builds_what_is_saved(tmp_path: Path) -> None:
    folder = site(tmp_path)
    with process(tmp_path, "watch", "--jobs", "1") as running:
        assert running.stdout is not None
        assert any(line.startswith("watching") for line in running.stdout)
        folder.write("static/new/robot.txt", "beep")
        said = running.stdout.readline()
        assert "made" in said
        assert folder.read("public/new/robot.txt") == "beep"
        running.terminate()
    assert running.returncode == 0


def test_a_folder_that_appears_is_watched(tmp_path: Path) -> None:
    folder = site(tmp_path)
    with process(tmp_path, "watch", "--jobs", "1") as running:
        assert running.stdout is not None
        assert any(line.startswith("watching") for line in running.stdout)
        folder.write("static/one.txt", "1")
        running.stdout.readline()
        folder.write("static/two.txt", "2")
        until((folder / "public/two.txt").exists)
        assert (folder / "public/two.txt").exists()
        running.terminate()
        running.stdout.read()
