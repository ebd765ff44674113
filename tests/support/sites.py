"""
A folder of files served beside the service, asked over real sockets.

    with showing(tmp_path, {"index.html": "Hello"}) as site:
        assert site.get("/").body == b"Hello"
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .serving import Reply, Server, serving

Files = Mapping[str, str | bytes]


class Shown:
    """What readers see of the files in *folder*."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.server = server
        self.folder = folder

    def get(self, path: str, **headers: str) -> Reply:
        return self.send("GET", path, **headers)

    def send(self, method: str, path: str, **headers: str) -> Reply:
        dashed = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.server.send(method, path, b"", {"host": self.server.host, **dashed})

    def write(self, files: Files) -> None:
        write(self.folder, files)


def write(folder: Path, files: Files) -> None:
    """Write *files*, each as the builder would: a new one that takes the place of the old one."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(".draft")
        draft.write_bytes(content.encode() if isinstance(content, str) else content)
        draft.replace(path)


@contextmanager
def showing(folder: Path, files: Files, **settings: Any) -> Iterator[Shown]:
    """Serve *files* as the output of a build in *folder*, for as long as the block runs."""
    write(folder / "public", files)
    with serving(folder, with_site=True, **settings) as server:
        yield Shown(server, folder / "public")
