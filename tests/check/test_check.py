"""`streamly check`: what is found, and where it is said to be."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from streamly_ssg.check.links import Links
from streamly_ssg.check.pages import Page, Spot
from streamly_ssg.check.reading import BATCH, read_pages
from tests.cli.running import site, streamly
from tests.support.demo import PARTS, ROOT
from tests.support.folder import Folder
from tests.support.images import at_a_place, photo, png

PAGES = {
    "a/index.html": Page(links=(Spot("/b.png", 1), Spot("../b.png", 2), Spot("/else/", 3))),
}


def found(folder: Folder) -> list[str]:
    """Return what `check` says, one a line."""
    return streamly(folder, "check").out.splitlines()


def page(body: str, **fields: str) -> str:
    more = "".join(f"{name}: {value}\n" for name, value in fields.items())
    return f"---\ntitle: Page\n{more}---\n{body}\n"


def test_a_sound_site_has_nothing(tmp_path: Path) -> None:
    ran = streamly(site(tmp_path), "check")
    assert (ran.code, ran.out) == (0, "")
    assert "nothing found" in ran.err


MISTAKES = [
    ("[a](/nowhere/)", "4:5", 'LINK links to "/nowhere/", which does not exist'),
    ("see [a](/posts/frist/)", "4:9", 'did you mean "/posts/first/"?'),
    ("[a](picture.png)", "4:5", "picture.png"),
    ("![a](/missing.png)", "4:6", 'LINK links to "/missing.png"'),
    ("[a](../posts/first.md#nope)", "4:22", 'nothing has the id "nope"'),
    ("[a](#here)", "4:5", 'nothing has the id "here"'),
    ('<a href="/x/y.html">x</a>', "4:10", 'LINK links to "/x/y.html"'),
    ("<img src='/a.png'>", "4:11", 'ALT shows "/a.png" without alt'),
    ("![](/a.png)", "4:1", 'ALT shows "/a.png" without a description'),
    ("![](/wide.png)", "4:1", 'ALT shows "wide.png" without a description'),
    ('<p id="a"></p><p id="a"></p>', "4:4", 'ID has the id "a" more than once'),
    ("## One\n\n#### *Too* deep", "6:1", 'HEADING has the heading "Too deep" of level 4'),
    ("Text.\n\n### First", "6:1", "which follows one of level 1"),
    ("Text.\n\n# Again", "6:1", 'HEADING has a second heading of the first level, "Again"'),
]
SOUND = [
    "[a](/posts/first/)",
    "[a](/posts/first/index.html)",
    "[a](http://127.0.0.1:8000/posts/first/)",
    "[a](https://elsewhere.example/nowhere)",
    "[a](mailto:a@b.example)",
    "[a](#)",
    "[a](#top)",
    "[a](/feed.xml)",
    "[a](/api/v1/docs)",
    "[a](/a.png)",
    "[a](../posts/first.md)",
    "[a](#unter-%C3%BCberschrift)\n\n## Unter Überschrift {#unter-überschrift}",
    "![A picture](/a.png)",
    "<img src='/a.png' alt=''>",
]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What is said of a site that has a page for each mistake, and one for each that is none."""
    more: dict[str, str | bytes] = {}
    more |= {f"content/pages/mistake{n}.md": page(one[0]) for n, one in enumerate(MISTAKES)}
    more |= {f"content/pages/sound{n}.md": page(body) for n, body in enumerate(SOUND)}
    more |= {
        "static/a.png": png(),
        "static/wide.png": photo(500, 20, "png", exif=at_a_place()),
    }
    return found(site(tmp_path_factory.mktemp("site"), more))


@pytest.mark.parametrize("number", range(len(MISTAKES)), ids=[one[0] for one in MISTAKES])
def test_a_mistake_is_found_where_it_was_written(number: int, told: list[str]) -> None:
    _, place, said = MISTAKES[number]
    start = f"content/pages/mistake{number}.md:{place}: "
    assert [line for line in told if line.startswith(start) and said in line]


