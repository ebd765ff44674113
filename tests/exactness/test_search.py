"""The search index says what the documents say, and a change makes only the shards that it touches."""

import re
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from streamly_ssg.pages.search import shard_of
from tests.support.folder import Folder, Sources, fresh_folder
from tests.support.lean import document, site
from tests.support.rebuild import Built, build, check_rebuild, clean_build

from .small import feeds, post

PAGE = {"themes/lean/templates/search.html": "{{ documents }} {{ shards }} {{ languages }}"}
WORDS = [f"{first}{second}{third}" for first in "bdfk" for second in "aeiou" for third in "lmnr"]


def some(count: int, settings: str = "") -> dict[str, str | bytes]:
    """Return a site of posts about the same few things."""
    random = Random("search")
    posts = {
        f"content/posts/p{number}.md": document(
            " ".join(random.choices(WORDS, k=20)) + f" only{number}\n",
            title=f"Number {number}",
            date=f"2026-01-{number // 24 + 1:02} {number % 24:02}:00",
            summary="In short",
        )
        for number in range(count)
    }
    return site(posts | PAGE, settings)


def index(folder: Path) -> dict[str, str]:
    """Return the lines of the index, by word."""
    lines = [
        line
        for shard in sorted((folder / "public/search/words").glob("*.txt"))
        for line in shard.read_text("utf-8").splitlines()
    ]
    return dict(line.split(" ", 1) for line in lines)


def searched(made: Built) -> set[str]:
    return {url for url in made.made if url.startswith("/search/")}


@pytest.fixture
def forty() -> Iterator[Folder]:
    with fresh_folder(some(40)) as folder:
        build(folder)
        yield folder


def test_an_edited_word_appears_the_old_one_disappears_and_only_their_shards_are_made(
    forty: Folder,
) -> None:
    before = index(forty.root)
    forty.replace("content/posts/p7.md", "only7", "zebra")
    second = build(forty)
    after = index(forty.root)
    assert (before.keys() - after.keys(), after.keys() - before.keys()) == ({"only7"}, {"zebra"})
    touched = {shard_of("only7", 32), shard_of("zebra", 32)}
    assert searched(second) == {f"/search/words/{number}.txt" for number in touched}
    assert second.output == clean_build(forty).output


def test_an_edited_summary_makes_what_results_say_and_no_shard(forty: Folder) -> None:
    forty.replace("content/posts/p7.md", "In short", "In shorter")
    (made,) = searched(build(forty))
    assert re.fullmatch(r"/search/pages/\d-\d\.json", made)
    assert "In shorter" in forty.read(f"public{made}")


def test_a_new_post_leaves_the_other_lots_as_they_are(forty: Folder) -> None:
    old = {path: found for path, found in forty.output().items() if "search/pages" in path}
    forty.write("content/posts/q.md", document("zebra\n", title="Q", date="2026-02-20"))
    build(forty)
    new = forty.output()
    assert sum(new[path] != found for path, found in old.items()) <= 1


def test_a_post_that_goes_leaves_the_lots_of_other_times_as_they_are(forty: Folder) -> None:
    old = {path: found for path, found in forty.output().items() if "search/pages" in path}
    forty.remove("content/posts/p3.md")
    build(forty)
    new = forty.output()
    assert 1 <= sum(new.get(path) != found for path, found in old.items()) < len(old)
    assert new == clean_build(forty).output


@pytest.mark.parametrize(
    "hidden",
    [{"draft": True}, {"expire": "2026-02-01"}, {"publish": "2026-12-01"}, {"date": "2027-01-01"}],
)
def test_what_isnt_published_is_never_in_it(hidden: dict[str, object]) -> None:
    secret = {"content/posts/b.md": post("b", title="Zebra", body="zebra\n", **hidden)}
    with fresh_folder(site({"content/posts/a.md": post("a")} | secret | PAGE)) as folder:
        build(folder)
        files = [path for path in (folder / "public/search").rglob("*") if path.is_file()]
        assert len(files) > 2
        assert not any(b"zebra" in path.read_bytes().lower() for path in files)


def test_a_post_that_becomes_a_draft_leaves_the_index(forty: Folder) -> None:
    forty.replace("content/posts/p7.md", "title:", "draft: true\ntitle:")
    build(forty)
    assert "only7" not in index(forty.root)


def test_a_name_that_only_the_site_knows_finds_the_posts() -> None:
    author = {"content/authors/ada.md": document(title="Ada Lovelace")}
    sources = site({"content/posts/a.md": post("a", author="ada"), **author, **PAGE})
    with fresh_folder(sources) as folder:
        build(folder)
        assert index(folder.root)["lovelace"] == "0@@$"
        folder.write("content/authors/ada.md", document(title="Ada King"))
        build(folder)
        assert {"king", "ada"} <= index(folder.root).keys()
        assert "lovelace" not in index(folder.root)


