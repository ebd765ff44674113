"""The OpenAPI document as a page for people: no script, and nothing from elsewhere."""

import base64
import json
from collections.abc import Iterable, Iterator
from hashlib import sha256
from html import escape
from http import HTTPStatus
from importlib.resources import files
from typing import Any, NamedTuple

from . import problems
from .codes import CODES
from .openapi import Json, resolved
from .routing import PREFIX

Row = tuple[str, str, str]


class Example(NamedTuple):
    """A request that works, and the status it is answered with; ``TOKEN`` stands for a real one."""

    title: str
    request: str
    status: int


EXAMPLES = (
    Example(
        "Get a token for a program",
        "POST /api/v1/auth/token\nContent-Type: application/json\n\n"
        '{"login": "ada", "password": "correct horse battery staple"}',
        200,
    ),
    Example(
        "Read the comments of a page",
        "GET /api/v1/pages/hello/comments?limit=20",
        200,
    ),
    Example(
        "Write a comment, once, however often it is sent",
        "POST /api/v1/pages/hello/comments\nAuthorization: Bearer TOKEN\n"
        "Idempotency-Key: 8f14e45f-ceea\nContent-Type: application/json\n\n"
        '{"body": "Well *said*."}',
        201,
    ),
    Example("Like a page", "PUT /api/v1/pages/hello/like\nAuthorization: Bearer TOKEN", 200),
    Example("Ask for something that isn't there", "GET /api/v1/users/nobody-here", 404),
)


def style() -> str:
    """Return the page's style sheet."""
    return files(__package__).joinpath("docs.css").read_text("utf-8")


def policy() -> str:
    """Return the policy of the page: its own style, and nothing else."""
    digest = base64.b64encode(sha256(style().encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    )


def page(document: Json) -> str:
    """Return the page that shows *document*."""
    title = escape(f"{document['info']['title']}: API")
    tags = [one["name"] for one in document["tags"]]
    links = [("#begin", "Begin"), *((f"#{tag}", tag.capitalize()) for tag in tags)]
    menu = "".join(f'<li><a href="{there}">{escape(name)}</a></li>' for there, name in links)
    menu += '<li><a href="#records">Records</a></li><li><a href="#problems">Problems</a></li>'
    sections = "".join(_section(tag, document) for tag in tags)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{style()}</style></head>\n"
        f'<body><div class="frame"><nav aria-label="Sections"><ul>{menu}</ul></nav>\n<main>'
        f"<h1>{title}</h1>{_about(document)}{_begin()}{sections}"
        f"{_records(document)}{_problems(document)}"
        "</main></div></body></html>\n"
    )


def _about(document: Json) -> str:
    parts = document["info"]["description"].split("\n\n")
    text = "".join(f'<p class="lead">{_code(part)}</p>' for part in parts)
    return (
        f'{text}<p><a href="{PREFIX}/openapi.json">openapi.json</a> says the same to programs.</p>'
    )


def _begin() -> str:
    shown = "".join(
        f"<h3>{escape(one.title)}</h3>"
        f'<pre class="example" data-status="{one.status}">{escape(one.request)}</pre>'
        f'<p class="outcome">is answered with {_outcome(one.status)}</p>'
        for one in EXAMPLES
    )
    return f'<section id="begin"><h2>Begin</h2>{shown}</section>'


def _outcome(status: int) -> str:
    return f"<code>{status}</code> {HTTPStatus(status).phrase}"


def _section(tag: str, document: Json) -> str:
    shown = "".join(
        _operation(method, path, one, document["components"]["schemas"])
        for path, methods in document["paths"].items()
        for method, one in methods.items()
        if tag in one["tags"]
    )
    return f'<section id="{escape(tag)}"><h2>{escape(tag.capitalize())}</h2>{shown}</section>\n'


def _operation(method: str, path: str, operation: Json, components: Json) -> str:
    inside = [f"<p>{_code(operation['description'])}</p>"]
    inside += _parameters(operation.get("parameters", ()))
    for content in operation.get("requestBody", {}).get("content", {}).values():
        inside.append(_table("Sent", _fields(content["schema"], components, is_sent=True)))
        if "example" in content:
            inside.append(f"<pre>{escape(json.dumps(content['example'], indent=2))}</pre>")
        break
    inside.append(_answers(operation["responses"], components))
    return (
        f'<details id="{operation["operationId"]}"><summary>'
        f'<span class="method {method}">{method.upper()}</span><code>{escape(path)}</code>'
        f"<small>{escape(operation['summary'])}</small></summary>"
        f'<div class="inside">{"".join(inside)}</div></details>'
    )


