"""What holds for every test: Hypothesis tries the same examples everywhere, and takes its time."""

import signal

import pytest
from hypothesis import settings

settings.register_profile("house", derandomize=True, database=None, deadline=None, print_blob=True)
settings.load_profile("house")

# A shell has its children in the background ignore Ctrl-C, and theirs would too.
signal.signal(signal.SIGINT, signal.default_int_handler)

# The files that take longest, so that no processor waits at the end for the one that began last.
FIRST = (
    "tests/exactness/test_machine.py",
    "tests/journeys/",
    "tests/rebuild/",
    "tests/theme/",
    "tests/exactness/",
    "tests/faults/",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest."""
    items.sort(key=lambda item: _rank(item.nodeid))


def _rank(name: str) -> int:
    return next((rank for rank, first in enumerate(FIRST) if name.startswith(first)), len(FIRST))
