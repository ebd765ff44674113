"""The house is in order: arrows point down, nothing is too large, and nothing in it is private."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("streamly_ssg", "interact_api")
LINES_OF_A_FUNCTION = 70
LINES_OF_A_FILE = 400

ENGINE = {"errors"}
INPUTS = {"engine", "errors", "values"}
DOCUMENTS = {"errors", "values"}
PAGES = INPUTS | {"inputs", "documents"}
API = PAGES | {"pages", "collecting", "lock", "version", "manifest", "looking"}
PORCH = API | {"api", "check", "explain", "verify", "watch", "devserver", "starter", "workers"}
MAY_IMPORT: dict[str, set[str]] = {
    "errors": set(),
    "collecting": set(),
    "lock": set(),
    "values": set(),
    "workers": set(),
    "engine": ENGINE,
    "version": {"engine"},
    "looking": ENGINE | {"engine"},
    "inputs": INPUTS,
    "documents": DOCUMENTS,
    "pages": PAGES,
    "manifest": PAGES | {"pages"},
    "api": API,
    "check": API | {"api"},
    "explain": API | {"api"},
    "verify": API | {"api"},
    "watch": {"inputs"},
    "starter": API,
    "devserver": {"api", "errors"},
    "cli": PORCH,
    "__main__": {"cli"},
}

# The files through which a library comes in, below streamly_ssg/; a folder stands for all in it.
DOORS = {
    "click": {"cli/"},
    "comrak": {"documents/commonmark.py"},
    "feedgen": {"pages/feeds.py"},
    "frontmatter": {"documents/strict_toml.py", "documents/strict_yaml.py"},
    "jinja2": {
        "check/templates.py",
        "pages/escaping.py",
        "pages/rendering.py",
        "pages/themes.py",
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
}
PROJECTS = {"frontmatter": "python-frontmatter", "slugify": "python-slugify", "yaml": "pyyaml"}
NEVER_IMPORTED = {"tzdata"}  # data, which the standard library finds by itself

# Written in pieces, so that this file doesn't find itself.
HOSTS = [".".join(parts) for parts in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"))]
PRIVATE = {
    "a registry": re.compile("|".join(map(re.escape, HOSTS))),
    "a folder of one machine": re.compile(r"(?<![\w.~:/-])/(?:(?:work|root)/|(?:home|Users)/\w+/)"),
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY"),
    "a token": re.compile(
        r"\b(?:AKIA[0-9A-Z]{16}|gh[opsu]_\w{36}|glpat-[\w-]{20}|xox[abprs]-[\w-]{10,}|sk-\w{32,})\b"
        r"|\beyJ[\w-]{20,}\.[\w-]{20,}\."
    ),
    "a password in an address": re.compile(r"://[^\s/:@\"'{]+:[^\s/:@\"'{]+@"),
}
UNFINISHED = re.compile("|".join(("TO" + "DO", "FIX" + "ME", "Not" + "Implemented")))

MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for package in PACKAGES
    for path in sorted((ROOT / package).rglob("*.py"))
}


def imports(source: str, module: str, *, is_package: bool) -> Iterator[str]:
    """Yield the modules that *source* imports anywhere but for its types alone."""
    pending: list[ast.AST] = [ast.parse(source)]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            pending += node.orelse
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from _imported_from(node, module, is_package=is_package)
        else:
            pending += ast.iter_child_nodes(node)


def _imported_from(node: ast.ImportFrom, module: str, *, is_package: bool) -> Iterator[str]:
    parts = module.split(".")
    above = parts[: len(parts) - node.level + is_package] if node.level else []
    whole = ".".join([*above, *filter(None, [node.module])])
    for alias in node.names:
        part = f"{whole}.{alias.name}"
        yield part if part in MODULES else whole


def imports_of(module: str) -> set[str]:
    path = MODULES[module]
    return set(imports(path.read_text("utf-8"), module, is_package=path.stem == "__init__"))


def room(module: str) -> str:
    return [*module.split("."), ""][1]


def libraries() -> dict[str, set[str]]:
    """Return through which doors each library comes into the builder."""
    found: dict[str, set[str]] = {}
    for module, path in MODULES.items():
        file = path.relative_to(ROOT / module.partition(".")[0]).as_posix()
        for name in {name.partition(".")[0] for name in imports_of(module)}:
            if name not in sys.stdlib_module_names and name not in PACKAGES:
                found.setdefault(name, set()).add(_door(name, file))
    return found


def _door(library: str, file: str) -> str:
    return next((door for door in DOORS.get(library, ()) if file.startswith(door)), file)


def tracked() -> list[Path]:
    """Return the files that are, or would be, under version control."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


