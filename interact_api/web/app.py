"""
The service as one application: the only place that wires.

`TABLE` is every route there is. Matching, guards, limits, the OpenAPI document, the docs page and
the tests' matrix are made from it, so a route that isn't here isn't anywhere.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Receive, Scope, Send

from interact_api.service import Service

from .handling import Api
from .routes import (
    accounts,
    builds,
    comments,
    facts,
    health,
    hooks,
    keys,
    letters,
    manifest,
    me,
    moderation,
    numbers,
    pages,
    people,
    queue,
    reactions,
    social,
)
from .routing import Route
from .site.site import Site

TABLE: tuple[Route, ...] = (
    *accounts.ROUTES,
    *me.ROUTES,
    *keys.ROUTES,
    *letters.ROUTES,
    *people.ROUTES,
    *pages.ROUTES,
    *social.ROUTES,
    *comments.ROUTES,
    *reactions.ROUTES,
    *queue.ROUTES,
    *moderation.ROUTES,
    *numbers.ROUTES,
    *facts.ROUTES,
    *builds.ROUTES,
    *hooks.ROUTES,
    *manifest.ROUTES,
    *health.ROUTES,
)

Lifespan = Callable[[Starlette], AbstractAsyncContextManager[None]]


@asynccontextmanager
async def nothing_else(_app: Starlette) -> AsyncIterator[None]:
    """Do nothing beside answering."""
    yield


class Bare(Starlette):
    """Starlette without what it does around a request: `Api` and `Site` do all there is to do."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Give a request to the first route that takes it."""
        if scope["type"] == "http":
            for route in self.router.routes:
                if route.matches(scope)[0] is Match.FULL:
                    await route.handle(scope, receive, send)
                    return
        await super().__call__(scope, receive, send)

    def build_middleware_stack(self) -> ASGIApp:
        """Return what answers."""
        return self.router


def make_app(
    service: Service,
    table: tuple[Route, ...] = (),
    lifespan: Lifespan = nothing_else,
    *,
    with_site: bool = False,
) -> Starlette:
    """
    Return the application.

    Args:
        service: what it works on.
        table: for tests, other routes than `TABLE`.
        lifespan: what runs beside it.
        with_site: whether it serves the site's pages too, at all paths but its own.
    """
    api = Api(service, table or TABLE)
    routes: list[BaseRoute] = [api]
    if with_site:
        site = Site(service.settings, api.metrics)
        api.show_pages(site.personal)
        routes.insert(0, site)
    app = Bare(routes=routes, lifespan=lifespan)
    app.state.api = api
    return app
