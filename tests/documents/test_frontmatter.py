"""Front matter: where it ends, what it may hold, and where its problems are."""

import subprocess
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streamly_ssg.documents.frontmatter import split
from streamly_ssg.documents.raw import Plain
from streamly_ssg.errors import ContentError


def yaml(text: str) -> dict[str, object]:
    return {key: field.value for key, field in split("a.md", f"---\n{text}\n---\n").fields.items()}


def toml(text: str) -> dict[str, object]:
    return {key: field.value for key, field in split("a.md", f"+++\n{text}\n+++\n").fields.items()}


def refused(text: str) -> str:
    with pytest.raises(ContentError) as caught:
        split("a.md", text)
    return str(caught.value)


# Where it ends


def test_a_file_without_front_matter_is_all_body() -> None:
    assert split("a.md", "# Hello\n") == ({}, "# Hello\n", 1)


@pytest.mark.parametrize("fence", ["---", "+++"])
def test_the_body_begins_behind_the_closing_line(fence: str) -> None:
    value = "a = 1" if fence == "+++" else "a: 1"
    fields, body, first_line = split("a.md", f"{fence}\n{value}\n{fence}\n\nText\n")
    assert list(fields) == ["a"]
    assert body == "\nText\n"
    assert first_line == 4


@pytest.mark.parametrize("text", ["---\n---\nx", "+++\n+++\nx", "---\n\n# note\n---\nx"])
def test_empty_front_matter_has_no_fields(text: str) -> None:
    assert split("a.md", text)[:2] == ({}, "x")


def test_front_matter_may_end_the_file() -> None:
    assert split("a.md", "---\na: 1\n---").body == ""


@pytest.mark.parametrize(
    "text",
    [
        "---\n\nA break, then text.\n",
        "---\nText\n---\n",
        "---\n![image](x.png)\n\n---\n",
        "---\n{{< note >}}\n---\n",
        "----\na: 1\n----\n",
        "--- a\n",
        "+++\nText\n",
        "\n---\na: 1\n---\n",
    ],
)
def test_a_thematic_break_is_markdown(text: str) -> None:
    assert split("a.md", text) == ({}, text, 1)


@pytest.mark.parametrize(("text", "line"), [("---\na: 1\n", '"---"'), ("+++\na = 1\n", '"+++"')])
def test_front_matter_that_is_never_closed_is_an_error(text: str, line: str) -> None:
    assert refused(text) == (
        "a.md:1:1: FRONT_MATTER the front matter is never closed "
        f"(end it with a line {line})"
    )  # fmt: skip


def test_a_line_of_dashes_in_a_text_does_not_end_it() -> None:
    assert yaml("a: |\n  x\n  ---\n  y\nb: 1")["a"] == "x\n---\ny\n"


# YAML


def test_a_plain_scalar_keeps_the_letters_of_the_author() -> None:
    fields = yaml("a: yes\nb: 1:30\nc: 0o17\nd: NULL\ne: 2024-01-01\nf: 1_000\ng:\nh: 'no'")
    assert list(fields.values()) == ["yes", "1:30", "0o17", "NULL", "2024-01-01", "1_000", "", "no"]
    assert isinstance(fields["a"], Plain)
    assert not isinstance(fields["h"], Plain)


def test_lists_and_mappings_nest() -> None:
    assert yaml("a:\n - 1\n - b: {c: [d, e]}\n   f: []\ng: {}") == {
        "a": ["1", {"b": {"c": ["d", "e"]}, "f": []}],
        "g": {},
    }


def test_every_field_knows_its_place() -> None:
    field = split("a.md", "---\n# note\na: 1\nbb:  x\n---\n").fields["bb"]
    assert field[1:] == (4, 1, 4, 6)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: &x 1", 'anchors ("&x")'),
        ("a: &x [1]", 'anchors ("&x")'),
        ("&x a: 1", 'anchors ("&x")'),
        ("a: *x", 'aliases ("*x")'),
        ("a: !!python/object/apply:os.system [ls]", "tags ("),
        ("a: !!binary aGk=", "tags ("),
        ("a: !!str 1", "tags ("),
        ("a: ! 1", "tags ("),
        ("a: !x {b: 1}", "tags ("),
        ("<<: {a: 1}", "merge keys"),
        ("b: {<<: {a: 1}}", "merge keys"),
        ("a: 1\na: 2", '"a" is given twice'),
        ("b: {a: 1, a: 2}", '"a" is given twice'),
        ("a: {[1]: 2}", "a field's name must be a word"),
        ("a: {{b: 1}: 2}", "a field's name must be a word"),
        ("a: 1\n...\nb: 2", "this is not YAML"),
        ("a: b: c", "this is not YAML"),
        ("a: [1", "this is not YAML"),
        ('a: "x', "this is not YAML"),
        ("a: @x", "this is not YAML"),
        ("a:\n\t- b", "this is not YAML"),
    ],
)
def test_yaml_beyond_plain_data_is_refused(text: str, message: str) -> None:
    error = refused(f"---\n{text}\n---\n")
    assert message in error
    assert "FRONT_MATTER" in error


