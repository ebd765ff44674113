"""
The schema, as the steps that lead to it. A step that was released is never edited: add another.

Times are milliseconds since 1970, UTC. Tokens, addresses of visitors and the like are kept as
digests only.
"""

from pathlib import Path
from typing import Any

from . import steps
from .steps import Step

ACCOUNTS = """
CREATE TABLE roles (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE CHECK (name <> ''),
    description TEXT NOT NULL DEFAULT '', parent_id INTEGER REFERENCES roles (id),
    is_default INTEGER NOT NULL DEFAULT 0 CHECK (is_default IN (0, 1)),
    effective TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX roles_default ON roles (is_default) WHERE is_default = 1;
CREATE TABLE permissions (
    name TEXT PRIMARY KEY CHECK (name <> ''), description TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TABLE role_permissions (
    role_id INTEGER NOT NULL REFERENCES roles (id) ON DELETE CASCADE,
    permission TEXT NOT NULL REFERENCES permissions (name), PRIMARY KEY (role_id, permission)
) STRICT, WITHOUT ROWID;
CREATE TABLE users (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    email TEXT, email_key TEXT UNIQUE,
    password TEXT,
    role_id INTEGER NOT NULL REFERENCES roles (id),
    status TEXT NOT NULL DEFAULT 'active'
        CHECK (status IN ('active', 'deactivated', 'banned', 'shadowed', 'deleted')),
    display TEXT NOT NULL DEFAULT '', bio TEXT NOT NULL DEFAULT '',
    location TEXT NOT NULL DEFAULT '', website TEXT NOT NULL DEFAULT '',
    links TEXT NOT NULL DEFAULT '[]', settings TEXT NOT NULL DEFAULT '{}',
    followers INTEGER NOT NULL DEFAULT 0 CHECK (followers >= 0),
    following INTEGER NOT NULL DEFAULT 0 CHECK (following >= 0),
    comments INTEGER NOT NULL DEFAULT 0 CHECK (comments >= 0),
    created_at INTEGER NOT NULL, confirmed_at INTEGER, seen_at INTEGER, renamed_at INTEGER
) STRICT;
CREATE TABLE names (
    name TEXT PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id), until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE attempts (
    account TEXT PRIMARY KEY, failures INTEGER NOT NULL, last_at INTEGER NOT NULL,
    open_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE places (
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE, place TEXT NOT NULL,
    at INTEGER NOT NULL, PRIMARY KEY (user_id, place)
) STRICT, WITHOUT ROWID;
CREATE TABLE sessions (
    id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    token BLOB NOT NULL UNIQUE, remember INTEGER NOT NULL, agent TEXT NOT NULL, place TEXT NOT NULL,
    created_at INTEGER NOT NULL, used_at INTEGER NOT NULL, expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_user ON sessions (user_id);
CREATE TABLE tokens (
    id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('personal', 'access', 'refresh')),
    family INTEGER, name TEXT NOT NULL DEFAULT '', token BLOB NOT NULL UNIQUE,
    scopes TEXT NOT NULL, created_at INTEGER NOT NULL, expires_at INTEGER,
    used_at INTEGER, revoked_at INTEGER
) STRICT;
CREATE INDEX tokens_user ON tokens (user_id, kind);
CREATE INDEX tokens_family ON tokens (family) WHERE family IS NOT NULL;
CREATE TABLE letters (
    id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    purpose TEXT NOT NULL CHECK (purpose IN ('confirm', 'reset', 'email')),
    token BLOB NOT NULL UNIQUE, address TEXT NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, used_at INTEGER
) STRICT;
CREATE INDEX letters_user ON letters (user_id, purpose);
CREATE INDEX letters_address ON letters (lower(address), purpose);
"""

