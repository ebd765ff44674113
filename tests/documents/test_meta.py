"""The fields of front matter: their types, their forms, and what is said about wrong ones."""

from datetime import UTC, datetime

import pytest

from streamly_ssg import values
from streamly_ssg.documents.frontmatter import split
from streamly_ssg.documents.meta import FIELDS, MOMENTS, Meta, read_meta
from streamly_ssg.errors import ContentError


def meta(fields: str = "", path: str = "posts/a.md", zone: str = "UTC", fence: str = "---") -> Meta:
    return read_meta(path, split(path, f"{fence}\n{fields}\n{fence}\n").fields, zone)


def toml(fields: str) -> Meta:
    return meta(fields, fence="+++")


def refused(fields: str, fence: str = "---") -> list[str]:
    with pytest.raises(ContentError) as caught:
        meta(fields, fence=fence)
    return [str(problem).removeprefix("posts/a.md:") for problem in caught.value.problems]


# Types


def test_without_fields_the_path_says_everything() -> None:
    assert meta(path="posts/2024-01-15-hello.md") == Meta(
        path="posts/2024-01-15-hello.md",
        kind="post",
        id="posts.2024-01-15-hello",
        title="",
        slug="hello",
        date=datetime(2024, 1, 15, tzinfo=UTC),
    )


def test_all_fields_of_a_post() -> None:
    found = meta(
        """
id: my.id
title: A title
slug: a-slug
aliases: [/old/, /older/]
authors: [ada, jon]
date: 2024-01-15 10:00
updated: 2024-02-01
publish: 2024-01-16
expire: 2030-01-01
draft: true
categories: [News, Site news]
tags: [a, b]
series: First steps
summary: Short
description: Longer
image: photo.png
image_alt: A photo
lang: pt-BR
translation_key: key
featured: true
visibility: public
comments: closed
template: special/post.html
canonical: https://example.org/a/
toc: false
weight: -3
markup: python-markdown
extra: {subtitle: Sub}
"""
    )
    assert found == Meta(
        path="posts/a.md",
        kind="post",
        id="my.id",
        title="A title",
        slug="a-slug",
        aliases=("/old/", "/older/"),
        authors=("ada", "jon"),
        date=datetime(2024, 1, 15, 10, tzinfo=UTC),
        updated=datetime(2024, 2, 1, tzinfo=UTC),
        publish=datetime(2024, 1, 16, tzinfo=UTC),
        expire=datetime(2030, 1, 1, tzinfo=UTC),
        draft=True,
        categories=("News", "Site news"),
        tags=("a", "b"),
        series="First steps",
        summary="Short",
        description="Longer",
        image="photo.png",
        image_alt="A photo",
        lang="pt-BR",
        translation_key="key",
        featured=True,
        visibility="public",
        comments="closed",
        template="special/post.html",
        canonical="https://example.org/a/",
        toc=False,
        weight=-3,
        markup="python-markdown",
        extra={"subtitle": "Sub"},
    )
    assert values.decode(values.encode(found), Meta) == found


@pytest.mark.parametrize("field", sorted({*FIELDS, *MOMENTS} - {"published", "layout"}))
def test_a_field_without_a_value_is_not_given(field: str) -> None:
    assert meta(f"{field}:") == meta()
    assert meta(f"{field}: null") == meta()


@pytest.mark.parametrize(
    "title", ["yes", "no", "on", "1:30", "0o17", "NULL", "2026", "1e3", "true", "2024-01-15", "1.0"]
)
def test_a_title_is_the_text_that_was_written(title: str) -> None:
    assert meta(f"title: {title}").title == title
    assert meta(f"tags: [{title}]").tags == (title,)


def test_a_toml_number_is_a_fine_title() -> None:
    assert toml("title = 2026\ntags = [1, 2.5]").title == "2026"


def test_a_text_over_several_lines_becomes_one() -> None:
    assert meta("summary: |\n  one\n   two\n\n  three").summary == "one two three"


def test_two_ways_to_write_a_letter_are_one_tag() -> None:
    assert meta("tags: [caf\u00e9, cafe\u0301]").tags == ("caf\u00e9",)


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ("[a, b]", ("a", "b")),
        ("a b c", ("a", "b", "c")),
        ("one thing, another", ("one thing", "another")),
        ("'a, b,'", ("a", "b")),
        ("[a b, c]", ("a b", "c")),
        ("[a, a, '']", ("a",)),
        ("", ()),
        ("[]", ()),
        ("~", ()),
    ],
)
def test_tags_in_every_usual_form(tags: str, expected: tuple[str, ...]) -> None:
    assert meta(f"tags: {tags}").tags == expected


