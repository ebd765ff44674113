"""Images on a site: what pages say, which files there are, and that both stay exact."""

import re
import sys
from pathlib import Path

import pytest

from streamly_ssg.api import Site
from streamly_ssg.inputs.config import Settings
from streamly_ssg.workers import Workers
from tests.support.folder import Folder, fresh_folder
from tests.support.images import at_a_place, opened, photo, photograph, png, png_of, saved
from tests.support.lean import document
from tests.support.rebuild import AT_NOW, build, check_rebuild, clean_build

SETTINGS = '[site]\ntitle = "T"\n[images]\nwidths = [40, 80]\n'
PHOTO = photo(120, 90, quality=95)
POST = document("Hello ![A well](well.jpg)", title="A", date="2026-01-01")
SITE: dict[str, str | bytes] = {
    "streamly.toml": SETTINGS,
    "content/posts/a/index.md": POST,
    "content/posts/a/well.jpg": PHOTO,
}
URL = re.compile(r"/assets/images/[\w.-]+")


def variants(folder: Folder) -> set[str]:
    """Return the widths and formats that lie in the output."""
    found = (folder / "public/assets/images").glob("*")
    return {re.sub(r"\.\w{10}\.", ".", path.name) for path in found}


def test_an_image_comes_with_its_size_and_the_files_to_choose_from() -> None:
    with fresh_folder(SITE) as folder:
        assert build(folder).problems == ()
        (html,) = re.findall(r"<picture>.*</picture>", folder.read("public/posts/a/index.html"))
        assert re.sub(r"\.\w{10}\.", ".", html).replace("/assets/images/", "") == (
            '<picture><source type="image/avif" srcset="well-40.avif 40w, well-80.avif 80w" '
            'sizes="(min-width: 40rem) 36rem, 92vw"><source type="image/webp" '
            'srcset="well-40.webp 40w, well-80.webp 80w" sizes="(min-width: 40rem) 36rem, 92vw">'
            '<img src="well-80.jpg" srcset="well-40.jpg 40w, well-80.jpg 80w" '
            'sizes="(min-width: 40rem) 36rem, 92vw" width="120" height="90" alt="A well" '
            'fetchpriority="high" decoding="async"></picture>'
        )


def test_every_file_that_a_page_names_is_there() -> None:
    with fresh_folder(SITE) as folder:
        build(folder)
        named = set(URL.findall(folder.read("public/posts/a/index.html")))
        assert len(named) == 6
        assert {url for url in named if not (folder / f"public{url}").is_file()} == set()


def test_only_the_first_image_of_a_page_doesnt_wait() -> None:
    body = "![a](well.jpg)\n\n![b](well.jpg)"
    with fresh_folder(SITE | {"content/posts/a/index.md": document(body, title="A")}) as folder:
        build(folder)
        text = folder.read("public/posts/a/index.html")
        assert re.findall(r'alt="(\w)" (\w+=)', text) == [
            ("a", "fetchpriority="),
            ("b", "loading="),
        ]


def test_the_picture_of_a_post_is_the_first_image() -> None:
    post = document("![b](well.jpg)", title="A", image="well.jpg", image_alt="c")
    with fresh_folder(SITE | {"content/posts/a/index.md": post}) as folder:
        build(folder)
        text = folder.read("public/posts/a/index.html")
        assert re.findall(r'alt="(\w)"[^>]* (loading|fetchpriority)=', text) == [
            ("c", "fetchpriority"),
            ("b", "loading"),
        ]


def test_images_of_static_come_in_variants_too() -> None:
    files = SITE | {
        "static/i/b.png": photo(120, 90, "png"),
        "content/posts/a/index.md": document("![b](/i/b.png)", title="A"),
    }
    with fresh_folder(files) as folder:
        assert build(folder).problems == ()
        assert "b-80.webp" in variants(folder)
        assert (folder / "public/i/b.png").read_bytes() == files["static/i/b.png"]


def test_a_drawing_passes_with_its_size() -> None:
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 30 20"/>'
    files = SITE | {
        "content/posts/a/d.svg": drawing,
        "content/posts/a/index.md": document("![d](d.svg)", title="A"),
    }
    with fresh_folder(files) as folder:
        build(folder)
        page = folder.read("public/posts/a/index.html")
        assert '<img src="/posts/a/d.svg" width="30" height="20" alt="d"' in page
        assert folder.read("public/posts/a/d.svg") == drawing


