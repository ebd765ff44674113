"""Whitespace that means nothing goes from templates, and none that means something."""

import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamly_ssg.api import Options, Site
from streamly_ssg.pages.rendering import can_be_short, environment
from streamly_ssg.pages.tongue import Tongue
from streamly_ssg.values import encode
from tests.support.demo import NOW, ROOT
from tests.support.folder import Folder

TEXT = """\
Text  with   spaces, `code   in it`, and $a   +   b$.

    four   spaces

| a   | b |
| --- | - |
| 1   | 2 |

<pre>
  as    it
   is
</pre>
"""
KEEPING = {"pre", "textarea", "script", "style"}
TAGS = "p /p pre /pre b /b textarea /textarea a /a svg title /title /svg math /math br".split()
PIECES = st.lists(
    st.sampled_from(
        [
            *" \n\t",
            *("  ", "a", "b  c", "{{ x }}", "{# remark #}", "<!-- people -->", "<!--#server -->"),
            *("<i\n title='a  b'>", '<a href="  {{ x }}">', "<script>1  +  1", "</script>"),
            *("{% if x %}", "{% else %}", "{% endif %}"),
            *('{{ _("a  b") }}', "{% trans %}", "{% endtrans %}"),
            *(f"<{tag}>" for tag in TAGS),
        ]
    ),
    max_size=20,
).map("".join)


def short(text: str, *, tongue: bytes = b"", is_short: bool = True, **values: object) -> str:
    made = environment({"t.html": ("themes/t.html", text)}, tongue, is_short=is_short)
    return made.get_template("t.html").render(values)


def seen(html: str) -> list[str]:
    """Return the elements and texts of a page as a browser sees them, spaces as it draws them."""
    found: list[str] = []
    _walk(html5lib.parse(f"<body>{html}", namespaceHTMLElements=False), found, is_kept=False)
    return _joined(found)


def _walk(element: Any, found: list[str], *, is_kept: bool) -> None:
    if not isinstance(element.tag, str):
        return
    is_kept = is_kept or element.tag in KEEPING
    found.append(f"<{element.tag} {sorted(element.attrib.items())}>")
    texts = [element.text, *(one for child in element for one in (child, child.tail))]
    for one in texts:
        if isinstance(one, str) and one:
            found.append(one if is_kept else re.sub(r"[ \t\n\r\f]+", " ", one))
        elif one is not None and not isinstance(one, str):
            _walk(one, found, is_kept=is_kept)
    found.append("</>")


def _joined(found: list[str]) -> list[str]:
    """Texts that only a comment parted are one, and so are the spaces at its sides."""
    made = [""]
    for before, one in pairwise(["</>", *found]):
        if one.startswith("<") or before.startswith("<"):
            made.append(one)
        else:
            made[-1] = re.sub(" +", " ", made[-1] + one)
    return made


@pytest.mark.parametrize(
    ("written", "made"),
    [
        ("<p>\n    a  b\n\n</p>", "<p>\na b\n</p>"),
        ("<!-- for people -->\n<p><!--#for servers--></p>", "\n<p><!--#for servers--></p>"),
        ("<pre>  a\n\n</pre>  <b>", "<pre>  a\n\n</pre> <b>"),
        ("<a  title='a  >  b'\n>  c", "<a  title='a  >  b'\n> c"),
        ("<textarea>\n\n a</textarea>", "<textarea>\n\n a</textarea>"),
        ("<script>a  //\n\nb</script>", "<script>a  //\n\nb</script>"),
        ("{% if x %}\n  <p>\n  {% endif %}\n  y", " y"),
    ],
)
def test_a_stretch_of_whitespace_becomes_one(written: str, made: str) -> None:
    assert can_be_short(written)
    assert short(written, x=False) == made


@pytest.mark.parametrize(
    "written",
    [
        "<pre>{{ x }}</pre>",
        "<pre>{% include 'x.html' %}</pre>",
        "<textarea>{% if x %}a{% endif %}</textarea>",
        "{% if x %}<pre>{% else %}<div>{% endif %}",
        "<{{ x }}>  </{{ x }}>",
        '<p title="{{ shown(x) }}">',
        "<script>{{ shown(x) }}</script>",
        "<script>{% include 'x.js' %}</script>",
        '<p title="{% if x %}">{% endif %}">',
        "<p title='",
        "<pre>",
        "<pre><pre></pre>  </pre>",
        "<pre><textarea></pre></textarea>  </pre>",
        "<pre><!-- </pre> -->  </pre>",
        "<a {% block attributes %}{% endblock %}>",
        "<pre>{% trans %}a{% endtrans %}</pre>",
        "<p {% trans %}title='a'>{% endtrans %}",
        '<p title="{{ shown(_("a")) }}">',
    ],
)
def test_a_template_that_cant_be_followed_is_left_alone(written: str) -> None:
    assert not can_be_short(written)


