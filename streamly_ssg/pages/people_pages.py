"""The pages of people: profiles with their posts, whom they follow, and cards to show elsewhere."""

from streamly_ssg.documents.document import Document
from streamly_ssg.engine.key import make
from streamly_ssg.engine.rule import Fetch, Work
from streamly_ssg.inputs.facts import Follows
from streamly_ssg.inputs.facts import Profile as ProfileFact

from . import frame, views
from .filling import fill
from .list_pages import page_of, pager
from .origin import Origin
from .rendering import Text
from .routes import FollowsRoute, ProfileRoute

TITLES = {
    "followers": "Followers of %(name)s",
    "following": "%(name)s follows",
    "card.html": "%(name)s",
}


def profile_page(route: ProfileRoute, fetch: Fetch) -> Work:
    """Return the work of rendering a profile with one page of its posts."""
    used, data_names = frame.templates("profile.html", "", fetch)
    profile = _profile(route.name, route.path, route.step.items, fetch)
    view = views.ProfileView(
        site=frame.shown(make("site", ""), fetch),
        page=page_of("profile", route, profile.person.title, profile.person.summary, fetch),
        data=frame.data(data_names, fetch),
        profile=profile,
        cards=frame.teasers(route.refs, fetch),
        pager=pager(route.url, route.step, fetch),
    )
    text = _text(route.path, route.url, fetch) if route.step.number == 1 else ()
    return frame.page("profile.html", view, used, text)


def follows_page(route: FollowsRoute, fetch: Fetch) -> Work:
    """Return the work of rendering who follows somebody, whom they follow, or their card."""
    name = "card.html" if route.kind == "card.html" else "follows.html"
    used, data_names = frame.templates(name, "", fetch)
    profile = _profile(route.name, route.path, route.count, fetch)
    origin: Origin = fetch(make("origin"))
    speech = frame.speech("", fetch)
    view = views.FollowsView(
        site=frame.shown(make("site", ""), fetch),
        page=views.Page(
            kind="profile",
            title=speech.text(TITLES[route.kind], name=profile.person.title),
            description="",
            url=origin.link(route.url),
            canonical=origin.whole(route.url),
            language=origin.language,
            is_indexed=route.kind != "card.html",
        ),
        data=frame.data(data_names, fetch),
        kind=route.kind,
        profile=profile,
        people=_people(route, fetch),
    )
    return frame.page(name, view, used)


def _people(route: FollowsRoute, fetch: Fetch) -> tuple[views.Person, ...]:
    if route.kind == "card.html":
        return ()
    follows: Follows = fetch(make("fact", f"follows/{route.name}")) or Follows()
    return frame.people(getattr(follows, route.kind), fetch)


def _profile(name: str, path: str, posts: int, fetch: Fetch) -> views.Profile:
    person: views.Person = fetch(make("person", name))
    follows: Follows = fetch(make("fact", f"follows/{name}")) or Follows()
    fact: ProfileFact = fetch(make("fact", f"profile/{name}")) or ProfileFact()
    document: Document | None = fetch(make("body", path)) if path else None
    extra = document.meta.extra if document else {}
    return views.Profile(
        person=person,
        content="",
        website=str(extra.get("website") or fact.website),
        location=str(extra.get("location") or fact.location),
        joined=fact.joined,
        followers=len(follows.followers),
        following=len(follows.following),
        posts=posts,
    )


def _text(path: str, url: str, fetch: Fetch) -> Text:
    if not path:
        return ()
    document: Document = fetch(make("body", path))
    return fill(document.body, path, url, fetch)
