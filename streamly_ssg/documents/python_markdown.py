"""
The other Markdown engine: python-markdown with any of its extensions.

Every document gets a fresh converter, because a reused one leaks footnotes into the next page.
Fences become the same HTML as the default engine's, so that everything after it is shared.
"""

import re
from html import escape
from typing import Any

import markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor

from streamly_ssg.errors import UsageError, problem

from .parsing import ParseSettings, TooMuch

USUAL = ("extra", "sane_lists", "smarty")
# Pages come with a policy that allows no style in them.
_TABLES = {"use_align_attribute": True}
CONFIGS: dict[str, dict[str, Any]] = {
    "extra": {"tables": _TABLES},
    "tables": _TABLES,
    "markdown.extensions.tables": _TABLES,
}
_FENCE = re.compile(
    r"^(?P<fence>`{3,}|~{3,})[ ]*(?P<info>[^\n`]*)\n(?P<code>.*?)(?<=\n)(?P=fence)[`~]*[ ]*$",
    re.MULTILINE | re.DOTALL,
)


def to_html(source: str, settings: ParseSettings) -> str:
    """Return the HTML of *source*."""
    usual = tuple(name for name in USUAL if name != "smarty" or settings.smart)
    names = dict.fromkeys(usual + settings.extensions)
    try:
        converter = markdown.Markdown(extensions=[*names, _Fences()], extension_configs=CONFIGS)
    except (ImportError, AttributeError, TypeError) as error:
        message = f"a python-markdown extension can't be loaded: {error}"
        raise UsageError(problem("MARKDOWN_EXTENSION", message, path="streamly.toml")) from None
    try:
        return converter.convert(source) + "\n"
    except RecursionError:
        raise TooMuch("this is nested too deeply for python-markdown", 1) from None


class _Fences(Extension):
    def extendMarkdown(self, md: markdown.Markdown) -> None:  # noqa: N802 - the library's name
        md.preprocessors.register(_FencePreprocessor(md), "streamly_fences", 27)


class _FencePreprocessor(Preprocessor):
    def run(self, lines: list[str]) -> list[str]:
        return _FENCE.sub(self._stash, "\n".join(lines)).split("\n")

    def _stash(self, match: re.Match[str]) -> str:
        language, _, rest = match["info"].strip().partition(" ")
        meta = f' data-meta="{escape(rest)}"' if rest else ""
        name = f' class="language-{escape(language)}"' if language else ""
        code = f"<pre><code{meta}{name}>{escape(match['code'])}</code></pre>"
        stash: Any = self.md.htmlStash
        return f"\n{stash.store(code)}\n"
