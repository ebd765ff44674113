"""`streamly check --fix`: what is mended, what is left alone, and that it is enough to do it once."""

from pathlib import Path

import pytest

from tests.cli.running import site, streamly
from tests.support.folder import Folder

HTTPS = '[site]\nbase_url = "https://well.example"\n'
MOVED = '[redirects]\n"/moved/" = "/older/"\n"/older/" = "/posts/first/"\n'
OLD = "---\ntitle: Old\nid: pages.old\naliases: [/former/]\n---\n"


def page(body: str, **fields: str) -> str:
    more = "".join(f"{name}: {value}\n" for name, value in fields.items())
    return f"---\nid: pages.p\ntitle: Page\n{more}---\n{body}\n"


def mended(folder: Folder, path: str = "content/pages/p.md") -> str:
    """Return the file *path* after mending, which a second mending leaves as it is."""
    streamly(folder, "check", "--fix")
    text = folder.read(path)
    assert streamly(folder, "check", "--fix", "--json").json["fixed"] == []
    assert folder.read(path) == text
    return text


LINKS = [
    ("[a](/posts/first)", "[a](/posts/first/)"),
    ("[a](/posts/first#x)", "[a](/posts/first/#x)"),
    ("[a](/posts/first.html)", "[a](/posts/first/)"),
    ("[a](/moved/)", "[a](/posts/first/)"),
    ("[a](/former)", "[a](/old/)"),
    ("[a]( </former/> 'title')", "[a]( </old/> 'title')"),
    ("[a]: /moved/?x#y\n\n[a]", "[a]: /posts/first/?x#y\n\n[a]"),
    ("<a href='/moved/'>a</a>", "<a href='/posts/first/'>a</a>"),
    ("[a](old.html)", "[a](old.md)"),
    ("[a](first.md)", "[a](../posts/first.md)"),
    ("[a](http://well.example/posts/first/)", "[a](https://well.example/posts/first/)"),
    ("<http://well.example>", "<https://well.example>"),
    ("![A dog](/moved/) and [b](/moved/)", "![A dog](/posts/first/) and [b](/posts/first/)"),
]
LEFT = [
    "[a](/posts/first/)",
    "[a](/posts/first/index.html)",
    "[a](/nowhere)",
    "[a](../posts/first.md)",
    "[a](old.md)",
    "[a](http://well.example.org/)",
    "[a](index.md)",
    "`[a](/moved/)`",
    "```\n[a](/moved/)\n```",
    "> ~~~~ md\n> [a](/moved/)\n> ~~~~",
    "Text.\n\n    [a](/moved/)",
    "<!-- [a](/moved/) -->",
]


DATES = [
    ("2026-1-5", "2026-01-05"),
    ("'2026-1-5'", "'2026-01-05'"),
    ("2026-01-05 9:30", "2026-01-05T09:30"),
    ("2026-01-05 9:30 +0200", "2026-01-05T09:30:00+02:00"),
    ("2026-01-05 09:30:15 UTC", "2026-01-05T09:30:15Z"),
    ("2026-01-05 09:30", "2026-01-05 09:30"),
    ("2026-01-05T09:30:00Z", "2026-01-05T09:30:00Z"),
    ("2026-13-5", "2026-13-5"),
]


def linking(root: Path, body: str) -> Folder:
    more = {"streamly.toml": HTTPS + MOVED, "content/pages/old.md": OLD}
    return site(root, {**more, "content/pages/p.md": page(body)})


def numbered(texts: list[str]) -> dict[str, str]:
    """Return a page for each of *texts*."""
    named = ((n, text.replace("pages.p", f"pages.p{n}")) for n, text in enumerate(texts))
    return {f"content/pages/p{n}.md": text for n, text in named}


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """A site with a page for each link and each date, mended."""
    folder = linking(tmp_path_factory.mktemp("site"), "")
    bodies = [page(before) for before, _ in LINKS] + [page(body) for body in LEFT]
    folder.apply(numbered([*bodies, *(page("Text.", updated=before) for before, _ in DATES)]))
    streamly(folder, "check", "--fix")
    return folder


