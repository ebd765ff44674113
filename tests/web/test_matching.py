import pytest

from interact_api.errors import NotFound
from interact_api.web.app import TABLE
from interact_api.web.matching import Tree
from interact_api.web.problems import WrongMethod
from interact_api.web.routing import PREFIX, Route
from tests.support.serving import Browser, Server
from tests.web import desk


def tree(*names: str) -> Tree:
    return Tree(route(name) for name in names)


def route(name: str) -> Route:
    method, path = name.split()
    return Route(method=method, path=path, handler=desk.err, summary="", tag="")


def found(made: Tree, method: str, path: str) -> tuple[str, dict[str, str]]:
    match = made.find(method, (PREFIX + path).encode())
    return match.route.name, match.path


def test_a_parameter_is_what_stands_in_its_segment() -> None:
    made = tree("PUT /pages/{page}/like")
    assert found(made, "PUT", "/pages/a.b/like") == ("PUT /pages/{page}/like", {"page": "a.b"})


def test_a_word_goes_before_a_parameter() -> None:
    made = tree("GET /users/{name}", "GET /users/suggestions")
    assert found(made, "GET", "/users/suggestions") == ("GET /users/suggestions", {})


def test_a_parameter_is_decoded_after_the_path_is_split() -> None:
    made = tree("GET /pages/{page}", "GET /pages/{page}/likes")
    assert found(made, "GET", "/pages/caf%C3%A9") == ("GET /pages/{page}", {"page": "café"})
    with pytest.raises(NotFound):
        found(made, "GET", "/pages/a%2Flikes")


def test_head_asks_what_get_does() -> None:
    assert found(tree("GET /health"), "HEAD", "/health")[0] == "GET /health"


def test_another_method_is_told_what_is_possible() -> None:
    with pytest.raises(WrongMethod, match="DELETE, GET, HEAD, OPTIONS"):
        found(tree("GET /pages/{page}", "DELETE /pages/{page}"), "POST", "/pages/a")


def test_two_routes_for_one_request_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="two routes"):
        tree("GET /a/{b}", "GET /a/{b}")


def test_one_segment_has_one_name() -> None:
    with pytest.raises(ValueError, match="is called"):
        tree("GET /a/{b}", "PUT /a/{c}")


VARIANTS = (
    "{}/", "/{}", "{}//", "{}%2F", "{}/.", "{}/..", "/.{}", "/%2e{}", "{}.json", "{};a=b", "{}%00",
    "{}%20", "{}%0a", "/x/..{}", "//{}", "/%2f{}", "{}\\", "{}%5c", "{}/%2e%2e", "{}%252F",
)  # fmt: skip


@pytest.mark.parametrize("variant", VARIANTS)
def test_no_second_spelling_leads_to_a_route(variant: str) -> None:
    made = Tree(TABLE)
    for one in TABLE:
        plain = one.path.replace("{", "").replace("}", "")
        try:
            match = made.find(one.method, (PREFIX + variant.format(plain)).encode())
        except (NotFound, WrongMethod):
            continue
        # What is left is a parameter with another value, and has the guards of its own route.
        assert match.path
        assert set("/\0\n") & set("".join(match.path.values())) == set()


@pytest.mark.parametrize(
    "path", ["/Things", "/THINGS", "/thing%73/", "/things/%2e%2e/desk/", "//desk"]
)
def test_what_is_nearly_a_path_is_no_path(server: Server, path: str) -> None:
    assert server.anonymous().get(path).status == 404


@pytest.mark.parametrize(
    "path", ["/api/v1", "/api/v1/", "/", "/api/v2/health", "/api/v1health", "*"]
)
def test_there_is_nothing_outside_the_prefix(server: Server, path: str) -> None:
    reply = server.send("GET", path, b"", {"host": server.host})
    assert reply.status == 404


def test_head_has_the_headers_of_get_and_no_body(nobody: Browser) -> None:
    head, get = nobody.send("HEAD", "/version"), nobody.get("/version")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["etag"] == get.headers["etag"]
    assert head.headers["content-length"] == get.headers["content-length"]


def test_head_of_a_stream_ends(nobody: Browser) -> None:
    assert nobody.send("HEAD", "/stream").status == 200


def test_options_lists_methods(nobody: Browser) -> None:
    reply = nobody.send("OPTIONS", "/things/1")
    assert (reply.status, reply.headers["allow"]) == (204, "DELETE, GET, HEAD, OPTIONS")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "TRACE", "LINK"])
def test_a_method_that_a_path_doesnt_take_is_405_with_allow(nobody: Browser, method: str) -> None:
    reply = nobody.send(method, "/version", headers={"origin": nobody.server.origin})
    assert (reply.status, reply.code) == (405, "METHOD_NOT_ALLOWED")
    assert reply.headers["allow"] == "GET, HEAD, OPTIONS"
