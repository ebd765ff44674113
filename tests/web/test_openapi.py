"""The OpenAPI document: valid as 3.1, made from the types that validate, and complete."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from schemathesis.specs.openapi import definitions

from interact_api.errors import Invalid
from interact_api.web import openapi
from interact_api.web.app import TABLE
from interact_api.web.bodies import from_query
from interact_api.web.openapi import operation_id
from interact_api.web.routing import Route
from interact_api.wire import decode, encode
from tests.support.serving import Browser, settings_of
from tests.web import desk

ALL = (*TABLE, *desk.TABLE)
DOCUMENT: dict[str, Any] = json.loads(encode(openapi.document(ALL, settings_of(Path("/nowhere")))))
WITH_BODY = {route.name: route for route in ALL if route.body is not None}


def operation(route: Route) -> dict[str, Any]:
    found: dict[str, Any] = DOCUMENT["paths"][route.path][route.method.lower()]
    return found


def test_the_document_is_valid_openapi() -> None:
    assert DOCUMENT["openapi"] == "3.1.0"
    definitions.OPENAPI_31_VALIDATOR.validate(DOCUMENT)


def test_a_document_that_isnt_valid_is_noticed() -> None:
    broken = copy.deepcopy(DOCUMENT)
    del broken["info"]["version"]
    assert not definitions.OPENAPI_31_VALIDATOR.is_valid(broken)


def test_every_schema_is_valid_json_schema() -> None:
    for schema in DOCUMENT["components"]["schemas"].values():
        jsonschema_rs.meta.validate(schema)


def test_every_reference_leads_somewhere() -> None:
    known = DOCUMENT["components"]["schemas"]
    names = {one.rpartition("/")[2] for one in references(DOCUMENT)}
    assert names <= set(known)
    assert names >= {"Problem"}


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for one in part.values():
            yield from references(one)
    elif isinstance(part, list):
        for one in part:
            yield from references(one)


def test_every_route_is_described_once() -> None:
    described = {
        f"{method.upper()} {path}" for path, found in DOCUMENT["paths"].items() for method in found
    }
    assert described == {route.name for route in ALL}
    assert len({operation_id(route) for route in ALL}) == len(ALL)


@pytest.mark.parametrize("route", TABLE, ids=lambda route: route.name)
def test_every_route_says_what_it_does(route: Route) -> None:
    assert route.summary.endswith(".")
    found = operation(route)
    assert found["responses"].keys() >= {"400", "401", "403", "421", "429", "500", "503"}
    assert ({} in found["security"]) != openapi.is_guarded(route)


@pytest.mark.parametrize("name", WITH_BODY)
def test_the_document_and_the_service_take_the_same_bodies(name: str) -> None:
    route = WITH_BODY[name]
    assert route.body is not None
    schema = operation(route)["requestBody"]["content"]["application/json"]["schema"]
    published = validator(schema)
    good = sample(schema)
    assert published.is_valid(good)
    decode(encode(good), route.body)
    for body in mutants(good, schema):
        assert published.is_valid(body) == is_taken(body, route.body), body


def test_a_document_that_allows_more_than_the_service_is_noticed() -> None:
    route = WITH_BODY["POST /things"]
    schema = copy.deepcopy(
        resolved(operation(route)["requestBody"]["content"]["application/json"]["schema"])
    )
    good = sample(schema)
    schema["properties"]["text"]["maxLength"] += 1
    published = validator(schema)
    assert route.body is not None
    wrong = [
        one for one in mutants(good, schema) if published.is_valid(one) != is_taken(one, route.body)
    ]
    assert wrong == [{"text": "a" * 1001}]


@pytest.mark.parametrize("route", [one for one in ALL if one.query], ids=lambda route: route.name)
def test_the_document_and_the_service_take_the_same_queries(route: Route) -> None:
    named = {one["name"]: one for one in operation(route)["parameters"] if one["in"] == "query"}
    assert set(named) == set(route.query.__struct_fields__)  # type: ignore[union-attr]
    needed = "&".join(
        f"{name}={sample(one['schema'])}" for name, one in named.items() if one["required"]
    )
    from_query(needed.encode(), route.query)
    with pytest.raises(Invalid):
        from_query(f"{needed}&no-such-field=1".encode(), route.query)


def test_an_example_that_is_shown_works() -> None:
    for route in TABLE:
        if route.example is not None and route.body is not None:
            decode(encode(route.example), route.body)


def test_the_document_is_the_one_that_is_served(nobody: Browser) -> None:
    served = nobody.get("/openapi.json")
    assert served.headers["content-type"] == "application/json"
    assert set(served.json["paths"]) == set(DOCUMENT["paths"])


def validator(schema: dict[str, Any]) -> jsonschema_rs.Validator:
    return jsonschema_rs.validator_for({**schema, "components": DOCUMENT["components"]})


def is_taken(body: Any, kind: Any) -> bool:
    try:
        decode(encode(body), kind)
    except Invalid:
        return False
    return True


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = openapi.resolved(schema, DOCUMENT["components"]["schemas"])
    return found


def sample(schema: dict[str, Any]) -> Any:
    """Return the least that *schema* takes."""
    schema = resolved(schema)
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return sample(schema["anyOf"][0])
    kind = schema.get("type")
    if kind == "object":
        return {name: sample(schema["properties"][name]) for name in schema.get("required", ())}
    if kind == "array":
        return [sample(schema["items"])] * schema.get("minItems", 0)
    if kind == "string":
        return text(schema)
    return {"integer": schema.get("minimum", 1), "boolean": True, "null": None}[str(kind)]


def text(schema: dict[str, Any]) -> str:
    if examples := schema.get("examples"):
        return str(examples[0])
    for one in ("a" * max(1, schema.get("minLength", 1)), "1", "", "a@example.org"):
        if validator(schema).is_valid(one):
            return one
    raise AssertionError(f"give {schema} an example")


ANYTHING: tuple[Any, ...] = (
    "",
    "a",
    "x" * 200_000,
    "1",
    0,
    -1,
    1,
    10**9,
    2**70,
    True,
    None,
    [],
    ["a"],
    [1],
    {},
    {"a": 1},
    1.5,
)


def mutants(good: dict[str, Any], schema: dict[str, Any]) -> Iterator[Any]:
    """Return bodies that are nearly right: each field gone, or anything else, or at a bound."""
    yield from ([], "a", 1, None, [good], {})
    yield {**good, "no_such_field": 1}
    for name, one in resolved(schema)["properties"].items():
        yield {key: value for key, value in good.items() if key != name}
        for value in (*ANYTHING, *bounds(resolved(one))):
            yield {**good, name: value}


def bounds(schema: dict[str, Any]) -> Iterator[Any]:
    for option in schema.get("anyOf", ()):
        yield from bounds(resolved(option))
    yield from schema.get("enum", ())
    for key in ("minLength", "maxLength"):
        yield from ("a" * max(0, schema[key] + more) for more in (-1, 0, 1) if key in schema)
    for key in ("minimum", "maximum"):
        yield from (schema[key] + more for more in (-1, 0, 1) if key in schema)
    for key in ("minItems", "maxItems"):
        if key in schema:
            yield from (
                [sample(schema["items"])] * max(0, schema[key] + more) for more in (-1, 0, 1)
            )
