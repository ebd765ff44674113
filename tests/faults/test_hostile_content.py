"""Hostile content: no path leaves the output, no text becomes code, every file can be parsed."""

import json
import os
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.support.folder import Folder, fresh_folder
from tests.support.lean import document, site
from tests.support.rebuild import Built, build, facts

LONG = "x" * 300
SLUGS = [
    *("../x", "..", ".", "/etc/passwd", "a/../../b", "a/b", "C:\\x", "C:", "a\\b", "a\x00b"),
    *("%2e%2e%2fx", "%2e%2e", "x.", LONG, "CON", "nul.html", "com1", "a\u202eb", "a\u200bb"),
    *("a?b", "a#b", "a*b", "a:b", "a|b", "<x>", '"x"', "-\n-"),
]
ALIASES = [
    *(
        "../x",
        "/../x",
        "/a/../../b",
        "//evil.example/x",
        "https://evil.example",
        "/a\\..\\b",
        "/C:/x",
    ),
    *(
        "/%2e%2e/x",
        "/a/%2E%2E/%2e%2e/x",
        "/./x",
        "/a//b",
        "/a\u202e/",
        f"/{LONG}/",
        "/CON/",
        "/a?b",
    ),
]
TEMPLATES = [
    "nope",
    "../../../etc/passwd",
    "/etc/passwd",
    "..",
    "a/../../b",
    "post.html\x00",
    "C:\\x",
]
CODE = [
    "{{ 7*7 }}",
    "{{7*'7'}}",
    "{% include 'partials/plain.html' %}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ config.items() }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{% for x in range(9) %}{% endfor %}",
    "{# gone #}",
    "${7*7}",
    "<%= 7*7 %>",
    "#{7*7}",
]
HOSTILE = [
    "<script>evil()</script>",
    "</script><script>evil()</script>",
    "</title><script>evil()</script>",
    '"><script>evil()</script>',
    "'><img src=x onerror=evil()>",
    '" onmouseover="evil()',
    "]]><evil/>",
    "--><evil>",
    "<!-- <evil> ",
    "<![CDATA[ x ]]>",
    "& &amp; &lt; &#0; &#x1;",
    "\u2028\u2029\ufffe\uffff",
    "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    "\u202eltr\u202c\u200b",
    "</textarea></style></template></svg>",
]
VOID = set("area base br col embed hr img input link meta source track wbr".split())
OPTIONAL = set("p li dt dd tr td th thead tbody option html head body".split())