def test_mending_a_second_time_changes_nothing(once: Folder) -> None:
    assert streamly(once, "check", "--fix", "--json").json["fixed"] == []


@pytest.mark.parametrize("number", range(len(LINKS)), ids=[one[0] for one in LINKS])
def test_a_link_is_written_as_it_leads(number: int, once: Folder) -> None:
    assert once.read(f"content/pages/p{number}.md").endswith(f"---\n{LINKS[number][1]}\n")


@pytest.mark.parametrize("number", range(len(LEFT)), ids=LEFT)
def test_what_is_right_or_unclear_is_left_alone(number: int, once: Folder) -> None:
    text = once.read(f"content/pages/p{len(LINKS) + number}.md")
    assert text.endswith(f"---\n{LEFT[number]}\n")


def test_a_page_may_show_its_own_former_address(tmp_path: Path) -> None:
    folder = linking(tmp_path, "")
    folder.write("content/pages/old.md", f"{OLD}It was at [this address](/former/).\n")
    assert mended(folder, "content/pages/old.md").endswith("(/former/).\n")


@pytest.mark.parametrize("number", range(len(DATES)), ids=[one[0] for one in DATES])
def test_a_date_is_written_in_iso_8601(number: int, once: Folder) -> None:
    text = once.read(f"content/pages/p{len(LINKS) + len(LEFT) + number}.md")
    assert f"updated: {DATES[number][1]}\n" in text


def test_a_mended_date_is_the_same_moment(tmp_path: Path) -> None:
    zone = '[site]\ntimezone = "Europe/Berlin"\n'
    text = page("Text.", date="2026-1-5 9:30")
    folder = site(tmp_path, {"streamly.toml": zone, "content/posts/p.md": text})
    streamly(folder, "build")
    before = folder.output()
    mended(folder, "content/posts/p.md")
    assert folder.output() == before


TAGS = [
    ("[python, web]", "[Python, web]"),
    ("python web", "Python web"),
    ('\n  - PYTHON\n  - "web"', '\n  - Python\n  - "web"'),
    ("[pythonic]", "[pythonic]"),
]


@pytest.mark.parametrize(("before", "after"), TAGS)
def test_a_tag_is_spelled_as_most_posts_spell_it(before: str, after: str, tmp_path: Path) -> None:
    others = {
        f"content/posts/{n}.md": f"---\nid: n{n}\ntitle: {n}\ntags: [Python]\n---\n"
        for n in range(3)
    }
    folder = site(tmp_path, {**others, "content/pages/p.md": page("python", tags=before)})
    assert mended(folder) == page("python", tags=after)


def test_an_id_that_a_heading_cannot_have_is_written_as_it_is(tmp_path: Path) -> None:
    body = "## One {#x}\n\n## Two {#x}\n\n`## {#x}`\n\n## Three {#x}\n\n[to](#x-2)"
    folder = site(tmp_path, {"content/pages/p.md": page(body)})
    streamly(folder, "build")
    before = folder.output()
    assert "## Two {#x-2}\n\n`## {#x}`\n\n## Three {#x-3}\n" in mended(folder)
    assert folder.output() == before


def test_an_id_that_would_change_the_page_is_left_alone(tmp_path: Path) -> None:
    body = "## X\n\n## One {#x}\n\n## Two {#x}"  # the first of them is x-2 already
    folder = site(tmp_path, {"content/pages/p.md": page(body)})
    assert mended(folder) == page(body)


