"""
A good request for every route there is: who sends it, where to, and what.

Each takes a `Stage` and sets up whatever it needs there, so that it works at any time, beside all
others, and changes something if it is to.
"""

from collections.abc import Callable
from itertools import count
from typing import Any, NamedTuple

from interact_api.accounts import subscriptions
from interact_api.accounts.actor import Actor
from interact_api.accounts.subscriptions import Subscription
from interact_api.web.routing import Route
from tests.support.service import page
from tests.support.serving import Browser, Client, Reply, Server
from tests.support.social import say
from tests.web.joined import NEWER, PASSWORD, joined, letters, token_for

PAGE = "hello"
WISH = {"name": "my script", "scopes": ["read"], "days": 30}


class Ask(NamedTuple):
    """A request that is good, ready to be sent; *who* sends it."""

    asker: Client
    path: str
    body: Any = None
    who: Actor | None = None

    def send(self, method: str) -> Reply:
        return self.asker.send(method, self.path, self.body)

    def submit(self) -> Reply:
        """Send the same by a plain form."""
        assert isinstance(self.asker, Browser)
        return self.asker.submit(self.path, **{name: _typed(one) for name, one in self.fields})

    @property
    def fields(self) -> list[tuple[str, Any]]:
        return [(name, one) for name, one in (self.body or {}).items() if one is not None]


class Stage:
    """A server, and people and things that nobody else has touched."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.names = (f"person-{number}" for number in count(1))

    def somebody(self, role: str = "User") -> Actor:
        return joined(self.server, next(self.names), role)

    def nobody(self, path: str, body: Any = None) -> Ask:
        """Return a request of somebody who hasn't signed in."""
        return Ask(self.server.anonymous(), path, body)

    def user(self, path: str, body: Any = None, *, role: str = "User") -> Ask:
        """Return a request of somebody new, who has signed in."""
        return self.by(self.somebody(role), path, body)

    def mod(self, path: str, body: Any = None) -> Ask:
        return self.user(path, body, role="Moderator")

    def root(self, path: str, body: Any = None) -> Ask:
        return self.user(path, body, role="Administrator")

    def by(self, who: Actor, path: str, body: Any = None) -> Ask:
        return Ask(self.server.sign_in(who), path, body, who)

    def done(self, before: Ask, method: str, path: str = "", body: Any = None) -> Ask:
        """Return what comes after another request that has been answered."""
        assert before.send(method).status < 300
        return before._replace(path=path or before.path, body=body)

    # Things

    def comment(self, held: str = "") -> str:
        """Return the path of somebody's comment."""
        made = say(self.server.database, self.somebody(), PAGE, held=held)
        return f"/comments/{made.id}"

    def own(self, rest: str = "", body: Any = None) -> Ask:
        """Return a request about a comment of whoever sends it."""
        who = self.somebody()
        made = say(self.server.database, who, PAGE)
        return self.by(who, f"/comments/{made.id}{rest}", body)

    def report(self) -> str:
        """Return the number of a report."""
        path = self.comment()
        assert self.user(f"{path}/report", {"reason": "spam"}).send("POST").status == 204
        sql = "SELECT id FROM reports WHERE comment_id = :comment"
        found = self.server.database.reader.value(sql, comment=int(path.rpartition("/")[2]))
        return str(found)

    def waiting(self) -> dict[str, str]:
        """Return what somebody registered with who hasn't confirmed yet."""
        name = next(self.names)
        sent = {"name": name, "email": f"{name}@example.org", "password": PASSWORD}
        assert self.nobody("/auth/register", sent).send("POST").status == 202
        return sent

    def letter(self, template: str, address: str) -> str:
        assert template in letters(self.server, address)
        return token_for(self.server, address, template)

    def reset(self) -> str:
        """Return the token with which somebody may choose a new password."""
        address = f"{self.somebody().name}@example.org"
        self.nobody("/auth/password-reset", {"email": address}).send("POST")
        return self.letter("reset", address)

    def confirmation(self) -> str:
        return self.letter("confirm", self.waiting()["email"])

    def pair(self) -> tuple[Actor, dict[str, str]]:
        """Return somebody, and tokens of a program of theirs."""
        who = self.somebody()
        reply = self.nobody("/auth/token", _credentials(who)).send("POST")
        return who, reply.json

    def program(self) -> Ask:
        who, pair = self.pair()
        return Ask(self.server.program(pair["access_token"]), "/auth/token", None, who)

    def session(self) -> Ask:
        """Return a request about another session of whoever sends it."""
        who = self.somebody()
        self.server.sign_in(who)
        sql = "SELECT id FROM sessions WHERE user_id = :id"
        number = self.server.database.reader.value(sql, id=who.id)
        return self.by(who, f"/me/sessions/{number}")

    def token(self) -> Ask:
        ask = self.user("/me/tokens", WISH, role="Editor")
        number = ask.send("POST").json["id"]
        return ask._replace(path=f"/me/tokens/{number}", body=None)

    def ending(self) -> str:
        """Return the path by which somebody ends letters."""
        of = Subscription(self.somebody().id, "reply")
        return f"/unsubscribe?token={subscriptions.token(self.server.service.secret, of)}"

    def named(self, rest: str = "", before: str = "/users") -> str:
        """Return a path about somebody new."""
        return f"{before}/{self.somebody().name}{rest}"


