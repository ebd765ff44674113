"""Each library has one job, and comes in through the files that say so."""

import re
import sys
import tomllib

from tests.support.house import MODULES, PACKAGES, ROOT, imports_of, package

AT_MOST = 25

# The files through which a library comes into a package; a folder stands for all in it.
DOORS = {
    "streamly_ssg": {
        "babel": {"pages/cldr.py"},
        "boto3": {"publish/s3.py"},
        "botocore": {"publish/s3.py"},
        "click": {"cli/"},
        "comrak": {"documents/commonmark.py"},
        "feedgen": {"pages/feeds.py"},
        "frontmatter": {"documents/strict_toml.py", "documents/strict_yaml.py"},
        "jinja2": {
            "check/templates.py",
            "pages/escaping.py",
            "pages/rendering.py",
            "pages/themes.py",
            "pages/wording.py",
        },
        "latex2mathml": {"documents/mathematics.py"},
        "lxml": {"check/pages.py", "pages/feeds.py"},
        "markdown": {"documents/python_markdown.py"},
        "markupsafe": {"pages/escaping.py", "pages/filters.py", "pages/rendering.py"},
        "msgspec": {"values.py"},
        "pygments": {"documents/lexing.py"},
        "rich": {"cli/drawing.py"},
        "slugify": {"documents/slugs.py"},
        "watchdog": {"watch.py"},
        "yaml": {"pages/datafiles.py", "documents/strict_yaml.py"},
    },
    "interact_api": {
        "aiosmtplib": {"notices/mail.py"},
        "argon2": {"accounts/passwords.py"},
        "click": {"cli/"},
        "comrak": {"social/text.py"},
        "jinja2": {"notices/letterhead.py"},
        "limits": {"web/limits.py"},
        "msgspec": {"wire.py"},
        "nh3": {"social/text.py"},
        "pysqlite3": {"sqlite.py"},
        "sqlite_utils": {"steps.py"},
        "starlette": {"web/"},
        "uvicorn": {"web/protocol.py", "web/serving.py"},
    },
}
PROJECTS = {
    "argon2": "argon2-cffi",
    "frontmatter": "python-frontmatter",
    "slugify": "python-slugify",
    "sqlite_utils": "sqlite-utils",
    "yaml": "pyyaml",
}
NEVER_IMPORTED = {
    "httptools",  # uvicorn takes it
    "tzdata",  # data, which the standard library finds by itself
    "uvloop",  # uvicorn takes it
}
BROUGHT = {"botocore", "markupsafe"}  # boto3's own core, jinja2's own word


def libraries(of: str) -> dict[str, set[str]]:
    """Return through which doors each library comes into a package."""
    found: dict[str, set[str]] = {}
    for module, path in MODULES.items():
        if package(module) != of:
            continue
        file = path.relative_to(ROOT / of).as_posix()
        for name in {package(name) for name in imports_of(module)}:
            if name not in sys.stdlib_module_names and name not in PACKAGES:
                found.setdefault(name, set()).add(_door(of, name, file))
    return found


def _door(of: str, library: str, file: str) -> str:
    return next((door for door in DOORS[of].get(library, ()) if file.startswith(door)), file)


def asked_for(*extras: str) -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    lines = project["dependencies"] + [
        line for extra in extras for line in project["optional-dependencies"][extra]
    ]
    return {re.match(r"[\w-]+", line)[0] for line in lines}  # type: ignore[index]


def test_each_library_comes_in_through_its_door() -> None:
    assert {name: libraries(name) for name in PACKAGES} == DOORS


def test_what_is_imported_is_what_is_asked_for() -> None:
    imported = {PROJECTS.get(name, name) for doors in DOORS.values() for name in doors}
    assert asked_for("s3", "languages") - NEVER_IMPORTED == imported - BROUGHT


def test_there_are_few_libraries() -> None:
    assert len(asked_for()) <= AT_MOST
