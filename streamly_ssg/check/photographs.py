"""What is particular about images: pages show variants of them, and some tell too much."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from posixpath import basename
from typing import Any

from streamly_ssg.engine.key import Key, name
from streamly_ssg.errors import Problem, problem
from streamly_ssg.images.headers import format_of, tells_place
from streamly_ssg.pages.routes import CopyRoute, ImageRoute

Routes = Mapping[str, Any]


def author_name(url: str, routes: Routes, prefix: str) -> str:
    """Return the name that its author knows of the image at *url*; *url* if it is no variant."""
    route = routes.get(url.removeprefix(prefix).lstrip("/"))
    if not isinstance(route, ImageRoute) or not route.part:
        return url
    return basename(name(Key(route.source)))


def telling(routes: Routes, output: Path) -> Iterator[Problem]:
    """Yield the photographs that are published with the place where they were taken."""
    photographs = {
        file: route.source
        for file, route in routes.items()
        if isinstance(route, CopyRoute) and format_of(file) == "jpeg"
    }
    for file, source in photographs.items():
        if tells_place((output / file).read_bytes()):
            hint = "remove its metadata, or put it beside the text, where that is done for you"
            path = source.replace(":", "/", 1)
            yield problem("PLACE", "tells everybody where it was taken", path=path, hint=hint)