def test_an_address_may_say_more_than_the_file() -> None:
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 30 20"/>'
    files = SITE | {
        "content/posts/a/d.svg": drawing,
        "content/posts/a/index.md": document("![d](d.svg#part)", title="A"),
    }
    with fresh_folder(files) as folder:
        assert build(folder).problems == ()
        page = folder.read("public/posts/a/index.html")
        assert '<img src="/posts/a/d.svg#part" width="30" height="20"' in page


def test_a_site_in_a_folder_has_its_images_there() -> None:
    settings = SETTINGS.replace("[images]", 'base_url = "https://example.org/blog"\n[images]')
    files = SITE | {
        "streamly.toml": settings,
        "static/b.png": photo(70, 50, "png"),
        "content/posts/a/index.md": document("![b](/b.png)", title="A"),
    }
    with fresh_folder(files) as folder:
        assert build(folder).problems == ()
        page = folder.read("public/posts/a/index.html")
        assert set(re.findall(r'srcset="([^ ]*/)b-40', page)) == {"/blog/assets/images/"}
        assert 'src="/blog/b.png"' in page


def test_a_shortcode_is_given_its_image() -> None:
    body = '{{< figure src="well.jpg" alt="x" caption="c" >}}'
    with fresh_folder(SITE | {"content/posts/a/index.md": document(body, title="A")}) as folder:
        assert build(folder).problems == ()
        assert "<figure>\n<picture><source" in folder.read("public/posts/a/index.html")


def test_a_feed_has_the_simplest_image_with_its_whole_address() -> None:
    with fresh_folder(SITE) as folder:
        build(folder)
        text = folder.read("public/feed.json")
        assert re.search(r'<img src=\\"http://127.0.0.1:8000/assets/images/well-80', text)
        assert "<picture>" not in text


def test_the_original_of_a_bundle_doesnt_tell_where_it_was_taken() -> None:
    told = photo(120, 90, exif=at_a_place(6))
    with fresh_folder(SITE | {"content/posts/a/well.jpg": told}) as folder:
        build(folder)
        for path in (folder / "public").rglob("*.jpg"):
            assert not opened(path.read_bytes()).getexif(), path
            assert opened(path.read_bytes()).size in {(90, 120), (40, 53), (80, 107)}


def test_two_pages_with_one_image_share_its_files() -> None:
    files = SITE | {
        "static/i/b.png": photo(120, 90, "png"),
        "content/posts/a/index.md": document("![b](/i/b.png)", title="A"),
        "content/posts/c.md": document("![b](/i/b.png)", title="C"),
    }
    change = {"content/posts/c.md": document("none", title="C")}
    with fresh_folder(files) as folder:
        build(folder)
        before = variants(folder)
        folder.apply(change)
        assert build(folder).removed == frozenset()
        assert variants(folder) == before


def test_what_no_page_shows_any_more_is_removed() -> None:
    with fresh_folder(SITE) as folder:
        build(folder)
        folder.write("content/posts/a/index.md", document("none", title="A", date="2026-01-01"))
        build(folder)
        assert variants(folder) == set()
        assert folder.output() == clean_build(folder).output


@pytest.mark.parametrize(
    "change",
    [
        {"content/posts/a/well.jpg": photo(120, 90, seed=2)},
        {"content/posts/a/well.jpg": photo(60, 90, seed=2)},
        {"content/posts/a/well.jpg": b"no image"},
        {"content/posts/a/well.jpg": None},
        {"content/posts/a/index.md": document("![x](other.jpg)", title="A")},
        {"content/posts/a/index.md": document("draft", title="A", draft=True)},
        {"streamly.toml": SETTINGS + "formats = []\n"},
        {"streamly.toml": SETTINGS + "variants = false\n"},
        {"streamly.toml": SETTINGS + "max_pixels = 100\n"},
        {"streamly.toml": SETTINGS.replace("80", "60")},
        {"static/assets": "in the way"},
    ],
)
def test_after_any_change_everything_is_as_a_clean_build_makes_it(
    change: dict[str, str | bytes | None],
) -> None:
    with fresh_folder(SITE) as folder:
        build(folder)
        for step in (change, {path: SITE.get(path) for path in change}):
            folder.apply(step)
            incremental, clean = build(folder), clean_build(folder)
            assert incremental.output == clean.output
            assert incremental.problems == clean.problems