class Page(HTMLParser):
    """What a browser would see: tags that don't match, scripts and handlers that are evil."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.faults: list[str] = []
        self.feed(text)
        self.close()
        self.faults += [f"never closed: {tag}" for tag in self.open if tag not in OPTIONAL]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "evil" or any(name.startswith("on") for name, _ in attrs):
            self.faults.append(f"{tag} {attrs}")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open[-1] != tag and self.open[-1] in OPTIONAL:
            self.open.pop()
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"closed without being open: {tag}")

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "script" and data.lstrip().startswith("evil("):
            self.faults.append(f"script: {data}")


def refused(fields: dict[str, object]) -> Built:
    """Build a site with one document that has *fields*, and one good one."""
    sources = site(
        {
            "content/posts/bad.md": document(
                "Bad", date="2026-01-01", **{"title": "Bad", **fields}
            ),
            "content/posts/good.md": document("Good", title="Good", date="2026-01-02"),
        }
    )
    with fresh_folder(sources) as folder:
        before = beside(folder)
        built = build(folder)
        assert beside(folder) == before
        assert "/posts/good/" in built.made
        return built


def beside(folder: Folder) -> set[str]:
    """Return every path in and around the site, but for the output and the cache."""
    top = folder.root.parent
    own = {".streamly", "public", "public.manifest.ndjson"}
    found = set()
    for place, folders, names in os.walk(top):
        if Path(place) == folder.root:
            folders[:] = [name for name in folders if name not in own]
            names = [name for name in names if name not in own]  # noqa: PLW2901
        found |= {os.path.join(place, name) for name in (*names, *folders)}
    return found


@pytest.mark.parametrize("slug", SLUGS)
def test_a_slug_that_is_no_safe_name_is_refused(slug: str) -> None:
    built = refused({"slug": slug})
    assert built.exit_code == 1
    assert built.problems[0].startswith("content/posts/bad.md:")


@pytest.mark.parametrize("alias", ALIASES)
def test_an_alias_that_is_no_safe_address_is_refused(alias: str) -> None:
    built = refused({"aliases": [alias]})
    assert built.exit_code == 1
    assert built.problems[0].startswith("content/posts/bad.md:")


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_template_that_is_not_in_the_theme_is_refused(template: str) -> None:
    built = refused({"template": template})
    assert built.exit_code == 1
    assert "content/posts/bad.md" in " ".join(built.problems)


@pytest.mark.parametrize("name", ["../../x", "/etc/passwd", "..", "a/../../b", "%2e%2e", "\u202e"])
def test_names_of_lists_become_safe_addresses(name: str) -> None:
    built = refused({"tags": [name], "category": name, "series": name, "author": name})
    assert {path for path in built.output if ".." in path.split("/")} == set()


@pytest.mark.parametrize(("one", "other"), [("caf\u00e9", "cafe\u0301"), ("Same", "same")])
def test_two_spellings_of_one_address_never_share_a_file_silently(one: str, other: str) -> None:
    sources = site(
        {
            "content/posts/a.md": document("First", title="A", slug=one),
            "content/posts/b.md": document("Second", title="B", slug=other),
        }
    )
    with fresh_folder(sources) as folder:
        built = build(folder)
        assert built.exit_code == 1
        assert "content/posts/b.md" in built.problems[0]


@pytest.fixture(scope="module")
def templated() -> str:
    """Return the text of a page whose every field holds template code."""
    text = "\n\n".join(f"`{code}`" for code in CODE)
    fields = {"title": CODE[0], "summary": CODE[1], "tags": CODE, "extra": {"code": CODE}}
    sources = site({"content/posts/a.md": document(text, date="2026-01-01", **fields)})
    with fresh_folder(sources) as folder:
        assert build(folder).problems == ()
        return folder.read("public/posts/a/index.html")


@pytest.mark.parametrize("code", CODE)
def test_template_code_in_content_stays_text(templated: str, code: str) -> None:
    visible: list[str] = []
    parser = HTMLParser()
    parser.handle_data = visible.append  # type: ignore[method-assign, assignment]
    parser.feed(templated[templated.index("<main>") : templated.index("</main>")])
    assert code in "".join(visible)


def test_template_code_in_content_is_never_run(templated: str) -> None:
    assert not [sign for sign in (">49<", "7777777", "uid=", "<footer>plain") if sign in templated]


def hostile_site(text: str) -> dict[str, str | bytes]:
    """Return a site of the usual theme with *text* wherever a text may be."""
    comment = {
        "id": "c1",
        "author": "mira",
        "name": text,
        "at": "2026-01-02T00:00:00Z",
        "html": "x",
    }
    told = facts(
        comments={"posts.a": {"count": 1, "items": [comment]}},
        profile={"mira": {"name": text, "bio": text, "website": text, "location": text}},
    )
    fields = dict.fromkeys(("title", "summary", "description", "image_alt", "series"), text)
    lists = {"tags": [text], "category": text, "author": text, "extra": {"a": text}}
    body = f"```{text.split(maxsplit=1)[0]}\n{text}\n```\n\n## `{text}`\n"
    title = json.dumps(text, ensure_ascii=False)
    settings = f"[site]\ntitle = {title}\ndescription = {title}\nauthor = {title}\n"
    return {
        "streamly.toml": settings.replace("\x7f", ""),
        "content/posts/a.md": document(body, date="2026-01-01", image="/x.png", **fields, **lists),
        "static/x.png": b"png",
        "facts.ndjson": told,
    }


@pytest.fixture(scope="module", params=range(len(HOSTILE)), ids=lambda number: f"text {number}")
def hostile(request: pytest.FixtureRequest) -> dict[str, bytes]:
    """Return the files of a site full of one hostile text."""
    with fresh_folder(hostile_site(HOSTILE[request.param])) as folder:
        built = build(folder)
        assert built.exit_code in {0, 1}, built.problems
        return {path: (folder / "public" / path).read_bytes() for path in built.output}


def test_every_page_is_well_formed_and_nothing_in_it_is_evil(hostile: dict[str, bytes]) -> None:
    pages = {path: data for path, data in hostile.items() if path.endswith(".html")}
    assert pages
    assert {
        path: found for path, data in pages.items() if (found := Page(data.decode()).faults)
    } == {}


def test_every_feed_and_map_is_strict_xml(hostile: dict[str, bytes]) -> None:
    found = [ET.fromstring(data) for path, data in hostile.items() if path.endswith(".xml")]  # noqa: S314
    assert len(found) >= 3


def test_every_json_file_is_strict_json(hostile: dict[str, bytes]) -> None:
    found = [json.loads(data.decode()) for path, data in hostile.items() if path.endswith(".json")]
    assert found


@pytest.mark.parametrize("text", ["\\ud800", "\\u0000", "\\u0007", "\\u007f", "\\u0085"])
def test_half_characters_and_control_characters_give_an_error_or_a_page(text: str) -> None:
    sources = site(
        {
            "content/posts/a.md": f'---\ntitle: "a{text}b"\ndate: 2026-01-01\n---\nText\n',
            "content/posts/b.md": document("Text", title="B"),
        }
    )
    with fresh_folder(sources) as folder:
        built = build(folder)
        assert ("/posts/a/" in built.made) == (built.problems == ())
        assert built.exit_code in {0, 1}
        assert "/posts/b/" in built.made
        for path in (folder / "public").rglob("*.xml"):
            ET.parse(path)  # noqa: S314
