"""What `streamly check` says of a theme, without a page that would show it."""

import re
from pathlib import Path

import pytest

from streamly_ssg.api import Site, builtin_themes
from streamly_ssg.check.templates import VIEW_OF, check_theme
from tests.support.folder import Folder

THEME = {
    "streamly.toml": '[site]\ntheme = "own"\n',
    "themes/own/theme.toml": 'name = "own"\nextends = "default"\n',
}


def found(root: Path, **templates: str) -> list[str]:
    """Return what is said of a theme that has *templates*, with _ for / in their names."""
    folder = Folder(root)
    folder.apply(THEME)
    for name, text in templates.items():
        folder.write(f"themes/own/templates/{name.replace('_', '/')}.html", text)
    with Site(root).looking() as look:
        return [str(one) for one in check_theme(look)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{{ document.titel }}", '"titel" is not in Document (did you mean "title"?)'),
        ("{{ documnt.title }}", '"documnt" is not in DocumentView (did you mean "document"?)'),
        ('{{ document["titel"] }}', '"titel" is not in Document'),
        ("{% for tag in document.tags %}{{ tag.nme }}{% endfor %}", '"nme" is not in Term'),
        ("{% for a in document.authors|sort %}{{ a.x }}{% endfor %}", '"x" is not in Person'),
        ("{{ (document.authors|first).nme }}", '"nme" is not in Person'),
        ("{{ related[0].autors }}", '"autors" is not in Card'),
        ("{{ related[1:][0].autors }}", '"autors" is not in Card'),
        ("{% set d = document %}{{ d.titel }}", '"titel" is not in Document'),
        ("{% with d = series %}{{ d.titel }}{% endwith %}", '"titel" is not in Series'),
        ("{% if documnt %}{% endif %}", '"documnt" is not in DocumentView'),
        ("{{ document.title.lenght }}", '"lenght" is not in str'),
        ("{% macro m(a) %}{{ a.b }}{{ page.x }}{% endmacro %}", '"x" is not in Page'),
        ("{{ document.title|upcase }}", "No filter named 'upcase'"),
        ("{% if %}{% endif %}", "Expected an expression"),
    ],
)
def test_a_name_that_does_not_exist_is_found(text: str, said: str, tmp_path: Path) -> None:
    (line,) = found(tmp_path, post=f"\n{text}\n")
    named = re.match(r'"(\w+)"', said)
    place = f"2:{text.index(named[1]) + 1}" if named else "2"
    assert line.startswith(f"themes/own/templates/post.html:{place}: TEMPLATE ")
    assert said in line


@pytest.mark.parametrize(
    ("macro", "call", "place", "said"),
    [
        ("{% macro m(d) %}{{ d.titel }}{% endmacro %}", "m(document)", "1:22", "Document"),
        ("{% macro m(d) %}{{ d.titel }}{% endmacro %}", "m(d=document)", "1:22", "Document"),
        ("{% macro m(d) %}{{ d[0].nme }}{% endmacro %}", "m(document.tags)", "1:25", "Term"),
        (
            (
                "{% macro n(t) %}{{ t.nme }}{% endmacro %}"
                "{% macro m(d) %}{% for t in d %}{{ n(t) }}{% endfor %}{% endmacro %}"
            ),
            "m(document.tags)",
            "1:22",
            "Term",
        ),
    ],
)
def test_a_macro_knows_what_it_is_called_with(
    macro: str, call: str, place: str, said: str, tmp_path: Path
) -> None:
    post = f"{{% from 'm/m.html' import m %}}{{{{ {call} }}}}"
    (line,) = found(tmp_path, post=post, m_m=macro)
    assert line.startswith(f"themes/own/templates/m/m.html:{place}: ")
    assert f"is not in {said}" in line


@pytest.mark.parametrize(
    "post", ["{% from 'm/m.html' import field %}", "{% import 'm/m.html' as m %}{{ m.field() }}"]
)
def test_a_macro_that_does_not_exist_is_found(post: str, tmp_path: Path) -> None:
    (line,) = found(tmp_path, post=post, m_m="{% macro filed() %}{% endmacro %}")
    assert '"field" is not in m/m.html (did you mean "filed"?)' in line