def test_another_image_of_no_variants_remakes_no_page() -> None:
    files = SITE | {"content/posts/a/well.jpg": photo(30, 20)}
    check_rebuild(
        files, {"content/posts/a/well.jpg": photo(30, 20, seed=2)}, rebuilt={"/posts/a/well.jpg"}
    )


def worked_on(folder: Folder) -> list[str]:
    """Build, and return the images that took work."""
    report = Site(folder.root, AT_NOW).build()
    return [key for key in report.task_seconds if key.startswith("picture:")]


def test_an_image_is_worked_on_once_ever() -> None:
    with fresh_folder(SITE) as folder:
        assert worked_on(folder) == ["picture:content:posts/a/well.jpg"]
        before = folder.output()
        Site(folder.root, AT_NOW).clean()
        (folder / "public/posts/a/index.html").unlink()
        assert worked_on(folder) == []
        assert folder.output() == before


def test_an_image_that_moves_is_not_worked_on_again() -> None:
    with fresh_folder(SITE) as folder:
        worked_on(folder)
        folder.rename("content/posts/a/well.jpg", "content/posts/a/else.jpg")
        folder.write("content/posts/a/index.md", document("![A](else.jpg)", title="A"))
        assert worked_on(folder) == []


@pytest.mark.parametrize("harm", ["gone", "cut", "flipped"])
def test_a_damaged_cache_is_not_trusted(harm: str) -> None:
    with fresh_folder(SITE) as folder:
        before = build(folder).output
        for path in (folder / ".streamly/images").rglob("*.*"):
            data = path.read_bytes()
            path.write_bytes(data[:-9] if harm == "cut" else data[:-1] + bytes([data[-1] ^ 1]))
            if harm == "gone":
                path.unlink()
        (folder / "public/assets/images").rename(folder / "public/assets/other")
        assert build(folder).output == before | {
            path.replace("/images/", "/other/"): digest
            for path, digest in before.items()
            if "/images/" in path
        }


def test_clean_removes_the_cache_of_images_too() -> None:
    with fresh_folder(SITE) as folder:
        build(folder)
        Site(folder.root).remove()
        assert not (folder / ".streamly/images").exists()


def test_an_image_that_is_gone_is_told_with_its_place() -> None:
    with fresh_folder(SITE | {"content/posts/a/wall.jpg": PHOTO}) as folder:
        folder.remove("content/posts/a/well.jpg")
        (told,) = build(folder).problems
        assert told == (
            'content/posts/a/index.md:5:17: IMAGE "well.jpg" does not exist '
            '(did you mean "posts/a/wall.jpg"?)'
        )


def test_a_bomb_is_told_where_it_is_shown_and_stops_nothing_else() -> None:
    files = SITE | {
        "content/posts/a/index.md": document("![x](bomb.png)", title="A", date="2026-01-01"),
        "content/posts/a/bomb.png": png_of(50_000, 50_000, b""),
        "content/posts/b.md": document("b", title="B", date="2026-01-02"),
    }
    with fresh_folder(files) as folder:
        built = build(folder)
        (told,) = built.problems
        assert told == (
            'content/posts/a/index.md:5:6: IMAGE "bomb.png" has 50,000 × 50,000 pixels, and the '
            "limit is 50,000,000 in all (make it smaller, or raise max_pixels in [images])"
        )
        assert {"/posts/b/", "/", "/feed.xml"} <= built.made
        assert not {"/posts/a/", "/posts/a/bomb.png"} & built.made


def test_a_bomb_as_the_picture_of_a_post_is_told_at_its_field() -> None:
    post = document("x", title="A", date="2026-01-01", image="bomb.png")
    with fresh_folder(
        SITE | {"content/posts/a/index.md": post, "content/posts/a/bomb.png": png()[:40]}
    ) as folder:
        built = build(folder)
        (told,) = built.problems
        assert told.startswith(
            'content/posts/a/index.md:4:1: IMAGE "bomb.png" can\'t be read as PNG'
        )
        assert "/" in built.made