IDS = [
    ("Just text.\n", "---\nid: pages.p\n---\n\nJust text.\n"),
    ("+++\ntitle = 'P'\n+++\nText.\n", "+++\nid = \"pages.p\"\ntitle = 'P'\n+++\nText.\n"),
    (
        "---\r\ntitle: P\r\n---\r\nText.\r\n",
        "---\r\nid: pages.p\r\ntitle: P\r\n---\r\nText.\r\n",
    ),
    ("\ufeff---\ntitle: P\n---\n", "\ufeff---\nid: pages.p\ntitle: P\n---\n"),
    ("---\nid: mine\n---\n", "---\nid: mine\n---\n"),
    ("---\n\nA rule.\n", "---\nid: pages.p\n---\n\n---\n\nA rule.\n"),
    ("---\ntilte: P\n---\n", "---\ntilte: P\n---\n"),
    ("---\rtitle: P\r---\rOf 1984.\r", "---\rtitle: P\r---\rOf 1984.\r"),
]


@pytest.mark.parametrize(("before", "after"), IDS)
def test_an_id_is_added_and_the_rest_of_the_file_stays(
    before: str, after: str, tmp_path: Path
) -> None:
    folder = site(tmp_path, {"content/pages/p.md": before})
    streamly(folder, "check", "--fix")
    assert (folder / "content/pages/p.md").read_bytes().decode() == after


def test_the_id_that_is_added_is_the_one_that_a_document_has_anyway(tmp_path: Path) -> None:
    folder = site(tmp_path)
    streamly(folder, "build")
    before = folder.output()
    assert "content/posts/first.md:2: its id" in streamly(folder, "check", "--fix").out
    assert folder.read("content/posts/first.md").startswith("---\nid: posts.first\ntitle: First\n")
    assert folder.output() == before


def test_an_id_that_two_documents_have_is_left_to_their_author(tmp_path: Path) -> None:
    text = page("x").replace("pages.p", "posts.first")
    folder = site(tmp_path, {"content/pages/p.md": text})
    streamly(folder, "check", "--fix")
    assert "id:" not in folder.read("content/posts/first.md")


def test_authors_and_categories_need_no_id(tmp_path: Path) -> None:
    folder = site(tmp_path, {"content/authors/ada.md": "---\ntitle: Ada\n---\n"})
    streamly(folder, "check", "--fix")
    assert "id:" not in folder.read("content/authors/ada.md")


# How it is written


def test_a_rehearsal_shows_the_difference_and_writes_nothing(tmp_path: Path) -> None:
    folder = linking(tmp_path, "[a](/moved/)")
    ran = streamly(folder, "check", "--fix", "--dry-run")
    assert "-[a](/moved/)\n+[a](/posts/first/)\n" in ran.out
    assert folder.read("content/pages/p.md") == page("[a](/moved/)")
    assert ran.err.endswith("3 files would be mended\n")


@pytest.mark.parametrize("beside", [".p.md.swp", ".#p.md"])
def test_a_file_that_an_editor_holds_is_left_alone(beside: str, tmp_path: Path) -> None:
    folder = linking(tmp_path, "[a](/moved/)")
    folder.write(f"content/pages/{beside}", "")
    ran = streamly(folder, "check", "--fix")
    assert "content/pages/p.md: left alone, because an editor has it open" in ran.out
    assert folder.read("content/pages/p.md") == page("[a](/moved/)")


def test_a_mended_file_keeps_its_mode_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    folder = linking(tmp_path, "[a](/moved/)")
    (folder / "content/pages/p.md").chmod(0o640)
    mended(folder)
    assert (folder / "content/pages/p.md").stat().st_mode & 0o777 == 0o640
    assert sorted(one.name for one in (folder / "content/pages").iterdir()) == ["old.md", "p.md"]


def test_a_file_that_is_a_link_stays_one(tmp_path: Path) -> None:
    folder = linking(tmp_path, "")
    folder.write("elsewhere.md", page("[a](/moved/)"))
    (folder / "content/pages/p.md").unlink()
    (folder / "content/pages/p.md").symlink_to(folder / "elsewhere.md")
    streamly(folder, "check", "--fix")
    assert (folder / "content/pages/p.md").is_symlink()
