r"""
Fenced code blocks for made-up posts: 8 to 20 lines, no two alike.

A language is its first lines, a pool of statements and its last lines. `@a` to `@e` are names, `@n`
a number, `@x` a decimal and `@s` a quoted string, all drawn from the random source, so that no
generator wins by remembering the last block.
"""

import re
from collections.abc import Callable
from random import Random
from typing import NamedTuple

from tests.bench.words import WORDS


class Language(NamedTuple):
    """How a block of one language begins, goes on and ends."""

    head: str
    pool: tuple[str, ...]
    foot: str


LANGUAGES = {
    "python": Language(
        "def @a(@b: int, *, @c: str = @s) -> list[int]:",
        (
            "    @d = [@b * @n for @b in range(@n)]",
            "    if @b > @n:\n        raise ValueError(f'@a needs @n, got {@b}')",
            "    @c = @c.strip().replace(@s, @s)",
            "    for @d in sorted(@b, key=lambda @e: (@e.@a, @n)):\n        @d.@e(@n, @c=@s)",
            "    # @a before @b, because @c is @n",
            "    with open(@s, encoding='utf-8') as @d:\n        @e = @d.read().splitlines()[@n:]",
            "    @e = {@s: @n, @s: @x}",
        ),
        "    return [@n, *@d]",
    ),
    "bash": Language(
        "#!/usr/bin/env bash\nset -euo pipefail",
        (
            '@a="${@b:-@n}"',
            'if [[ -f "$@a/@c.txt" ]]; then echo "@d: $@a" >&2; fi',
            'grep -rn --include="*.@b" @s "$@a" | sort -u | head -n @n',
            'for @c in "$@a"/*.@d; do printf \'%s\\n\' "${@c%.*}"; done',
            'tar czf "@a-@n.tar.gz" --exclude=@b @c/',
            "# @a @b until @c",
        ),
        'exit "$@a"',
    ),
    "javascript": Language(
        'import { @a, @b } from "./@c.js";',
        (
            "const @a@n = new Map([[@s, @n], [@s, @x]]);",
            "const @b@n = async (@c) => (await fetch(`/@a/${@c}?@b=@n`)).json();",
            "for (const [@d, @e] of Object.entries(@a)) console.log(@d ?? @s, @e);",
            "if (@a.@b?.length > @n) {\n  throw new Error(@s);\n}",
            "@a.addEventListener(@s, ({ target }) => target.classList.toggle(@s));",
            "// @a: @b or @c, never @d",
        ),
        "export default @b;",
    ),
    "toml": Language(
        "[@a.@b]\nname = @s",
        (
            "@c@n = @n",
            "@d@n = [@s, @s, @s]",
            "@e@n = { @b = @x, @c = true }",
            "# @a is @n for @b",
            "[@a.@d@n]",
            "@b_@n = @s",
        ),
        "enabled = true",
    ),
    "html": Language(
        '<section id="@a-@n" class="@b">',
        (
            '  <h2 class="@c">@d @e</h2>',
            '  <p data-@a="@n">@b <em>@c</em> &amp; @d</p>',
            '  <a href="/@a/@b/?@c=@n" rel="@d">@e</a>',
            '  <img src="/@a/@n.png" alt="@b @c" width="@n" height="@n">',
            "  <!-- @a @b @n -->",
            '  <button type="submit" name="@c" value="@n">@d</button>',
        ),
        "</section>",
    ),
    "c": Language(
        "#include <stdio.h>\n\nstatic int @a(const char *@b, size_t @c) {",
        (
            "    unsigned long @d@n = 0x@nUL;",
            "    for (size_t i = 0; i < @c; i++) @d ^= (unsigned char)@b[i] << @n;",
            '    if (@c > @n) {\n        fprintf(stderr, "@a: %zu\\n", @c);\n    }',
            "    /* @a holds @b until @n */",
            "    struct @e *@d = malloc(sizeof *@d * @n);",
            "    memset(@b, 0, @n);",
        ),
        "    return @n;\n}",
    ),
    "sql": Language(
        "CREATE TABLE @a_@n (id INTEGER PRIMARY KEY, @b TEXT NOT NULL);",
        (
            "SELECT @a, COUNT(*) AS @b FROM @c WHERE @d > @n GROUP BY @a;",
            "INSERT INTO @a (@b, @c) VALUES (@n, '@d');",
            "UPDATE @a SET @b = @b + @n WHERE @c LIKE '@d%';",
            "-- @a before @b, @n at most",
            "CREATE INDEX @a_@b_@n ON @c (@d, @e DESC);",
            "DELETE FROM @a WHERE @b IN (@n, @n, @n);",
        ),
        "COMMIT;",
    ),
    "go": Language(
        "package @a\n\nfunc @b(@c []string, @d int) (int, error) {",
        (
            "\tfor i, @e := range @c {\n\t\t@d += len(@e)*@n + i\n\t}",
            '\tif @d > @n {\n\t\treturn 0, fmt.Errorf("@a: %d of %q", @d, @s)\n\t}',
            "\t// @a when @b is @n",
            "\t@a@n := map[string]int{@s: @n, @s: @n}",
            "\tdefer func() { _ = @c[@n] }()",
        ),
        "\treturn @d, nil\n}",
    ),
    "yaml": Language(
        "@a:\n  @b: @n",
        (
            "  @c@n: [@n, @n, @x]",
            "  @d@n: @s",
            "  @e@n: {@a: @s, @b: true}",
            "  # @a @b @n",
            "  @b@n: >-\n    @b @c @d @n",
        ),
        "  done: true",
    ),
}
LANGUAGE_NAMES = tuple(LANGUAGES)
RESERVED = frozenset(
    [
        "case",
        "double",
        "except",
        "false",
        "final",
        "import",
        "package",
        "pass",
        "public",
        "range",
        "return",
        "short",
        "signal",
        "string",
        "struct",
        "switch",
        "true",
        "type",
        "while",
    ]
)
NAMES = tuple(word for word in WORDS if word not in RESERVED)
_SLOT = re.compile(r"@([a-ensx])")


def block(random: Random) -> str:
    """Return a fenced block in a random language."""
    name = random.choice(LANGUAGE_NAMES)
    head, pool, foot = LANGUAGES[name]
    size = random.randint(8, 18) - len(head.splitlines()) - len(foot.splitlines())
    lines: list[str] = []
    while len(lines) < size:
        lines += random.choice(pool).splitlines()
    source = "\n".join((head, *lines, foot))
    return f"```{name}\n{_SLOT.sub(_fill(random), source)}\n```"


def _fill(random: Random) -> Callable[[re.Match[str]], str]:
    """Return what stands in each slot of one block: names stay, values change."""
    names = dict(zip("abcde", random.sample(NAMES, 5), strict=True))

    def fill(slot: re.Match[str]) -> str:
        kind = slot[1]
        if kind == "n":
            return str(random.randrange(2, 10**4))
        if kind == "x":
            return f"{random.uniform(0, 99):.3f}"
        if kind == "s":
            return f'"{random.choice(WORDS)} {random.choice(WORDS)}"'
        return names[kind]

    return fill
