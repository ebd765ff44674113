"""Admission: a comment on its way in, past the rules."""

from interact_api.accounts.actor import Actor
from interact_api.db import Tx
from interact_api.settings import Settings
from interact_api.social import comments, news, people
from interact_api.social.comments import Comment
from interact_api.social.pages import Page
from interact_api.social.text import Text

from . import queue, rules


def write(
    tx: Tx,
    actor: Actor,
    page: Page,
    text: Text,
    settings: Settings,
    *,
    parent_id: int | None = None,
) -> Comment:
    """Add a comment to a page that is open, held back if a rule says so."""
    actor.must("create_comments")
    author = people.author(tx, actor)
    why = rules.held(tx, actor, author, text, settings.moderation)
    limits = settings.comments
    made = comments.add(tx, actor, page, text, limits, parent_id=parent_id, held=why, author=author)
    if made.is_public:
        news.of_comment(tx, made, parent_id, page)
    else:
        news.postpone(tx, made)
    return made


def change(
    tx: Tx,
    actor: Actor,
    comment_id: int,
    text: Text,
    settings: Settings,
    *,
    request_id: str = "",
) -> Comment:
    """Change what a comment says, held back if a rule says so now."""
    before = comments.seen(tx, comment_id, actor)
    why = rules.held_again(tx, actor, text, settings.moderation)
    after = comments.edit(
        tx, actor, comment_id, text, settings.comments, held=why, request_id=request_id
    )
    if after.body != before.body:
        queue.unlearn(tx, before)
    return after