def test_one_category_may_have_spaces() -> None:
    assert meta("category: Site news").categories == ("Site news",)


def test_one_author_is_a_list_of_one() -> None:
    assert meta("author: ada").authors == ("ada",)


def test_a_date_without_a_zone_is_in_the_zone_of_the_site() -> None:
    assert meta("date: 2024-07-01 00:00", zone="Europe/Berlin").date == datetime(
        2024, 6, 30, 22, tzinfo=UTC
    )


def test_toml_dates_are_dates() -> None:
    found = toml("date = 2024-01-15\nupdated = 2024-01-15T10:00:00+02:00\nexpire = '2025-01-01'")
    assert found.date == datetime(2024, 1, 15, tzinfo=UTC)
    assert found.updated == datetime(2024, 1, 15, 8, tzinfo=UTC)
    assert found.expire == datetime(2025, 1, 1, tzinfo=UTC)


def test_the_date_of_the_field_wins_over_the_name() -> None:
    found = meta("date: 2025-05-05", path="posts/2024-01-15-hello.md")
    assert found.date == datetime(2025, 5, 5, tzinfo=UTC)


def test_a_file_name_with_an_impossible_date_has_none() -> None:
    assert meta(path="posts/2024-13-45-x.md").date is None


@pytest.mark.parametrize(("fields", "kind"), [("date: 2024-01-15", "post"), ("title: x", "page")])
def test_outside_the_known_folders_a_date_makes_a_post(fields: str, kind: str) -> None:
    assert meta(fields, path="essays/a.md").kind == kind


def test_extra_is_plain_data() -> None:
    found = meta(
        "extra: {a: 1, b: 1.5, c: yes, d: true, e: null, f: 007, g: [x, {h: 0x1F}], i: 2024-01-01,"
        " j: '1', k: 1e3, l: .inf}"
    )
    assert found.extra == {
        "a": 1,
        "b": 1.5,
        "c": "yes",
        "d": True,
        "e": None,
        "f": "007",
        "g": ["x", {"h": "0x1F"}],
        "i": "2024-01-01",
        "j": "1",
        "k": 1000.0,
        "l": ".inf",
    }


def test_extra_of_toml_is_the_same_plain_data() -> None:
    found = toml("[extra]\na = 1\nb = 2024-01-01\nc = {d = [true, 1.5]}\ne = 10:30:00")
    assert found.extra == {"a": 1, "b": "2024-01-01", "c": {"d": [True, 1.5]}, "e": "10:30:00"}


def test_equal_extras_have_equal_bytes() -> None:
    one, other = meta("extra: {a: 1, b: {c: 2, d: 3}}"), meta("extra: {b: {d: 3, c: 2}, a: 1}")
    assert values.encode(one) == values.encode(other)


# Other generators


