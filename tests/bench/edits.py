"""
The small changes after which a site is built again, the same for each generator.

Each takes the site's folder, the generator's name, a post and an *edition*, a number that differs
from edit to edit so that every edit really changes something.
"""

import json
import re
from collections.abc import Callable
from pathlib import Path

from tests.bench import sites
from tests.bench.generators import Missing

Edit = Callable[[Path, str, str, int], None]


def nothing(_site: Path, _generator: str, _slug: str, _edition: int) -> None:
    """Change nothing."""


def body(site: Path, _generator: str, slug: str, edition: int) -> None:
    """Add a sentence to the post."""
    with (site / "content" / "posts" / f"{slug}.md").open("a", encoding="utf-8") as file:
        file.write(f"\nThis sentence is edition {edition}.\n")


def like(site: Path, generator: str, slug: str, edition: int) -> None:
    """Change how many likes the post has."""
    count = 1000 + edition
    if generator == "streamly":
        _replace_fact(site / "facts.ndjson", slug, count)
    else:
        path = site / "data" / "likes.json"
        likes = json.loads(path.read_text(encoding="utf-8")) | {slug: count}
        path.write_text(json.dumps(likes, indent=0), encoding="utf-8")


def _replace_fact(path: Path, slug: str, count: int) -> None:
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    start = sites.like(slug, 0, 0).partition(', "value"')[0]
    seq = max(json.loads(line)["seq"] for line in lines) + 1
    changed = [sites.like(slug, count, seq) if line.startswith(start) else line for line in lines]
    path.write_text("".join(changed), encoding="utf-8")


def template(site: Path, generator: str, _slug: str, edition: int) -> None:
    """Change the template of every post page by an attribute."""
    pattern = "themes/*/templates/post.html" if generator == "streamly" else "layouts/page.html"
    path = next(iter(sorted(site.glob(pattern))), None)
    if path is None:
        raise Missing(f"the {generator} site has no {pattern}")
    mark = f'<article data-edition="{edition}"'
    text, found = re.subn(
        r'<article(?: data-edition="\d+")?', mark, path.read_text("utf-8"), count=1
    )
    if not found:
        raise Missing(f"{path.name} of {generator} has no <article> to mark")
    path.write_text(text, encoding="utf-8")
