"""Whatever the themes say to readers can be translated."""

from pathlib import Path

import pytest

from tests.support.house import ROOT

from .literals import literals

TEMPLATES = sorted((ROOT / "themes").glob("*/templates/**/*.html"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(ROOT / "themes"))
def test_a_template_says_nothing_that_is_not_in_the_catalogue(path: Path) -> None:
    assert literals(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("<p>Sign in</p>", "Sign in"),
        ('<a aria-label="Page {{ n }}">', "Page …"),
        ('<img alt="A cat">', "A cat"),
        ('{{ title or "Note" }}', "Note"),
        ('{{ "person" if n == 1 else _("people") }}', "person"),
        ('{{ field("name", "Your name") }}', "Your name"),
        ('<p>{{ _("by") }} somebody</p>', "… somebody"),
    ],
)
def test_a_text_in_a_template_is_found(text: str, found: str) -> None:
    assert literals(text) == [found]


@pytest.mark.parametrize(
    "text",
    [
        '<p class="lead">{{ _("Sign in") }}</p>',
        "<p>{% trans home=site.home %}See <a href='{{ home }}'>it</a>.{% endtrans %}</p>",
        '<li><a href="https://bsky.app/">Bluesky</a></li>',
        '<script type="application/ld+json">{"name":"x"}</script>',
        '<ul class="{{ "cloud" if n else "terms" }}">',
    ],
)
def test_what_can_be_translated_is_no_finding(text: str) -> None:
    assert literals(text) == []
