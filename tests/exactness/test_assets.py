"""Assets are named by their contents, and touch the pages that name them and no others."""

import base64
import hashlib
import re

import pytest

from tests.support.folder import Change, Folder, fresh_folder
from tests.support.rebuild import Built, assert_same, build, clean_build

from .small import BLOG, HTML

ASSETS = "themes/lean/assets/"
NAMED = BLOG | {
    "themes/lean/templates/404.html": """\
<link rel="stylesheet" href="{{ site.assets["only.css"] }}" integrity="{{ site.integrity["only.css"] }}">
{% if "later.js" in site.assets %}<script src="{{ site.assets["later.js"] }}"></script>{% endif %}
""",
    f"{ASSETS}only.css": "@import 'more.css';\na { color: red }\n",
    f"{ASSETS}more.css": "b { color: blue; mask: url(deep/x.svg) }\n",
    f"{ASSETS}deep/x.svg": "<svg/>",
    f"{ASSETS}nobody.txt": "nobody names this",
}
ROUND = BLOG | {
    "themes/lean/templates/404.html": '<script src="{{ site.assets["a.js"] }}" type="module"></script>',
    f"{ASSETS}a.js": 'import { b } from "./deep/b.js";\nexport const a = () => b;\n',
    f"{ASSETS}deep/b.js": 'export { a } from "../a.js";\nconst c = import("./c.js");\nnew URL("w.bin", import.meta.url);\nnew URL("./w.bin", import.meta.url);\n',
    f"{ASSETS}deep/c.js": "export const c = 1;\n",
    f"{ASSETS}deep/w.bin": b"\x00",
}


def published(built: Built, start: str) -> str:
    """Return the path below /assets/ that begins with *start*."""
    return next(path for path in built.output if path.startswith(f"assets/{start}"))


def read(folder: Folder, start: str) -> str:
    return (folder / "public" / published(build(folder), start)).read_text("utf-8")


@pytest.mark.parametrize("name", ["only.css", "more.css", "deep/x.svg"])
def test_an_asset_touches_the_page_that_names_it_through_others(name: str) -> None:
    with fresh_folder(NAMED) as folder:
        build(folder)
        folder.write(ASSETS + name, "b { color: green; mask: url(deep/x.svg) }\n")
        second = build(folder)
        assert_same(second, clean_build(folder))
        assert {url for url in second.made if not url.startswith("/assets/")} == {"/404.html"}


@pytest.mark.parametrize(
    ("change", "pages"),
    [
        ({f"{ASSETS}nobody.txt": "still nobody"}, set()),
        ({f"{ASSETS}new.css": "a {}"}, set()),
        ({f"{ASSETS}later.js": "1"}, {"/404.html"}),
        ({f"{ASSETS}more.css": None}, {"/404.html"}),
        ({f"{ASSETS}only.css": "@import 'more.css'; a { color: red; } /* remark */"}, set()),
    ],
    ids=["named by nobody", "new", "asked for", "taken away", "a remark in it"],
)
def test_other_assets_touch_the_pages_that_ask_for_them(change: Change, pages: set[str]) -> None:
    with fresh_folder(NAMED) as folder:
        build(folder)
        folder.apply(change)
        second = build(folder)
        assert_same(second, clean_build(folder))
        assert {url for url in second.made if not url.startswith("/assets/")} == pages


def test_a_template_that_names_all_assets_depends_on_all() -> None:
    blog = NAMED | {"themes/lean/templates/500.html": "{{ site.assets|length }}"}
    with fresh_folder(blog) as folder:
        build(folder)
        folder.write(f"{ASSETS}new.css", "a {}")
        assert {url for url in build(folder).made if url.endswith(".html")} == {"/500.html"}


def test_a_browser_can_check_what_it_got() -> None:
    with fresh_folder(NAMED) as folder:
        sheet = read(folder, "only.")
        told = re.search(
            'integrity="sha384-(.+?)"', (folder / "public/404.html").read_text("utf-8")
        )
        assert told
        assert base64.b64decode(told[1]) == hashlib.sha384(sheet.encode()).digest()


def test_a_style_sheet_names_another_as_it_is_published() -> None:
    with fresh_folder(NAMED) as folder:
        name = published(build(folder), "more.").removeprefix("assets/")
        assert read(folder, "only.").startswith(f"@import '{name}';")


def test_scripts_name_each_other_even_in_circles() -> None:
    with fresh_folder(ROUND) as folder:
        first = build(folder)
        a, b, c, w = (
            published(first, one).removeprefix("assets/")
            for one in ("a.", "deep/b.", "deep/c.", "deep/w.")
        )
        assert f'from "./{b}"' in read(folder, "a.")
        text = read(folder, "deep/b.")
        assert f'from "../{a}"' in text
        assert f'import("./{c.removeprefix("deep/")}")' in text
        assert text.count(w.removeprefix("deep/")) == 1


@pytest.mark.parametrize("name", ["a.js", "deep/b.js", "deep/c.js", "deep/w.bin"])
def test_every_script_of_a_circle_gets_a_new_name_with_one_of_them(name: str) -> None:
    with fresh_folder(ROUND) as folder:
        build(folder)
        folder.write(ASSETS + name, folder.read(ASSETS + name) + "\n1")
        second = build(folder)
        assert_same(second, clean_build(folder))
        assert "/404.html" in second.made
        assert {url.split(".")[0] for url in second.removed} >= {"/assets/a", "/assets/deep/b"}


MADE = "b { color: {{ site.theme.get('accent', 'red') }} }\n"


def test_a_style_sheet_is_made_of_settings() -> None:
    blog = NAMED | {f"{ASSETS}only.css": None, f"{ASSETS}only.css.jinja": MADE}
    with fresh_folder({path: one for path, one in blog.items() if one is not None}) as folder:
        assert read(folder, "only.") == "b{color:red}"
        folder.write("streamly.toml", folder.read("streamly.toml") + '[theme]\naccent = "blue"\n')
        assert_same(build(folder), clean_build(folder))
        assert read(folder, "only.") == "b{color:blue}"


def test_a_style_sheet_of_which_nothing_comes_isnt_there() -> None:
    blog = NAMED | {f"{ASSETS}later.js.jinja": "{% if site.theme %}1{% endif %}\n"}
    with fresh_folder(blog) as folder:
        assert not [path for path in build(folder).output if path.startswith("assets/later")]


@pytest.mark.parametrize("text", ["{{ nobody }}", "{% if", b"\xff"])
def test_a_template_of_an_asset_that_cant_be_made_says_where(text: str | bytes) -> None:
    with fresh_folder(NAMED | {f"{ASSETS}only.css.jinja": text}) as folder:
        folder.remove(f"{ASSETS}only.css")
        built = build(folder)
        assert any(f"{ASSETS}only.css.jinja" in one for one in built.problems), built.problems


def test_layout_stays_if_it_is_asked_for() -> None:
    with fresh_folder(NAMED) as folder:
        folder.write("streamly.toml", folder.read("streamly.toml") + "[output]\nminify = false\n")
        assert read(folder, "more.").startswith("b { color: blue; mask")


def test_minifying_touches_no_page_that_has_nothing_to_lose() -> None:
    change = {"streamly.toml": BLOG["streamly.toml"] + "[output]\nminify = false\n"}  # type: ignore[operator]
    with fresh_folder(BLOG) as folder:
        build(folder)
        folder.apply(change)
        second = build(folder)
        assert_same(second, clean_build(folder))
        assert not {url for url in second.made if url.endswith((".xml", ".txt"))}
        assert {url for url in second.made if not url.startswith("/assets/")} <= HTML
