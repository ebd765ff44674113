"""What the documents say is true: commands, files, settings, fields, libraries."""

import dataclasses
import json
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import msgspec
import pytest

from interact_api import settings as service
from streamly_ssg.cli import main
from streamly_ssg.documents.meta import FIELDS, MOMENTS
from streamly_ssg.inputs.config import FAMILIES, SECTIONS, TABLES
from tests.house.test_doors import DOORS, PROJECTS
from tests.support.house import MODULES, PACKAGES, ROOT, tracked

GUIDE = ROOT / "content/posts/guide"
DOCUMENTS = sorted(ROOT.glob("*.md"))
GUIDES = sorted((ROOT / "content").rglob("*.md"))
FENCE = re.compile(r"^(`{3,})([^\n`]*)\n(.*?)^\1$", re.DOTALL | re.MULTILINE)
SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
SHELL = {"bash", "console", "sh"}
SECTION = re.compile(r"^## (.+?)\n(.*?)(?=^## |\Z)", re.DOTALL | re.MULTILINE)
PATHLIKE = re.compile(r"[\w.-]+(?:/[\w.-]*)+|[A-Z]{4,}\.md|[\w-]+\.(?:py|toml|ndjson)")
FOLDED = ("streamly_ssg/cli/", "streamly_ssg/check/", "interact_api/cli/")  # closed on the map
MADE = ("public/", ".streamly/", ".venv/")  # what commands make is no file of ours
SECRET = {"service.mail.password"}  # from the environment
SYNONYMS = {*MOMENTS} - {"date", "updated", "publish", "expire"} | {"published", "layout"}


def code(path: Path) -> Iterator[str]:
    """Yield the pieces of *path* that are written as code: spans, and lines of shell blocks."""
    text = path.read_text("utf-8")
    for _, language, block in FENCE.findall(text):
        if language.split(" ")[0] in SHELL:
            yield from (line.removeprefix("$ ") for line in block.splitlines())
    yield from SPAN.findall(FENCE.sub("", text))


def calls(path: Path, program: str) -> list[list[str]]:
    """Return how *path* calls *program*."""
    lines = [line for line in code(path) if line.startswith(f"{program} ")]
    return [shlex.split(line, comments=True)[1:] for line in lines if "'" not in line]


def known_options(command: click.Command) -> set[str]:
    options = {name for parameter in command.params for name in parameter.opts}
    if isinstance(command, click.Group):
        options |= {name for one in command.commands.values() for name in known_options(one)}
    return options | {"--help", "--json", "--debug"}


def unknown(words: list[str]) -> list[str]:
    """Return what `streamly` doesn't know of a call with *words*."""
    given = [word.partition("=")[0] for word in words if word.startswith("--")]
    if words[0].isupper():
        return []  # a word such as COMMAND stands for any of them
    if words[0].startswith("-"):
        return [word for word in given if word not in known_options(main)]
    command = main.get_command(click.Context(main), words[0])
    if command is None:
        return [words[0]]
    return [word for word in given if word not in known_options(command)]


def named(document: Path) -> set[str]:
    """Return the files and folders that *document* names."""
    text = FENCE.sub("", document.read_text("utf-8"))
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text)
    return {*links, *(span for span in SPAN.findall(text) if PATHLIKE.fullmatch(span))}


def exists(name: str) -> bool:
    return any(
        (folder / name).exists() for folder in (ROOT, *(ROOT / package for package in PACKAGES))
    )


def mapped() -> set[str]:
    """Return the files and folders on the map in ARCHITECTURE.md."""
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8").partition("## The map")[2]
    (_, _, drawing), *_ = FENCE.findall(text)
    found, above = set(), [""]
    for line in drawing.splitlines():
        depth = (len(line) - len(line.lstrip())) // 2
        for name in re.match(r"(?:[\w.]+(?:\.py|/) ?)+", line.lstrip())[0].split():  # type: ignore[index]
            found.add(above[depth] + name)
            if name.endswith("/"):
                above[depth + 1 :] = [above[depth] + name]
    return found


def tables(section: str) -> dict[str, str]:
    """Return ``key -> default`` as the guide's tables of *section* say."""
    return dict(re.findall(r"^\| `(\w+)` \| `([^`]+)` \|", section, re.MULTILINE))


def guide_to_settings() -> dict[str, str]:
    return dict(SECTION.findall((GUIDE / "settings.md").read_text("utf-8")))


def defaults(kind: type[Any]) -> dict[str, Any]:
    return {field.name: field.default for field in msgspec.structs.fields(kind)}


