"""Cards for links: when there is one, what stands on it, and what can't be set."""

import re
from io import BytesIO

import pytest
from PIL import ImageFont

from streamly_ssg.images import cards
from streamly_ssg.images.lettering import Lettering
from tests.support.folder import Folder, fresh_folder
from tests.support.house import ROOT
from tests.support.images import opened, photo
from tests.support.lean import document
from tests.support.rebuild import build, check_rebuild, clean_build

FOLDER = ROOT / "themes/default/assets/fonts"
FONTS = tuple((FOLDER / f"literata-{n}.woff2").read_bytes() for n in ("normal", "ext-normal"))
STYLE = cards.Style("", FONTS, 600, "#ffffff", "#000000", "#0b665f")
LETTERS = Lettering(FONTS, 600)
SETTINGS = '[site]\ntitle = "Site"\n[images]\ncards = true\n[search]\nenabled = false\n'
SITE: dict[str, str | bytes] = {
    "streamly.toml": SETTINGS,
    "content/posts/a.md": document("x", title="A", date="2026-01-01", author="Ada"),
    "content/posts/b/index.md": document("x", title="B", date="2026-01-02", image="b.jpg"),
    "content/posts/b/b.jpg": photo(60, 40),
    "content/notes/n.md": document("A note", date="2026-01-03"),
}


def drawn(title: str, author: str = "Ada", site: str = "Site") -> bytes:
    return cards.drawn(cards.Words(title, author, site), STYLE)


def shown(folder: Folder, page: str) -> str:
    """Return what a link to *page* shows elsewhere."""
    found = re.search(r'og:image" content="([^"]*)"', folder.read(f"public/{page}"))
    return found[1] if found else "nothing"


def test_a_card_is_as_large_as_networks_want_it_and_small_to_send() -> None:
    data = drawn("The night the archive went missing")
    assert opened(data).size == (1200, 630)
    assert len(data) < 30_000


def test_the_same_words_give_the_same_bytes() -> None:
    assert drawn("Always") == drawn("Always") != drawn("Never")


@pytest.mark.parametrize(
    "title", ["", "word " * 200, "w" * 400, "A 🎉 B", "Łódź", "e\u0301te\u0301"]
)
def test_any_title_has_a_card(title: str) -> None:
    assert opened(drawn(title)).size == (1200, 630)


def test_a_long_title_shrinks_and_is_cut_at_last() -> None:
    short, long = LETTERS.fitted("Short", 1000, (90, 50), 4), "one more word " * 30
    lines, size = LETTERS.fitted(long, 1000, (90, 50), 4)
    assert short == (["Short"], 90)
    assert (size, len(lines), lines[-1][-1]) == (50, 4, "…")
    assert all(LETTERS.width(line, size) <= 1000 for line in lines)


@pytest.mark.parametrize("title", ["مرحبا بالعالم", "שלום", "日本語の題", "Привет"])
def test_a_title_that_cant_be_set_is_left_out(title: str) -> None:
    assert LETTERS.settable(title) == ""
    assert drawn(title) == drawn("", author="")


def test_what_can_be_set_is_kept() -> None:
    assert LETTERS.settable("Überfluß  — in Łódź 🎉") == "Überfluß — in Łódź"


def test_a_document_without_a_picture_has_a_card() -> None:
    with fresh_folder(SITE) as folder:
        assert build(folder).problems == ()
        assert shown(folder, "posts/a/index.html") == "http://127.0.0.1:8000/posts/a/card.png"
        assert opened((folder / "public/posts/a/card.png").read_bytes()).format == "PNG"


def test_who_has_a_picture_or_no_title_has_no_card() -> None:
    with fresh_folder(SITE) as folder:
        build(folder)
        assert shown(folder, "posts/b/index.html").endswith("/posts/b/b.jpg")
        assert shown(folder, "notes/n/index.html") == "nothing"
        assert [path.parent.name for path in (folder / "public").rglob("card.png")] == ["a"]


def test_cards_are_off_unless_they_are_wanted() -> None:
    with fresh_folder(SITE | {"streamly.toml": '[site]\ntitle = "Site"\n'}) as folder:
        build(folder)
        assert list((folder / "public").rglob("card.png")) == []


def test_a_new_title_makes_a_new_card() -> None:
    with fresh_folder(SITE) as folder:
        build(folder)
        folder.write("content/posts/a.md", document("x", title="A2", date="2026-01-01"))
        assert "/posts/a/card.png" in build(folder).made
        assert folder.output() == clean_build(folder).output


def test_a_new_text_makes_no_new_card() -> None:
    before, changed = (
        document(text, title="A", date="2026-01-01", author="Ada", summary="s") for text in "xy"
    )
    sources = SITE | {"content/posts/a.md": before}
    feeds = {"feed.xml", "atom.xml", "feed.json"}
    lists = {f"{top}{name}" for top in ("/", "/users/ada/") for name in feeds}
    check_rebuild(sources, {"content/posts/a.md": changed}, rebuilt={"/posts/a/", *lists})


def test_the_accent_of_the_site_is_that_of_its_cards() -> None:
    with fresh_folder(
        SITE | {"streamly.toml": SETTINGS + '[theme]\naccent = "#aa0000"\n'}
    ) as folder:
        build(folder)
        picture = opened((folder / "public/posts/a/card.png").read_bytes()).convert("RGB")
        assert picture.getpixel((600, 629)) == (0xAA, 0, 0)


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ("", "says no fonts for cards"),
        ('[card]\nfonts = ["no.woff2"]', 'names the font "no.woff2", which no theme has'),
        ('[card]\nfonts = ["f.woff2"]\nink = "blackish"', '[card] ink is "blackish"'),
    ],
)
def test_a_theme_that_cant_draw_says_why(toml: str, message: str) -> None:
    theme: dict[str, str | bytes] = {
        "themes/own/theme.toml": toml,
        "themes/own/assets/f.woff2": FONTS[0],
    }
    settings = '[site]\ntheme = "own"\n[images]\ncards = true\n'
    with fresh_folder({"streamly.toml": settings, **theme}) as folder:
        assert any(message in told for told in build(folder).problems)


def test_a_font_of_one_weight_will_do() -> None:
    still = Lettering((plain_font(),), 600)
    assert still.settable("abc") == "abc"


def plain_font() -> bytes:
    """Return a font that comes with Pillow and doesn't vary."""
    font = ImageFont.load_default(20)
    assert isinstance(font, ImageFont.FreeTypeFont)
    assert isinstance(font.path, BytesIO)
    return font.path.getvalue()
