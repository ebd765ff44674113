"""
Schemathesis against the real server, as somebody: what the document promises is what is answered.

The session is a new one for each case, because some of the cases sign out, change the password or
close the account; whoever closed their account is made anew.
"""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import unquote

import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import from_schema
from schemathesis.engine.events import FatalError, NonFatalError, ScenarioFinished
from schemathesis.generation.case import Case

from interact_api.accounts.actor import Actor
from interact_api.web.routing import PREFIX
from tests.support.service import member
from tests.support.serving import Browser, Server

SEED = 20_261_121
SEE_OTHER, UNPROCESSABLE = 303, 422
PHASES = ("examples", "coverage", "fuzzing", "stateful")

# What only a noun can judge: whether a cursor is signed, an address can be mailed to, a name is free,
# a password good. A 422 that names one of these fields alone isn't a broken promise of the schema.
JUDGED = {
    "cursor", "email", "name", "password", "current", "permission", "parent", "body", "role", "links",
    "website", "token", "scopes", "display", "bio", "location", "until", "ids", "page", "reason",
    "sort",
}  # fmt: skip
NO_INTEGER = "Expected `int`, got `float`"
CHECKS = {
    # The statuses that also mean a refusal here.
    "negative_data_rejection": {
        "expected-statuses": [
            "400", "401", "403", "404", "405", "409", "410", "413", "414", "415", "422", "429", "431",
        ],
    },
    "positive_data_acceptance": {
        "expected-statuses": ["2xx", "3xx", "401", "403", "404", "409", "410", "414", "429"],
    },
}  # fmt: skip


class Fuzzed(NamedTuple):
    """What a run found: *faults* is empty if all is well."""

    cases: int
    faults: list[str]


def fuzz(
    server: Server,
    role: str,
    examples: int,
    *,
    phases: tuple[str, ...] = PHASES,
    seed: int = SEED,
    only: str = "^/",
) -> Fuzzed:
    """Try *examples* of each route, with all checks, signed in with *role* ("": not at all)."""
    schema = _schema(server, examples, phases, seed).include(path_regex=only)
    if role:
        schema.auth(refresh_interval=None)(_provider(server, role))
    cases = 0
    faults: list[str] = []
    for event in from_schema(schema).execute():
        if isinstance(event, ScenarioFinished):
            cases += len(event.recorder.cases)
            faults += _failures(event)
        elif isinstance(event, NonFatalError):
            faults.append(f"{event.label}: {event.info.format()}")
        elif isinstance(event, FatalError):
            raise event.exception
    return Fuzzed(cases, faults)


def _schema(server: Server, examples: int, phases: tuple[str, ...], seed: int) -> Any:
    document = server.anonymous().get("/openapi.json").json
    run = {one: {"enabled": one in phases} for one in PHASES}
    config = SchemathesisConfig.from_dict({"seed": seed, "checks": CHECKS, "phases": run})
    schema = schemathesis.openapi.from_dict(document, config=config)
    headers = {"Host": server.host, "Origin": server.origin}
    schema.config.update(base_url=f"http://127.0.0.1:{server.port}{PREFIX}", headers=headers)
    schema.config.update(continue_on_failure=True)
    schema.config.generation.update(max_examples=examples, database="none", no_shrink=True)
    return schema


def _provider(server: Server, role: str) -> type:
    class Provider:
        def get(self, _case: Case[Any], _context: Any) -> Browser:
            return server.sign_in(_person(server, role))

        def set(self, case: Case[Any], browser: Browser, _context: Any) -> None:
            case.headers.update(browser.headers(case.method))

    return Provider


def _person(server: Server, role: str) -> Actor:
    """Return somebody who has *role* and may come in; a new one, if the last one may not."""
    reader = server.database.reader
    query = (
        "SELECT max(u.id) FROM users AS u JOIN roles AS r ON r.id = u.role_id"
        " WHERE r.name = :role AND u.status = 'active' AND u.confirmed_at IS NOT NULL"
    )
    known = reader.value(query, role=role)
    if known is not None:
        return Actor(int(known), "", role, frozenset())
    number = reader.value("SELECT count(*) FROM users")
    return member(server.database, f"{role.lower()}-{number}", role)


def _failures(event: ScenarioFinished) -> Iterator[str]:
    for case_id, checks in event.recorder.checks.items():
        for check in checks:
            if check.failure_info is None:
                continue
            response = event.recorder.interactions[case_id].response
            if response is not None and _is_refusal(check.name, response):
                continue
            found, body = check.failure_info, response.content[:500] if response else b""
            yield "\n".join(
                (
                    f"{event.label}: {check.name}: {found.failure.title}",
                    found.failure.message,
                    found.code_sample,
                    repr(body),
                )
            )


def _is_refusal(check: str, response: Any) -> bool:
    """Tell whether *response* is how we refuse what the check thinks was accepted, or may refuse."""
    if check == "negative_data_rejection" and response.status_code == SEE_OTHER:
        cookies = " ".join(response.headers.get("set-cookie", ()))
        return unquote(cookies).startswith("notice=error ")
    if check == "use_after_free":  # staff sees what is gone, and that it is
        return bool(json.loads(response.content).get("status") == "deleted")
    if check == "positive_data_acceptance" and response.status_code == UNPROCESSABLE:
        errors = json.loads(response.content)["errors"]
        # To JSON Schema 12.0 is an integer; the document says in words that it isn't one here.
        return all(_is_judged(one["field"]) or one["message"] == NO_INTEGER for one in errors)
    # Nor can it say that no text holds a NUL.
    return check == "positive_data_acceptance" and b"holds a NUL" in response.content


def _is_judged(field: str) -> bool:
    """Tell whether only a noun can judge *field*, such as ``links[0].url``."""
    return field.partition("[")[0] in JUDGED
