"""Nothing is too large to be read, and nothing is left for later."""

import ast
import re
from collections.abc import Iterator

from tests.support.house import MODULES, ROOT, python_files

LINES_OF_A_FUNCTION = 70
LINES_OF_A_FILE = 400

# Written in pieces, so that this file doesn't find itself.
UNFINISHED = re.compile("|".join(("TO" + "DO", "FIX" + "ME", "Not" + "Implemented")))


def functions(source: str) -> Iterator[tuple[str, int]]:
    """Yield the functions of *source* with their lines."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


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
