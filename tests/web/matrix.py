"""
Who may ask what: one line for every route there is, written down apart from the routes.

    method  path  the least who may ask  the scope that a token needs

*anybody* needs no session. A token needs its scope alone, and the person all that a session would;
``session`` means that no token will do, ``any`` that every one does.
"""

from typing import NamedTuple

RANKS = ("anybody", "user", "moderator", "editor", "administrator")


class Row(NamedTuple):
    """What a route asks for."""

    who: str
    scope: str


LINES = """
POST    /auth/register                    anybody        session
POST    /auth/confirm                     anybody        session
POST    /auth/resend-confirmation         anybody        session
POST    /auth/login                       anybody        session
POST    /auth/logout                      anybody        session
GET     /auth/status                      anybody        read
GET     /auth/csrf                        anybody        read
POST    /auth/password-reset              anybody        session
POST    /auth/password-reset/confirm      anybody        session
POST    /auth/token                       anybody        session
POST    /auth/token/refresh               anybody        session
DELETE  /auth/token                       user           any

GET     /me                               user           read
PATCH   /me                               user           write
POST    /me                               user           write
DELETE  /me                               user           session
POST    /me/delete                        user           session
POST    /me/deactivate                    user           session
POST    /me/password                      user           session
POST    /me/email                         user           session
GET     /me/sessions                      user           session
DELETE  /me/sessions                      user           session
POST    /me/sessions/end                  user           session
DELETE  /me/sessions/{session}            user           session
GET     /me/tokens                        user           session
POST    /me/tokens                        editor         session
DELETE  /me/tokens/{token}                user           session
GET     /me/blocks                        user           read
GET     /unsubscribe                      anybody        read
POST    /unsubscribe                      anybody        session

GET     /users                            anybody        read
GET     /users/suggestions                user           read
GET     /users/{name}                     anybody        read
GET     /users/{name}/card                anybody        read
GET     /users/{name}/likes               anybody        read
GET     /users/{name}/posts               anybody        read
GET     /users/{name}/followers           anybody        read
GET     /users/{name}/following           anybody        read
GET     /users/{name}/mutual              user           read
GET     /users/{name}/follow              user           read
PUT     /users/{name}/follow              user           write
DELETE  /users/{name}/follow              user           write
POST    /users/{name}/follow              user           write
PUT     /users/{name}/block               user           write
DELETE  /users/{name}/block               user           write
POST    /users/{name}/block               user           write

GET     /pages/stats                      anybody        read
GET     /pages/{page}                     anybody        read
PUT     /pages/{page}/like                user           write
DELETE  /pages/{page}/like                user           write
POST    /pages/{page}/like                user           write
GET     /pages/{page}/likes               anybody        read
GET     /pages/{page}/comments            anybody        read
POST    /pages/{page}/comments            user           write
GET     /trending                         anybody        read
POST    /events/view                      anybody        read
POST    /contact                          anybody        read

POST    /comments/preview                 user           read
GET     /comments/{comment}               anybody        read
PATCH   /comments/{comment}               user           write
POST    /comments/{comment}               user           write
DELETE  /comments/{comment}               user           write
POST    /comments/{comment}/delete        user           write
PUT     /comments/{comment}/like          user           write
DELETE  /comments/{comment}/like          user           write
POST    /comments/{comment}/like          user           write
POST    /comments/{comment}/report        user           write
GET     /comments/{comment}/likes         anybody        read
PUT     /comments/{comment}/pin           user           write
DELETE  /comments/{comment}/pin           user           write
POST    /comments/{comment}/pin           user           write

POST    /comments/{comment}/approve       moderator      moderate
POST    /comments/{comment}/reject        moderator      moderate
POST    /comments/{comment}/spam          moderator      moderate
POST    /comments/{comment}/undo          moderator      moderate
GET     /admin/comments                   moderator      moderate
POST    /admin/comments                   moderator      moderate
GET     /admin/reports                    moderator      moderate
POST    /admin/reports/{report}/close     moderator      moderate
PUT     /admin/users/{name}/ban           moderator      moderate
DELETE  /admin/users/{name}/ban           moderator      moderate
POST    /admin/users/{name}/ban           moderator      moderate
GET     /admin/pages                      moderator      moderate
GET     /admin/pages/{page}               moderator      moderate
PATCH   /admin/pages/{page}               moderator      moderate
POST    /admin/pages/{page}               moderator      moderate

GET     /admin/audit                      administrator  admin
GET     /admin/builds                     administrator  admin
GET     /admin/users                      administrator  admin
GET     /admin/users/{name}               administrator  admin
PATCH   /admin/users/{name}               administrator  admin
DELETE  /admin/users/{name}               administrator  admin
GET     /admin/roles                      administrator  admin
PUT     /admin/roles/{role}               administrator  admin

POST    /hooks/content                    anybody        any
GET     /manifest                         administrator  admin
PATCH   /manifest                         administrator  admin
GET     /facts                            administrator  read
GET     /health                           anybody        read
GET     /ready                            anybody        read
GET     /version                          anybody        read
GET     /metrics                          anybody        read
GET     /openapi.json                     anybody        read
GET     /docs                             anybody        read
"""


def _rows() -> dict[str, Row]:
    """Return the rows by the names of their routes."""
    lines = [line.split() for line in LINES.splitlines() if line]
    found = {f"{method} {path}": Row(who, scope) for method, path, who, scope in lines}
    assert len(found) == len(lines)
    return found


ROWS = _rows()
