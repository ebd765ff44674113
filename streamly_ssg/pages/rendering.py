"""
Rendering: a template, a view, a string. Runs in any process.

Themes are trusted code, as in every generator; but they get nothing except their view, what is
undefined is an error with its line, and everything is escaped that isn't marked as HTML.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from jinja2 import (
    BaseLoader,
    BytecodeCache,
    Environment,
    StrictUndefined,
    TemplateNotFound,
    TemplateSyntaxError,
)
from jinja2.bccache import Bucket
from jinja2.exceptions import UndefinedError
from markupsafe import Markup

from streamly_ssg.errors import ContentError, StreamlyError, problem
from streamly_ssg.values import by_name, decode

from .filters import FILTERS
from .tongue import ENGLISH, Tongue, spoken
from .views import VIEWS, ShortcodeView
from .wording import WordingEnvironment

Sources = Mapping[str, tuple[str, str]]
TEMPLATE_FOLDER = "themes/"


class Templates(NamedTuple):
    """Templates that travel: a digest, ``(name, path, text)`` of each, and their language."""

    digest: bytes
    sources: tuple[tuple[str, str, str], ...]
    tongue: bytes = b""  # encoded; without it, English


class Inset(NamedTuple):
    """A shortcode in a text: its templates, its arguments, and what it encloses."""

    name: str
    templates: Templates
    args: tuple[str, ...]
    options: dict[str, str]
    content: "Text"
    prefix: str


Text = tuple[str | Inset, ...]


class _Loader(BaseLoader):
    """Serves templates from memory; *sources* are ``name -> (path, text)``."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources

    def get_source(
        self,
        environment: Environment,  # noqa: ARG002 - as Jinja calls it
        template: str,
    ) -> tuple[str, str, Any]:
        """Return the text of *template* and its path."""
        if template not in self._sources:
            raise TemplateNotFound(template)
        path, text = self._sources[template]
        return text, path, None


class _Compiled(BytecodeCache):
    """Compiled templates, shared by all environments of this process."""

    def __init__(self) -> None:
        self._code: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take the code of a template that was compiled before."""
        bucket.code = self._code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code of a template."""
        self._code[bucket.key, bucket.checksum] = bucket.code


@lru_cache(maxsize=64)
def _compiled(tongue: bytes) -> _Compiled:  # noqa: ARG001 - each language has its own
    return _Compiled()


def environment(sources: Sources, tongue: bytes = b"") -> WordingEnvironment:
    """Return an environment with Streamly's filters over *sources*, in an encoded language."""
    made = WordingEnvironment(
        loader=_Loader(sources),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        cache_size=-1,
        bytecode_cache=_compiled(tongue),
    )
    made.filters.update(FILTERS)
    made.speak(decode(tongue, Tongue) if tongue else ENGLISH)
    if tongue:
        made.filters.update(spoken(made.tongue))
    # The same page twice must be the same bytes.
    del made.filters["random"], made.globals["lipsum"]
    return made


@lru_cache(maxsize=64)
def _holding(templates: Templates) -> Environment:
    sources = {name: (path, text) for name, path, text in templates.sources}
    return environment(sources, templates.tongue)


def render(name: str, templates: Templates, kind: str, view: bytes, content: Text = ()) -> bytes:
    """
    Return the page that the template *name* makes of a view.

    Args:
        name: of the template.
        templates: it and all that it includes.
        kind: of the view.
        view: its canonical bytes.
        content: the text of the page's document, if it has one.
    """
    context = by_name(decode(view, VIEWS[kind]))
    context["content"] = Markup(render_text(content))  # noqa: S704 - authors may write HTML
    return _run(name, templates, context).encode()


def render_text(text: Text) -> str:
    """Return *text* as HTML, with its shortcodes rendered."""
    return "".join(part if isinstance(part, str) else _render_inset(part) for part in text)


def _render_inset(inset: Inset) -> str:
    inner = Markup(render_text(inset.content))  # noqa: S704 - authors may write HTML
    view = ShortcodeView(inset.args, inset.options, inner, inset.prefix)
    return _run(inset.name, inset.templates, by_name(view))


def _run(name: str, templates: Templates, context: dict[str, Any]) -> str:
    try:
        return _holding(templates).get_template(name).render(context)
    except StreamlyError:
        raise
    except TemplateSyntaxError as error:
        raise _told(error.message or "", error.filename or name, error.lineno) from error
    except TemplateNotFound as error:
        raise _told(f'there is no template "{error}"', *_place(error, name)) from error
    except UndefinedError as error:
        hint = "templates see the fields of their view and nothing else"
        raise _told(str(error), *_place(error, name), hint) from error
    except Exception as error:
        raise _told(f"{type(error).__name__}: {error}", *_place(error, name)) from error


def _place(error: BaseException, name: str) -> tuple[str, int]:
    """Return the template file and the line at which *error* was raised."""
    place, trace = (name, 0), error.__traceback__
    while trace is not None:
        filename = trace.tb_frame.f_code.co_filename
        if filename.startswith(TEMPLATE_FOLDER):
            place = (filename, trace.tb_lineno)
        trace = trace.tb_next
    return place


def _told(message: str, path: str, line: int, hint: str = "") -> ContentError:
    return ContentError(problem("TEMPLATE", message, path=path, line=line, hint=hint))
