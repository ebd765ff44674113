"""The house as tests look at it: its modules, what they import, which files belong to it."""

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("streamly_ssg", "interact_api")
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


def package(module: str) -> str:
    return module.partition(".")[0]


def room(module: str) -> str:
    """Return the part of its package that *module* stands in."""
    return [*module.split("."), ""][1]


def tracked() -> list[Path]:
    """Return the files that are, or would be, under version control."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


def python_files() -> list[Path]:
    return [path for path in tracked() if path.suffix == ".py"]