@pytest.mark.parametrize("document", [*DOCUMENTS, *GUIDES], ids=lambda path: path.stem)
def test_every_command_in_a_document_exists(document: Path) -> None:
    assert [" ".join(words) for words in calls(document, "streamly") if unknown(words)] == []


def test_a_command_that_doesnt_exist_is_noticed() -> None:
    assert unknown(["biuld"]) == ["biuld"]
    assert unknown(["build", "--fast", "--json"]) == ["--fast"]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.stem)
def test_every_target_of_make_in_a_document_exists(document: Path) -> None:
    known = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert {words[0] for words in calls(document, "make")} <= {*known, *MADE}


def test_the_readme_begins_with_two_commands() -> None:
    first = FENCE.findall((ROOT / "README.md").read_text("utf-8"))[0][2]
    assert [line.split("#")[0].strip() for line in first.splitlines()] == ["make run", "make test"]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.stem)
def test_every_file_named_in_a_document_exists(document: Path) -> None:
    missing = {name for name in named(document) if not exists(name) and not name.startswith(MADE)}
    assert missing == set()


def test_the_map_shows_every_file_of_the_packages() -> None:
    files = {path.relative_to(ROOT).as_posix() for path in MODULES.values()}
    plain = {name for name in files if not name.endswith("__init__.py")}
    folders = {f"{name.rpartition('/')[0]}/" for name in files}
    shown = {name for name in mapped() if name.startswith(("streamly_ssg/", "interact_api/"))}
    assert shown == {name for name in plain if not name.startswith(FOLDED)} | folders


def test_the_map_shows_every_folder() -> None:
    folders = {f"{path.relative_to(ROOT).parts[0]}/" for path in tracked() if path.parent != ROOT}
    shown = {name for name in mapped() if name.count("/") == 1 and name.endswith("/")}
    assert folders - {".ci/", "static/", "data/"} == shown


def test_the_architecture_gives_a_reason_for_each_library() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8").partition("## Libraries")[2]
    told = dict(zip(PACKAGES, text.split("The service has doors"), strict=True))
    assert {package: _doors(table) for package, table in told.items()} == {
        package: {PROJECTS.get(name, name): files for name, files in doors.items()}
        for package, doors in DOORS.items()
    }


def _doors(text: str) -> dict[str, set[str]]:
    rows = dict(re.findall(r"^\| ([\w-]+) \| .+? \| (.*?) ?\|$", text, re.MULTILINE))
    return {name: set(SPAN.findall(row)) for name, row in rows.items() if SPAN.findall(row)}


def test_the_guide_has_a_section_for_every_section_of_the_settings() -> None:
    ours = {f"`[{name}]`" for name in TABLES}
    told = guide_to_settings()
    assert {*SECTIONS, *FAMILIES} <= set(told)
    assert ours <= set(re.findall(r"^`\[\w+\]`", told["Sections of your own"], re.MULTILINE))


@pytest.mark.parametrize("section", [*SECTIONS, *FAMILIES])
def test_the_guide_tells_every_key_of_the_settings(section: str) -> None:
    told, known = guide_to_settings()[section], SECTIONS | FAMILIES
    assert [key for key in defaults(known[section]) if not re.search(rf"\b{key}\b", told)] == []


@pytest.mark.parametrize("section", SECTIONS)
def test_the_guide_tells_the_true_defaults(section: str) -> None:
    told = tables(guide_to_settings()[section])
    true = defaults(SECTIONS[section])
    assert {key: tomllib.loads(f"it = {value}")["it"] for key, value in told.items()} == {
        key: json.loads(json.dumps(true[key])) for key in told
    }


@pytest.mark.parametrize("section", service.SECTIONS)
def test_the_guide_tells_every_setting_of_the_service(section: str) -> None:
    text = (GUIDE / "running-the-service.md").read_text("utf-8")
    told = tables(text.partition(f"### service.{section}\n")[2].partition("\n##")[0])
    kept = {one.name: one.default for one in dataclasses.fields(service.SECTIONS[section])}
    true = {key: value for key, value in kept.items() if f"service.{section}.{key}" not in SECRET}
    assert {key: tomllib.loads(f"it = {value}")["it"] for key, value in told.items()} == {
        key: list(value) if isinstance(value, tuple) else value for key, value in true.items()
    }


def test_the_guide_tells_every_field_of_the_front_matter() -> None:
    told = (GUIDE / "front-matter.md").read_text("utf-8")
    fields = {*FIELDS, *MOMENTS} - SYNONYMS
    assert [name for name in sorted(fields) if f"`{name}" not in told] == []


def test_the_changelog_has_the_version_of_the_package() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    heads = re.findall(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert heads[0] == "Unreleased"
    assert version == "0.1.0" if heads == ["Unreleased"] else version in heads
