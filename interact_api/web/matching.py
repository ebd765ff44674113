"""
From a path to a route, in one step per segment: a hundred routes cost what one does.

A path means exactly one thing: it is split before it is decoded, so a ``%2F`` never makes a second
segment; a slash at the end, two in a row, another case or ``..`` is a path that isn't there. Hence
there is no second spelling of a route that a guard could overlook.
"""

from collections.abc import Iterable
from urllib.parse import unquote_to_bytes

from interact_api.errors import NotFound

from .problems import WrongMethod
from .routing import PREFIX, Route


class Node:
    """What may follow after some segments of a path."""

    __slots__ = ("name", "named", "parts", "routes")

    def __init__(self) -> None:
        self.parts: dict[str, Node] = {}
        self.named: Node | None = None
        self.name = ""
        self.routes: dict[str, Route] = {}


class Match:
    """A route that was found, and the parameters in its path."""

    __slots__ = ("path", "route")

    def __init__(self, route: Route, path: dict[str, str]) -> None:
        self.route = route
        self.path = path


class Tree:
    """All routes, by the segments of their paths."""

    def __init__(self, table: Iterable[Route]) -> None:
        self._root = Node()
        for route in table:
            node = self._root
            for part in segments(route.path):
                node = _child(node, part)
            if route.method in node.routes:
                raise ValueError(f"two routes for {route.name}")
            node.routes[route.method] = route

    def find(self, method: str, raw_path: bytes) -> Match:
        """
        Return the route of a request.

        Raises:
            NotFound: if there is no such path.
            WrongMethod: if the path takes other methods only; *detail* names them.
        """
        node, path = self._node(raw_path)
        route = node.routes.get("GET" if method == "HEAD" else method)
        if route is None:
            raise WrongMethod(f"Possible here: {methods_of(node)}.")
        return Match(route, path)

    def methods(self, raw_path: bytes) -> str:
        """Return the methods that a path takes, as ``Allow`` lists them."""
        return methods_of(self._node(raw_path)[0])

    def _node(self, raw_path: bytes) -> tuple[Node, dict[str, str]]:
        parts = _decoded(raw_path)
        node, path = self._root, {}
        for part in parts:
            below = node.parts.get(part)
            if below is None:
                below = node.named
                if below is None or not part:
                    raise _nothing()
                path[below.name] = part
            node = below
        if not node.routes:
            raise _nothing()
        return node, path


def segments(path: str) -> list[str]:
    """Return the parts of a route's path: "/pages/{page}" has two."""
    return path.removeprefix("/").split("/")


def methods_of(node: Node) -> str:
    """Return what ``Allow`` lists."""
    found = set(node.routes) | {"OPTIONS"} | ({"HEAD"} if "GET" in node.routes else set())
    return ", ".join(sorted(found))


def _child(node: Node, part: str) -> Node:
    if not part.startswith("{"):
        return node.parts.setdefault(part, Node())
    if node.named is None:
        node.named = Node()
        node.named.name = part[1:-1]
    elif node.named.name != part[1:-1]:
        raise ValueError(f"{part} is called {{{node.named.name}}} in another route")
    return node.named


def _decoded(raw_path: bytes) -> list[str]:
    """Return the decoded segments of a path below the prefix."""
    try:
        text = raw_path.decode("ascii")
        if not text.startswith(PREFIX + "/"):
            raise _nothing()
        parts = text[len(PREFIX) + 1 :].split("/")
        if "%" in text:
            parts = [unquote_to_bytes(part).decode("utf-8") for part in parts]
    except UnicodeDecodeError:
        raise _nothing() from None
    if "%" in text and any("/" in part or not part.isprintable() for part in parts):
        raise _nothing()
    return parts


def _nothing() -> NotFound:
    return NotFound("There is nothing at this address.")