def _typed(one: Any) -> str:
    """Return a value as a form sends it."""
    return str(one).lower() if isinstance(one, bool) else str(one)


def _credentials(who: Actor) -> dict[str, str]:
    return {"login": who.name, "password": PASSWORD}


def _new_name(stage: Stage) -> dict[str, str]:
    name = next(stage.names)
    return {"name": name, "email": f"{name}@example.org", "password": PASSWORD}


def _loose(stage: Stage) -> str:
    """Return the path of a comment on a page of its own, on which nothing is pinned."""
    made = say(stage.server.database, stage.somebody(), _new_page(stage))
    return f"/comments/{made.id}"


def _closable(stage: Stage) -> str:
    return f"/admin/pages/{_new_page(stage)}"


def _new_page(stage: Stage) -> str:
    return page(stage.server.database, next(stage.names))


def _decided(stage: Stage) -> Ask:
    path = stage.comment(held="first comments")
    return stage.done(stage.mod(f"{path}/spam"), "POST", f"{path}/undo")


HI = {"body": "I *agree*."}
GONE = {"password": PASSWORD, "comments": "anonymise"}
PASSWORDS = {"current": PASSWORD, "password": NEWER}
LETTER = {"name": "Ann", "email": "ann@example.org", "message": "A question about the site."}
LIKE, COMMENTS = f"/pages/{PAGE}/like", f"/pages/{PAGE}/comments"

