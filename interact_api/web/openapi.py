"""
The OpenAPI 3.1 document: made from the table of routes and the very types that validate.

Nothing is written down twice, so the document can't promise what the service doesn't do: what a
body may hold is the schema of the type that decodes it, and who may ask is what the guards read.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from interact_api.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    NotSignedIn,
    Refusal,
    TooLarge,
    TooMany,
    Unavailable,
    Unknown,
)
from interact_api.settings import Settings
from interact_api.wire import schemas

from . import auth, problems, repeats
from .matching import segments
from .problems import Malformed, Mistake, Problem, WrongHost, WrongMedia
from .routing import PREFIX, Route

Json = dict[str, Any]

REFERENCE = "#/components/schemas/{name}"
FORM = "application/x-www-form-urlencoded"
EVERYBODY = "read_posts"
ABOUT = """\
Likes, follows, comments and all else that people do on a site made with Streamly.

All paths are below `/api/v1`. Times are ISO 8601 in UTC. Lists are \
`{"items": […], "next": …}`: send `next` as `cursor` to go on. Unknown fields are refused, \
whole numbers have no fraction, and no text holds a NUL. What is refused changes nothing, and is \
told as `application/problem+json`."""
IDEMPOTENCY_KEY: Json = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "Sent again with the same key, a request is done once and answered twice alike.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 100, "pattern": "^[!-~]+$"},
}
# What stands in a path in examples.
IN_PATH = {"comment": "1", "name": "ada", "page": "hello", "role": "Moderator"}


def document(table: tuple[Route, ...], settings: Settings) -> Json:
    """Return the document of the routes in *table*."""
    kinds = _kinds(table)
    found, components = schemas(kinds, REFERENCE)
    known = dict(zip(kinds, found, strict=True))
    return {
        "openapi": "3.1.0",
        "info": {"title": settings.title, "version": "1", "description": ABOUT},
        "servers": [{"url": PREFIX}],
        "tags": [{"name": tag} for tag in sorted({route.tag for route in table})],
        "paths": _paths(table, known, components),
        "components": {
            "schemas": components,
            "securitySchemes": _schemes(settings),
        },
    }


def _kinds(table: tuple[Route, ...]) -> list[type]:
    """Return every type that travels, once."""
    parts = [kind for route in table for kind in (route.body, route.query, route.reply)]
    return list(dict.fromkeys([Problem, *(one for one in parts if one is not None)]))


def _schemes(settings: Settings) -> Json:
    return {
        "session": {
            "type": "apiKey",
            "in": "cookie",
            "name": auth.cookie_name(settings).decode(),
            "description": "The cookie of auth/login; its writes need an Origin of the site.",
        },
        "csrf": {
            "type": "apiKey",
            "in": "header",
            "name": "X-CSRF-Token",
            "description": "What auth/csrf answers; writes with a session need it.",
        },
        "token": {
            "type": "http",
            "scheme": "bearer",
            "description": "A personal token or an access token, with the scope that is named.",
        },
    }


def _paths(table: Iterable[Route], known: dict[type, Json], components: Json) -> Json:
    paths: Json = {}
    for route in table:
        operation = _operation(route, known, components)
        paths.setdefault(route.path, {})[route.method.lower()] = operation
    return paths


def _operation(route: Route, known: dict[type, Json], components: Json) -> Json:
    parameters = [*_in_path(route), *_in_query(route, known, components)]
    if repeats.takes_key(route):
        parameters.append(IDEMPOTENCY_KEY)
    operation: Json = {
        "operationId": operation_id(route),
        "summary": route.summary,
        "tags": [route.tag],
        "description": who_may(route),
        "security": _security(route),
        "responses": _responses(route, known),
    }
    if parameters:
        operation["parameters"] = parameters
    if route.body is not None:
        operation["requestBody"] = {"required": True, "content": _sent(route, known[route.body])}
    if route.raw:
        operation["requestBody"] = {"content": {"application/json": {"schema": {}}}}
    return operation


def operation_id(route: Route) -> str:
    """Return the name of a route for programs: ``put_pages_page_like``."""
    parts = [part.strip("{}").replace(".", "_") for part in segments(route.path)]
    return "_".join([route.method.lower(), *parts]).replace("-", "_")


def who_may(route: Route) -> str:
    """Return a sentence on who may ask."""
    if route.permission != EVERYBODY:
        who = f"Needs the permission `{route.permission}`"
    else:
        who = "Needs somebody who is signed in" if route.signed_in else "Everybody may ask"
    if route.scope == "session":
        return f"{who}, but not with a token."
    if route.scope == "any":
        return f"{who}; with any token."
    return f"{who}; a token needs the scope `{route.scope}`."


def is_guarded(route: Route) -> bool:
    """Tell whether somebody has to be signed in."""
    return route.signed_in or route.permission != EVERYBODY


def _security(route: Route) -> list[Json]:
    session: Json = {"session": [], "csrf": []} if route.writes else {"session": []}
    scopes = [] if route.scope == "any" else [route.scope]
    found = [session] if route.scope == "session" else [session, {"token": scopes}]
    return found if is_guarded(route) else [{}, *found]


def _in_path(route: Route) -> Iterator[Json]:
    for part in segments(route.path):
        if part.startswith("{"):
            name = part[1:-1]
            schema = {"type": "string", "minLength": 1, "pattern": "^[^/]+$"}
            found: Json = {"name": name, "in": "path", "required": True, "schema": schema}
            yield found | ({"example": IN_PATH[name]} if name in IN_PATH else {})


def _in_query(route: Route, known: dict[type, Json], components: Json) -> Iterator[Json]:
    if route.query is None:
        return
    schema = resolved(known[route.query], components)
    for name, one in schema["properties"].items():
        needed = name in schema.get("required", ())
        yield {"name": name, "in": "query", "required": needed, "schema": one}


def resolved(schema: Json, components: Json) -> Json:
    """Return what a reference refers to."""
    reference = schema.get("$ref")
    return schema if reference is None else components[reference.rpartition("/")[2]]


def _sent(route: Route, schema: Json) -> Json:
    content: Json = {"application/json": {"schema": schema}}
    if route.example is not None:
        content["application/json"]["example"] = route.example
    if route.form:
        content[FORM] = {"schema": schema}
    return content


def _responses(route: Route, known: dict[type, Json]) -> Json:
    found: Json = {}
    if route.reply is None:
        found[str(204 if route.status == 200 else route.status)] = {"description": "Done."}  # noqa: PLR2004
    else:
        content = {route.media: {"schema": known[route.reply]}}
        found[str(route.status)] = {"description": route.summary, "content": content}
    if route.public or route.shared:
        found["304"] = {"description": "What If-None-Match names is still the same."}
    if route.moves:
        found["308"] = {"description": "It has another address now: Location names it."}
    if route.form:
        found["303"] = {"description": "To a plain form: go on to the page that Location names."}
    for status, codes in sorted(refusals_of(route).items()):
        found[str(status)] = _refused(status, codes)
    return found


def refusals_of(route: Route) -> dict[int, list[str]]:
    """Return the codes that a route may be refused with, by status."""
    found: dict[int, list[str]] = {}
    for kind in _refusals(route):
        codes = found.setdefault(problems.status_of(kind), [])
        if kind.code not in codes:
            codes.append(kind.code)
    return found


def _refusals(route: Route) -> Iterator[type[Refusal]]:
    yield from (Malformed, NotSignedIn, Forbidden, WrongHost, TooMany)
    yield from (problems.LongAddress, problems.LongHeaders)
    yield from (Mistake, Unavailable, Invalid)
    if route.writes:
        yield Unknown
    if "{" in route.path:
        yield NotFound
    if route.body is not None or route.raw:
        yield from (TooLarge, WrongMedia)
    if repeats.takes_key(route):
        yield Conflict
    yield from route.refusals


def _refused(status: int, codes: list[str]) -> Json:
    example = {
        "type": f"{PREFIX}/docs#{codes[0]}",
        "title": problems.title_of(status),
        "status": status,
        "code": codes[0],
        "detail": "What is wrong, for people.",
        "errors": [],
        "request_id": "5af96c0e9d00befc",
    }
    content = {"schema": {"$ref": REFERENCE.format(name=Problem.__name__)}, "example": example}
    return {"description": ", ".join(codes), "content": {problems.MEDIA: content}}