def test_a_syntax_error_names_line_and_column_of_the_file() -> None:
    assert refused("---\ntitle: x\nsummary: a: b\n---\n") == (
        "a.md:3:11: FRONT_MATTER this is not YAML: mapping values are not allowed in this context "
        '(a text with ": " in it needs quotes)'
    )


def test_a_tab_is_explained() -> None:
    assert "spaces, not with tabs" in refused("---\na:\n\tb: 1\n---\n")


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{new}: &{new} [{','.join([f'*{old}'] * 9)}]\n"
    for old, new in zip("abcdefg", "bcdefgh", strict=True)
)


@pytest.mark.parametrize(
    "text",
    [
        BOMB,
        "a: " + "[" * 30_000,
        "a: " + "[" * 33 + "]" * 33,
        "a: " + "{a: " * 900,
        "a: " + "- " * 1000 + "x",
        "a: [" + "1," * 10_001 + "]",
        "".join(f"k{n}: 1\n" for n in range(9_000)) + "z: [" + "1," * 3_000 + "]",
        "a: " + "x" * 70_000,
        "a: " + "'" * 60_001,
        "a: 1\n" + "? " * 5_000,
        "a: {" + "? " * 5_000,
    ],
    ids=lambda text: text[:12],
)
def test_a_yaml_bomb_is_refused_at_once(text: str) -> None:
    begin = time.process_time()
    assert "FRONT_MATTER" in refused(f"---\n{text}\n---\n")
    assert time.process_time() - begin < 5


def test_a_file_of_open_brackets_does_not_kill_the_process() -> None:
    code = (
        "from streamly_ssg.documents.frontmatter import split\n"
        "try: split('a.md', '---\\na: ' + '[' * 30000 + '\\n---\\n')\n"
        "except Exception as error: print(type(error).__name__)\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "ContentError"


def test_32_levels_and_10000_values_are_allowed() -> None:
    assert yaml("a: " + "[" * 31 + "]" * 31)
    assert len(yaml("".join(f"k{n}: 1\n" for n in range(5_000)))) == 5_000


def test_a_number_of_5000_digits_is_only_a_text() -> None:
    assert yaml("a: " + "9" * 5000)["a"] == "9" * 5000


# TOML


def test_toml_keeps_its_types_and_the_places_of_its_keys() -> None:
    fields = split("a.md", '+++\n# x\na = 1\n"b" = ["x"]\n[extra]\nc = true\n+++\n').fields
    assert {key: field.value for key, field in fields.items()} == {
        "a": 1,
        "b": ["x"],
        "extra": {"c": True},
    }
    assert [(field.line, field.value_column) for field in fields.values()] == [
        (3, 5),
        (4, 7),
        (5, 8),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 5_000,
        "a = " + "[" * 33 + "]" * 33,
        "a = " + "{b = " * 40 + "1" + "}" * 40,
        ".".join(["a"] * 40) + " = 1",
        "[" + ".".join(["a"] * 40) + "]",
        "a = [" + "1," * 10_001 + "]",
        "a = " + "9" * 60_000,
        "a = 1\n" + "a" * 60_000,
        "a = 1\n" + "a " * 30_000,
        "a = 2026-02-30",
        "a = 1\na = 2",
        "a = ",
        'a = """' + '\\"' * 30_000,
        "a = 1 " + "x" * 70_000,
    ],
    ids=lambda text: text[:12],
)
def test_bad_toml_is_refused_at_once(text: str) -> None:
    begin = time.process_time()
    assert "FRONT_MATTER" in refused(f"+++\n{text}\n+++\n")
    assert time.process_time() - begin < 5


def test_brackets_in_a_toml_text_are_not_counted() -> None:
    assert toml(f'a = "{"[" * 100}"\nb = 1 # {"[" * 100}') == {"a": "[" * 100, "b": 1}


def test_a_toml_error_names_its_place() -> None:
    assert refused("+++\na = 1\nb = \n+++\n").startswith("a.md:3:5: FRONT_MATTER this is not TOML")


# Whatever it is


@given(st.text(alphabet="abc:- \n\t[]{}\"'#&*!|>?%@,=.+0123é", max_size=80))
@settings(max_examples=400, derandomize=True, deadline=None)
def test_any_text_is_read_or_refused(text: str) -> None:
    for fence in ("---", "+++"):
        try:
            fields, body, line = split(
                "a.md", f"{fence}\na{':' if fence == '---' else '='} 1\n{text}\n"
            )
        except ContentError as error:
            line, fields, body = error.problems[0].line, {}, ""
        assert line >= 1
        assert isinstance(fields, dict)
        assert isinstance(body, str)
