"""Keys are plain strings that come apart again."""

from streamly_ssg.engine.key import kind, make, name


def test_a_key_is_its_kind_and_its_name() -> None:
    assert make("text", "posts/a.md") == "text:posts/a.md"


def test_a_kind_with_one_thing_needs_no_name() -> None:
    assert make("files") == "files:"


def test_the_kind_ends_at_the_first_colon() -> None:
    assert kind(make("text", "a:b")) == "text"


def test_a_name_may_have_colons() -> None:
    assert name(make("text", "a:b")) == "a:b"


def test_a_name_may_be_empty() -> None:
    assert name(make("files")) == ""
