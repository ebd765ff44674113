"""Programs that the builder calls and a machine may lack; `make tools` installs them."""

import shutil

import pytest

needs_rsync = pytest.mark.skipif(shutil.which("rsync") is None, reason="rsync is not installed")
