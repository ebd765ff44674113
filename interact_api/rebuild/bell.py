"""
The bell: rung by whoever has news for the worker, and it never matters if nobody hears it.

The service rings it after each commit that changed public facts, if it is the same process; the
watch over the site's files says what was saved.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from streamly_ssg.watch import Watch

ROUND = 0.5  # seconds after which the listener asks whether it is still wanted


class Bell:
    """News that wait for the worker."""

    def __init__(self) -> None:
        self._news = threading.Condition()
        self._rung = False
        self._paths: set[str] = set()
        self._is_stopped = False

    def ring(self) -> None:
        """Say that facts have changed."""
        with self._news:
            self._rung = True
            self._news.notify_all()

    def tell(self, paths: set[str]) -> None:
        """Say that files of the site have changed."""
        with self._news:
            self._paths |= paths
            self._news.notify_all()

    def stop(self) -> None:
        """Say that nobody needs the worker any more; a signal may, so this takes no lock."""
        self._is_stopped = True

    def is_wanted(self) -> bool:
        """Tell whether the worker is to go on."""
        return not self._is_stopped

    def wait(self, seconds: float) -> None:
        """Wait until there is news, at most so many seconds."""
        with self._news:
            if not (self._rung or self._paths or self._is_stopped):
                self._news.wait(seconds)
            self._rung = False

    @property
    def has_paths(self) -> bool:
        """Tell whether files have changed."""
        return bool(self._paths)

    def take_paths(self) -> set[str]:
        """Return which files have changed since the last time."""
        with self._news:
            paths, self._paths = self._paths, set()
            return paths


@contextmanager
def listening(root: Path, bell: Bell) -> Iterator[None]:
    """Tell *bell* of every file that is saved in the site at *root*."""
    done = threading.Event()
    with Watch(root) as watch:
        thread = threading.Thread(target=_listen, args=(watch, bell, done), daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()


def _listen(watch: Watch, bell: Bell, done: threading.Event) -> None:
    while not done.is_set():
        if changed := watch.wait(ROUND):
            bell.tell(changed)
