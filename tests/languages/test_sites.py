"""A site in several languages, as readers and machines find it."""

import json
import re
from pathlib import Path

import pytest
from lxml import etree

from tests.support.folder import Folder
from tests.support.polyglot import PREFIXES, SETTINGS, TEXTS, polyglot
from tests.support.process import streamly
from tests.support.rebuild import Built, build

PO = 'msgid ""\nmsgstr ""\n"Plural-Forms: nplurals=2; plural=n != 1;\\n"\n\n'


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    folder = polyglot(tmp_path_factory.mktemp("polyglot"))
    made = build(folder)
    assert not made.problems
    return folder


def page(folder: Folder, url: str) -> str:
    return folder.read(f"public{url}index.html" if url.endswith("/") else f"public{url}")


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("en", ("9 January 2026", "by ", "1,234 likes", "1 comment<", "edited <time", ">Sign in<")),
        ("de", ("9. Januar 2026", "von ", "1.234 Likes", "1 Kommentar<", "bearbeitet am <time")),
        (
            "fr",
            ("9 janvier 2026", "par ", "1\u202f234 j’aime", "1 commentaire<", "modifié le <time"),
        ),
        ("ar", ("9 يناير 2026", "بقلم ", "1,234 إعجابًا", "تعليق واحد<", "عُدّل في <time")),
    ],
)
def test_a_post_speaks_its_language(built: Folder, code: str, said: tuple[str, ...]) -> None:
    text = page(built, f"{PREFIXES[code]}/posts/well/")
    side = ' dir="rtl"' if code == "ar" else ""
    assert f'<html lang="{code}"{side}>' in text
    assert [one for one in said if one not in text] == []


@pytest.mark.parametrize("code", ["de", "fr", "ar"])
def test_nothing_english_is_left_on_a_page_in_another_language(built: Folder, code: str) -> None:
    english = {"Sign in", "Reply", "Report", "Share", "Contents", "Comments", "min read", "Older"}
    for path in (built / f"public{PREFIXES[code]}").rglob("*.html"):
        shown = re.sub(r"<[^>]+>", "\n", path.read_text("utf-8"))
        assert not english & {line.strip() for line in shown.splitlines()}, path


def test_the_versions_of_a_page_name_each_other(built: Folder) -> None:
    for prefix in PREFIXES.values():
        text = page(built, f"{prefix}/posts/well/")
        found = re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">', text)
        wanted = {code: f"http://127.0.0.1:8000{at}/posts/well/" for code, at in PREFIXES.items()}
        assert dict(found) == wanted | {"x-default": wanted["en"]}


@pytest.mark.parametrize(
    "url", ["/", "/posts/", "/categories/wells/", "/archive/2026/01/", "/login/"]
)
def test_readers_find_the_other_languages_on_the_page(built: Folder, url: str) -> None:
    (switch,) = re.findall(r'<ul class="languages".*?</ul>', page(built, f"/de{url}"), re.DOTALL)
    found = re.findall(r'<a href="([^"]+)" lang="(\w+)" hreflang="\w+">([^<]+)</a>', switch)
    names = {"ar": "العربية", "en": "English", "fr": "Français"}
    assert found == [(f"{PREFIXES[code]}{url}", code, name) for code, name in names.items()]


def test_a_page_without_a_version_in_another_language_offers_none(built: Folder) -> None:
    assert 'class="languages"' not in page(built, "/tags/water/")
    assert "hreflang" not in page(built, "/users/ada/")


@pytest.mark.parametrize("code", PREFIXES)
def test_lists_and_feeds_hold_what_is_in_their_language(built: Folder, code: str) -> None:
    at = PREFIXES[code]
    listed = re.findall(r'<h2><a href="([^"]+)">', page(built, f"{at}/posts/"))
    feed = json.loads(page(built, f"{at}/feed.json"))
    assert listed == [f"{at}/posts/well/"]
    assert [item["title"] for item in feed["items"]] == [TEXTS[code][0]]
    assert feed["language"] == code


def test_a_profile_has_the_posts_in_every_language(built: Folder) -> None:
    found = re.findall(r'<h3><a href="([^"]+)">', page(built, "/users/ada/"))
    assert sorted(found) == sorted(f"{at}/posts/well/" for at in PREFIXES.values())


def test_the_sitemap_names_the_versions(built: Folder) -> None:
    tree = etree.fromstring((built / "public/sitemap.xml").read_bytes())
    spaces = {
        "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
        "x": "http://www.w3.org/1999/xhtml",
    }
    post = "http://127.0.0.1:8000/de/posts/well/"
    links = tree.xpath(f'//s:url[s:loc="{post}"]/x:link/@hreflang', namespaces=spaces)
    assert links == ["ar", "de", "en", "fr", "x-default"]


def test_each_language_has_its_own_page_about_absence(built: Folder) -> None:
    assert "<h1>Seite nicht gefunden</h1>" in page(built, "/de/404.html")


