"""What is changed in one language makes the pages that speak it, and no other."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.support.folder import Folder, fresh_folder
from tests.support.polyglot import polyglot
from tests.support.rebuild import assert_same, build, check_rebuild, clean_build

THEME = 'name = "mine"\nextends = "default"\n'
HEADER = 'msgid ""\nmsgstr "Plural-Forms: nplurals=2; plural=n != 1;\\n"\n\n'
SETTINGS = '[site]\ntheme = "mine"\n[lists]\nrelated = 0\n[languages.de]\n[languages.fr]\n'
CODES = ("en", "de", "fr")


def catalogue(**words: str) -> str:
    """Return a catalogue with *words*, whose underscores are spaces."""
    entries = (f'msgid "{key.replace("_", " ")}"\nmsgstr "{text}"\n' for key, text in words.items())
    return HEADER + "\n".join(entries)


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, bytes]:
    folder = polyglot(tmp_path_factory.mktemp("sources"), SETTINGS, CODES)
    folder.write("themes/mine/theme.toml", THEME)
    folder.write("themes/mine/i18n/de.po", catalogue(Sign_in="Rein", Note="Zettel"))
    return {
        path.relative_to(folder.root).as_posix(): path.read_bytes()
        for path in folder.root.rglob("*")
        if path.is_file()
    }


def pages_below(sources: Mapping[str, bytes], prefix: str) -> set[str]:
    with fresh_folder(sources) as folder:
        return {url for url in build(folder).made if url.startswith(prefix) and is_page(url)}


def is_page(url: str) -> bool:
    return url.endswith(("/", ".html"))


def test_a_changed_word_makes_the_pages_in_its_language(sources: Mapping[str, bytes]) -> None:
    change = {"themes/mine/i18n/de.po": catalogue(Sign_in="Herein", Note="Zettel")}
    check_rebuild(sources, change, rebuilt=pages_below(sources, "/de/"))


def test_a_catalogue_that_appears_makes_the_pages_in_its_language(
    sources: Mapping[str, bytes],
) -> None:
    change = {"themes/mine/i18n/fr.po": HEADER.replace("!=", ">") + 'msgid "Note"\nmsgstr "Mot"\n'}
    check_rebuild(sources, change, rebuilt=pages_below(sources, "/fr/"))


def test_a_catalogue_of_the_widest_name_counts_too(sources: Mapping[str, bytes]) -> None:
    austrian = dict(sources)
    austrian["streamly.toml"] = sources["streamly.toml"].replace(
        b"languages.de", b"languages.de-AT"
    )
    change = {"themes/mine/i18n/de.po": None}
    check_rebuild(austrian, change, rebuilt=pages_below(austrian, "/de-AT/"))


@pytest.mark.parametrize(
    "change",
    [
        {
            "themes/mine/i18n/de.po": f"# Said otherwise.\n{catalogue(Sign_in='Rein', Note='Zettel')}"
        },
        {"themes/mine/i18n/pl.po": HEADER},
        {"themes/broadsheet/i18n/de.po": catalogue(Note="Wisch")},
    ],
    ids=["a comment", "a language that the site hasn't", "a theme that isn't used"],
)
def test_what_no_page_shows_makes_none(
    change: Mapping[str, str], sources: Mapping[str, bytes]
) -> None:
    check_rebuild(sources, change, rebuilt=())


def test_a_guess_is_not_shown(sources: Mapping[str, bytes]) -> None:
    text = catalogue(Sign_in="Rein", Note="Zettel")
    check_rebuild(
        {**sources, "themes/mine/i18n/de.po": text.encode()},
        {"themes/mine/i18n/de.po": f'{text}\n#, fuzzy\nmsgid "Older"\nmsgstr "Alt"\n'},
        rebuilt=(),
    )


def test_a_word_in_the_settings_makes_the_pages_in_its_language(
    sources: Mapping[str, bytes],
) -> None:
    def change(folder: Folder) -> None:
        folder.replace(
            "streamly.toml", "[languages.de]", '[languages.de]\nwords = { Older = "Alt" }'
        )

    check_rebuild(sources, change, rebuilt=pages_below(sources, "/de/"))


def test_a_language_that_goes_leaves_nothing_behind(tmp_path: Path) -> None:
    folder = polyglot(tmp_path, "[languages.de]\n", ("en",))
    assert (folder / "content").is_dir()
    build(folder)
    assert (folder / "public/de/index.html").exists()
    folder.write("streamly.toml", "")
    build(folder)
    assert not (folder / "public/de").exists()


def test_a_translation_that_appears_is_offered_by_the_others(sources: Mapping[str, bytes]) -> None:
    path = "content/posts/well-fr.md"
    with fresh_folder({name: data for name, data in sources.items() if name != path}) as folder:
        build(folder)
        folder.write(path, sources[path])
        built = build(folder)
        assert_same(built, clean_build(folder))
        assert 'href="/fr/posts/well/"' in folder.read("public/posts/well/index.html")
    assert "/de/" not in built.made