PAGES = """
CREATE TABLE pages (
    id TEXT PRIMARY KEY, url TEXT NOT NULL, kind TEXT NOT NULL, title TEXT NOT NULL,
    authors TEXT NOT NULL DEFAULT '[]', tags TEXT NOT NULL DEFAULT '[]',
    lang TEXT NOT NULL DEFAULT '', published INTEGER, removed_at INTEGER,
    policy TEXT NOT NULL DEFAULT 'open' CHECK (policy IN ('open', 'closed', 'off')),
    likes INTEGER NOT NULL DEFAULT 0 CHECK (likes >= 0),
    comments INTEGER NOT NULL DEFAULT 0 CHECK (comments >= 0),
    views INTEGER NOT NULL DEFAULT 0 CHECK (views >= 0),
    visitors INTEGER NOT NULL DEFAULT 0 CHECK (visitors >= 0),
    hidden INTEGER NOT NULL DEFAULT 0, featured INTEGER NOT NULL DEFAULT 0,
    closed INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX pages_url ON pages (url);
CREATE INDEX pages_likes ON pages (likes);
CREATE TABLE manifest (
    source TEXT PRIMARY KEY, generation INTEGER NOT NULL, seq INTEGER NOT NULL,
    offset INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE facts (seq INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE lives (
    number INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, after INTEGER NOT NULL
) STRICT;
"""

SOCIAL = """
CREATE TABLE likes (
    page TEXT NOT NULL REFERENCES pages (id), user_id INTEGER NOT NULL REFERENCES users (id),
    at INTEGER NOT NULL, PRIMARY KEY (page, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX likes_page ON likes (page, at);
CREATE INDEX likes_user ON likes (user_id, at);
CREATE INDEX likes_at ON likes (at, page);
CREATE TABLE comments (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    page TEXT NOT NULL REFERENCES pages (id), user_id INTEGER REFERENCES users (id),
    parent_id INTEGER REFERENCES comments (id), depth INTEGER NOT NULL DEFAULT 0 CHECK (depth >= 0),
    body TEXT NOT NULL, html TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('approved', 'pending', 'rejected', 'spam', 'deleted')),
    held TEXT NOT NULL DEFAULT '',
    learned TEXT NOT NULL DEFAULT '' CHECK (learned IN ('', 'ham', 'spam')),
    likes INTEGER NOT NULL DEFAULT 0 CHECK (likes >= 0),
    replies INTEGER NOT NULL DEFAULT 0 CHECK (replies >= 0),
    pinned INTEGER NOT NULL DEFAULT 0 CHECK (pinned IN (0, 1)),
    created_at INTEGER NOT NULL, edited_at INTEGER, deleted_at INTEGER
) STRICT;
CREATE INDEX comments_page ON comments (page, state, id);
CREATE INDEX comments_best ON comments (page, state, likes, id);
CREATE INDEX comments_user ON comments (user_id, id);
CREATE INDEX comments_parent ON comments (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX comments_queue ON comments (state, id)
    WHERE state IN ('pending', 'rejected', 'spam') AND held <> 'shadowed';
CREATE INDEX comments_gone ON comments (page, id) WHERE state <> 'approved' AND replies > 0;
CREATE INDEX comments_own ON comments (user_id, page, id) WHERE state = 'pending';
CREATE INDEX comments_pinned ON comments (page, id) WHERE pinned = 1;
CREATE INDEX comments_at ON comments (created_at, page) WHERE state = 'approved';
CREATE TABLE comment_likes (
    comment_id INTEGER NOT NULL REFERENCES comments (id),
    user_id INTEGER NOT NULL REFERENCES users (id), at INTEGER NOT NULL,
    PRIMARY KEY (comment_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX comment_likes_user ON comment_likes (user_id, at);
CREATE TABLE mentions (
    comment_id INTEGER NOT NULL REFERENCES comments (id) ON DELETE CASCADE,
    user_id INTEGER NOT NULL REFERENCES users (id), PRIMARY KEY (comment_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE follows (
    follower_id INTEGER NOT NULL REFERENCES users (id),
    followed_id INTEGER NOT NULL REFERENCES users (id),
    at INTEGER NOT NULL, PRIMARY KEY (follower_id, followed_id), CHECK (follower_id <> followed_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX follows_followed ON follows (followed_id, at);
CREATE INDEX follows_follower ON follows (follower_id, at);
CREATE TABLE blocks (
    blocker_id INTEGER NOT NULL REFERENCES users (id),
    blocked_id INTEGER NOT NULL REFERENCES users (id),
    at INTEGER NOT NULL, PRIMARY KEY (blocker_id, blocked_id), CHECK (blocker_id <> blocked_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX blocks_blocked ON blocks (blocked_id);
"""

