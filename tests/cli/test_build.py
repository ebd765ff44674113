"""`streamly build`: what it does, and what it says."""

import os
import subprocess
import sys
from pathlib import Path

from tests.cli.running import POST, ROOT, site, streamly
from tests.support.images import photo


def test_a_folder_of_markdown_is_enough(tmp_path: Path) -> None:
    folder = site(tmp_path)
    assert streamly(folder, "build").code == 0
    assert "<em>first</em>" in folder.read("public/posts/first/index.html")


def test_it_says_how_many_pages_were_made_kept_and_removed(tmp_path: Path) -> None:
    folder = site(tmp_path)
    streamly(folder, "build")
    folder.remove("content/posts/second.md")
    said = streamly(folder, "build").out
    assert "pages made" in said
    assert "kept" in said
    assert "1 removed" in said


def test_a_second_build_makes_nothing(tmp_path: Path) -> None:
    folder = site(tmp_path)
    streamly(folder, "build")
    assert streamly(folder, "build").out.startswith("0 pages made")


def test_clean_makes_everything_again(tmp_path: Path) -> None:
    folder = site(tmp_path)
    first = streamly(folder, "build", "--json").json
    again = streamly(folder, "build", "--clean", "--json").json
    assert again["made"].keys() == first["made"].keys()


def test_json_tells_the_reason_of_each_page(tmp_path: Path) -> None:
    folder = site(tmp_path)
    streamly(folder, "build")
    folder.replace("content/posts/first.md", "*first*", "*very first*")
    report = streamly(folder, "build", "--json").json
    assert report["made"]["posts/first/index.html"] == "body:posts/first.md changed"
    assert report["exit_code"] == 0


def test_a_mistake_is_told_with_its_place_and_the_rest_is_built(tmp_path: Path) -> None:
    folder = site(tmp_path, {"content/posts/bad.md": "---\ntilte: Bad\n---\n"})
    ran = streamly(folder, "build")
    where = "content/posts/bad.md:2:1: FRONT_MATTER"
    assert f'{where} unknown field "tilte" (did you mean "title"?)' in ran.err
    assert ran.code == 1
    assert (folder / "public/posts/first/index.html").exists()


def test_messages_stay_out_of_the_json_document(tmp_path: Path) -> None:
    folder = site(tmp_path, {"content/posts/bad.md": "---\ntilte: Bad\n---\n"})
    ran = streamly(folder, "build", "--json")
    assert ran.json["problems"][0]["line"] == 2
    assert "content/posts/bad.md:2:1" in ran.err


def test_a_control_character_in_a_name_does_not_reach_the_terminal(tmp_path: Path) -> None:
    folder = site(tmp_path, {"content/posts/\x1b[31mred.md": "---\ntilte: Bad\n---\n"})
    ran = streamly(folder, "build")
    assert "\x1b" not in ran.err
    assert "\\x1b[31mred.md" in ran.err


def test_drafts_are_shown_on_request(tmp_path: Path) -> None:
    folder = site(tmp_path, {"content/posts/d.md": "---\ntitle: D\ndraft: true\n---\n"})
    streamly(folder, "build", "--drafts")
    assert (folder / "public/posts/d/index.html").exists()
    streamly(folder, "build")
    assert not (folder / "public/posts/d/index.html").exists()


def test_now_is_the_moment_that_the_build_is_for(tmp_path: Path) -> None:
    folder = site(tmp_path, {"content/posts/l.md": POST.format(title="L", date="2026-06-01")})
    said = streamly(folder, "build").out
    assert "next scheduled change: 2026-06-01 00:00 UTC" in said
    streamly(folder, "build", "--now", "2026-06-01")
    assert (folder / "public/posts/l/index.html").exists()


def test_the_output_goes_where_it_was_sent(tmp_path: Path) -> None:
    folder = site(tmp_path / "site")
    streamly(folder, "build", "--output", "../elsewhere")
    assert (tmp_path / "elsewhere/posts/first/index.html").exists()


def test_facts_come_from_the_file_that_is_named(tmp_path: Path) -> None:
    fact = '{"key": "likes/posts.first", "value": {"count": 41}, "seq": 1}\n'
    folder = site(tmp_path, {"mine.ndjson": fact})
    streamly(folder, "build", "--facts", "mine.ndjson")
    assert "41" in folder.read("public/posts/first/index.html")


def test_a_site_is_found_from_within(tmp_path: Path) -> None:
    folder = site(tmp_path, {"streamly.toml": '[site]\ntitle = "Here"\n'})
    assert streamly(tmp_path / "content/posts", "build").code == 0
    assert (folder / "public/index.html").exists()


def test_strict_refuses_links_that_lead_nowhere(tmp_path: Path) -> None:
    folder = site(tmp_path, {"content/posts/third.md": "# Third\n\nA [link](/nowhere/).\n"})
    assert streamly(folder, "build").code == 0
    ran = streamly(folder, "build", "--strict")
    assert ran.code == 1
    assert 'content/posts/third.md:3:10: LINK links to "/nowhere/"' in ran.err


def test_strict_is_content_with_a_sound_site(tmp_path: Path) -> None:
    assert streamly(site(tmp_path), "build", "--strict").code == 0


def test_a_profile_names_documents_pages_and_templates(tmp_path: Path) -> None:
    found = streamly(site(tmp_path), "build", "--profile", "--json").json["profile"]
    assert {one["name"] for one in found["documents"]} == {
        "content/posts/first.md",
        "content/posts/second.md",
    }
    assert found["templates"][0]["pages"] > 0
    assert found["pages"][0]["seconds"] >= found["pages"][-1]["seconds"]


def test_a_profile_names_the_images_that_took_work(tmp_path: Path) -> None:
    folder = site(
        tmp_path, {"content/posts/a.md": "![a](/a.png)", "static/a.png": photo(90, 60, "png")}
    )
    found = streamly(folder, "build", "--profile", "--json").json["profile"]
    assert [one["name"] for one in found["images"]] == ["static/a.png"]


def test_a_profile_can_be_read(tmp_path: Path) -> None:
    assert "slowest documents to parse:" in streamly(site(tmp_path), "build", "--profile").out


HEAVY = (
    "asyncio",
    "comrak",
    "feedgen",
    "http",
    "jinja2",
    "lxml",
    "markdown",
    "multiprocessing",
    "pygments",
    "rich",
    "ssl",
    "watchdog",
    "yaml",
)


SCRIPT = """
import sys
from streamly_ssg.cli import main
code = main.main(["build"], standalone_mode=False)
print(code, *{name.partition(".")[0] for name in sys.modules})
"""


def test_a_build_that_has_nothing_to_do_loads_nothing_heavy(tmp_path: Path) -> None:
    folder = site(tmp_path)
    assert run_python(folder.root, SCRIPT)[0] == "0"
    loaded = run_python(folder.root, SCRIPT)
    assert [name for name in HEAVY if name in loaded] == []


def run_python(root: Path, script: str) -> list[str]:
    """Return the words of the last line that *script* prints."""
    ran = subprocess.run(
        [sys.executable, "-c", script],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    return ran.stdout.splitlines()[-1].split()
