"""``streamly i18n``: catalogues are begun, brought up to date and looked through."""

import json
from pathlib import Path

import pytest

from tests.support.folder import Folder
from tests.support.process import streamly

SETTINGS = '[site]\ntitle = "Wells"\ntheme = "mine"\n'
TEMPLATE = """\
<h1>{{ _("Wells of %(place)s", place=site.title) }}</h1>
<p>{{ likes|plural("bucket") }}</p>
{{ pgettext("noun", "water") }}
"""


@pytest.fixture
def site(tmp_path: Path) -> Folder:
    folder = Folder(tmp_path)
    folder.write("streamly.toml", SETTINGS)
    folder.write("themes/mine/theme.toml", 'name = "mine"\nextends = "default"\n')
    folder.write("themes/mine/templates/note.html", TEMPLATE)
    return folder


def told(site: Folder, *args: str) -> tuple[int, list[str]]:
    """Return the exit code of ``streamly i18n`` with *args*, and the lines that it printed."""
    done = streamly(site, "i18n", *args)
    return done.returncode, (done.stdout + done.stderr).splitlines()


def translate(site: Folder, old: str, new: str, code: str = "de") -> None:
    """Write the translation *new* below the message *old*."""
    site.replace(f"themes/mine/i18n/{code}.po", f'{old}\nmsgstr ""', f'{old}\nmsgstr "{new}"')


def finish(site: Folder) -> None:
    """Begin a German catalogue and translate all of it."""
    assert told(site, "init", "de") == (0, ["themes/mine/i18n/de.po"])
    translate(site, 'msgid "Wells of %(place)s"', "Brunnen von %(place)s")
    translate(site, 'msgid "water"', "Wasser")
    site.replace("themes/mine/i18n/de.po", 'msgstr[0] ""', 'msgstr[0] "%(n)s Eimer"')
    site.replace("themes/mine/i18n/de.po", 'msgstr[1] ""', 'msgstr[1] "%(n)s Eimer"')


def test_a_theme_is_written_down_with_those_that_it_extends(site: Folder) -> None:
    assert told(site, "extract") == (0, ["themes/mine/i18n/messages.pot"])
    text = site.read("themes/mine/i18n/messages.pot")
    assert '#: templates/note.html\n#, python-format\nmsgid "Wells of %(place)s"\n' in text
    assert 'msgid "%(n)s bucket"\nmsgid_plural "%(n)s buckets"\n' in text
    assert 'msgctxt "noun"\nmsgid "water"\n' in text
    assert 'msgid "Sign in"\n' in text
    assert 'msgid "Trending this week"\n' in text


def test_what_is_written_down_is_the_same_twice(site: Folder) -> None:
    told(site, "extract")
    first = site.read("themes/mine/i18n/messages.pot")
    told(site, "extract")
    assert site.read("themes/mine/i18n/messages.pot") == first
    assert "Date" not in first


def test_a_catalogue_begins_with_what_the_other_theme_does_not_translate(site: Folder) -> None:
    assert told(site, "init", "de", "pl")[0] == 0
    german, polish = (site.read(f"themes/mine/i18n/{code}.po") for code in ("de", "pl"))
    assert "bucket" in german
    assert "Sign in" not in german
    assert "Sign in" in polish
    assert "nplurals=3" in polish


def test_a_finished_catalogue_is_fine(site: Folder) -> None:
    finish(site)
    assert told(site, "check") == (0, ["1 catalogue checked, nothing found"])


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('"Wasser"', '""', '25: LANGUAGE "water" is not translated (write it between the quotes of msgstr)'),
        ('"Brunnen von %(place)s"', '"Brunnen"', '13: LANGUAGE "%(place)s" is missing in the translation of "Wells of %(place)s" (add it)'),
        ('"Brunnen von %(place)s"', '"Brunnen von %(ort)s"', '13: LANGUAGE "%(ort)s" is in the translation and not in "Wells of %(place)s" (known are %(place)s)'),
        ('msgctxt "noun"', '#, fuzzy\nmsgctxt "noun"', '26: LANGUAGE "water" is a guess (read it, and take out the word fuzzy above it)'),
    ],
    ids=["untranslated", "lost placeholder", "strange placeholder", "fuzzy"],
)  # fmt: skip
def test_a_problem_is_told_with_its_line(old: str, new: str, problem: str, site: Folder) -> None:
    finish(site)
    site.replace("themes/mine/i18n/de.po", old, new)
    code, lines = told(site, "check", "de")
    assert (code, lines[0]) == (1, f"themes/mine/i18n/de.po:{problem}")


def test_what_a_theme_says_now_is_added_and_what_it_no_longer_says_is_set_aside(
    site: Folder,
) -> None:
    finish(site)
    site.write("themes/mine/templates/note.html", '{{ _("A new word") }}')
    code, lines = told(site, "check")
    assert code == 1
    assert lines[0].startswith('themes/mine/i18n/de.po:1: LANGUAGE "A new word" of templates/note')
    assert told(site, "update") == (0, ["themes/mine/i18n/de.po"])
    text = site.read("themes/mine/i18n/de.po")
    assert 'msgid "A new word"\nmsgstr ""' in text
    assert '#~ msgstr "Wasser"' in text


@pytest.mark.parametrize(
    ("args", "code", "problem"),
    [
        (("init", "german!"), 2, 'LANGUAGE "german!" is no language (write a tag like "de" or "pt-BR")'),
        (("check", "xx"), 1, "themes/mine/i18n/xx.po: LANGUAGE is not there (begin it with `streamly i18n init xx`)"),
        (("check", "--theme", "mien"), 2, 'THEME there is no theme "mien" (did you mean "mine"?)'),
        (("extract", "--theme", "default"), 2, 'THEME the theme "default" came with Streamly and is not yours to change'),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_told(
    args: tuple[str, ...], code: int, problem: str, site: Folder
) -> None:
    found, lines = told(site, *args)
    assert found == code
    assert lines[0].startswith(problem)


def test_a_catalogue_is_not_begun_twice(site: Folder) -> None:
    told(site, "init", "de")
    code, lines = told(site, "init", "de")
    assert code == 2
    assert lines[0].startswith("themes/mine/i18n/de.po: LANGUAGE is there already")


def test_a_template_that_cannot_be_read_is_told_with_its_line(site: Folder) -> None:
    site.write("themes/mine/templates/note.html", "\n{% trans %}a")
    code, lines = told(site, "extract")
    assert code == 1
    assert lines[0].startswith("themes/mine/templates/note.html:2: TEMPLATE")


def test_programs_are_told_in_json(site: Folder) -> None:
    finish(site)
    site.replace("themes/mine/i18n/de.po", '"Wasser"', '""')
    report = json.loads(streamly(site, "i18n", "check", "--json").stdout)
    assert (report["languages"], report["exit_code"]) == (["de"], 1)
    assert [one["line"] for one in report["problems"]] == [25]


@pytest.mark.parametrize("code", ["de", "fr", "ar"])
def test_the_theme_that_comes_with_streamly_is_translated(code: str, tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.write("streamly.toml", '[site]\ntheme = "default"\n')
    assert told(folder, "check", code) == (0, ["1 catalogue checked, nothing found"])
