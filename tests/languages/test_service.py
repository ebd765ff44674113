"""What the service says on pages, and which page it shows, by their language."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from interact_api.web.site.words import FOLDER
from tests.support.house import ROOT
from tests.support.sites import Shown, showing

PAGE = '<!doctype html>\n<html lang="{}">\n<body><main id="m"><p>…</p></main></body></html>\n'
FILES = {
    "index.html": PAGE.format("en"),
    "de/index.html": PAGE.format("de"),
    "de-AT/index.html": PAGE.format("de-AT"),
    "ar/index.html": '<!doctype html>\n<html lang="ar" dir="rtl"><body><main></main></body></html>\n',
    "cs/index.html": PAGE.format("cs"),
    "404.html": "<p>Not here</p>\n",
    "de/404.html": "<p>Nicht da</p>\n",
}
SETTINGS = '[languages.cs.words]\n"You like this page." = "Libi se vam."\n'
LIKED = f"notice={quote('ok You like this page.')}"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Shown]:
    (tmp_path / "streamly.toml").write_text(SETTINGS, "utf-8")
    with showing(tmp_path, FILES) as shown:
        yield shown


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/", "You like this page."),
        ("/de/", "Diese Seite gefällt Ihnen."),
        ("/de-AT/", "Diese Seite gefällt Ihnen."),
        ("/ar/", "أعجبتك هذه الصفحة."),
        ("/cs/", "Libi se vam."),
    ],
)
def test_a_notice_is_told_in_the_language_of_the_page(path: str, text: str, site: Shown) -> None:
    body = site.get(path, cookie=LIKED).body.decode()
    assert f'<p class="notice" role="status">{text}</p>' in body


@pytest.mark.parametrize(
    ("path", "text"),
    [("/nowhere/", "Not here"), ("/de/nowhere/", "Nicht da"), ("/fr/x", "Not here")],
)
def test_absence_is_told_in_the_language_of_its_address(path: str, text: str, site: Shown) -> None:
    reply = site.get(path)
    assert reply.status == 404
    assert text in reply.body.decode()


@pytest.mark.parametrize("code", ["de", "fr", "ar"])
def test_every_notice_is_translated(code: str) -> None:
    words = json.loads((FOLDER / f"{code}.json").read_text("utf-8"))
    routes = (ROOT / "interact_api/web/routes").glob("*.py")
    texts = [text for path in routes for text in re.findall(r'notice="([^"]+)"', path.read_text())]
    moderators = {"The ban is lifted.", "They are banned.", "The report is closed."}
    moderators |= {"The comment isn't pinned any more.", "The comment is pinned."}
    assert {*texts} - moderators - {*words} == set()