def test_a_language_other_than_the_sites_is_told() -> None:
    sources = site({"content/posts/a.md": post("a", lang="de"), **PAGE})
    with fresh_folder(sources) as folder:
        build(folder)
        assert index(folder.root)[":de"] == "0@@$"


def test_a_word_that_most_documents_have_is_only_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streamly_ssg.pages.lots.COMMON", 5)
    with fresh_folder(some(40)) as folder:
        build(folder)
        found = index(folder.root)
    assert found["number"] == "*"
    assert found["only7"] != "*"


@pytest.mark.parametrize(
    ("settings", "made"),
    [
        ("[search]\nenabled = false\n", set()),
        ('[search]\nexclude = ["posts"]\n', {"/search/", "/search/words/0.txt"}),
    ],
)
def test_settings_leave_out_everything_or_a_kind(settings: str, made: set[str]) -> None:
    sources = site({"content/posts/a.md": post("a"), **PAGE})
    with fresh_folder(sources) as folder:
        folder.write("streamly.toml", folder.read("streamly.toml") + settings)
        assert searched(build(folder)) == made


def test_an_index_of_excerpts_has_no_other_words() -> None:
    sources = site({"content/posts/a.md": post("a", summary="Whale", body="zebra\n"), **PAGE})
    with fresh_folder(sources) as folder:
        folder.write("streamly.toml", folder.read("streamly.toml") + '[search]\ntext = "excerpt"\n')
        build(folder)
        assert index(folder.root).keys() == {"a", "x", "whale"}


def test_a_page_of_the_sites_own_takes_the_place() -> None:
    own = {"content/pages/search.md": document("Mine\n", title="Mine")}
    with fresh_folder(site(own | PAGE)) as folder:
        made = build(folder)
    assert searched(made) == {"/search/"}


def test_a_theme_that_gets_a_page_for_searching_gets_an_index() -> None:
    sources: Sources = site({"content/posts/a.md": post("a")})
    shards = {f"/search/words/{number}.txt" for number in range(4)}
    made = {"/search/", "/search/pages/0-0.json", *shards}
    with fresh_folder(sources) as folder:
        build(folder)
        folder.apply(PAGE)
        second = build(folder)
        assert searched(second) == made
        assert second.output == clean_build(folder).output


def test_an_edited_body_makes_the_shards_of_the_words_that_went_and_came() -> None:
    sources = site({"content/posts/a.md": post("a"), **PAGE})
    built = check_rebuild(
        sources,
        {"content/posts/a.md": post("a", body="Other of a\n")},
        rebuilt={"/posts/a/", *feeds("/", "/tags/x/")}
        | {f"/search/words/{shard_of(word, 4)}.txt" for word in ("text", "other")},
    )
    assert built.exit_code == 0


GERMAN = '[languages.de]\ntitle = "Deutsch"\n'
BOTH = {
    "themes/lean/templates/search.html": "{{ index }} {{ main_language }} {{ own_languages|join(' ') }}"
}


def bilingual(**others: str) -> Sources:
    posts = {
        "content/posts/a.md": post("a"),
        "content/posts/b.md": post("b", lang="de"),
        "content/posts/c.md": post("c", lang="de-AT"),
        "content/posts/d.md": post("d", lang="fr"),
    }
    return site(posts | BOTH | others, GERMAN)


def test_each_language_has_a_page_for_searching_in_one_index() -> None:
    with fresh_folder(bilingual()) as folder:
        made = build(folder)
        assert made.exit_code == 0
        assert folder.read("public/search/index.html") == "/search/ en en fr"
        assert folder.read("public/de/search/index.html") == "/search/ en de de-AT"
        assert not [url for url in made.made if re.match("/de/search/.", url)]


def test_a_language_that_comes_brings_its_page_for_searching() -> None:
    with fresh_folder(bilingual()) as folder:
        settings = folder.read("streamly.toml")
        folder.write("streamly.toml", settings.replace(GERMAN, ""))
        build(folder)
        assert not (folder / "public/de").exists()
        folder.write("streamly.toml", settings)
        second = build(folder)
        assert {"/search/", "/de/search/"} <= second.made
        assert second.output == clean_build(folder).output


def test_a_first_post_in_a_language_is_known_to_all_pages_for_searching() -> None:
    with fresh_folder(bilingual()) as folder:
        build(folder)
        folder.write("content/posts/e.md", post("e", lang="de-CH"))
        second = build(folder)
        assert folder.read("public/de/search/index.html").endswith(" de de-AT de-CH")
        assert second.output == clean_build(folder).output


def test_where_the_sites_own_page_is_searched_others_lead_there() -> None:
    own = {"content/pages/search.md": document("Mine\n", title="Mine")}
    with fresh_folder(bilingual(**own)) as folder:
        assert searched(build(folder)) == {"/search/"}
        assert "/search/" in folder.read("public/de/search/index.html")
        assert "main_language" not in folder.read("public/de/search/index.html")
