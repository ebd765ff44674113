"""What nobody needs, and what is larger than anybody sees."""

import struct
import zlib
from pathlib import Path

import pytest

from streamly_ssg.check.pictures import HEAVY, fault, size
from tests.cli.running import site, streamly
from tests.support.folder import Sources

PAGE = "---\ntitle: P\nid: pages.p\n---\n"


def png(width: int, height: int = 1) -> bytes:
    """Return a picture with nothing on it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    rows = zlib.compress(b"".join(b"\0" * (1 + width) for _ in range(height)))
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


JPEG = (
    b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(10) + b"\xff\xfe\x00\x04no"
    b"\xff\xc2\x00\x11\x08\x01\x40\x02\x80\x03"
)
BEGINNINGS = [
    (png(640, 320), (640, 320)),
    (b"GIF89a\x80\x02\x40\x01", (640, 320)),
    (JPEG, (640, 320)),
    (b"RIFF----WEBPVP8X----" + bytes(4) + b"\x7f\x02\x00\x3f\x01\x00", (640, 320)),
    (b"RIFF----WEBPVP8L----/" + struct.pack("<I", 639 | 319 << 14), (640, 320)),
    (b"RIFF----WEBPVP8 ----" + bytes(6) + struct.pack("<HH", 640, 320), (640, 320)),
    (b"\0\0\0\x20ftypavif----ispe\0\0\0\0" + struct.pack(">II", 640, 320), (640, 320)),
    (b"\x89PNG\r\n\x1a\n", (0, 0)),
    (b"\xff\xd8\xff", (0, 0)),
    (b"\xff\xd8\xff\xe0\xff\xff", (0, 0)),
    (b"", (0, 0)),
    (b"<svg/>", (0, 0)),
]


@pytest.mark.parametrize(("data", "expected"), BEGINNINGS)
def test_a_picture_says_how_large_it_is(data: bytes, expected: tuple[int, int]) -> None:
    assert size(data) == expected


@pytest.mark.parametrize(
    ("width", "shown", "said"),
    [
        (900, 300, ""),
        (901, 300, "has 901 × 1 pixels and is shown 300 wide"),
        (4000, 0, ""),
        (4001, 0, "can't be shown that large"),
    ],
)
def test_a_picture_is_too_wide_for_where_it_is_shown(
    width: int, shown: int, said: str, tmp_path: Path
) -> None:
    file = tmp_path / "a.png"
    file.write_bytes(png(width))
    text, hint = fault(file, shown)
    assert (said in text and bool(hint)) if said else text == ""


def test_a_picture_weighs_too_much(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(png(1) + bytes(HEAVY))
    assert fault(tmp_path / "a.png", 0)[0] == "has 1.0 MB"


def test_a_large_picture_is_told_once_where_it_is_written(tmp_path: Path) -> None:
    more: Sources = {
        "streamly.toml": "[images]\nvariants = false\n",
        "static/a.png": png(5000),
        "content/pages/p.md": f"{PAGE}\n![A line](/a.png)\n",
        "content/pages/q.md": "![A line](/a.png)\n",
    }
    ran = streamly(site(tmp_path, more), "check")
    assert ran.out.startswith('content/pages/p.md:6:11: LARGE "a.png" has 5000 × 1 pixels')
    assert (ran.out.count("\n"), ran.code) == (1, 0)


# Files


def test_a_file_that_no_page_shows_is_named(tmp_path: Path) -> None:
    ran = streamly(site(tmp_path, {"static/img/old.png": png(1)}), "check")
    assert ran.out == (
        "static/img/old.png: UNUSED is not shown by any page (take it out, or link to it)\n"
    )
    assert ran.code == 0


@pytest.mark.parametrize(
    "more",
    [
        {"content/pages/p.md": f"{PAGE}![A](/a.png)\n"},
        {"content/pages/p.md": f"{PAGE}[A](/a.png)\n"},
        {"content/pages/p.md": f"{PAGE[:-4]}image: /a.png\nimage_alt: A\n---\n"},
        {"static/old.html": "<img src='a.png' alt='A'>"},
        {"static/a.css": "b { background: url(a.png) }", "static/old.html": "<link href=a.css>"},
    ],
)
def test_a_file_that_is_shown_somehow_is_used(more: dict[str, str], tmp_path: Path) -> None:
    folder = site(tmp_path, more)
    folder.write("static/a.png", png(1))
    assert streamly(folder, "check").out == ""


@pytest.mark.parametrize(
    "path", ["favicon.png", "apple-touch-icon.png", ".well-known/a.png", "paper.pdf", "CNAME"]
)
def test_what_browsers_ask_for_by_themselves_is_used(path: str, tmp_path: Path) -> None:
    assert streamly(site(tmp_path, {f"static/{path}": "x"}), "check").out == ""


# Redirects

REDIRECTS = [
    ('"/a/" = "/nowhere/"', "LINK", 'sends "/a/" to "/nowhere/", which does not exist'),
    ('"/a/" = "/b/"\n"/b/" = "/a/"', "LINK", 'sends "/a/" round in circles'),
    ('"/a/" = "/b/"\n"/b/" = "/posts/"', "MOVED", 'which leads on to "/posts/"'),
    ('"/posts/first/" = "/posts/"', "UNUSED", "where a page is"),
]


@pytest.mark.parametrize(("table", "code", "said"), REDIRECTS)
def test_a_redirect_that_helps_nobody_is_named(
    table: str, code: str, said: str, tmp_path: Path
) -> None:
    folder = site(tmp_path, {"streamly.toml": f"[redirects]\n{table}\n"})
    line = streamly(folder, "check").out.splitlines()[0]
    assert line.startswith(f"streamly.toml:2:1: {code} ")
    assert said in line


@pytest.mark.parametrize(
    "table",
    [
        '"/a/" = "/posts/?x#y"',
        '"/posts/first" = "/posts/first/"',
        '"/a/" = "https://b.example/"',
        '"/a/*" = "/b/:splat"',
    ],
)
def test_a_redirect_that_leads_somewhere_is_fine(table: str, tmp_path: Path) -> None:
    assert streamly(site(tmp_path, {"streamly.toml": f"[redirects]\n{table}\n"}), "check").out == ""


# Words

PO = """\
msgid ""
msgstr "Language: de\\n"

msgid "Read \\"this\\""
msgstr "Lies das"

#: nowhere
msgid ""
"Gone "
"for good"
msgstr "Fort"

msgid "%(count)s letters"
msgid_plural "%(count)s letters"
msgstr[0] "Briefe"
"""
OWN = {
    "streamly.toml": '[site]\ntheme = "own"\n',
    "themes/own/theme.toml": 'name = "own"\nextends = "default"\n',
    "themes/own/i18n/de.po": PO,
    "themes/own/templates/footer.html": '<p>Read "this", {{ 3 }} letters</p>',
}


def test_a_translation_of_what_nobody_says_is_named(tmp_path: Path) -> None:
    lines = streamly(site(tmp_path, OWN), "check").out.splitlines()
    place = "themes/own/i18n/de.po:8:1: UNUSED "
    told = f'{place}translates "Gone for good", which no template says (take it out, or say it)'
    assert [line for line in lines if "UNUSED" in line] == [told]