def _parameters(parameters: Iterable[Json]) -> list[str]:
    rows = [(one["name"], _kind(one["schema"]), one["in"]) for one in parameters]
    return [_table("Parameters", rows)] if rows else []


def _answers(responses: Json, components: Json) -> str:
    shown, rows, refused = [], [], []
    for status, one in responses.items():
        content = one.get("content", {})
        if problems.MEDIA in content:
            refused += [(status, code) for code in one["description"].split(", ")]
            continue
        rows.append((status, escape(one["description"]), ""))
        shown += [_table("Answered", _fields(of["schema"], components)) for of in content.values()]
    codes = " ".join(
        f'<li><a href="#{code}"><code>{status} {code}</code></a></li>' for status, code in refused
    )
    refusals = f'<h3>Refused</h3><ul class="codes">{codes}</ul>'
    return _table("Statuses", rows) + "".join(shown) + refusals


def _fields(schema: Json, components: Json, *, is_sent: bool = False) -> list[Row]:
    found = resolved(schema, components)
    needed = found.get("required", ()) if is_sent else ()
    return [
        (name, _kind(one), "needed" if name in needed else "")
        for name, one in found.get("properties", {}).items()
    ]


def _records(document: Json) -> str:
    """Return the records that others hold, so that a link leads to each."""
    components = document["components"]["schemas"]
    held = {name for one in components.values() for name in _names(one)}
    shown = "".join(
        f'<article id="record-{name}"><h3>{name}</h3><p>{_code(_first(components[name]))}</p>'
        f"{_table('', _fields(components[name], components))}</article>"
        for name in sorted(held)
    )
    return f'<section id="records"><h2>Records</h2>{shown}</section>\n'


def _names(part: Any) -> Iterator[str]:
    """Return the names of the records that a schema refers to."""
    if isinstance(part, dict):
        if "$ref" in part:
            yield part["$ref"].rpartition("/")[2]
        for one in part.values():
            yield from _names(one)
    elif isinstance(part, list):
        for one in part:
            yield from _names(one)


def _first(schema: Json) -> str:
    return " ".join(str(schema.get("description", "")).split()).replace("``", "`")


def _kind(schema: Json) -> str:
    """Return a schema in a few words, as HTML."""
    if "$ref" in schema:
        name = escape(schema["$ref"].rpartition("/")[2])
        return f'<a href="#record-{name}">{name}</a>'
    if "anyOf" in schema:
        return " or ".join(_kind(one) for one in schema["anyOf"])
    if "enum" in schema:
        return " · ".join(f"<code>{escape(str(one))}</code>" for one in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    words = [str(schema.get("type", "anything")), *_bounds(schema)]
    return escape(", ".join(words))


def _bounds(schema: Json) -> Iterable[str]:
    words = {
        "minLength": "at least {} long",
        "maxLength": "at most {} long",
        "minimum": "from {}",
        "maximum": "to {}",
        "format": "{}",
    }
    return [text.format(schema[name]) for name, text in words.items() if name in schema]


def _table(title: str, rows: Iterable[Row]) -> str:
    """Return rows of a name as text, what it is as HTML, and a remark."""
    lines = "".join(
        f"<tr><th scope=row><code>{escape(first)}</code></th><td>{second}</td>"
        f"<td>{escape(third)}</td></tr>"
        for first, second, third in rows
    )
    head = f"<h3>{title}</h3>" if title else ""
    return f"{head}<table>{lines}</table>" if lines else ""


def _problems(document: Json) -> str:
    rows = "".join(
        f'<tr id="{code}"><th scope=row><code>{code.replace("_", "_<wbr>")}</code></th>'
        f"<td>{status}</td>"
        f"<td>{_code(text)}</td></tr>"
        for code, (status, text) in CODES.items()
    )
    example: Any = next(iter(_all_problems(document)), {})
    shown = escape(json.dumps(example, indent=2))
    return (
        f'<section id="problems"><h2>Problems</h2><pre>{shown}</pre><table>{rows}</table></section>'
    )


def _all_answers(document: Json) -> list[Json]:
    operations = [one for path in document["paths"].values() for one in path.values()]
    return [answer for one in operations for answer in one["responses"].values()]


def _all_problems(document: Json) -> list[Any]:
    answers = _all_answers(document)
    contents = [one for answer in answers for one in answer.get("content", {}).values()]
    return [one["example"] for one in contents if "code" in one.get("example", {})]


def _code(text: str) -> str:
    """Return *text* as HTML, with what stands between backticks as code."""
    parts = escape(text).split("`")
    return "".join(f"<code>{one}</code>" if at % 2 else one for at, one in enumerate(parts))