def test_an_image_that_no_page_shows_is_told_by_its_own_name() -> None:
    with fresh_folder(SITE | {"content/posts/a/other.png": PHOTO}) as folder:
        (told,) = build(folder).problems
        assert told.startswith("content/posts/a/other.png: IMAGE is a JPEG file with the name of")


def test_without_variants_images_are_as_they_were_but_have_a_size() -> None:
    told = photo(120, 90, exif=at_a_place(6))
    files = SITE | {
        "streamly.toml": SETTINGS + "variants = false\n",
        "content/posts/a/well.jpg": told,
    }
    with fresh_folder(files) as folder:
        build(folder)
        assert (folder / "public/posts/a/well.jpg").read_bytes() == told
        assert '<img src="/posts/a/well.jpg" width="90" height="120"' in folder.read(
            "public/posts/a/index.html"
        )


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("widths = []", '"widths" in [images] is []'),
        ("widths = [99999]", "list widths from 16 to 8192"),
        ('formats = ["tiff"]', '"formats" in [images]'),
        ("quality = { webp = 0 }", "use 1 to 100"),
        ("quality = { png = 5 }", '"quality" in [images]'),
        ("max_pixels = 0", "use 1 or more"),
        ('variants = "maybe"', '"variants" in [images]'),
    ],
)
def test_a_setting_without_meaning_is_refused(line: str, message: str) -> None:
    with fresh_folder({"streamly.toml": f"[images]\n{line}\n"}) as folder:
        (told,) = build(folder).problems
        assert told.startswith("streamly.toml:2:1: SETTINGS")
        assert message in told


def test_the_settings_have_defaults(tmp_path: Path) -> None:
    images = Settings(tmp_path, {}, {})["images"]  # type: ignore[arg-type]
    assert (images.variants, images.cards, images.widths) == ("auto", False, (480, 960, 1600))


def test_an_animation_stays_as_it_is() -> None:
    frames = [photograph(90, 60, seed) for seed in (2, 3)]
    moving = saved(photograph(90, 60), "gif", save_all=True, append_images=frames)
    files = SITE | {
        "content/posts/a/m.gif": moving,
        "content/posts/a/index.md": document("![m](m.gif)", title="A"),
    }
    with fresh_folder(files) as folder:
        build(folder)
        assert (folder / "public/posts/a/m.gif").read_bytes() == moving
        assert '<img src="/posts/a/m.gif" width="90" height="60"' in folder.read(
            "public/posts/a/index.html"
        )


def test_any_number_of_processes_makes_the_same_bytes() -> None:
    more = {f"content/posts/a/{n}.jpg": photo(120, 90, seed=n) for n in range(6)}
    body = "".join(f"![{n}]({n}.jpg)\n" for n in range(6))
    with fresh_folder(SITE | more | {"content/posts/a/index.md": document(body)}) as folder:
        with Workers(3) as executor:
            Site(folder.root, AT_NOW, executor=executor).build()
        assert len(variants(folder)) == 36
        assert folder.output() == clean_build(folder).output


@pytest.fixture
def no_pillow(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if Pillow weren't installed."""
    monkeypatch.setitem(sys.modules, "PIL", None)


@pytest.mark.usefixtures("no_pillow")
def test_without_pillow_images_are_as_they_were_but_have_a_size() -> None:
    with fresh_folder(SITE) as folder:
        assert build(folder).problems == ()
        assert (folder / "public/posts/a/well.jpg").read_bytes() == PHOTO
        page = folder.read("public/posts/a/index.html")
        assert '<img src="/posts/a/well.jpg" width="120" height="90"' in page


@pytest.mark.usefixtures("no_pillow")
@pytest.mark.parametrize("what", ["variants", "cards"])
def test_who_insists_is_told_what_to_install(what: str) -> None:
    with fresh_folder(SITE | {"streamly.toml": f"[images]\n{what} = true\n"}) as folder:
        built = build(folder)
        (told,) = built.problems
        assert (built.refused, built.exit_code) == (True, 3)
        assert told.startswith(f"streamly.toml: IMAGES [images] asks for {what}")
        assert 'pip install "streamly[images]"' in told
