"""Feeds and sitemaps that machines couldn't read."""

import pytest

from streamly_ssg.check.feeds import check_feed

RSS = (
    "<rss><channel><title>t</title><link>l</link><description>d</description>"
    "<item><title>i</title><guid>1</guid></item></channel></rss>"
)
ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom"><id>i</id><title>t</title><updated>u</updated>'
    "<entry><id>1</id><title>e</title><updated>u</updated></entry></feed>"
)
JSON = (
    '{"version": "https://jsonfeed.org/version/1.1", "title": "t", '
    '"items": [{"id": "1", "content_html": ""}]}'
)
SITEMAP = (
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    "<url><loc>https://a.example/</loc></url></urlset>"
)
GOOD = {"feed.xml": RSS, "tags/a/atom.xml": ATOM, "feed.json": JSON, "sitemap.xml": SITEMAP}


def faults(file: str, text: str) -> list[str]:
    return [one.message for one in check_feed(file, f"public/{file}", text.encode())]


@pytest.mark.parametrize("file", GOOD)
def test_a_good_one_has_no_faults(file: str) -> None:
    assert faults(file, GOOD[file]) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("feed.xml", "</rss>", "", "is not well-formed"),
        ("feed.xml", "<title>t</title>", "<title>\x00</title>", "is not well-formed"),
        ("feed.xml", "<link>l</link>", "", "lacks link in the channel"),
        ("feed.xml", "<title>i</title>", "", "neither title nor description"),
        ("feed.xml", "</item>", "</item><item><title>j</title><guid>1</guid></item>", '"1" more'),
        ("feed.xml", "channel>", "chanel>", "has no channel"),
        ("tags/a/atom.xml", "2005/Atom", "2005/Atm", "is no Atom feed"),
        ("tags/a/atom.xml", "<updated>u</updated><entry>", "<entry>", "lacks updated in the feed"),
        ("tags/a/atom.xml", "<title>e</title>", "", "lacks title in an entry"),
        ("feed.json", "}]}", "}]", "is not JSON"),
        ("feed.json", "jsonfeed", "feedjson", "names no version"),
        ("feed.json", '"title": "t", ', "", "has no title"),
        ("feed.json", '"id": "1", ', "", "without id or content"),
        ("sitemap.xml", "https://a.example/", "/a/", "is not complete"),
        ("sitemap.xml", "urlset", "set", "is no sitemap"),
    ],
)
def test_a_fault_is_named(file: str, old: str, new: str, said: str) -> None:
    assert old in GOOD[file]
    told = faults(file, GOOD[file].replace(old, new))
    assert any(said in one for one in told), told


def test_an_entity_is_not_looked_up() -> None:
    bomb = '<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/hostname">]>' + RSS.replace(
        ">t<", ">&a;<"
    )
    assert faults("feed.xml", bomb) == []
