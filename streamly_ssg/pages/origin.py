"""``origin:``, where the site lives and in which languages: what addresses are made with."""

from datetime import datetime
from urllib.parse import urlsplit

from streamly_ssg.engine.key import make
from streamly_ssg.engine.rule import Fetch
from streamly_ssg.inputs import languages
from streamly_ssg.values import Value, field

from .filters import language
from .urls import prefix_of, zone


class Origin(Value):
    """Where the site lives, and in which zone and language it speaks."""

    prefix: str
    host: str
    timezone: str
    language: str
    title: str
    prefixes: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def tree(self, lang: str | None) -> str:
        """Return the language of [languages] whose pages those in *lang* stand among, or ""."""
        while lang and lang != self.language:
            if lang in self.prefixes:
                return lang
            lang = lang.rpartition("-")[0]
        return ""

    def name(self, code: str) -> str:
        """Return what a language calls itself."""
        return self.names.get(code) or language(code)

    def spoken(self, tree: str) -> str:
        """Return the language in which the pages of *tree* speak."""
        return tree or self.language

    def at(self, url: str) -> str:
        """Return the language to whose pages *url*, a path of the site, belongs."""
        for tree, prefix in self.prefixes.items():
            if url.startswith(f"{prefix}/"):
                return tree
        return ""

    def link(self, url: str) -> str:
        """Return *url*, a path of the site or a whole address, as pages link to it."""
        return self.prefix + url if url.startswith("/") and not url.startswith("//") else url

    def whole(self, url: str) -> str:
        """Return the whole address of *url*."""
        url = self.link(url)
        return self.host + url if url.startswith("/") and not url.startswith("//") else url

    def local(self, moment: datetime | None) -> datetime | None:
        """Return *moment* in the site's zone."""
        return None if moment is None else moment.astimezone(zone(self.timezone))


def origin(_name: str, fetch: Fetch) -> Origin:
    """Return where the site lives."""
    site = fetch(make("config", "site"))
    others = fetch(make("config", "languages"))
    parts = urlsplit(site.base_url)
    return Origin(
        prefix=prefix_of(site.base_url),
        host=f"{parts.scheme}://{parts.netloc}",
        timezone=site.timezone,
        language=site.language,
        title=site.title,
        prefixes={
            code: languages.prefix_of(code, one)
            for code, one in sorted(others.items())
            if code != site.language
        },
        names={code: one.name for code, one in sorted(others.items()) if one.name},
    )
