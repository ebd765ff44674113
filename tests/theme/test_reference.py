"""The page of the guide that describes templates, views and filters: nothing is missing on it."""

import html
import re
from pathlib import Path

import pytest

from streamly_ssg.check.templates import VIEW_OF
from streamly_ssg.documents.meta import FIELDS, MOMENTS
from streamly_ssg.pages.filters import FILTERS
from streamly_ssg.pages.reference import view_of
from streamly_ssg.pages.views import VIEWS
from streamly_ssg.values import field_names
from tests.cli.running import site, streamly
from tests.support.demo import ROOT

TEMPLATES = ROOT / "themes/default/templates"
ROW = re.compile(r"<tr>\s*<td><code>(.*?)</code></td>\s*(?:<td>(.*?)</td>\s*)?(?:<td>(.*?)</td>)?")


@pytest.fixture(scope="module")
def shown(demo: Path) -> str:
    """What stands in the guide."""
    return html.unescape((demo / "posts/template-reference/index.html").read_text("utf-8"))


def rows(page: str, begin: str) -> dict[str, tuple[str, ...]]:
    """Return the rows of the first table behind the id *begin*, by what they begin with."""
    table = page.partition(f'id="page-{begin}"')[2].partition("</table>")[0]
    return {first: tuple(rest) for first, *rest in ROW.findall(table)}


@pytest.mark.parametrize("view", VIEWS)
def test_every_field_of_every_view_is_there(shown: str, view: str) -> None:
    assert tuple(rows(shown, f"type-{view.lower()}")) == field_names(VIEWS[view])


def test_a_view_says_which_templates_it_is_for() -> None:
    assert view_of() == VIEW_OF


def test_every_template_is_there_with_its_blocks(shown: str) -> None:
    told = rows(shown, "about-templates")
    for file in TEMPLATES.glob("*.*"):
        blocks = re.findall(r"\{%-? block (\w+)", file.read_text("utf-8"))
        assert told[file.name][1].split(", ") == ([*dict.fromkeys(blocks)] or [""])


def test_every_macro_is_there(shown: str) -> None:
    told = " ".join(rows(shown, "about-macros"))
    for file in TEMPLATES.glob("macros/*.html"):
        for name in re.findall(r"\{% macro (\w+)\(", file.read_text("utf-8")):
            assert f"{name}(" in told


def test_every_filter_is_there(shown: str) -> None:
    assert rows(shown, "about-filters").keys() == FILTERS.keys()


def test_every_field_of_the_front_matter_is_there(shown: str) -> None:
    assert {*FIELDS, *MOMENTS} - rows(shown, "about-fields").keys() == {"layout"}  # it says nothing


@pytest.mark.parametrize(
    ("what", "row"),
    [
        ("templates", {"template": "base.html", "blocks": "title, head, header, main, footer"}),
        ("views", {"view": "Card", "field": "date", "type": "moment, or nothing"}),
        ("filters", {"filter": "month", "what it does": "The name of a month."}),
        ("fields", {"field": "draft", "type": "yes or no"}),
    ],
)
def test_the_same_is_in_the_terminal(what: str, row: dict[str, str], tmp_path: Path) -> None:
    told = streamly(site(tmp_path), "list", what, "--json").json[what]
    assert any(row.items() <= one.items() for one in told)


def test_templates_of_ones_own_are_told_as_well(tmp_path: Path) -> None:
    own = {
        "streamly.toml": '[site]\ntheme = "own"\n',
        "themes/own/theme.toml": 'name = "own"\nextends = "default"\n',
        "themes/own/templates/recipe.html": "{% extends 'post.html' %}{% block how %}{% endblock %}",
    }
    told = streamly(site(tmp_path, own), "list", "templates").out.splitlines()
    assert "recipe.html\tDocumentView\thow" in told
