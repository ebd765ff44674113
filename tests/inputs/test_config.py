"""The settings: what is wrong is named with its line and what to write instead."""

import pytest

from streamly_ssg.api import Site
from streamly_ssg.errors import UsageError
from tests.support.folder import Folder, fresh_folder
from tests.support.lean import SETTINGS, document, site
from tests.support.process import streamly
from tests.support.rebuild import AT_NOW, build, check_rebuild

BLOG = site({"content/posts/a.md": document("Text", title="A", date="2026-01-01")})
START = len(SETTINGS.splitlines())


def faults(settings: str | bytes) -> list[str]:
    """Return what a build says about the whole text of streamly.toml."""
    with fresh_folder({**BLOG, "streamly.toml": settings}) as folder:
        with pytest.raises(UsageError) as raised:
            Site(folder.root, AT_NOW).build()
        assert raised.value.exit_code == 2
        return [str(problem) for problem in raised.value.problems]


def test_an_unknown_key_is_named_with_its_line_and_the_nearest_one() -> None:
    assert faults('[site]\ntitle = "A"\nbase_ur = "x"\n') == [
        'streamly.toml:3:1: SETTINGS unknown key "base_ur" in [site] (did you mean "base_url"?)'
    ]


def test_an_unknown_section_is_named_with_its_line_and_the_nearest_one() -> None:
    assert faults("[site]\n\n[list]\nper_page = 3\n") == [
        'streamly.toml:3:1: SETTINGS unknown section "list" (did you mean "lists"?)'
    ]


def test_a_key_like_no_other_lists_the_known_ones() -> None:
    assert "known are limit, content" in faults("[feeds]\nqqqqqq = 1\n")[0]


def test_a_section_like_no_other_points_to_the_place_for_own_values() -> None:
    assert "your own values belong in [extra]" in faults("[qqqqqq]\na = 1\n")[0]


def test_every_fault_is_told_at_once() -> None:
    found = faults("[site]\ntitel = 1\n[lists]\nper_page = 0\n[nothing]\n")
    assert [fault.split(" ")[0] for fault in found] == [
        "streamly.toml:2:1:",
        "streamly.toml:4:1:",
        "streamly.toml:5:1:",
    ]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ("[site]\ntitle = 3\n", '"title" in [site]: Expected `str`, got `int`'),
        ('[lists]\nper_page = "3"\n', '"per_page" in [lists]: Expected `int`, got `str`'),
        ('[markup]\nsmart = "yes"\n', '"smart" in [markup]: Expected `bool`, got `str`'),
        ('[menu]\nmain = "x"\n', '"main" in [menu]: Expected `array'),
        ('[feeds]\ncontent = "half"\n', '"content" in [feeds]: Invalid enum value'),
        ("[lists]\nper_page = 0\n", "use 1 or more"),
        ("[feeds]\nlimit = -1\n", "use 0 or more"),
    ],
)
def test_a_wrong_value_is_named_with_its_line(settings: str, words: str) -> None:
    found = faults(settings)
    assert len(found) == 1
    assert found[0].startswith("streamly.toml:2:1: SETTINGS ")
    assert words in found[0]


@pytest.mark.parametrize(
    "address",
    [
        "example.org",
        "ftp://example.org",
        "https://",
        "https://a b.org",
        "https://e.org/?q",
        "//e.org",
    ],
)
def test_a_base_url_that_is_no_address_is_refused(address: str) -> None:
    found = faults(f'[site]\nbase_url = "{address}"\n')
    assert found == [
        (
            f'streamly.toml:2:1: SETTINGS "base_url" in [site] is "{address}" '
            '(write it as "https://example.org")'
        )
    ]


