"""
Escaping: what templates put out, as HTML, for half of what Jinja takes for it.

A page puts out some two hundred values. For Jinja each of them becomes a `Markup`, a text that
remembers that it is HTML already; but nobody asks it, because compiled templates escape only what
they put out at once. (What they keep, as macros and ``{% set %}`` do, they mark on their own.)
"""

from collections.abc import Callable, MutableMapping
from types import CodeType
from typing import Any

import markupsafe
from jinja2 import Environment, Template

# The C function below `markupsafe.escape`; without it we are slower and nothing else.
_in_html: Callable[[str], str] = getattr(markupsafe, "_escape_inner", markupsafe.escape)


def escaped(value: Any) -> str:
    """Return *value* as `markupsafe.escape` would, without the mark that it is HTML."""
    if type(value) is str:
        return _in_html(value)
    if hasattr(value, "__html__"):
        made: str = value.__html__()
        return made
    return _in_html(str(value))


class PlainTemplate(Template):
    """A compiled template that escapes with `escaped`."""

    @classmethod
    def from_code(
        cls,
        environment: Environment,
        code: CodeType,
        globals: MutableMapping[str, Any],  # noqa: A002 - as Jinja calls it
        uptodate: Callable[[], bool] | None = None,
    ) -> Template:
        """Return the template that *code* defines."""
        # Jinja's globals are a chain of mappings, which every include and import would walk again.
        made = super().from_code(environment, code, dict(globals), uptodate)
        made.root_render_func.__globals__["escape"] = escaped
        return made


class PlainEnvironment(Environment):
    """An environment of such templates."""

    template_class = PlainTemplate
