"""Programs of others that judge pages; `make audit` brings them."""

import os
import shutil
from pathlib import Path

import pytest

NU = "vnu-jar/build/dist/vnu.jar"
LIGHTHOUSE = "lighthouse/cli/index.js"
_PLACE = Path(os.environ.get("NODE_TOOLS", ".venv/node/node_modules"))
_RUN_BY = {NU: "java", LIGHTHOUSE: "node"}
MISSING: set[str] = set()  # what was wanted, and isn't here


def tool(name: str) -> str:
    """Return where a program lies; the test is skipped where it is missing."""
    lacking = [one for one in (_RUN_BY[name],) if not shutil.which(one)]
    lacking += [] if (_PLACE / name).exists() else [name.partition("/")[0]]
    if lacking:
        MISSING.update(lacking)
        pytest.skip(f"nobody judges the pages here; missing: {', '.join(lacking)}")
    return str(_PLACE / name)
