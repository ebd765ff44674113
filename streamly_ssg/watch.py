"""
Watching: waits until something that a build reads has changed.

It only says *when* to look again. What changed is found out by the build, which looks for itself;
so an event too many costs a few milliseconds, and nothing depends on what an event claims.
"""

import os
import time
import warnings
from collections.abc import Iterable
from pathlib import Path
from queue import Empty, Queue
from typing import Self

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver, ObservedWatch
from watchdog.observers.polling import PollingObserver

from .inputs.config import FILE as SETTINGS
from .inputs.files import FOLDERS

REST = 0.05  # seconds without an event after which a save is complete
MOST = 1.0  # seconds that a busy disk may delay a build
LONGEST = 86_400.0
CHANGING = {"created", "modified", "deleted", "moved", "closed"}
HIDDEN_ALLOWED = "static"


class Watch(FileSystemEventHandler):
    """The folders of the site in *root*, and the files *also*, wherever they are."""

    def __init__(self, root: Path, also: Iterable[Path] = ()) -> None:
        self._root = root.resolve()
        self._files = {str(self._root / SETTINGS), *(str(path.resolve()) for path in also)}
        self._events: Queue[str] = Queue()
        self._observer: BaseObserver = Observer()
        self._watches: dict[str, ObservedWatch] = {}

    def __enter__(self) -> Self:
        """Begin to listen."""
        try:
            self._start()
        except OSError:
            # The kernel gives no more watches; asking again and again always works.
            self._observer.stop()
            self._observer = PollingObserver()
            self._start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop listening."""
        self._observer.stop()
        self._observer.join()

    def wait(self, seconds: float | None = None) -> set[str]:
        """Return the paths that changed, when all is quiet again; none if *seconds* went by."""
        try:
            changed = {
                self._events.get(timeout=LONGEST if seconds is None else min(seconds, LONGEST))
            }
        except Empty:
            return set()
        until = time.monotonic() + MOST
        while time.monotonic() < until:
            try:
                changed.add(self._events.get(timeout=REST))
            except Empty:
                break
        for folder in FOLDERS.values():
            if str(self._root / folder) in changed:
                self._listen_to(folder)
        return {os.path.relpath(path, self._root) for path in changed}

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Take an event from the observer's thread."""
        if event.event_type not in CHANGING or (
            event.is_directory and event.event_type == "modified"
        ):
            return
        for given in (event.src_path, event.dest_path):
            path = os.fsdecode(given)
            if path and self._is_read(path):
                self._events.put(path)

    def _start(self) -> None:
        """Listen to the site's own folder first: what appears below it from then on is told."""
        # A folder that is made while its parent is looked through is met twice, which does no harm.
        warnings.filterwarnings("ignore", "Callback with id", RuntimeWarning)
        self._watches = {}
        self._observer.start()
        for folder in {str(self._root), *map(os.path.dirname, self._files)}:
            if os.path.isdir(folder):
                self._observer.schedule(self, folder, recursive=False)
        for folder in FOLDERS.values():
            self._listen_to(folder)

    def _listen_to(self, folder: str) -> None:
        """Listen to a folder of the site, again if it was replaced by another one."""
        known = self._watches.pop(folder, None)
        if known is not None:
            self._observer.unschedule(known)
        path = self._root / folder
        if path.is_dir():
            self._watches[folder] = self._observer.schedule(self, str(path), recursive=True)

    def _is_read(self, path: str) -> bool:
        """Tell whether a build may read the file or folder at *path*."""
        if path in self._files:
            return True
        below = os.path.relpath(path, self._root).split(os.sep)
        if below[0] not in FOLDERS.values():
            return False
        name = below[-1]
        return not name.endswith("~") and (not name.startswith(".") or below[0] == HIDDEN_ALLOWED)
