"""Readers of feeds and sitemaps get all that pages hold, and nothing that their formats forbid."""

import json
import re
import warnings
from pathlib import Path
from typing import Any

import html5lib
import pytest
from jsonschema_rs import Draft202012Validator
from lxml import etree

from tests.support.demo import demo as built_demo

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import feedparser

ADDRESS = {"type": "string", "pattern": "^https?://[^ ]+$"}
AUTHOR = {"type": "object", "properties": {"name": {"type": "string"}, "url": ADDRESS}}
ITEM = {
    "type": "object",
    "required": ["id"],
    "anyOf": [{"required": ["content_html"]}, {"required": ["content_text"]}],
    "properties": {
        "id": {"type": "string", "minLength": 1},
        "url": ADDRESS,
        "title": {"type": "string"},
        "content_html": {"type": "string"},
        "summary": {"type": "string"},
        "image": ADDRESS,
        "date_published": {"type": "string", "format": "date-time"},
        "date_modified": {"type": "string", "format": "date-time"},
        "authors": {"type": "array", "items": AUTHOR},
        "tags": {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
        "language": {"type": "string"},
    },
    "additionalProperties": False,
}
# What https://jsonfeed.org/version/1.1 says, and no more than we use of it.
JSON_FEED = {
    "type": "object",
    "required": ["version", "title", "items"],
    "properties": {
        "version": {"const": "https://jsonfeed.org/version/1.1"},
        "title": {"type": "string", "minLength": 1},
        "home_page_url": ADDRESS,
        "feed_url": ADDRESS,
        "description": {"type": "string"},
        "language": {"type": "string"},
        "items": {"type": "array", "items": ITEM, "uniqueItems": True},
    },
    "additionalProperties": False,
}
# What https://www.sitemaps.org/protocol.html says of a list of pages.
SITEMAP = """\
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" elementFormDefault="qualified"
    xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
    targetNamespace="http://www.sitemaps.org/schemas/sitemap/0.9">
  <xs:simpleType name="moment"><xs:union memberTypes="xs:date xs:dateTime"/></xs:simpleType>
  <xs:simpleType name="address"><xs:restriction base="xs:anyURI">
    <xs:pattern value="https?://.+"/><xs:maxLength value="2048"/>
  </xs:restriction></xs:simpleType>
  <xs:element name="urlset"><xs:complexType><xs:sequence>
    <xs:element name="url" maxOccurs="50000"><xs:complexType><xs:sequence>
      <xs:element name="loc" type="address"/>
      <xs:element name="lastmod" type="moment" minOccurs="0"/>
      <xs:any namespace="##other" processContents="lax" minOccurs="0" maxOccurs="unbounded"/>
    </xs:sequence></xs:complexType></xs:element>
  </xs:sequence></xs:complexType></xs:element>
</xs:schema>
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built_demo(tmp_path_factory.mktemp("fed"))


def feeds(site: Path, name: str) -> list[Path]:
    found = sorted(site.rglob(name))
    assert len(found) > 20
    return found


def parsed(path: Path) -> Any:
    # Whatever feedparser would mend or take away must be missed here.
    return feedparser.parse(path.read_bytes(), sanitize_html=False, resolve_relative_uris=False)


def contents(path: Path) -> dict[str, str]:
    """Return the HTML of each entry of a feed, by its id."""
    if path.suffix == ".json":
        items = json.loads(path.read_text("utf-8"))["items"]
        return {one["id"]: one["content_html"] for one in items}
    return {one.id: one.content[0].value for one in parsed(path).entries if one.get("content")}


def words(html: str) -> list[str]:
    """Return what a reader of *html* reads."""
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    return [one for text in tree.itertext() for one in re.findall(r"\w+", text)]


def article(site: Path, url: str) -> list[str]:
    """Return what a reader of the page at *url* reads, but for what the theme says around it."""
    page = (site / url.split("/", 3)[3] / "index.html").read_text("utf-8")
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    content = tree.find(".//article/div[@class='content']")
    assert content is not None
    for series in content.findall("nav"):
        content.remove(series)
    return [one for text in content.itertext() for one in re.findall(r"\w+", text)]


@pytest.mark.parametrize("name", ["feed.xml", "atom.xml"])
def test_every_feed_is_read_without_a_complaint(site: Path, name: str) -> None:
    kinds = {"feed.xml": "rss20", "atom.xml": "atom10"}
    for path in feeds(site, name):
        etree.parse(path)  # strictly
        told = parsed(path)
        assert (told.bozo, told.version) == (False, kinds[name]), path
        assert len({one.id for one in told.entries}) == len(told.entries)


def test_all_three_forms_hold_the_same_text(site: Path) -> None:
    for path in feeds(site, "feed.json"):
        known = {one: html.strip() for one, html in contents(path).items() if html}
        for other in ("feed.xml", "atom.xml"):
            told = contents(path.with_name(other))
            assert {one: html.strip() for one, html in told.items()} == known, path


def test_an_entry_holds_all_that_its_page_does(site: Path) -> None:
    entries = {**contents(site / "feed.xml"), **contents(site / "categories/guide/feed.xml")}
    assert len(entries) > 15
    for url, html in entries.items():
        if not url.endswith("/template-reference/"):  # most of that is its template's
            assert words(html) == article(site, url), url


def test_every_json_feed_is_as_it_should_be(site: Path) -> None:
    check = Draft202012Validator(JSON_FEED, validate_formats=True)
    for path in feeds(site, "feed.json"):
        check.validate(json.loads(path.read_text("utf-8")))


def test_the_sitemap_is_as_it_should_be(site: Path) -> None:
    schema = etree.XMLSchema(etree.fromstring(SITEMAP))
    schema.assertValid(etree.parse(site / "sitemap.xml"))


@pytest.mark.parametrize(
    ("old", "new"), [("<loc>http", "<loc>ftp"), ("<lastmod>2", "<lastmod>x"), ("loc>", "lic>")]
)
def test_a_wrong_sitemap_is_noticed(site: Path, old: str, new: str) -> None:
    text = (site / "sitemap.xml").read_text("utf-8").replace(old, new)
    schema = etree.XMLSchema(etree.fromstring(SITEMAP))
    assert not schema.validate(etree.fromstring(text.encode()))


def test_a_feed_that_is_cut_off_is_noticed(site: Path, tmp_path: Path) -> None:
    cut = tmp_path / "feed.xml"
    cut.write_bytes((site / "feed.xml").read_bytes()[:-20])
    assert parsed(cut).bozo
