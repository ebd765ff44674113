"""What releases had that readers no longer see: contents by their digest, for going back."""

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from .trees import MANY, link, sync_folder


class Kept:
    """The contents in one folder; each is another name of a file that was in a tree."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._touched: set[str] = set()

    def path(self, content: bytes) -> str:
        """Return where *content* lies, if it is kept."""
        name = content.hex()
        return f"{self._root}{os.sep}{name[:2]}{os.sep}{name[2:]}"

    def add(self, source: str, content: bytes) -> None:
        """Keep the file *source*, which holds *content*."""
        target = self.path(content)
        folder = os.path.dirname(target)
        try:
            link(source, target)
        except FileExistsError:
            return
        except FileNotFoundError:
            if not os.path.lexists(source):
                return  # nobody can keep what somebody has removed
            os.makedirs(folder, exist_ok=True)
            with suppress(FileExistsError):
                link(source, target)
        self._touched.add(folder)

    def sync(self) -> None:
        """Wait until all that was added is on the disk."""
        if len(self._touched) > MANY:
            os.sync()
        else:
            for folder in self._touched:
                sync_folder(folder)
        self._touched.clear()

    def drop(self, contents: Iterable[bytes]) -> None:
        """Keep *contents* no longer."""
        for content in contents:
            with suppress(FileNotFoundError):
                os.unlink(self.path(content))