@pytest.mark.parametrize(
    "text",
    [
        "{{ document.extra.anything.at.all }} {{ site.theme.accent }} {{ data.links }}",
        "{{ content }} {{ document.title.upper() }} {{ document.date.year }}",
        "{% for p in series.parts if p.title %}{{ loop.index }}{{ p.url }}{% endfor %}",
        "{% if user is defined %}{{ user.name }}{% endif %}",
        "{{ user|default('nobody') }} {{ user is defined }}",
        "{% for k, v in site.assets.items() %}{{ k }}{{ v }}{% endfor %}",
        "{% for x in range(3) %}{{ x }}{% endfor %}{% set ns = namespace(a=1) %}{{ ns.a }}",
        "{{ late() }}{% macro late() %}x{% endmacro %}",
        (
            "{% macro t(i) %}{% for a in i %}{{ t(a.replies) }}{% endfor %}{% endmacro %}"
            "{{ t(comments.threads) }}"
        ),
        "{% macro box() %}{{ caller() }}{% endmacro %}{% call box() %}{{ likes }}{% endcall %}",
        "{% set body %}{{ likes }}{% endset %}{{ body }}",
        "{% filter upper %}{{ likes }}{% endfilter %}",
    ],
)
def test_what_exists_is_no_mistake(text: str, tmp_path: Path) -> None:
    assert found(tmp_path, post=text) == []


def test_an_included_template_sees_what_its_page_sees(tmp_path: Path) -> None:
    part = "{{ x }} {{ likes }} {{ lieks }}"
    (line,) = found(tmp_path, post="{% set x = 1 %}{% include 'part.html' %}", part=part)
    assert 'part.html:1:24: TEMPLATE "lieks" is not in DocumentView' in line


def test_an_imported_macro_sees_only_what_it_is_given(tmp_path: Path) -> None:
    macro = "{% macro m(x) %}{{ x }} {{ page.title }}{% endmacro %}"
    (line,) = found(tmp_path, post="{% from 'm/m.html' import m %}{{ m(1) }}", m_m=macro)
    assert '"page" is not in a macro that another file imports' in line


def test_with_its_context_it_sees_the_page(tmp_path: Path) -> None:
    macro = "{% macro m(x) %}{{ x }} {{ page.title }}{% endmacro %}"
    post = "{% from 'm/m.html' import m with context %}{{ m(1) }}"
    assert found(tmp_path, post=post, m_m=macro) == []


def test_a_block_that_is_replaced_is_not_followed(tmp_path: Path) -> None:
    base = "{% block a %}{{ document.title }}{% endblock %}"
    lists = "{% extends 'own/base.html' %}{% block a %}{{ title }}{% endblock %}"
    assert found(tmp_path, list=lists, own_base=base) == []


def test_a_block_that_asks_for_the_replaced_one_is(tmp_path: Path) -> None:
    base = "{% block a %}{{ document.title }}{% endblock %}"
    lists = "{% extends 'own/base.html' %}{% block a %}{{ super() }}{% endblock %}"
    (line,) = found(tmp_path, list=lists, own_base=base)
    assert 'own/base.html:1:17: TEMPLATE "document" is not in ListView' in line


def test_a_name_that_many_pages_miss_is_told_once(tmp_path: Path) -> None:
    (line,) = found(tmp_path, footer="{{ sit.title }}")
    assert '"sit" is not in ArchiveView and 10 others (did you mean "site"?)' in line


def test_a_shortcode_has_its_own_view(tmp_path: Path) -> None:
    (line,) = found(tmp_path, shortcodes_mine="{{ args[0] }} {{ options.x }} {{ page.title }}")
    assert '"page" is not in ShortcodeView' in line


def test_each_template_of_the_default_theme_has_a_view() -> None:
    top = {path.name for path in (builtin_themes() / "default/templates").glob("*.*")}
    assert VIEW_OF.keys() <= top


def test_the_default_theme_uses_nothing_that_does_not_exist(tmp_path: Path) -> None:
    assert found(tmp_path) == []