@pytest.mark.parametrize(
    ("settings", "url", "text"),
    [
        ('[languages.de]\nprefix = "/deutsch"\n', "/deutsch/posts/well/", "9. Januar 2026"),
        ('[languages.de]\nname = "Plattdeutsch"\n', "/posts/well/", ">Plattdeutsch<"),
        ('[languages.de.words]\n"Sign in" = "Rein"\n', "/de/", ">Rein<"),
        ('[languages.de]\n[languages.en.words]\n"Sign in" = "Enter"\n', "/", ">Enter<"),
        ('[languages.de]\nmenu = [{ title = "A", url = "/a/" }]\n', "/de/", '<a href="/a/">A</a>'),
        ('[languages.de.theme.hero]\ntitle = "Hallo"\n', "/de/", "<h1>Hallo</h1>"),
        ('[languages.de]\ndirection = "rtl"\n', "/de/", '<html lang="de" dir="rtl">'),
    ],
)
def test_the_settings_say_more_of_a_language(
    settings: str, url: str, text: str, tmp_path: Path
) -> None:
    site = '[site]\ntitle = "Wells"\nservice = "/api/v1"\n'
    folder = polyglot(tmp_path, f"{site}{settings}", ("en", "de"))
    assert not build(folder).problems
    assert text in page(folder, url)


def test_a_theme_that_extends_another_one_has_the_last_word(tmp_path: Path) -> None:
    folder = polyglot(tmp_path, SETTINGS.replace("[site]", '[site]\ntheme = "mine"'))
    folder.write("themes/mine/theme.toml", 'name = "mine"\nextends = "default"\n')
    folder.write("themes/mine/i18n/de.po", f'{PO}msgid "Sign in"\nmsgstr "Hinein"\n')
    assert not build(folder).problems
    assert ">Hinein<" in page(folder, "/de/")
    assert ">Kommentieren<" in page(folder, "/de/posts/well/")


def test_a_text_in_a_language_that_the_site_has_not_stands_among_the_others(tmp_path: Path) -> None:
    folder = polyglot(tmp_path, codes=("en", "de"))
    text = "---\ntitle: Studna\nslug: studna\ndate: 2026-02-01\nlang: cs\n---\n\nVoda.\n"
    folder.write("content/posts/studna.md", text)
    assert not build(folder).problems
    assert '<html lang="cs">' in page(folder, "/posts/studna/")
    assert 'lang="cs" dir="ltr"' in page(folder, "/posts/")


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        (
            "[languages.de]\nnmae = 'x'\n",
            'streamly.toml:2:1: SETTINGS unknown key "nmae" in [languages.de] (did you mean "name"?)',
        ),
        (
            "[languages.german_]\n",
            (
                'streamly.toml:1:1: SETTINGS "german_" is no language in [languages.german_]'
                ' (write a tag like "de" or "pt-BR")'
            ),
        ),
        (
            '[languages.de]\nprefix = "de"\n',
            'streamly.toml:2:1: SETTINGS "prefix" is "de" in [languages.de] (write it as "/de")',
        ),
        (
            '[languages.de]\ndirection = "up"\n',
            (
                "streamly.toml:2:1: SETTINGS \"direction\" in [languages.de]: Invalid enum value 'up'"
                " (change its value)"
            ),
        ),
        (
            '[languages.de.words]\n"Sign in" = "%(who)s rein"\n',
            'streamly.toml: LANGUAGE "%(who)s" is not in the word "Sign in" (take it out)',
        ),
    ],
)
def test_settings_that_make_no_sense_are_refused(
    settings: str, problem: str, tmp_path: Path
) -> None:
    assert problem in build(polyglot(tmp_path, settings)).problems


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        (
            'msgid "Page %(n)s"\nmsgstr "Seite %(nummer)s"\n',
            (
                'themes/mine/i18n/de.po:5: LANGUAGE "%(nummer)s" is in the translation and not in'
                ' "Page %(n)s" (known are %(n)s)'
            ),
        ),
        (
            'msgid ""\nmsgstr "Plural-Forms: nplurals=3; plural=n;\\n"\n',
            (
                "themes/mine/i18n/de.po:1: LANGUAGE numbers have 3 forms here, and 2 in"
                " themes/default/i18n/de.po (take Plural-Forms from there)"
            ),
        ),
        (
            'msgid "a\nmsgstr "b"\n',
            "themes/mine/i18n/de.po:5: LANGUAGE is no line of a catalogue",
        ),
    ],
)
def test_a_catalogue_that_would_break_pages_says_where(
    entry: str, problem: str, tmp_path: Path
) -> None:
    folder = mine(tmp_path, entry if "Plural-Forms" in entry else f"{PO}{entry}")
    made: Built = build(folder)
    assert made.exit_code == 1
    assert any(one.startswith(problem) for one in made.problems)
    assert "/posts/well/" in made.made


def mine(path: Path, catalogue: str) -> Folder:
    """Write the site with a theme of its own that has a German catalogue."""
    folder = polyglot(path, SETTINGS.replace("[site]", '[site]\ntheme = "mine"'))
    folder.write("themes/mine/theme.toml", 'name = "mine"\nextends = "default"\n')
    folder.write("themes/mine/i18n/de.po", catalogue)
    return folder


WITHOUT_BABEL = 'import sys; sys.modules["babel"] = None'


def test_a_site_in_english_needs_no_babel(tmp_path: Path) -> None:
    folder = polyglot(tmp_path, '[site]\ntitle = "Wells"\n', ("en",))
    told = streamly(folder, "build", "--facts", "none", before=WITHOUT_BABEL)
    assert told.returncode == 0, told.stderr


def test_a_site_in_another_language_says_what_to_install(tmp_path: Path) -> None:
    told = streamly(polyglot(tmp_path), "build", "--facts", "none", before=WITHOUT_BABEL)
    assert told.returncode == 3
    assert 'LANGUAGE pages in "ar" need the library babel' in told.stderr
    assert "pip install streamly[languages]" in told.stderr
