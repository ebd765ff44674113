"""Files about the whole site: sitemap, robots.txt, error pages, _headers, _redirects, redirects."""

from xml.sax.saxutils import escape

from streamly_ssg.engine.key import Key, make
from streamly_ssg.engine.rule import Fetch, Work
from streamly_ssg.errors import ContentError, problem
from streamly_ssg.values import changed

from . import frame, views
from .filters import address, iso
from .origin import Origin
from .routes import CopyRoute, RedirectRoute, ShellRoute, SitemapEntry, SitemapRoute, WellKnownRoute

XML = '<?xml version="1.0" encoding="utf-8"?>\n'
SCHEMA = "http://www.sitemaps.org/schemas/sitemap/0.9"
XHTML = ' xmlns:xhtml="http://www.w3.org/1999/xhtml"'
TITLES = {
    "404.html": "Page not found",
    "410.html": "Page removed",
    "500.html": "Something went wrong",
    "robots.txt": "",
}
MOVED = "This page has moved"
SHELLS = {
    "login": "Sign in",
    "register": "Register",
    "reset-password": "Choose a new password",
    "confirm": "Confirm your address",
    "account": "Your account",
    "feed": "Your feed",
    "notifications": "Notifications",
    "messages": "Messages",
    "admin": "Administration",
}
HEADERS = {
    "/*": {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "X-Frame-Options": "SAMEORIGIN",
    },
    "/assets/*": {"Cache-Control": "public, max-age=31536000, immutable"},
}


def sitemap(route: SitemapRoute, fetch: Fetch) -> bytes:
    """Return a sitemap, or the list of sitemaps."""
    origin: Origin = fetch(make("origin"))
    lines = [_sitemap_line(entry, origin) for entry in route.entries]
    lines += [f"<sitemap><loc>{_location(name, origin)}</loc></sitemap>\n" for name in route.maps]
    tag = "sitemapindex" if route.maps else "urlset"
    links = XHTML if any(entry.translations for entry in route.entries) else ""
    return f'{XML}<{tag} xmlns="{SCHEMA}"{links}>\n{"".join(lines)}</{tag}>\n'.encode()


def _sitemap_line(entry: SitemapEntry, origin: Origin) -> str:
    moment = origin.local(entry.updated)
    stamp = f"<lastmod>{iso(moment)}</lastmod>" if moment else ""
    others = "".join(
        f'<xhtml:link rel="alternate" hreflang="{one.title}" href="{escape(address(one.url))}"/>'
        for one in frame.alternates(entry.translations, origin)
    )
    return f"<url><loc>{_location(entry.url, origin)}</loc>{stamp}{others}</url>\n"


def _location(url: str, origin: Origin) -> str:
    return escape(address(origin.whole(url)))


def well_known(route: WellKnownRoute, fetch: Fetch) -> Work | bytes:
    """Return one of the files with a name of its own."""
    if route.name == "_redirects":
        return _redirects(route, fetch)
    if route.name == "_headers":
        return _headers(fetch)
    origin: Origin = fetch(make("origin"))
    tree = origin.at(route.url)
    used, data_names = frame.templates(route.name, tree, fetch)
    view = views.PlainView(
        site=frame.shown(make("site", tree), fetch),
        page=_unindexed("error", TITLES[route.name], route.url, fetch),
        data=frame.data(data_names, fetch),
    )
    return frame.page(route.name, view, used)


def _unindexed(kind: str, title: str, url: str, fetch: Fetch) -> views.Page:
    """Return what the head says of a page that search engines leave out."""
    origin: Origin = fetch(make("origin"))
    tree = origin.at(url)
    return views.Page(
        kind=kind,
        title=frame.speech(tree, fetch).text(title) if title else "",
        description="",
        url=origin.link(url),
        canonical=origin.whole(url),
        language=origin.spoken(tree),
        is_indexed=False,
    )


def shell(route: ShellRoute, fetch: Fetch) -> Work:
    """Return the work of rendering a page that the service fills."""
    origin: Origin = fetch(make("origin"))
    tree = origin.at(route.url)
    used, data_names = frame.templates("shell.html", tree, fetch)
    view = views.ShellView(
        site=frame.shown(make("site", tree), fetch),
        page=changed(
            _unindexed("shell", SHELLS[route.name], route.url, fetch),
            versions=frame.everywhere(route.url, origin) if origin.prefixes else (),
        ),
        data=frame.data(data_names, fetch),
        kind=route.name,
    )
    return frame.page("shell.html", view, used)


def redirect_page(route: RedirectRoute, fetch: Fetch) -> Work:
    """Return the work of rendering a page that leads elsewhere."""
    origin: Origin = fetch(make("origin"))
    tree = origin.at(route.target)
    used, data_names = frame.templates("redirect.html", tree, fetch)
    view = views.RedirectView(
        site=frame.shown(make("site", tree), fetch),
        page=views.Page(
            kind="redirect",
            title=frame.speech(tree, fetch).text(MOVED),
            description="",
            url=origin.link(route.url),
            canonical=origin.whole(route.target),
            language=origin.spoken(tree),
            is_indexed=False,
        ),
        data=frame.data(data_names, fetch),
        target=origin.link(route.target),
    )
    return frame.page("redirect.html", view, used)


def copy(route: CopyRoute, fetch: Fetch) -> bytes:
    """Return a file as it is."""
    data: bytes | None = fetch(Key(route.source))
    return data or b""


def _redirects(route: WellKnownRoute, fetch: Fetch) -> bytes:
    origin: Origin = fetch(make("origin"))
    rows = (
        f"{address(origin.link(source))} {address(origin.link(target))} 301\n"
        for source, target in route.redirects
    )
    return "".join(rows).encode()


def _headers(fetch: Fetch) -> bytes:
    origin: Origin = fetch(make("origin"))
    blocks = {path: dict(fields) for path, fields in HEADERS.items()}
    for path, fields in fetch(make("config", "headers")).items():
        if not isinstance(fields, dict):
            text = f'"{path}" in [headers] is not a table'
            hint = 'write [headers."/path/*"] and below it Name = "value"'
            raise ContentError(problem("SETTINGS", text, path="streamly.toml", hint=hint))
        blocks.setdefault(path, {}).update(fields)
    text = ""
    for path, fields in sorted(blocks.items()):
        text += f"{origin.link(path)}\n"
        text += "".join(f"  {name}: {value}\n" for name, value in sorted(fields.items()))
    return text.encode()
