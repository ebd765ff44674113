"""Templates say their words in the reader's language."""

import re

import pytest
from jinja2 import TemplateSyntaxError

from streamly_ssg.pages.rendering import environment
from streamly_ssg.pages.tongue import Tongue
from streamly_ssg.values import encode

POLISH = "n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2"
GERMAN = Tongue(
    code="de",
    group=".",
    messages={
        "Sign in": ("An & melden",),
        "Page %(n)s": ("Seite %(n)s",),
        "%(n)s like": ("%(n)s Like", "%(n)s Likes"),
        "verb\x04open": ("öffnen",),
        "See <a>%(name)s</a>, 100%%.": ("<a>%(name)s</a>, sieh an, 100%%.",),
        "%(n)s thing": ("Ein Ding", "%(n)s Dinge"),
    },
)
THINGS = "{% trans n=count %}{{ n }} thing{% pluralize %}{{ n }} things{% endtrans %}"


def shown(template: str, tongue: Tongue | None = GERMAN, **values: object) -> str:
    """Return what *template* makes of *values* in a language; in English without one."""
    spoken = encode(tongue) if tongue else b""
    made = environment({"t": ("themes/t.html", template)}, spoken)
    return made.get_template("t").render(values)


@pytest.mark.parametrize(
    ("template", "german", "english"),
    [
        ('{{ _("Sign in") }}', "An &amp; melden", "Sign in"),
        ('<a title="{{ _("Page %(n)s", n=n) }}">', '<a title="Seite 7">', '<a title="Page 7">'),
        ('{{ count|plural("like") }}', "1.234 Likes", "1,234 likes"),
        ('{{ 1|plural("like") }}', "1 Like", "1 like"),
        ('{{ pgettext("verb", "open") }}', "öffnen", "open"),
        ('{{ _("Untranslated & so on") }}', "Untranslated &amp; so on", "Untranslated &amp; so on"),
        (
            "{% trans name=name %}See <a>{{ name }}</a>, 100%.{% endtrans %}",
            "<a>&lt;b&gt;</a>, sieh an, 100%.",
            "See <a>&lt;b&gt;</a>, 100%.",
        ),
        (THINGS, "1.234 Dinge", "1,234 things"),
        (f"{{% set count = 1 %}}{THINGS}", "Ein Ding", "1 thing"),
    ],
)
def test_a_text_is_said_in_the_language(template: str, german: str, english: str) -> None:
    assert shown(template, n=7, count=1234, name="<b>") == german
    assert shown(template, None, n=7, count=1234, name="<b>") == english


def test_a_text_that_a_macro_is_given_is_escaped_once() -> None:
    template = '{% macro m(text) %}<b>{{ text }}</b>{% endmacro %}{{ m(_("Sign in")) }}'
    assert shown(template) == "<b>An &amp; melden</b>"


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 plików"), (1, "plik"), (2, "2 pliki"), (5, "5 plików"), (22, "22 pliki")],
)
def test_a_language_has_as_many_forms_as_it_has(count: int, text: str) -> None:
    forms = ("plik", "%(n)s pliki", "%(n)s plików")
    tongue = Tongue(code="pl", plural=POLISH, messages={"%(n)s file": forms})
    block = "{% trans n=count %}{{ n }} file{% pluralize %}{{ n }} files{% endtrans %}"
    assert shown('{{ count|plural("file") }}', tongue, count=count) == text
    assert shown(block, tongue, count=count) == text


def test_a_script_is_told_the_forms_by_the_names_that_browsers_know() -> None:
    tongue = Tongue(
        plural=POLISH,
        messages={"%(n)s file": ("plik", "%(n)s pliki", "%(n)s plików")},
        categories=(("one", 0), ("few", 1), ("many", 2), ("other", 2)),
    )
    told = "one:plik|few:%(n)s pliki|many:%(n)s plików|other:%(n)s plików"
    assert shown('{{ "file"|forms }}', tongue) == told
    assert shown('{{ "file"|forms }}', None) == "one:%(n)s file|other:%(n)s files"


@pytest.mark.parametrize(
    ("template", "told"),
    [
        ("\n{{ _(title) }}", "_() takes a text that is written out"),
        ('\n{{ _("Page %(n)s") }}', '"%(n)s" is in the text, but no n is given'),
    ],
)
def test_a_text_that_nobody_could_translate_is_an_error_with_its_line(
    template: str, told: str
) -> None:
    with pytest.raises(TemplateSyntaxError, match=re.escape(told)) as caught:
        shown(template)
    assert caught.value.lineno == 2


def test_words_cost_a_compiled_template_nothing() -> None:
    plain = environment({}).compile("<p>Sign in</p>", raw=True)
    assert environment({}).compile('<p>{{ _("Sign in") }}</p>', raw=True) == plain
