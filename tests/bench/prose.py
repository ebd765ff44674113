"""
The body of a made-up post: the same random source gives the same characters.

It has the shape of a technical article: sections of paragraphs with a little inline markup, lists,
quotes, some tables, one and a half code blocks on average; no images.
"""

from random import Random

from tests.bench import snippets
from tests.bench.words import WORDS

LENGTH = 490  # before the last section, so about 550 in the end
BLOCKS = (0, 1, 2, 3)
BLOCK_WEIGHTS = (1, 4, 4, 1)
MARKUP = (
    "*{word}*",
    "**{word}**",
    "`{word}_{number}`",
    "[{word}](https://example.org/{word}/{number}/)",
)
MARKED, LEVEL_TWO, NUMBERED = 0.3, 0.7, 0.3
PARTS = ("paragraph", "bullets", "quote", "table")
PART_WEIGHTS = (12, 3, 1, 1)


def words(random: Random, count: int) -> str:
    """Return *count* words."""
    return " ".join(random.choices(WORDS, k=count))


def sentence(random: Random) -> str:
    """Return 6 to 18 words, sometimes with markup inside."""
    chosen = random.choices(WORDS, k=random.randint(6, 18))
    if random.random() < MARKED:
        spot = random.randrange(1, len(chosen))
        chosen[spot] = _marked(random, chosen[spot])
    text = " ".join(chosen)
    return text[0].upper() + text[1:] + random.choice("....?!")


def _marked(random: Random, word: str) -> str:
    number = random.randrange(10**4)
    return random.choice(MARKUP).format(word=word, number=number)


def body(random: Random, reference: str | None = None) -> str:
    """Return about 550 words; *reference*, a link to another post, stands near the beginning."""
    blocks = random.choices(BLOCKS, BLOCK_WEIGHTS)[0]
    parts = [_paragraph(random)]
    if reference:
        parts.append(f"{words(random, 6).capitalize()} {reference}.")
    written = 60
    while written < LENGTH:
        section = _section(random)
        written += sum(len(part.split()) for part in section)
        parts += section
        if blocks:
            parts.append(snippets.block(random))
            blocks -= 1
    parts += [snippets.block(random) for _ in range(blocks)]
    return "\n\n".join(parts) + "\n"


def _section(random: Random) -> list[str]:
    level = "##" if random.random() < LEVEL_TWO else "###"
    heading = f"{level} {words(random, random.randint(2, 5)).capitalize()}"
    kinds = random.choices(PARTS, PART_WEIGHTS, k=random.randint(1, 3))
    return [heading, *(_part(random, kind) for kind in kinds)]


def _part(random: Random, kind: str) -> str:
    if kind == "bullets":
        return _bullets(random)
    if kind == "quote":
        return f"> {sentence(random)} {sentence(random)}"
    if kind == "table":
        return _table(random)
    return _paragraph(random)


def _paragraph(random: Random) -> str:
    return " ".join(sentence(random) for _ in range(random.randint(3, 6)))


def _bullets(random: Random) -> str:
    numbered = random.random() < NUMBERED
    items = [sentence(random) for _ in range(random.randint(3, 6))]
    return "\n".join(f"{f'{n}.' if numbered else '-'} {item}" for n, item in enumerate(items, 1))


def _table(random: Random) -> str:
    head = " | ".join(random.sample(WORDS, 3))
    rows = [
        f"| {words(random, 2)} | {random.randrange(10**4)} | {words(random, 3)} |"
        for _ in range(random.randint(3, 6))
    ]
    return "\n".join((f"| {head} |", "| --- | --: | --- |", *rows))