def test_the_words_of_jekyll_and_hugo_are_understood() -> None:
    found = meta("last_modified_at: 2024-02-01\npublishDate: 2024-01-16\nexpiryDate: 2030-01-01")
    assert found.updated == datetime(2024, 2, 1, tzinfo=UTC)
    assert found.publish == datetime(2024, 1, 16, tzinfo=UTC)
    assert found.expire == datetime(2030, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("fields", ["published: false", "draft: true"])
def test_what_is_not_published_is_a_draft(fields: str) -> None:
    assert meta(fields).draft


@pytest.mark.parametrize("layout", ["post", "page", "default", "single"])
def test_a_usual_layout_says_nothing(layout: str) -> None:
    assert meta(f"layout: {layout}") == meta()


@pytest.mark.parametrize(("value", "comments"), [("true", "open"), ("false", "off")])
def test_comments_may_be_switched_as_in_jekyll(value: str, comments: str) -> None:
    assert meta(f"comments: {value}").comments == comments


@pytest.mark.parametrize(
    ("field", "hint"),
    [
        ("permalink: /x/", "slug sets the last part"),
        ("redirect_from: /x/", "called aliases here"),
        ("params: {a: 1}", "called extra here"),
        ("keywords: a", "called tags here"),
        ("excerpt: a", "called summary here"),
        ("canonicalURL: x", "called canonical here"),
        ("tilte: x", 'did you mean "title"?'),
        ("catgory: x", 'did you mean "category"?'),
        ("zzz: x", "your own fields belong under extra"),
    ],
)
def test_an_unknown_field_is_told_the_known_one(field: str, hint: str) -> None:
    name = field.partition(":")[0]
    assert (
        refused(field) == [f'2:1: FRONT_MATTER unknown field "{name}" ({hint})']
        or hint in (refused(field)[0])
    )


# Wrong values


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("title: [a]", "title must be a text, not a list"),
        ("title: {a: b}", "title must be a text, not a list of names and values"),
        ('title: "a\\u0007b"', "title has the control character U+0007"),
        ("tags: {a: b}", "tags must be a text"),
        ("tags: [[a]]", "tags must be a text"),
        ("draft: yes", 'draft must be true or false, not "yes"'),
        ('draft: "true"', 'draft must be true or false, not "true"'),
        ("draft: 1", 'draft must be true or false, not "1"'),
        ("weight: heavy", 'weight must be a whole number, not "heavy"'),
        ("weight: 1.5", "weight must be a whole number"),
        ("weight: " + "9" * 15, "weight is too large"),
        ("weight: " + "9" * 5000, "weight has a number that is too large"),
        ("date: 2026-02-30", 'date "2026-02-30" does not exist'),
        ("date: soon", 'date "soon" is not a date'),
        ("date: [2024-01-01]", "date must be a text"),
        ("lang: english!", "lang must be a language"),
        ("comments: maybe", 'comments must be "open" or "closed" or "off"'),
        ("visibility: members", 'can\'t be "members" yet'),
        ("visibility: private", 'visibility must be "public"'),
        ("markup: rst", 'markup must be "commonmark" or "python-markdown"'),
        ("canonical: /x/", "canonical must be a full address"),
        ("canonical: javascript:alert(1)", "canonical must be a full address"),
        ("id: a/b", "id must be letters"),
        ("slug: ../x", "slug"),
        ("slug: a b", '("a-b" would do)'),
        ("slug: CON", "is a device on Windows"),
        ('slug: "a\\0b"', "control character"),
        ("slug: " + "x" * 300, "more than 100 bytes"),
        ("template: ../x.html", "template has a part"),
        ("template: /etc/passwd", "template has an empty part"),
        ("aliases: [/a/, b]", 'aliases "b" must start with "/"'),
        ("aliases: /a/../b", 'aliases "/a/../b" has a part'),
        ("aliases: /%2e%2e/", "hides a dot"),
        ("extra: text", 'extra must be a list of names and values, not "text"'),
        ("extra: {a: 99999999999999999999}", "extra has a number that is too large"),
        ("extra: {a: 1e999}", "extra has a number that is not finite"),
        ('extra: {"a\\u0001": 1}', "extra has the control character"),
        ("layout: fancy", 'layout "fancy" is not known'),
        ("author: a\nauthors: [b]", 'authors says the same as "author"'),
        ("draft: true\npublished: true", 'published says the same as "draft"'),
    ],
)
def test_a_wrong_value_is_explained(field: str, message: str) -> None:
    problems = refused(field)
    assert len(problems) == 1
    assert message in problems[0]


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("title = true", "title must be a text, not true or false"),
        ("draft = 'true'", "draft must be true or false"),
        ("weight = 1.5", "weight must be a whole number"),
        ("[extra]\na = nan", "extra has a number that is not finite"),
        ("[extra]\na = 99999999999999999999", "extra has a number that is too large"),
        ('title = "\\u0000"', "title has the control character U+0000"),
    ],
)
def test_a_wrong_value_in_toml_is_explained(field: str, message: str) -> None:
    assert message in refused(field, fence="+++")[0]


def test_members_only_would_leak_and_is_refused() -> None:
    (problem,) = refused("visibility: members")
    assert problem == (
        '2:13: FRONT_MATTER visibility can\'t be "members" yet: '
        "a static page can be read by everybody (draft: true keeps it out of the site)"
    )


def test_all_problems_come_together_with_their_places() -> None:
    assert [
        line.split(" ")[0] for line in refused("tilte: x\ndate:  never\ntags: a\ndraft: no")
    ] == [
        "2:1:",
        "3:8:",
        "5:8:",
    ]


def test_ten_thousand_tags_are_only_many_tags() -> None:
    assert len(meta("tags: [" + ",".join(f"t{n}" for n in range(9_000)) + "]").tags) == 9_000
