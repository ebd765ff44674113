"""The command line: ``streamly``."""

from .group import main

__all__ = ["main"]