MODERATION = """
CREATE TABLE reports (
    id INTEGER PRIMARY KEY, comment_id INTEGER NOT NULL REFERENCES comments (id),
    user_id INTEGER NOT NULL REFERENCES users (id), reason TEXT NOT NULL,
    text TEXT NOT NULL DEFAULT '', at INTEGER NOT NULL,
    resolved_at INTEGER, resolved_by INTEGER REFERENCES users (id), UNIQUE (comment_id, user_id)
) STRICT;
CREATE INDEX reports_open ON reports (comment_id) WHERE resolved_at IS NULL;
CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL,
    actor_id INTEGER, actor TEXT NOT NULL, action TEXT NOT NULL, target TEXT NOT NULL,
    details TEXT NOT NULL DEFAULT '{}', request_id TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX audit_target ON audit (target, id);
CREATE TRIGGER audit_stays BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;
CREATE TRIGGER audit_grows BEFORE DELETE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;
CREATE TABLE spam_words (
    word TEXT PRIMARY KEY, spam INTEGER NOT NULL, ham INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
"""

REST = """
CREATE TABLE view_days (
    page TEXT NOT NULL REFERENCES pages (id), day INTEGER NOT NULL, visitor BLOB NOT NULL,
    PRIMARY KEY (page, day, visitor)
) STRICT, WITHOUT ROWID;
CREATE INDEX view_days_day ON view_days (day);
CREATE TABLE page_days (
    page TEXT NOT NULL REFERENCES pages (id), day INTEGER NOT NULL,
    views INTEGER NOT NULL DEFAULT 0, visitors INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (page, day)
) STRICT, WITHOUT ROWID;
CREATE INDEX page_days_day ON page_days (day);
CREATE TABLE rankings (
    name TEXT PRIMARY KEY, at INTEGER NOT NULL, items TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY, message_id TEXT NOT NULL UNIQUE, recipient TEXT NOT NULL,
    template TEXT NOT NULL, context TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'waiting'
        CHECK (state IN ('waiting', 'sent', 'dead')),
    attempts INTEGER NOT NULL DEFAULT 0, next_at INTEGER NOT NULL, error TEXT NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL, sent_at INTEGER
) STRICT;
CREATE INDEX outbox_due ON outbox (next_at) WHERE state = 'waiting';
CREATE INDEX outbox_recipient ON outbox (lower(recipient), created_at);
CREATE TABLE answers (
    user_id INTEGER NOT NULL, key TEXT NOT NULL, request BLOB NOT NULL,
    status INTEGER NOT NULL, body BLOB NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (user_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX answers_at ON answers (at);
CREATE TABLE contact (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL, body TEXT NOT NULL,
    at INTEGER NOT NULL, handled_at INTEGER
) STRICT;
CREATE TABLE leases (
    name TEXT PRIMARY KEY, number INTEGER NOT NULL, holder TEXT NOT NULL,
    beats INTEGER NOT NULL, at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE builds (
    number INTEGER PRIMARY KEY AUTOINCREMENT, lease INTEGER NOT NULL, at INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('live', 'partly', 'same', 'held', 'failed')),
    reason TEXT NOT NULL, seq INTEGER NOT NULL, release INTEGER NOT NULL,
    made INTEGER NOT NULL, removed INTEGER NOT NULL, pages TEXT NOT NULL, problems TEXT NOT NULL,
    build_ms INTEGER NOT NULL, publish_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX builds_live ON builds (number) WHERE state IN ('live', 'partly', 'same');
CREATE TABLE aside (
    key TEXT PRIMARY KEY, refused BLOB NOT NULL, shown BLOB, problem TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE pulls (
    id INTEGER PRIMARY KEY CHECK (id = 1), wanted INTEGER NOT NULL,
    pulled INTEGER NOT NULL DEFAULT 0, commit_id TEXT NOT NULL DEFAULT '',
    problem TEXT NOT NULL DEFAULT '', at INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE keys (
    name TEXT PRIMARY KEY, value BLOB NOT NULL, at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
"""

