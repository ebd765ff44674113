"""
Languages: what a site says in each of them, as ``tongue:CODE``.

A theme's words are in ``i18n/CODE.po``. Those of the nearest theme win, message by message, and
what ``[languages.CODE]`` in streamly.toml says of a word wins over all. Without Babel there is
English.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from streamly_ssg.engine.key import make
from streamly_ssg.engine.rule import Fetch
from streamly_ssg.errors import ContentError, Problem, SystemProblem, problem
from streamly_ssg.inputs.config import FILE
from streamly_ssg.inputs.languages import Language
from streamly_ssg.values import changed

from .tongue import ENGLISH, PLACEHOLDER, Tongue, form_of

if TYPE_CHECKING:
    from .cldr import Entry, Messages

FOLDER = "i18n"
SUFFIX = ".po"
Words = dict[str, tuple[str, ...]]


def tongue(code: str, fetch: Fetch) -> Tongue:
    """Return the language *code* as pages of this site speak it."""
    settings: Language = fetch(make("config", "languages")).get(code) or Language()
    catalogues = list(_catalogues(code, fetch))
    is_plain = _is_english(code) and not catalogues
    made = ENGLISH if is_plain else _spoken(code, catalogues)
    own = {
        key: (one,) if isinstance(one, str) else tuple(one) for key, one in settings.words.items()
    }
    _refuse_misfits(own, made)
    direction = settings.direction or made.direction
    return changed(made, messages=made.messages | own, direction=direction)


def _is_english(code: str) -> bool:
    return code.partition("-")[0].lower() == "en"


def spellings(code: str) -> tuple[str, ...]:
    """Return the names of the catalogues for *code*, the widest first: pt, pt-BR."""
    parts = code.split("-")
    return tuple("-".join(parts[: count + 1]) for count in range(len(parts)))


def _catalogues(code: str, fetch: Fetch) -> "Iterator[tuple[str, Messages]]":
    """Yield the catalogues for a language, those that win over others after them."""
    for theme in reversed(fetch(make("theme-chain"))):
        for spelling in spellings(code):
            path = f"{theme}/{FOLDER}/{spelling}{SUFFIX}"
            data = fetch(make("theme", path))
            if data is not None:
                yield f"themes/{path}", library(code).read(f"themes/{path}", data, code)


def library(code: str) -> Any:
    """Return what knows of languages, or say what has to be installed for *code*."""
    try:
        from . import cldr  # noqa: PLC0415 - Babel is there only for those who asked for it
    except ModuleNotFoundError as error:
        text = f'pages in "{code}" need the library {error.name}'
        hint = "install it with `pip install streamly[languages]`"
        raise SystemProblem(problem("LANGUAGE", text, path=FILE, hint=hint)) from error
    return cldr


def _spoken(code: str, catalogues: "list[tuple[str, Messages]]") -> Tongue:
    known = library(code)
    count, plural = known.plural_of(code)
    if catalogues:
        _, count, plural = catalogues[-1][1]
    faults = [fault for path, one in catalogues for fault in faults_of(path, one)]
    faults += _disagreements(catalogues)
    if faults:
        raise ContentError(*faults)
    messages = {
        entry.key: entry.forms
        for _, one in catalogues
        for entry in one.entries
        if all(entry.forms) and not entry.is_fuzzy
    }
    manners = {} if _is_english(code) else known.manners(code)
    return Tongue(
        code=code,
        messages=dict(sorted(messages.items())),
        plural=plural,
        categories=known.categories(code, form_of(plural), count),
        **manners,
    )


def _disagreements(catalogues: "list[tuple[str, Messages]]") -> Iterator[Problem]:
    """Yield where themes count in different ways: a number has one rule for the whole page."""
    for path, one in catalogues[:-1]:
        nearest, last = catalogues[-1]
        if one.forms != last.forms:
            text = f"numbers have {last.forms} forms here, and {one.forms} in {path}"
            hint = "take Plural-Forms from there"
            yield problem("LANGUAGE", text, path=nearest, line=1, hint=hint)


def faults_of(path: str, messages: "Messages") -> Iterator[Problem]:
    """Yield what would break a page: a placeholder that nobody fills."""
    for entry in messages.entries:
        for strange in [] if entry.is_fuzzy else strangers(entry):
            text = f'"{strange}" is in the translation and not in "{entry.texts[0]}"'
            hint = _known(entry.texts)
            yield problem("LANGUAGE", text, path=path, line=entry.line, hint=hint)


def strangers(entry: "Entry") -> list[str]:
    """Return the placeholders of a translation that its message hasn't."""
    given = {name for text in entry.texts for name in placeholders(text)}
    return sorted({name for form in entry.forms for name in placeholders(form)} - given)


def placeholders(text: str) -> set[str]:
    """Return the placeholders in *text*: ``%(name)s``."""
    return {found[0] for found in PLACEHOLDER.finditer(text) if found[1]}


def _known(texts: tuple[str, ...]) -> str:
    found = sorted({name for text in texts for name in placeholders(text)})
    return f"known are {', '.join(found)}" if found else "take it out"


def _refuse_misfits(own: Words, made: Tongue) -> None:
    """Words of the settings have as many forms as those they replace, and no other holes."""
    faults = []
    for key, forms in own.items():
        wanted = len(made.messages.get(key, forms))
        strange = {name for form in forms for name in placeholders(form)} - placeholders(key)
        if len(forms) != wanted or strange:
            text = f'the word "{key}" in [languages.{made.code}] has {len(forms)} forms'
            text = f'"{min(strange)}" is not in the word "{key}"' if strange else text
            hint = "take it out" if strange else f"write a list of {wanted}"
            faults.append(problem("LANGUAGE", text, path=FILE, hint=hint))
    if faults:
        raise ContentError(*faults)
