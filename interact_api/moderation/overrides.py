"""Overrides: what moderators decide about a page without touching its file."""

from interact_api import audit, facts
from interact_api.accounts.actor import Actor
from interact_api.db import Tx
from interact_api.social import pages
from interact_api.social.pages import Page

# Closing a thread is a moderator's business; what the site shows is an editor's.
PERMISSIONS = {
    "closed": "moderate_comments",
    "hidden": "edit_all_posts",
    "featured": "edit_all_posts",
}


def change(
    tx: Tx,
    actor: Actor,
    page_id: str,
    *,
    hidden: bool | None = None,
    featured: bool | None = None,
    closed: bool | None = None,
    request_id: str = "",
) -> Page:
    """Hide, feature or close a page, or no longer; None leaves it as it is."""
    actor.must("moderate_comments")
    page = pages.find(tx, page_id)
    wanted = {"hidden": hidden, "featured": featured, "closed": closed}
    changed = {
        name: value
        for name, value in wanted.items()
        if value is not None and bool(getattr(page, name)) != value
    }
    for name in changed:
        actor.must(PERMISSIONS[name])
    for name, value in changed.items():
        tx.run(f"UPDATE pages SET {name} = :value WHERE id = :id", value=value, id=page.id)  # noqa: S608
    if changed:
        facts.touch(tx, f"settings/{page.id}")
        who = actor.id or None
        target = f"page:{page.id}"
        audit.record(tx, who, actor.name, "pages.override", target, changed, request_id)
    return pages.find(tx, page.id)
