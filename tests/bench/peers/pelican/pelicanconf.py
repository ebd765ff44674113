"""Settings of the Pelican site: the other peers' pages, as far as Pelican's core makes them."""

import json
from pathlib import Path

SITENAME = "Notes from the workbench"
SITEURL = "https://example.org"
TIMEZONE = "UTC"
PATH = "content"
OUTPUT_PATH = "public"
THEME = "theme"
THEME_STATIC_DIR = "."
PLUGINS: list[str] = []
USE_FOLDER_AS_CATEGORY = False

ARTICLE_URL = "posts/{slug}/"
ARTICLE_SAVE_AS = "posts/{slug}/index.html"
CATEGORY_URL = "categories/{slug}/"
CATEGORY_SAVE_AS = "categories/{slug}/index.html"
TAG_URL = "tags/{slug}/"
TAG_SAVE_AS = "tags/{slug}/index.html"
AUTHOR_URL = "users/{slug}/"
AUTHOR_SAVE_AS = "users/{slug}/index.html"
YEAR_ARCHIVE_URL = "archive/{date:%Y}/"
YEAR_ARCHIVE_SAVE_AS = "archive/{date:%Y}/index.html"
MONTH_ARCHIVE_URL = "archive/{date:%Y}/{date:%m}/"
MONTH_ARCHIVE_SAVE_AS = "archive/{date:%Y}/{date:%m}/index.html"

DIRECT_TEMPLATES = [
    "home",
    "index",
    "categories",
    "tags",
    "authors",
    "archives",
    "sitemap",
    "not_found",
    "robots",
]
HOME_SAVE_AS = "index.html"
INDEX_SAVE_AS = "posts/index.html"
CATEGORIES_SAVE_AS = "categories/index.html"
TAGS_SAVE_AS = "tags/index.html"
AUTHORS_SAVE_AS = "users/index.html"
ARCHIVES_SAVE_AS = "archive/index.html"
SITEMAP_SAVE_AS = "sitemap.xml"
NOT_FOUND_SAVE_AS = "404.html"
ROBOTS_SAVE_AS = "robots.txt"

PAGINATED_TEMPLATES = dict.fromkeys(("index", "tag", "category", "author", "period_archives"), 10)
PAGINATION_PATTERNS = (
    (1, "{base_name}/", "{base_name}/index.html"),
    (2, "{base_name}/page/{number}/", "{base_name}/page/{number}/index.html"),
)

FEED_MAX_ITEMS = 20
RSS_FEED_SUMMARY_ONLY = False
FEED_ALL_ATOM = "atom.xml"
FEED_ALL_RSS = "feed.xml"
CATEGORY_FEED_ATOM = "categories/{slug}/atom.xml"
CATEGORY_FEED_RSS = "categories/{slug}/feed.xml"
TAG_FEED_ATOM = "tags/{slug}/atom.xml"
TAG_FEED_RSS = "tags/{slug}/feed.xml"
AUTHOR_FEED_ATOM = "users/{slug}/atom.xml"
AUTHOR_FEED_RSS = "users/{slug}/feed.xml"
TRANSLATION_FEED_ATOM = None

MARKDOWN = {
    "extension_configs": {
        "markdown.extensions.codehilite": {"css_class": "highlight", "guess_lang": False},
        "markdown.extensions.extra": {},
        "markdown.extensions.meta": {},
        "markdown.extensions.toc": {},
    },
    "output_format": "html5",
}
JINJA_GLOBALS = {"LIKES": json.loads(Path("likes.json").read_text(encoding="utf-8"))}
