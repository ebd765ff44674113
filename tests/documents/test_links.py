"""Relative links: which become holes, and where the author wrote them."""

import pytest

from streamly_ssg.documents.fragments import Image, Link
from streamly_ssg.documents.links import Part, as_written, cut_links, is_relative
from streamly_ssg.documents.markup import render
from streamly_ssg.documents.parsing import ParseSettings

ENGINES = ("commonmark", "python-markdown")


def links(source: str, first_line: int = 1, engine: str = "commonmark") -> list[Link | Image]:
    holes = render(source, ParseSettings(engine=engine), first_line).body.holes
    return [hole for hole in holes if isinstance(hole, Link | Image)]


@pytest.mark.parametrize(
    "url",
    ["b.md", "../b.md#x", "./b.md", "photo.png", "a/b c.png", "/pages/about.md", "/a.md#x?y",
     "other/", "b.md?x=1", "1:2", "/images/x.png", "/about/"],
)  # fmt: skip
def test_a_relative_address_is_for_the_site_to_resolve(url: str) -> None:
    assert is_relative(url)


@pytest.mark.parametrize(
    "url",
    ["", "#x", "?page=2", "//host/x.md", "https://example.org/b.md",
     "mailto:a@example.org", "javascript:alert(1)", "data:image/png;base64,x", "tel:123", "HTTP://x"],
)  # fmt: skip
def test_an_address_that_is_complete_is_left_alone(url: str) -> None:
    assert not is_relative(url)


@pytest.mark.parametrize("engine", ENGINES)
def test_links_and_images_know_their_places(engine: str) -> None:
    source = "# Title\n\nSee [b](b.md) and\n![alt](photo.png), or [b again](b.md#x).\n"
    assert links(source, 5, engine) == [
        Link("b.md", image=False, line=7, column=9),
        Image("photo.png", (("alt", "alt"),), line=8, column=8),
        Link("b.md#x", image=False, line=8, column=33),
    ]


@pytest.mark.parametrize("engine", ENGINES)
def test_links_in_html_are_links_too(engine: str) -> None:
    source = "<div>\n<img src=\"photo.png\">\n<a class='x' href='b.md'>b</a>\n</div>\n"
    assert links(source, 1, engine) == [
        Image("photo.png", (), line=2, column=11),
        Link("b.md", image=False, line=3, column=20),
    ]


@pytest.mark.parametrize(
    ("tag", "target", "attributes"),
    [
        ("<img src=a.png alt=x>", "a.png", (("alt", "x"),)),
        ("<IMG ALT='a > b' SRC='a.png'/>", "a.png", (("alt", "a > b"),)),
        ('<img src="a.png" src="b.png" hidden>', "a.png", (("hidden", ""),)),
        ('<img src="a%20b.png" title="&lt;x&gt;">', "a b.png", (("title", "<x>"),)),
    ],
)
def test_an_image_is_cut_out_with_all_that_its_tag_says(
    tag: str, target: str, attributes: tuple[tuple[str, str], ...]
) -> None:
    (found,) = links(f"<p>{tag}</p>\n")
    assert isinstance(found, Image)
    assert (found.target, found.attributes) == (target, attributes)


@pytest.mark.parametrize(
    "html",
    [
        '<img srcset="b.png 2x" src="a.png">',
        '<picture><source srcset="b.avif"><img src="a.png"></picture>',
        '<!-- <img src="a.png"> -->',
    ],
)
def test_an_image_for_which_its_author_chose_stays_as_it_is(html: str) -> None:
    assert links(f"<div>{html}</div>\n") == [
        Link("a.png", image=True, line=1, column=html.index("a.png") + 6)
    ]


def test_an_image_elsewhere_stays_as_it_is() -> None:
    assert links("![a](https://example.org/a.png)\n") == []


def test_a_video_is_found_by_source_and_poster() -> None:
    found = links('<video src="v.mp4" poster="p.png"></video>\n')
    assert [(link.target, isinstance(link, Link) and link.image) for link in found] == [
        ("v.mp4", True),
        ("p.png", True),
    ]


@pytest.mark.parametrize(
    "code",
    ["```\n[x](b.md)\n```\n", "~~~\n[x](b.md)\n~~~\n", "Code: `[x](b.md)` here.\n",
     "````\n```\n[x](b.md)\n```\n````\n", "> ```\n> (b.md)\n> ```\n"],
)  # fmt: skip
def test_the_same_link_in_code_is_passed_over(code: str) -> None:
    source = f"{code}\n[x](b.md)\n"
    (link,) = links(source)
    assert link.line == source.count("\n")


def test_a_link_by_reference_is_placed_at_its_definition() -> None:
    assert links("See [b][r].\n\n[r]: b.md\n") == [Link("b.md", image=False, line=3, column=6)]


@pytest.mark.parametrize("engine", ENGINES)
def test_the_second_of_two_equal_links_has_the_second_place(engine: str) -> None:
    assert [link.line for link in links("[a](b.md)\n\n[c](b.md)\n", 1, engine)] == [1, 3]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("written", "target"),
    [
        ("größe.md", "größe.md"),
        ("<my photo.png>", "my photo.png"),
        ("my%20photo.png", "my photo.png"),
        ("a%23b.md", "a%23b.md"),
        ("a%3Fb.md", "a%3Fb.md"),
        ("100%.md", "100%.md"),
        ("%FF.md", "%FF.md"),
        ("a&amp;b.md", "a&b.md"),
        ("x%00.md", "x%00.md"),
    ],
)
def test_a_target_is_what_the_author_wrote(written: str, target: str, engine: str) -> None:
    assert links(f"[a]({written})\n", 1, engine)[0].target == target


def test_an_address_that_decodes_to_itself_is_not_touched() -> None:
    assert as_written("b.md#x") == "b.md#x"


def test_text_about_html_is_no_link() -> None:
    for engine in ENGINES:
        assert links("Write `<a href='b.md'>` or &lt;a href=\"b.md\">.\n", 1, engine) == []


def test_a_hole_keeps_the_quotes_of_its_attribute() -> None:
    html = cut_links("<a href='b.md' title=\"x\">", Part("", 1), lambda link: f"[{link.target}]")
    assert html == "<a href='[b.md]' title=\"x\">"


def test_a_link_that_is_not_found_is_placed_at_the_beginning() -> None:
    found: list[Link | Image] = []

    def hole(link: Link | Image) -> str:
        found.append(link)
        return ""

    cut_links('<a href="b.md">', Part("nothing", 7, 3), hole)
    assert found == [Link("b.md", image=False, line=7, column=3)]


def test_a_part_knows_the_places_of_the_whole_file() -> None:
    part = Part("ab\ncd\nef", 10, column=5, indent=2)
    assert [part.place(at) for at in (0, 1, 3, 7)] == [(10, 5), (10, 6), (11, 3), (12, 4)]