# fmt: off
GOOD: dict[str, Callable[[Stage], Ask]] = {
    "POST /auth/register": lambda s: s.nobody("/auth/register", _new_name(s)),
    "POST /auth/confirm": lambda s: s.nobody("/auth/confirm", {"token": s.confirmation()}),
    "POST /auth/resend-confirmation": lambda s: s.nobody("/auth/resend-confirmation", {"email": s.waiting()["email"]}),
    "POST /auth/login": lambda s: s.nobody("/auth/login", _credentials(s.somebody())),
    "POST /auth/logout": lambda s: s.user("/auth/logout"),
    "GET /auth/status": lambda s: s.user("/auth/status"),
    "GET /auth/csrf": lambda s: s.user("/auth/csrf"),
    "POST /auth/password-reset": lambda s: s.nobody("/auth/password-reset", {"email": f"{s.somebody().name}@example.org"}),
    "POST /auth/password-reset/confirm": lambda s: s.nobody("/auth/password-reset/confirm", {"token": s.reset(), "password": NEWER}),
    "POST /auth/token": lambda s: s.nobody("/auth/token", _credentials(s.somebody())),
    "POST /auth/token/refresh": lambda s: s.nobody("/auth/token/refresh", {"refresh_token": s.pair()[1]["refresh_token"]}),
    "DELETE /auth/token": Stage.program,

    "GET /me": lambda s: s.user("/me"),
    "PATCH /me": lambda s: s.user("/me", {"display": "Ann", "hide_likes": True}),
    "POST /me": lambda s: s.user("/me", {"display": "Ann", "hide_likes": True}),
    "DELETE /me": lambda s: s.user("/me", GONE),
    "POST /me/delete": lambda s: s.user("/me/delete", GONE),
    "POST /me/deactivate": lambda s: s.user("/me/deactivate", {"password": PASSWORD}),
    "POST /me/password": lambda s: s.user("/me/password", PASSWORDS),
    "POST /me/email": lambda s: s.user("/me/email", {"email": _new_name(s)["email"], "password": PASSWORD}),
    "GET /me/sessions": lambda s: s.user("/me/sessions"),
    "DELETE /me/sessions": lambda s: s.session()._replace(path="/me/sessions"),
    "POST /me/sessions/end": lambda s: s.session()._replace(path="/me/sessions/end"),
    "DELETE /me/sessions/{session}": Stage.session,
    "GET /me/tokens": lambda s: s.user("/me/tokens"),
    "POST /me/tokens": lambda s: s.user("/me/tokens", WISH, role="Editor"),
    "DELETE /me/tokens/{token}": Stage.token,
    "GET /me/blocks": lambda s: s.user("/me/blocks"),

    "GET /unsubscribe": lambda s: s.nobody(s.ending()),
    "POST /unsubscribe": lambda s: s.nobody(s.ending()),

    "GET /users": lambda s: s.nobody("/users"),
    "GET /users/suggestions": lambda s: s.user("/users/suggestions"),
    "GET /users/{name}": lambda s: s.nobody(s.named()),
    "GET /users/{name}/card": lambda s: s.nobody(s.named("/card")),
    "GET /users/{name}/likes": lambda s: s.nobody(s.named("/likes")),
    "GET /users/{name}/posts": lambda s: s.nobody(s.named("/posts")),
    "GET /users/{name}/followers": lambda s: s.nobody(s.named("/followers")),
    "GET /users/{name}/following": lambda s: s.nobody(s.named("/following")),
    "GET /users/{name}/mutual": lambda s: s.user(s.named("/mutual")),
    "GET /users/{name}/follow": lambda s: s.user(s.named("/follow")),
    "PUT /users/{name}/follow": lambda s: s.user(s.named("/follow")),
    "DELETE /users/{name}/follow": lambda s: s.done(s.user(s.named("/follow")), "PUT"),
    "POST /users/{name}/follow": lambda s: s.user(s.named("/follow"), {"undo": False}),
    "PUT /users/{name}/block": lambda s: s.user(s.named("/block")),
    "DELETE /users/{name}/block": lambda s: s.done(s.user(s.named("/block")), "PUT"),
    "POST /users/{name}/block": lambda s: s.user(s.named("/block"), {"undo": False}),

    "GET /pages/stats": lambda s: s.nobody(f"/pages/stats?ids={PAGE}"),
    "GET /pages/{page}": lambda s: s.nobody(f"/pages/{PAGE}"),
    "PUT /pages/{page}/like": lambda s: s.user(LIKE),
    "DELETE /pages/{page}/like": lambda s: s.done(s.user(LIKE), "PUT"),
    "POST /pages/{page}/like": lambda s: s.user(LIKE, {"undo": False}),
    "GET /pages/{page}/likes": lambda s: s.nobody(f"/pages/{PAGE}/likes"),
    "GET /pages/{page}/comments": lambda s: s.nobody(COMMENTS),
    "POST /pages/{page}/comments": lambda s: s.user(COMMENTS, HI),
    "GET /trending": lambda s: s.nobody("/trending"),
    "POST /events/view": lambda s: s.nobody("/events/view", {"page": PAGE}),
    "POST /contact": lambda s: s.nobody("/contact", LETTER),

    "POST /comments/preview": lambda s: s.user("/comments/preview", HI),
    "GET /comments/{comment}": lambda s: s.nobody(s.comment()),
    "PATCH /comments/{comment}": lambda s: s.own(body=HI),
    "POST /comments/{comment}": lambda s: s.own(body=HI),
    "DELETE /comments/{comment}": lambda s: s.own(),
    "POST /comments/{comment}/delete": lambda s: s.own("/delete"),
    "PUT /comments/{comment}/like": lambda s: s.user(s.comment() + "/like"),
    "DELETE /comments/{comment}/like": lambda s: s.done(s.user(s.comment() + "/like"), "PUT"),
    "POST /comments/{comment}/like": lambda s: s.user(s.comment() + "/like", {"undo": False}),
    "POST /comments/{comment}/report": lambda s: s.user(s.comment() + "/report", {"reason": "spam", "text": "Advertises."}),
    "GET /comments/{comment}/likes": lambda s: s.nobody(s.comment() + "/likes"),
    "PUT /comments/{comment}/pin": lambda s: s.mod(_loose(s) + "/pin"),
    "DELETE /comments/{comment}/pin": lambda s: s.done(s.mod(_loose(s) + "/pin"), "PUT"),
    "POST /comments/{comment}/pin": lambda s: s.mod(_loose(s) + "/pin", {"undo": False}),

    "POST /comments/{comment}/approve": lambda s: s.mod(s.comment(held="first comments") + "/approve"),
    "POST /comments/{comment}/reject": lambda s: s.mod(s.comment() + "/reject"),
    "POST /comments/{comment}/spam": lambda s: s.mod(s.comment() + "/spam"),
    "POST /comments/{comment}/undo": _decided,
    "GET /admin/comments": lambda s: s.mod("/admin/comments"),
    "POST /admin/comments": lambda s: s.mod("/admin/comments", {"act": "spam", "ids": s.comment().rpartition("/")[2]}),
    "GET /admin/reports": lambda s: s.mod("/admin/reports"),
    "POST /admin/reports/{report}/close": lambda s: s.mod(f"/admin/reports/{s.report()}/close"),
    "PUT /admin/users/{name}/ban": lambda s: s.mod(s.named("/ban", "/admin/users"), {"kind": "banned", "reason": "rude"}),
    "DELETE /admin/users/{name}/ban": lambda s: s.done(s.mod(s.named("/ban", "/admin/users"), {}), "PUT"),
    "POST /admin/users/{name}/ban": lambda s: s.mod(s.named("/ban", "/admin/users"), {"kind": "shadowed", "undo": False}),
    "GET /admin/pages": lambda s: s.mod("/admin/pages"),
    "GET /admin/pages/{page}": lambda s: s.mod(f"/admin/pages/{PAGE}"),
    "PATCH /admin/pages/{page}": lambda s: s.mod(_closable(s), {"closed": True}),
    "POST /admin/pages/{page}": lambda s: s.mod(_closable(s), {"closed": True}),

    "GET /admin/audit": lambda s: s.root("/admin/audit"),
    "GET /admin/builds": lambda s: s.root("/admin/builds"),
    "GET /admin/users": lambda s: s.root("/admin/users"),
    "GET /admin/users/{name}": lambda s: s.root(s.named("", "/admin/users")),
    "PATCH /admin/users/{name}": lambda s: s.root(s.named("", "/admin/users"), {"role": "Editor"}),
    "DELETE /admin/users/{name}": lambda s: s.root(s.named("", "/admin/users"), {"comments": "remove"}),
    "GET /admin/roles": lambda s: s.root("/admin/roles"),
    "PUT /admin/roles/{role}": lambda s: s.root("/admin/roles/Editor", {"permissions": ["edit_all_posts", "api_access"]}),

    "GET /facts": lambda s: s.root("/facts"),
    "GET /health": lambda s: s.nobody("/health"),
    "GET /ready": lambda s: s.nobody("/ready"),
    "GET /version": lambda s: s.nobody("/version"),
    "GET /metrics": lambda s: s.nobody("/metrics"),
    "GET /openapi.json": lambda s: s.nobody("/openapi.json"),
    "GET /docs": lambda s: s.nobody("/docs"),
}
# fmt: on

# Writes by their method alone: they change nothing that is kept, or nothing at once.
NOTHING_KEPT = {"POST /comments/preview", "POST /events/view"}


def missing(table: tuple[Route, ...]) -> set[str]:
    """Return which routes of *table* have no good request."""
    return {route.name for route in table} - set(GOOD)