PERMISSIONS = {
    "read_posts": "Read what is public",
    "create_posts": "Write posts",
    "edit_own_posts": "Edit one's own posts",
    "edit_all_posts": "Edit posts of others",
    "delete_own_posts": "Delete one's own posts",
    "delete_all_posts": "Delete posts of others",
    "create_comments": "Comment, like and follow",
    "edit_own_comments": "Edit one's own comments",
    "edit_all_comments": "Edit comments of others",
    "delete_own_comments": "Delete one's own comments",
    "delete_all_comments": "Delete comments of others",
    "moderate_comments": "Work on the queue and on reports",
    "manage_categories": "Manage categories",
    "manage_users": "See and change accounts",
    "view_analytics": "See numbers",
    "admin_access": "See the desk of administrators",
    "api_access": "Make personal tokens",
    "upload_files": "Upload images",
    "manage_roles": "Change what roles may do",
    "send_notifications": "Write to everybody",
}
# Each role may do what the one above it may, and this.
ROLES = {
    "Guest": ("read_posts",),
    "User": (
        "create_posts", "edit_own_posts", "delete_own_posts", "create_comments",
        "edit_own_comments", "delete_own_comments", "upload_files",
    ),
    "Moderator": (
        "edit_all_comments", "delete_all_comments", "moderate_comments", "view_analytics",
    ),
    "Editor": ("edit_all_posts", "manage_categories", "api_access"),
    "Administrator": (
        "delete_all_posts", "manage_users", "admin_access", "manage_roles", "send_notifications",
    ),
}  # fmt: skip
DEFAULT_ROLE = "User"


def _rows() -> dict[str, list[dict[str, Any]]]:
    """Return the rows that a database begins with."""
    roles: list[dict[str, Any]] = []
    own: list[dict[str, Any]] = []
    effective: set[str] = set()
    for number, (name, permissions) in enumerate(ROLES.items(), 1):
        effective.update(permissions)
        row = {"id": number, "name": name, "parent_id": number - 1 or None}
        more = {"is_default": int(name == DEFAULT_ROLE), "effective": " ".join(sorted(effective))}
        roles.append({**row, **more})
        own += [{"role_id": number, "permission": permission} for permission in permissions]
    known = [{"name": name, "description": text} for name, text in PERMISSIONS.items()]
    return {"permissions": known, "roles": roles, "role_permissions": own}


LETTERS = """
-- Set while a comment waits of which nobody was told; cleared when somebody is.
ALTER TABLE comments ADD COLUMN untold INTEGER NOT NULL DEFAULT 0 CHECK (untold IN (0, 1));
"""

STANDING = """
-- Another version tells that somebody may be no longer who they were, or do what they did.
CREATE TABLE standing (id INTEGER PRIMARY KEY CHECK (id = 1), version INTEGER NOT NULL) STRICT;
CREATE TRIGGER standing_left AFTER DELETE ON sessions
    BEGIN UPDATE standing SET version = random(); END;
CREATE TRIGGER standing_renewed AFTER UPDATE OF token, user_id, expires_at ON sessions
    WHEN new.token <> old.token OR new.user_id <> old.user_id OR new.expires_at < old.expires_at
    BEGIN UPDATE standing SET version = random(); END;
CREATE TRIGGER standing_changed AFTER UPDATE OF name, role_id, status, confirmed_at ON users
    BEGIN UPDATE standing SET version = random(); END;
CREATE TRIGGER standing_of_roles AFTER UPDATE OF name, effective ON roles
    BEGIN UPDATE standing SET version = random(); END;
"""

STEPS = (
    Step("first", ACCOUNTS + PAGES + SOCIAL + MODERATION + REST, _rows()),
    Step("letters of comments", LETTERS, {}),
    Step("standing of those who ask", STANDING, {"standing": [{"id": 1, "version": 0}]}),
)


def upgrade(path: Path) -> int:
    """Bring the database at *path* to this schema, or make it; return how many steps it took."""
    return len(steps.upgrade(path, STEPS))


def current(path: Path) -> int:
    """Return how many steps the database at *path* has seen; 0 if there is none."""
    return len(steps.applied(path))