@pytest.mark.parametrize(
    "zone", ["Mars/Olympus", "", "../../etc/passwd", "CEST+2", "/etc/localtime"]
)
def test_a_zone_that_does_not_exist_is_refused(zone: str) -> None:
    found = faults(f'[site]\ntimezone = "{zone}"\n')
    assert '(write it as "Europe/Berlin" or "UTC")' in found[0]


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("posts/:slug/", 'write it as "/posts/:slug/"'),
        ("/posts/:slug", 'write it as "/posts/:slug/"'),
        ("/../:slug/", 'write it as "/posts/:slug/"'),
        ("/a b/:slug/", 'write it as "/posts/:slug/"'),
        ("/:titel/:slug/", "known are :slug :path :year :month :day"),
        ("/:year/:month/", "add :slug or :path"),
        ("/posts/", "add :slug or :path"),
    ],
)
def test_a_permalink_that_can_not_work_is_refused(pattern: str, words: str) -> None:
    found = faults(f'[permalinks]\nposts = "{pattern}"\n')
    assert len(found) == 1
    assert words in found[0]


@pytest.mark.parametrize(
    ("settings", "place"),
    [
        ('[site]\ntitle = "A\n', "streamly.toml:2:"),
        ("[site]\ntitle = \n", "streamly.toml:2:9:"),
        ("[site\n", "streamly.toml:1:6:"),
        ('[site]\ntitle = "A"\ntitle = "B"\n', "streamly.toml:3:"),
        (b'[site]\ntitle = "\xff"\n', "streamly.toml:1:"),
    ],
)
def test_toml_that_can_not_be_read_is_named_with_its_place(
    settings: str | bytes, place: str
) -> None:
    found = faults(settings)
    assert len(found) == 1
    assert found[0].startswith(place)


def test_a_section_that_is_no_table_says_how_to_write_it() -> None:
    assert "(write [site])" in faults('site = "A"\n')[0]


def test_wrong_settings_leave_the_old_site_alone() -> None:
    with fresh_folder(BLOG) as folder:
        before = build(folder)
        folder.replace("streamly.toml", "title", "titel")
        after = build(folder)
        assert after.exit_code == 2
        assert after.output == before.output


def test_wrong_settings_end_the_command_with_two() -> None:
    with fresh_folder({**BLOG, "streamly.toml": "[sight]\n"}) as folder:
        done = streamly(folder, "build")
        assert done.returncode == 2
        assert 'unknown section "sight" (did you mean "site"?)' in done.stderr


def test_a_site_without_settings_is_made_with_the_usual_ones() -> None:
    with fresh_folder({"content/posts/a.md": "# A\n"}) as folder:
        assert build(folder).exit_code == 0


def test_settings_that_begin_with_a_byte_order_mark_are_read() -> None:
    with fresh_folder({**BLOG, "streamly.toml": "\ufeff" + SETTINGS}) as folder:
        assert build(folder).exit_code == 0


def test_a_comment_in_the_settings_makes_nothing() -> None:
    check_rebuild(BLOG, {"streamly.toml": f"# Hello\n{SETTINGS}"}, rebuilt=[])


def test_a_setting_written_out_as_it_is_anyway_makes_nothing() -> None:
    text = f"{SETTINGS}[feeds]\nlimit = 20\n[build]\ndrafts = false\n"
    check_rebuild(BLOG, {"streamly.toml": text}, rebuilt=[])


def test_settings_put_right_are_read_again() -> None:
    def broken_and_put_right(folder: Folder) -> None:
        folder.replace("streamly.toml", "[site]", "[sight]")
        build(folder)
        folder.replace("streamly.toml", "[sight]", "[site]")

    check_rebuild(BLOG, broken_and_put_right, rebuilt=[])


@pytest.mark.parametrize("address", ["", "/api/v1", "https://talk.example.org/api/v1"])
def test_an_address_of_a_service_is_a_path_or_a_whole_one(address: str) -> None:
    with fresh_folder({**BLOG, "streamly.toml": f'[site]\nservice = "{address}"\n'}) as folder:
        assert Site(folder.root, AT_NOW).build().exit_code == 0


@pytest.mark.parametrize("address", ["api/v1", "/api/v1/", "//other", "ftp://a/b", "/api?x=1"])
def test_any_other_address_of_a_service_is_refused(address: str) -> None:
    assert 'write it as "/api/v1"' in faults(f'[site]\nservice = "{address}"\n')[0]
