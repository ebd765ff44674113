"""What is done to themes makes the pages that include it, and no other."""

import pytest

from tests.support.folder import Change, Folder, fresh_folder
from tests.support.lean import document
from tests.support.rebuild import assert_same, build, check_rebuild, clean_build

from .small import BLOG, ERRORS, HTML, LISTS, POSTS, RANKINGS, TERMS, feeds, post


@pytest.mark.parametrize(
    ("path", "old", "new", "rebuilt"),
    [
        ("themes/lean/templates/post.html", "<main>", "<main >", POSTS),
        ("themes/lean/templates/list.html", "<main>", "<main >", LISTS),
        ("themes/lean/templates/partials/cards.html", "<article>", "<article >", LISTS),
        ("themes/lean/templates/home.html", '"total"', '"sum"', {"/"}),
        ("themes/lean/templates/ranking.html", '"as_of"', '"when"', RANKINGS),
        ("themes/ground/templates/terms.html", '"terms"', '"names"', TERMS),
        ("themes/ground/templates/base.html", "<body", "<body ", HTML),
        ("themes/ground/templates/macros/show.html", "<pre", "<pre ", HTML - ERRORS),
        ("themes/ground/templates/404.html", "Not here", "Nowhere", {"/404.html"}),
        ("themes/ground/templates/robots.txt", "*", "bot", {"/robots.txt"}),
        ("themes/lean/templates/card.html", "<article", "<article ", set()),
        ("themes/lean/templates/note.html", "<main>", "<main >", set()),
    ],
)
def test_an_edited_template_makes_the_pages_that_include_it(
    path: str, old: str, new: str, rebuilt: set[str]
) -> None:
    check_rebuild(BLOG, lambda folder: folder.replace(path, old, new), rebuilt=rebuilt)


def test_a_template_that_appears_in_the_nearer_theme_wins_at_once() -> None:
    check_rebuild(
        BLOG,
        {"themes/lean/templates/404.html": "<p>Here</p>\n"},
        rebuilt={"/404.html"},
    )


def test_a_template_that_goes_gives_way_to_the_parent_theme() -> None:
    blog = BLOG | {"themes/lean/templates/404.html": "<p>Here</p>\n"}
    check_rebuild(blog, {"themes/lean/templates/404.html": None}, rebuilt={"/404.html"})


def test_a_partial_that_appears_in_the_nearer_theme_wins_at_once() -> None:
    check_rebuild(
        BLOG,
        {"themes/lean/templates/macros/show.html": "{% macro shown(n, v) %}{{ v }}{% endmacro %}"},
        rebuilt=HTML - ERRORS,
    )


def test_a_template_that_only_other_themes_have_is_missed_by_nobody() -> None:
    check_rebuild(BLOG, {"themes/other/templates/post.html": "other"}, rebuilt=())


def test_an_include_by_a_computed_name_notices_a_template_that_appears() -> None:
    blog = BLOG | {"content/pages/about.md": document("x", title="About", extra={"part": "new"})}
    check_rebuild(
        blog,
        {"themes/lean/templates/partials/new.html": "<footer>new</footer>"},
        rebuilt={"/about/"},
    )


def test_an_include_by_a_computed_name_notices_a_template_that_changes() -> None:
    blog = BLOG | {"content/pages/about.md": document("x", title="About", extra={"part": "fancy"})}
    check_rebuild(
        blog,
        {"themes/lean/templates/partials/fancy.html": "<footer>!</footer>"},
        rebuilt={"/about/"},
    )


def test_an_edited_shortcode_makes_the_pages_and_feeds_whose_text_has_it() -> None:
    text = '{{< box title="T" >}}*inner*{{< /box >}}\n'
    blog = BLOG | {"content/posts/a.md": post("a", body=text)}
    check_rebuild(
        blog,
        {"themes/ground/templates/shortcodes/box.html": "<b>{{ content }}</b>"},
        rebuilt={"/posts/a/", *feeds("/", "/tags/x/")},
    )


def test_another_parent_theme_makes_what_it_gives() -> None:
    blog = BLOG | {"themes/earth/templates/404.html": "<p>Earth</p>", "themes/earth/theme.toml": ""}
    change = {
        "themes/lean/theme.toml": 'extends = "earth"\n',
        "themes/earth/theme.toml": 'extends = "ground"\n',
    }
    check_rebuild(blog, change, rebuilt={"/404.html"})


def test_an_edited_asset_gets_another_address_and_the_old_one_goes() -> None:
    with fresh_folder(BLOG) as folder:
        first = build(folder)
        old = {
            url for url in first.output if url.startswith("assets/lean.") and url.endswith("css")
        }
        folder.write("themes/lean/assets/lean.css", "body { margin: 1px }\n")
        second = build(folder)
        new = {
            url for url in second.output if url.startswith("assets/lean.") and url.endswith("css")
        }
        assert_same(second, clean_build(folder))
        assert old != new
        assert second.removed == {f"/{one}" for one in old}
        assert second.made >= HTML


SHEET = """\
@font-face { src: url("fonts/a.woff2") format("woff2") }
hr { mask: url(../assets/wave.svg#x), url( 'wave.svg' ) }
b { background: url(data:image/gif;base64,x) url(/favicon.svg) url(https://example.org/a.png) }
"""
DRAWN = BLOG | {
    "themes/lean/assets/lean.css": SHEET,
    "themes/lean/assets/fonts/a.woff2": b"font",
    "themes/ground/assets/wave.svg": "<svg/>",
}


def sheet_of(folder: Folder) -> str:
    return next((folder / "public/assets").glob("lean.*.css")).read_text("utf-8")


def test_a_style_sheet_calls_fonts_and_images_by_their_published_names() -> None:
    with fresh_folder(DRAWN) as folder:
        folder.write("streamly.toml", folder.read("streamly.toml") + "[output]\nminify = false\n")
        build(folder)
        font, wave = (
            next((folder / "public/assets").glob(name)).name for name in ("fonts/a.*", "wave.*")
        )
        first, second, third = sheet_of(folder).splitlines()
        assert first == f'@font-face {{ src: url("fonts/{font}") format("woff2") }}'
        assert second == f"hr {{ mask: url(../assets/wave.svg#x), url( '{wave}' ) }}"
        assert third == SHEET.splitlines()[2]


@pytest.mark.parametrize(
    "change",
    [
        {"themes/lean/assets/fonts/a.woff2": b"another font"},
        {"themes/lean/assets/fonts/a.woff2": None},
        {"themes/lean/assets/wave.svg": "<svg></svg>"},
    ],
    ids=["changed", "taken away", "overridden"],
)
def test_a_style_sheet_follows_the_fonts_and_images_that_it_names(
    change: Change,
) -> None:
    with fresh_folder(DRAWN) as folder:
        build(folder)
        before = sheet_of(folder)
        folder.apply(change)
        second = build(folder)
        assert_same(second, clean_build(folder))
        assert sheet_of(folder) != before


def test_a_page_that_describes_the_templates_notices_every_one_of_them() -> None:
    described = BLOG | {
        "themes/lean/templates/described.html": "<p>{{ data.streamly }}</p>\n",
        "content/posts/a.md": post("a", template="described.html"),
    }
    appears = {"themes/lean/templates/recipe.html": "{% block how %}{% endblock %}"}
    check_rebuild(described, appears, rebuilt={"/posts/a/"})
