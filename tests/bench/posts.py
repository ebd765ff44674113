"""
Made-up posts: post number *n* has the same slug and body in every run and in a site of any size.

Ten years of posts by twenty authors in ten categories, three tags each out of two hundred (a few
are everywhere, most are rare), one in ten in a series, every second one with a summary.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from random import Random

from tests.bench import prose
from tests.bench.words import WORDS

SEED = "streamly"
TAGS_A_POST = 3
REFERRING, IN_SERIES, WITH_SUMMARY = 0.25, 0.1, 0.5
FIRST_DAY = datetime(2016, 1, 1, 6, tzinfo=UTC)
YEARS = timedelta(days=3652)
_AUTHORS = """
ada ben clara dan elif finn grace hugo-m ines jon kofi lena mira nils olga pia quentin rosa sam tara
"""
_CATEGORIES = """
databases design editors hardware languages networks notes operations security web
"""
AUTHORS = tuple(_AUTHORS.split())
CATEGORIES = tuple(_CATEGORIES.split())
TAGS = tuple(f"{first}-{second}" for first, second in zip(WORDS[:200], WORDS[120:320], strict=True))
TAG_WEIGHTS = tuple(accumulate(1 / (rank + 4) for rank in range(1, len(TAGS) + 1)))
SERIES = tuple(f"{word.capitalize()} in practice" for word in WORDS[50:100])


@dataclass(frozen=True, slots=True)
class Post:
    """One post, before any generator's own way of writing it down."""

    number: int
    slug: str
    title: str
    date: datetime
    author: str
    category: str
    tags: tuple[str, ...]
    series: str | None
    summary: str | None
    body: str
    refers_to: str | None
    likes: int


def slug(number: int) -> str:
    """Return the slug of post *number*, which is also its file name."""
    return f"{prose.words(Random(f'{SEED} slug {number}'), 3).replace(' ', '-')}-{number}"


def posts(count: int) -> Iterator[Post]:
    """Yield *count* posts, oldest first, their dates spread evenly over `YEARS`."""
    step = YEARS / count
    for number in range(count):
        random = Random(f"{SEED} post {number}")
        yield _post(random, number, FIRST_DAY + number * step)


def _post(random: Random, number: int, date: datetime) -> Post:
    refers_to = slug(random.randrange(number)) if number and random.random() < REFERRING else None
    return Post(
        number=number,
        slug=slug(number),
        title=prose.words(random, random.randint(3, 8)).capitalize(),
        date=date.replace(microsecond=0),
        author=random.choice(AUTHORS),
        category=random.choice(CATEGORIES),
        tags=_tags(random),
        series=random.choice(SERIES) if random.random() < IN_SERIES else None,
        summary=_summary(random) if random.random() < WITH_SUMMARY else None,
        body=prose.body(random, refers_to and f"[{prose.words(random, 2)}]({link(refers_to)})"),
        refers_to=refers_to,
        likes=random.randrange(100),
    )


def link(target: str) -> str:
    """Return how a body refers to the post with slug *target*; `sites` has the other spellings."""
    return f"/posts/{target}.md"


def _summary(random: Random) -> str:
    return f"{prose.words(random, random.randint(10, 25)).capitalize()}."


def _tags(random: Random) -> tuple[str, ...]:
    chosen: dict[str, None] = {}
    while len(chosen) < TAGS_A_POST:
        chosen[random.choices(TAGS, cum_weights=TAG_WEIGHTS)[0]] = None
    return tuple(chosen)