def private(text: str) -> list[str]:
    """Return what *text* holds that belongs on one machine, or nowhere."""
    return [f"{what}: {found[0]}" for what, of in PRIVATE.items() if (found := of.search(text))]


def functions(source: str) -> Iterator[tuple[str, int]]:
    """Yield the functions of *source* with their lines."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def python_files() -> list[Path]:
    return [path for path in tracked() if path.suffix == ".py"]


def wheel(folder: Path) -> Path:
    """Make the package as people install it."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (made,) = folder.glob("*.whl")
    return made


def test_imports_point_down() -> None:
    wrong = [
        f"{module} imports {name}"
        for module in MODULES
        for name in imports_of(module)
        if module.startswith("streamly_ssg.") and name.startswith("streamly_ssg.")
        if room(name) not in {room(module), *MAY_IMPORT[room(module)]}
    ]
    assert wrong == []


def test_no_module_needs_itself() -> None:
    graph = {module: imports_of(module) & set(MODULES) - {module} for module in MODULES}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" → ".join(error.args[1]))


def test_the_builder_doesnt_know_the_service() -> None:
    ours = [module for module in MODULES if module.startswith("streamly_ssg")]
    assert [m for m in ours for name in imports_of(m) if name.startswith("interact_api")] == []


def test_each_library_comes_in_through_its_door() -> None:
    assert libraries() == DOORS


def test_what_is_imported_is_what_is_asked_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    asked = {re.match(r"[\w-]+", line)[0] for line in project["dependencies"]}  # type: ignore[index]
    assert asked - NEVER_IMPORTED == {PROJECTS.get(name, name) for name in DOORS}


def test_an_import_inside_a_function_counts() -> None:
    source = "def f():\n    from .b import c\n"
    assert list(imports(source, "streamly_ssg.a", is_package=False)) == ["streamly_ssg.b"]


def test_no_function_is_longer_than_a_page() -> None:
    long = [
        f"{path.relative_to(ROOT)}: {name} has {lines} lines"
        for path in python_files()
        for name, lines in functions(path.read_text("utf-8"))
        if lines > LINES_OF_A_FUNCTION
    ]
    assert long == []


def test_a_function_that_is_too_long_is_noticed() -> None:
    source = "async def f():\n" + "    pass\n" * LINES_OF_A_FUNCTION
    assert list(functions(source)) == [("f", LINES_OF_A_FUNCTION + 1)]


def test_no_file_is_longer_than_a_sitting() -> None:
    sizes = {path: path.read_text("utf-8").count("\n") for path in MODULES.values()}
    assert [f"{path.name}: {size}" for path, size in sizes.items() if size > LINES_OF_A_FILE] == []


def test_nothing_is_unfinished() -> None:
    texts = ((path.name, path.read_text("utf-8")) for path in python_files())
    assert [name for name, text in texts if UNFINISHED.search(text)] == []


def test_nothing_private_is_under_version_control() -> None:
    texts = ((path, path.read_bytes().decode("utf-8", "replace")) for path in tracked())
    found = {str(path.relative_to(ROOT)): private(text) for path, text in texts}
    assert {path: what for path, what in found.items() if what} == {}


@pytest.mark.parametrize(
    "text",
    [
        f"https://files.{HOSTS[1]}/a.whl",
        "see " + "/ro" + "ot/notes.txt",
        "-----BEGIN RSA " + "PRIVATE KEY-----",
        "key = gh" + "p_" + "a" * 36,
        "redis://user:" + "secret@host/",
    ],
)
def test_what_is_private_is_noticed(text: str) -> None:
    assert len(private(text)) == 1


def test_the_wheel_brings_the_themes(tmp_path: Path) -> None:
    with ZipFile(wheel(tmp_path)) as archive:
        held = {name for name in archive.namelist() if name.startswith("streamly_ssg/themes/")}
    ours = {path.relative_to(ROOT).as_posix() for path in tracked()}
    themes = {f"streamly_ssg/{name}" for name in ours if name.startswith("themes/")}
    assert held == themes
    assert themes


def test_the_wheel_is_the_same_twice(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    assert wheel(first).read_bytes() == wheel(second).read_bytes()
