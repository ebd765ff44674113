"""
Rendering: a template, a view, a string. Runs in any process.

Themes are trusted code, as in every generator; but they get nothing except their view, what is
undefined is an error with its line, and everything is escaped that isn't marked as HTML.
"""

from collections.abc import Iterator, Mapping
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
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from markupsafe import Markup

from streamly_ssg.errors import ContentError, StreamlyError, problem
from streamly_ssg.values import by_name, changed, decode

from .filters import FILTERS
from .tongue import ENGLISH, Tongue, spoken
from .views import VIEWS, Picture, ShortcodeView, Site
from .whitespace import Walker
from .wording import WordingEnvironment

Sources = Mapping[str, tuple[str, str]]
TEMPLATE_FOLDER = "themes/"


class Templates(NamedTuple):
    """
    Templates that travel.

    Attributes:
        digest: of the texts.
        sources: the name, the path and the text of each.
        tongue: their language, encoded; without it, English.
        assets: the name, the address and the integrity of each asset that they name.
        are_short: whether whitespace in them is shortened.
    """

    digest: bytes
    sources: tuple[tuple[str, str, str], ...]
    tongue: bytes = b""
    assets: tuple[tuple[str, str, str], ...] = ()
    are_short: bool = False


class Inset(NamedTuple):
    """A shortcode in a text: its templates, its arguments, and what it encloses."""

    name: str
    templates: Templates
    args: tuple[str, ...]
    options: dict[str, str]
    content: "Text"
    prefix: str
    picture: Picture | None = None


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


class _Short(Extension):
    """Shortens the whitespace of templates."""

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """Return *stream* with shorter texts."""
        walker = Walker()
        for token in stream:
            if token.type == "data":
                yield Token(token.lineno, token.type, walker.text(token.value))
            else:
                walker.code(token.type, token.value)
                yield token


class _Compiled(BytecodeCache):
    """Compiled templates, shared by all environments of a kind in this process."""

    def __init__(self) -> None:
        self._code: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take the code of a template that was compiled before."""
        bucket.code = self._code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code of a template."""
        self._code[bucket.key, bucket.checksum] = bucket.code


@lru_cache(maxsize=64)
def _compiled(tongue: bytes, is_short: bool) -> _Compiled:  # noqa: ARG001, FBT001 - each its own
    return _Compiled()


def environment(
    sources: Sources, tongue: bytes = b"", *, is_short: bool = False, autoescape: bool = True
) -> WordingEnvironment:
    """Return an environment with Streamly's filters over *sources*, in an encoded language."""
    made = WordingEnvironment(
        loader=_Loader(sources),
        extensions=[_Short] if is_short else [],
        autoescape=autoescape,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        cache_size=-1,
        bytecode_cache=_compiled(tongue, is_short) if autoescape else None,
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
    return environment(sources, templates.tongue, is_short=templates.are_short)


def can_be_short(text: str) -> bool:
    """Tell whether shortening the whitespace of a template changes nothing that is shown."""
    walker = Walker()
    for _, kind, value in _LEXER.lex(text):
        if kind == "data":
            walker.text(value)
        else:
            walker.code(kind, value)
    return walker.is_whole


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
    context["site"] = _with_assets(context["site"], templates)
    context["content"] = Markup(render_text(content))  # noqa: S704 - authors may write HTML
    return _run(_holding(templates), name, context).encode()


def _with_assets(site: Site, templates: Templates) -> Site:
    urls = {name: url for name, url, _ in templates.assets}
    return changed(site, assets=urls, integrity={name: one for name, _, one in templates.assets})


def render_asset(path: str, text: str, site: Site) -> bytes:
    """Return what a template gives that is no HTML: the one at *path*, which includes no other."""
    made = environment({path: (path, text)}, autoescape=False)
    return _run(made, path, {"site": site}).encode()


def render_text(text: Text) -> str:
    """Return *text* as HTML, with its shortcodes rendered."""
    return "".join(part if isinstance(part, str) else _render_inset(part) for part in text)


def _render_inset(inset: Inset) -> str:
    inner = Markup(render_text(inset.content))  # noqa: S704 - authors may write HTML
    view = ShortcodeView(inset.args, inset.options, inner, inset.prefix, inset.picture)
    return _run(_holding(inset.templates), inset.name, by_name(view))


def _run(templates: Environment, name: str, context: dict[str, Any]) -> str:
    try:
        return templates.get_template(name).render(context)
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


_LEXER = environment({})