@pytest.mark.parametrize("number", range(len(SOUND)), ids=SOUND)
def test_what_leads_somewhere_is_no_mistake(number: int, told: list[str]) -> None:
    assert [line for line in told if f"sound{number}." in line or f"sound{number}/" in line] == []


def test_a_link_of_the_theme_is_told_once(tmp_path: Path) -> None:
    theme = {"themes/own/theme.toml": 'name = "own"\nextends = "default"\n'}
    theme |= {"themes/own/templates/footer.html": '<footer><a href="/nope/">x</a></footer>\n'}
    (line,) = found(site(tmp_path, {**theme, "streamly.toml": '[site]\ntheme = "own"\n'}))
    assert 'links to "/nope/"' in line
    assert "more pages, so look in the templates" in line


def test_a_site_below_a_path_has_its_links_checked(tmp_path: Path) -> None:
    settings = '[site]\nbase_url = "https://example.org/blog"\n'
    body = "[in](/posts/first/) [out](https://example.org/other/)\n[dead](/posts/none/)"
    folder = site(tmp_path, {"streamly.toml": settings, "content/pages/p.md": page(body)})
    assert [line.split(" ")[0] for line in found(folder)] == ["content/pages/p.md:5:8:"]


def test_a_link_that_forgets_where_the_site_lives_is_found() -> None:
    links = Links("https://example.org/blog/", ["a/index.html", "b.png"], PAGES, ())
    assert [(dead.spot.text, dead.code) for dead in links.dead(PAGES)] == [("/b.png", "LINK")]


def test_a_photograph_that_tells_where_it_was_taken_is_found(tmp_path: Path) -> None:
    more: dict[str, str | bytes] = {
        "static/home.jpg": photo(60, 40, exif=at_a_place()),
        "static/away.jpg": photo(60, 40),
    }
    lines = [line for line in found(site(tmp_path, more)) if "PLACE" in line]
    assert len(lines) == 1
    assert lines[0].startswith("static/home.jpg: PLACE tells everybody where it was taken")


def test_a_cover_wants_words(tmp_path: Path) -> None:
    more: dict[str, str | bytes] = {
        "static/a.png": png(),
        "content/pages/p.md": page("Text", image="/a.png"),
    }
    (line,) = found(site(tmp_path, more))
    assert line.startswith('content/pages/p.md:3:1: ALT has the image "/a.png" and no image_alt')


def test_mistakes_of_the_content_are_there_too(tmp_path: Path) -> None:
    folder = site(tmp_path, {"content/pages/p.md": "---\ntilte: x\n---\n"})
    assert any("FRONT_MATTER" in line for line in found(folder))


def test_pages_are_read_side_by_side_as_they_are_one_by_one(tmp_path: Path) -> None:
    names = [f"{n}.html" for n in range(BATCH + 10)]
    for name in names:
        (tmp_path / name).write_text(
            f"<html><h1 id=a>{name}</h1><h3 id=a></h3><a href={name}>x</a>"
        )
    with ThreadPoolExecutor(2) as executor:
        assert read_pages(tmp_path, names, executor) == read_pages(tmp_path, names, None)


def test_the_demo_site_leaves_nothing_to_say(tmp_path: Path) -> None:
    for part in PARTS:
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        copy(ROOT / part, tmp_path / part)
    ran = streamly(tmp_path, "check", "--strict", "--now", "2026-11-22T00:00:00Z")
    assert (ran.out, ran.code) == ("", 0)


def test_json_has_a_place_for_each(tmp_path: Path) -> None:
    folder = site(tmp_path, {"content/pages/p.md": page("[a](/nowhere/)")})
    (one,) = streamly(folder, "check", "--json").json["problems"]
    assert (one["path"], one["line"], one["column"]) == ("content/pages/p.md", 4, 5)