@pytest.mark.parametrize(
    "written",
    [
        '<p title="{{ x|truncate(60) }}">',
        "<a{% if x.startswith('a') %} aria-current{% endif %}>",
        '<script type="application/ld+json">{"a":{{ (x or y|truncate(60))|script }}}</script>',
        "<pre>a</pre>{{ x }}",
        "{% set x = 1 %}{% for y in x %}<p>{% else %}<p>{% endfor %}",
        '<p title="{{ _("a") }}" lang="{{ pgettext("b", "c") }}">',
        '<p title="{% trans n=x %}a{% pluralize %}b{% endtrans %}">',
        '<script>{"a":{{ _("b")|script }}}</script>',
    ],
)
def test_what_templates_usually_do_can_be_followed(written: str) -> None:
    assert can_be_short(written)


GERMAN = encode(
    Tongue(
        code="de",
        messages={
            "A  <b>%(n)s</b>": ("Ein  <b>%(n)s</b>", "Viele\n\n<b>%(n)s</b>"),
            "see  here": ("siehe   hier",),
        },
    )
)


@pytest.mark.parametrize(
    ("written", "made"),
    [
        ("<p\n title='{{ _(\"see  here\") }}'>  x", "<p\n title='siehe   hier'> x"),
        ("<i title='{% trans %}see  here{% endtrans %}'>  x", "<i title='siehe   hier'> x"),
        ("<p>   {% trans %}see  here{% endtrans %}   </p>", "<p> siehe   hier </p>"),
        (
            "<p>  {% trans n=x %}A  <b>{{ n }}</b>{% pluralize %}{{ n }}  b{% endtrans %}  c",
            "<p> Viele\n\n<b>2</b> c",
        ),
    ],
)
def test_words_are_known_by_how_they_are_written_and_shown_as_they_are_translated(
    written: str, made: str
) -> None:
    assert can_be_short(written)
    assert short(written, tongue=GERMAN, x=2) == made


@given(PIECES, st.sampled_from(["", "x", "  y\n\n z  ", "<b>"]))
def test_a_browser_sees_the_same(text: str, value: str) -> None:
    try:
        whole = short(text, is_short=False, x=value)
    except Exception:  # noqa: BLE001 - not every heap of pieces is a template
        return
    if can_be_short(text):
        assert seen(short(text, x=value)) == seen(whole)


def test_what_a_browser_sees_differs_if_a_word_does() -> None:
    assert seen("<p>a b</p>") == seen("<p>a  b</p>") != seen("<p>ab</p>")
    assert seen("<pre>a b</pre>") != seen("<pre>a  b</pre>")


def airy(folder: Folder) -> Folder:
    """Give the site in *folder* the default theme as somebody might lay it out who likes space."""
    for path in sorted((ROOT / "themes/default").rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            if path.suffix == ".html":
                text = re.sub(r"^(?=[<{])", "        ", data.decode(), flags=re.MULTILINE)
                data = text.replace("\n    ", "\n\n<!-- a remark -->\n    ").encode()
            name = path.relative_to(ROOT / "themes/default").as_posix()
            folder.write(f"themes/airy/{name}", data)
    return folder


def pages(folder: Folder, settings: str) -> dict[str, str]:
    """Return the pages of the site in *folder*, its assets by their own names."""
    folder.write("streamly.toml", f'[site]\ntheme = "airy"\nservice = "/api/v1"\n{settings}')
    assert not Site(folder.root, Options(now=NOW, facts="none")).build().problems
    marks = re.compile(r'\.[0-9a-f]{10}(?=\.\w+")| integrity="[^"]+"')
    return {
        path.relative_to(folder.root).as_posix(): marks.sub("", path.read_text("utf-8"))
        for path in folder.root.glob("public/**/*.html")
    }


def test_a_whole_site_with_an_airy_theme_reads_the_same(tmp_path: Path) -> None:
    folder = airy(Folder(tmp_path))
    folder.write("content/posts/a.md", f"---\ntitle: A\ndate: 2026-01-01\n---\n\n{TEXT}")
    folder.write("content/pages/contact.md", "---\ntemplate: contact.html\n---\n\nWrite.\n")
    short_pages = pages(folder, "")
    whole_pages = pages(folder, "[output]\nminify = false\n")
    assert {path: seen(html) for path, html in short_pages.items()} == {
        path: seen(html) for path, html in whole_pages.items()
    }
    assert sum(map(len, short_pages.values())) < 0.7 * sum(map(len, whole_pages.values()))
